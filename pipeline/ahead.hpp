#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "pipeline/workers.hpp"

namespace pipeline {

// Ahead: rows that pass in order, and of which other cores can do a part.
//
//   takes   rows, from one thread
//   gives   them back to it in the same order, each after `work`
//   holds   the rows of a few batches more than there are cores, and those visited until their maker's next batch
//   faults  what `work` or `visit` throws

/// Works on rows on all cores, ahead of the caller, who gets them back in order. `work` may be called on any thread, `visit` only
/// on the caller's; what either throws comes out of add or finish.
template <class Row>
class Ahead {
 public:
  using Step = std::function<void(Row&)>;

  /// `batch`: rows that are worth handing to a thread; those of a few batches more than there are cores are in memory.
  Ahead(Step work, Step visit, std::size_t batch = 16)
      : work_(std::move(work)),
        visit_(std::move(visit)),
        batch_(batch),
        workers_(static_cast<int>(threads_)) {}

  void add(Row row) {
    filling_.reserve(batch_);
    filling_.push_back(std::move(row));
    if (filling_.size() == batch_) start();
  }

  /// After the last row.
  void finish() {
    start();
    while (!under_way_.empty()) take();
  }

 private:
  struct Batch {
    std::vector<Row> rows;
    bool done = false;
    std::exception_ptr fault;
    std::thread::id maker;
  };

  void start() {
    auto batch = std::make_shared<Batch>();
    batch->rows = std::exchange(filling_, {});
    under_way_.push_back(batch);
    workers_.run([this, batch] {
      batch->maker = std::this_thread::get_id();
      forget_visited();
      try {
        for (Row& row : batch->rows) work_(row);
      } catch (...) {
        batch->fault = std::current_exception();
      }
      const std::lock_guard lock(mutex_);
      batch->done = true;
      changed_.notify_one();
    });
    if (under_way_.size() > threads_ + kSpare) take();
  }

  void take() {
    const std::shared_ptr<Batch> batch = under_way_.front();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return batch->done; });
    }
    under_way_.pop_front();
    if (batch->fault) std::rethrow_exception(batch->fault);
    for (Row& row : batch->rows) visit_(row);
    const std::lock_guard lock(mutex_);
    visited_[batch->maker].push_back(batch);
  }

  /// What a thread took from memory it gives back itself: threads that free what others took wait for one another.
  void forget_visited() {
    std::vector<std::shared_ptr<Batch>> ours;  // goes after the lock
    const std::lock_guard lock(mutex_);
    ours.swap(visited_[std::this_thread::get_id()]);
  }

  // A thread for each core: the caller waits while it has nothing to visit.
  static constexpr unsigned kMostThreads = 8, kSpare = 2;
  const unsigned threads_ = std::clamp(std::thread::hardware_concurrency(), 1U, kMostThreads);
  const Step work_, visit_;
  const std::size_t batch_;
  std::vector<Row> filling_;
  std::deque<std::shared_ptr<Batch>> under_way_;
  std::map<std::thread::id, std::vector<std::shared_ptr<Batch>>> visited_;  ///< by who made them
  std::mutex mutex_;
  std::condition_variable changed_;
  Workers workers_;  ///< last: its threads use all of the above
};

}  // namespace pipeline
