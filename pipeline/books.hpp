#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/ledger.hpp"

// Books: the ledger as an auditor reads it, every row in order, and what proves that none was changed.
//
//   takes   a Ledger
//   gives   deliveries, effects, papers, and the digests that chain them
//   faults  those of the ledger
//
// Two chains of SHA-256: each event holds the digest of the one before (Ledger); each delivery's proof covers the proof before,
// the row of the delivery, every effect recorded since, and the head of the events.

namespace pipeline {

/// All that the ledger keeps of one delivery.
struct StoredDelivery {
  std::int64_t id = 0, size = 0, inode = 0, modified_ns = 0, round = 0, taken = 0;
  Time received_at;
  /// `path` as the ledger keeps it (stored_path.hpp).
  std::string sha256, drop, name, path, kind, result, case_id, queue, state, findings, stem;
};

struct StoredEffect {
  std::int64_t id = 0, bundle = 0, done = 0;
  std::string maker, path, payload, subject_space, subject_name;
};

/// A file of the outbox as the line put it there.
struct StoredPaper {
  std::string path;         ///< relative to the outbox
  std::int64_t effect = 0;  ///< 0: no effect asked for it (the workbook)
  std::string sha256;       ///< "": what effects put under that path was taken away
  std::int64_t size = 0;
};

/// Up to which effect and event a delivery's proof reaches.
struct Proof {
  std::int64_t bundle = 0, effect = 0, event = 0;
  std::string digest;
};

/// How a document differs from what the events amount to. Lost: it was put once, and is gone or no longer what its event names by
/// digest; nothing here brings it back. Unreadable is no document, but an event ("event", its number) without which that cannot be
/// told.
struct ProjectionDifference {
  std::string space, key;
  enum class Kind { Altered, Missing, Unknown, Index, Unreadable, Lost } kind = Kind::Altered;
};

std::string event_digest(const StoredEvent& event);
std::string effect_digest(StoredEffect effect);
std::string delivery_digest(const StoredDelivery& delivery);
/// `events` is the digest of the last event recorded so far; `effects` those of the effects since the proof before, in order.
std::string proof_digest(const Proof& before, const std::string& delivery,
                         const std::string& events, const std::vector<std::string>& effects);

class Books {
 public:
  explicit Books(const Ledger& ledger) : tables_(*ledger.tables_) {}

  void each_delivery(const std::function<void(const StoredDelivery&)>& visit) const;
  void each_effect(const std::function<void(const StoredEffect&)>& visit,
                   std::int64_t after = 0) const;
  void each_paper(const std::function<void(const StoredPaper&)>& visit) const;
  void each_proof(const std::function<void(const Proof&)>& visit) const;
  std::int64_t pending_effects() const;
  std::int64_t pending_timers() const;

  /// Seats of the lines that are at work on a shared ledger, or were until a moment ago.
  std::vector<std::string> live_lines() const;

  /// What documents and index should be by the events, against what they are. Names at most `limit`; of
  /// unreadable events nothing but those.
  std::vector<ProjectionDifference> compare_projections(std::size_t limit) const;
  /// Inside a Transaction, after compare_projections in the same: puts what the events amount to in place of what was kept. What was
  /// put once stays as it is.
  /// Faults, and the transaction must be rolled back, if an event could not be read.
  void replace_projections() const;
  /// A consistent copy of the whole ledger in a new file, while others write. SQLite only.
  void copy_to(const std::string& file) const;

 private:
  Ledger::Tables& tables_;
};

/// Everything read inside it is the ledger of one moment, whatever others write meanwhile.
class Snapshot {
 public:
  explicit Snapshot(const Ledger& ledger);
  ~Snapshot();
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

 private:
  Ledger::Tables& tables_;
};

}  // namespace pipeline
