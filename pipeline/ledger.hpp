#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/outcome.hpp"
#include "pipeline/submission.hpp"
#include "pipeline/view.hpp"

// Ledger: the only truth. Deliveries, the chain of events, the documents they amount to, effects still to be produced, timers.
//
//   takes   outcomes, inside a Transaction
//   gives   a View, and what is still to be done after a crash
//   faults  Stop: not a ledger, a newer schema, an older one for who may not upgrade it, a damaged document; Retry: busy, disk full
//
// Tables and guarantees: pipeline/README.md. One thread uses one Ledger.

namespace pipeline {

struct PendingEffect {
  std::int64_t id = 0;
  Effect effect;
};

struct PendingPaper {
  std::int64_t effect = 0;
  std::string path;
};

struct PendingTimer {
  std::int64_t id = 0;
  Timer timer;
};

/// A delivery that is committed but whose file may still lie in the inbox.
struct Untaken {
  std::int64_t id = 0;
  Delivery delivery;
};

struct StoredEvent {
  std::int64_t seq = 0;
  Time at;
  std::int64_t bundle = 0;  ///< delivery that caused it; 0 for a timer
  std::string name, case_id, body, rules, previous, digest;
};

class Lines;
struct StoredDelivery;
struct StoredPaper;

class Ledger : public View {
 public:
  /// postgresql://…, or a file, made if it is not there. ":memory:" for tests and for those who ask where nothing is yet.
  /// Only who keeps others from working on it may make one of this version of an older one; for the others it is a fault.
  static std::unique_ptr<Ledger> open(const std::string& place, bool may_upgrade = true);
  ~Ledger() override;

  // View
  std::optional<Value> document(std::string_view space, std::string_view key) const override;
  std::vector<std::string> find(std::string_view space, std::string_view index,
                                std::string_view value) const override;
  void each(std::string_view space,
            const std::function<void(const std::string&, const Value&)>& visit) const override;
  void each_received(const std::function<void(const Received&)>& visit) const override;
  void each_ahead(std::string_view space, const std::vector<std::string_view>& members,
                  const DocumentWork& work) const override;
  void each_received_ahead(const DeliveryWork& work) const override;

  std::optional<Earlier> earlier(const std::string& sha256) const;
  /// How many deliveries were answered in receipts of that stem, which is one of that digest.
  int receipts(const std::string& sha256, const std::string& stem) const;
  /// Of this line, in order; those after the one of that id.
  std::vector<PendingEffect> pending_effects(int limit, std::int64_t after = 0) const;
  /// That effect is to be made, by whatever line.
  bool is_pending(std::int64_t effect) const;
  /// How many are.
  std::int64_t papers_pending() const;
  /// Of any line, in order.
  std::vector<PendingPaper> pending_papers(const std::set<std::string>& makers) const;
  Effect effect(std::int64_t id) const;
  /// A later effect takes that path away or makes it anew: an old paper must not come over it.
  bool answered_later(std::int64_t effect, const std::string& path) const;
  /// A later effect has already been done at that path: taking it away now would take that away.
  bool made_later(std::int64_t effect, const std::string& path) const;
  std::vector<PendingTimer> due_timers(Time now, int limit) const;
  /// When the next timer is due.
  std::optional<Time> next_timer() const;
  /// Of this line.
  std::vector<Untaken> untaken() const;
  /// As they were at the beginning of the last transaction, and what it added.
  std::int64_t last_event() const;  ///< 0 if there is none
  std::int64_t last_bundle() const;
  std::vector<StoredEvent> events_of(const std::string& case_id) const;
  void each_event(const std::function<void(const StoredEvent&)>& visit) const;
  std::string meta(const std::string& key) const;

  /// Who else works on this ledger.
  Lines& lines();

  // Inside a Transaction:
  void set_meta(const std::string& key, const std::string& value);
  /// Records the delivery and all that followed from it. `rules` is the digest of the tables in force; `stem` names its receipt.
  std::int64_t commit_outcome(const Delivery& delivery, const Submission& submission,
                              const Outcome& outcome, const std::string& stem,
                              const std::string& rules, Time now);
  /// Records what a timer led to, and that it fired.
  void commit_timer(std::int64_t timer, const Outcome& outcome, const std::string& rules, Time now);
  /// Ids of the effects that the last commit_… call recorded, in order of Outcome::effects.
  const std::vector<std::int64_t>& new_effects() const;
  void mark_taken(std::int64_t bundle);
  void mark_done(std::int64_t effect);
  /// A file of the outbox is in its place: what it must be from now on (books.hpp).
  void keep_paper(const StoredPaper& paper);
  /// Records what an administrator did with a delivery, long after it was decided.
  void commit_deed(std::int64_t bundle, const Outcome& outcome, const std::string& rules, Time now);

 private:
  friend class Books;
  friend class Snapshot;
  friend class Transaction;
  friend class Savepoint;
  struct Tables;
  explicit Ledger(std::unique_ptr<Tables> tables);
  void record(const Outcome& outcome, std::int64_t bundle, const std::string& rules, Time now);
  void prove(const StoredDelivery& delivery);
  std::unique_ptr<Tables> tables_;
};

/// Rolled back unless committed.
class Transaction {
 public:
  explicit Transaction(Ledger& ledger);
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  void commit();

 private:
  Ledger& ledger_;
  bool open_ = true;
};

/// A part of a transaction that can fail alone. Rolled back unless released.
class Savepoint {
 public:
  explicit Savepoint(Ledger& ledger);
  ~Savepoint();
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  void release();

 private:
  Ledger& ledger_;
  bool open_ = true;
};

}  // namespace pipeline
