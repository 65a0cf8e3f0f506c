#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace pipeline {

/// CPU seconds that the calling thread has used.
double thread_cpu();
/// Seconds by the clock.
double seconds_since(std::chrono::steady_clock::time_point before);

/// Threads that run tasks; urgent ones first, else in order. Tasks do not throw.
class Workers {
 public:
  enum class Priority { Normal, Urgent };
  /// With none, a task is run at once by whoever brings it: every step in the same order each time.
  explicit Workers(int count);
  ~Workers();  ///< waits for the tasks that run, drops those that wait
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;
  void run(std::function<void()> task, Priority priority = Priority::Normal);

 private:
  void work();
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> urgent_, normal_;
  bool stop_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace pipeline
