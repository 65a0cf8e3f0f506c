#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/books.hpp"
#include "pipeline/files.hpp"
#include "pipeline/line.hpp"
#include "pipeline/vault.hpp"
#include "pipeline/workers.hpp"

// Press: turns committed effects into files of the outbox.
//
//   takes   effects, in order; each is produced on the workers
//   writes  the work folder, and after a sync the outbox; in order of effects wherever two touch the same place
//   gives   the effects whose papers are in place and durable
//   faults  Stop; a Retry of one paper leaves only its effect pending
//
// A beat of the line is: collect, sync, take_durable, publish.

namespace pipeline {

/// An effect that is recorded and still to be produced, with the document that it shows.
struct Order {
  std::int64_t id = 0;
  Effect effect;
  std::optional<Value> subject{};
  std::vector<std::int64_t> also{};  ///< earlier effects that the same papers answer
};

class Press {
 public:
  /// `work` lies on the outbox's file system; it is the caller's to make and to empty.
  Press(const LineOptions& options, const Stages& stages, Files& files, const Vault& vault,
        std::string work, Workers& workers, const Observer& observer)
      : options_(options),
        stages_(stages),
        files_(files),
        vault_(vault),
        work_(std::move(work)),
        workers_(workers),
        observer_(observer) {}

  void start(Order order);
  /// Leaves it pending: it keeps nothing else waiting.
  void fail(const Order& order, const std::string& why);
  /// Takes the papers that are finished; what touches the same place as one that is not is left for a later time. Before a group is
  /// decided it waits until not too many are being made; while another one comes, for nothing; else for all, but not for long: then
  /// something to do is enough.
  enum class Next { Group, GroupComes, Nothing };
  void collect(Next next);
  /// Waits for all.
  void collect();
  /// Something was written or renamed that a sync would make durable.
  bool needs_sync() const { return !written_.empty() || !in_place_.empty(); }
  /// Right after a sync: the effects whose papers were in place before it. Each is given once.
  std::vector<std::int64_t> take_durable() { return std::exchange(in_place_, {}); }
  /// At the same moment: what those papers are, for the ledger to keep.
  std::vector<StoredPaper> take_papers() { return std::exchange(papers_in_place_, {}); }
  /// Moves what was collected, and is durable now, into its place. `must_wait`: effects that other lines must have answered
  /// before those of the same path that are ours.
  using MustWait = std::map<std::int64_t, std::set<std::int64_t>>;
  void publish(const MustWait& must_wait = {});
  /// Papers that could not be published because of it.
  bool waits() const { return !waiting_.empty(); }
  /// They will be made again.
  void forget_waiting() { waiting_.clear(); }

  /// Effects that could not be produced, and have not been since.
  const std::set<std::int64_t>& failed() const { return failed_; }
  /// Of those, only the ones that are still to be made: others may have made or answered the rest.
  void keep_failed(const std::function<bool(std::int64_t)>& pending);
  std::int64_t published() const { return published_; }
  std::int64_t bytes();
  double cpu_seconds();

 private:
  /// The papers of one effect, written but not yet in their place.
  struct Made {
    std::vector<std::int64_t> effects;
    std::string path;      ///< of the effect: what it makes lies there, or below
    bool finished = true;  ///< guarded by mutex_
    std::string removes;   ///< a folder of the outbox, instead of papers
    std::vector<std::pair<std::string, StoredPaper>> files;  ///< with their temporary names
    std::string fault;
  };

  void take_finished();
  std::int64_t produce(const Effect& effect, const Value* subject, Made& made);
  std::string temporary_of(const Made& made, std::size_t index) const;
  void clear_away(Made& made);
  bool held_up(const Made& made, const MustWait& must_wait) const;
  void leave_pending(const std::vector<std::int64_t>& effects, const std::string& why);

  const LineOptions& options_;
  const Stages& stages_;
  Files& files_;
  const Vault& vault_;
  const std::string work_;
  Workers& workers_;
  const Observer& observer_;

  std::vector<std::shared_ptr<Made>> producing_;
  std::vector<std::shared_ptr<Made>> written_;
  std::vector<std::shared_ptr<Made>> waiting_;
  std::vector<std::int64_t> in_place_;  ///< not yet known to be durable
  std::vector<StoredPaper> papers_in_place_;
  std::set<std::int64_t> failed_;
  std::int64_t published_ = 0;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable changed_;
  int unfinished_ = 0;
  std::int64_t bytes_ = 0;
  double cpu_ = 0;
};

/// Writes papers that no effect asked for, durable when it returns; `work` lies on the outbox's file system.
std::vector<StoredPaper> publish_at_once(Files& files, const std::vector<Paper>& papers,
                                         const std::string& work, const std::string& outbox);

}  // namespace pipeline
