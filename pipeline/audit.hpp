#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/books.hpp"
#include "pipeline/files.hpp"
#include "pipeline/submission.hpp"

// Audit: whether nothing was lost, nothing doubled and nothing changed, from inbox, vault, ledger and outbox.
//
//   takes   a ledger and the folders that belong to it
//   writes  nothing (two temporary tables of its own connection)
//   gives   what was counted, what does not hold and what to do about it, in Chinese for the director
//   faults  those of ledger and files; what is wrong with the content is a Problem, never a fault
//
// What it proves and what it cannot: docs/administrators.md. To add a check: a member of Auditor (auditor.hpp).

namespace pipeline {

struct AuditOptions {
  std::string inbox, outbox, vault;
  bool papers = true;              ///< false: ledger and vault only, for a backup
  bool deep = false;               ///< read every vault file, and open each again
  /// "D120:<hex>" or "E345:<hex>", written down at an earlier audit: they must still be in the chains.
  std::vector<std::string> heads;
  /// Opens a bundle as the line does, with `deep`; nothing for what it does not look into.
  std::function<std::optional<std::vector<Entry>>(const Delivery&, std::string_view bytes)> open;
};

/// What does not hold (or, among the notes, what one should know).
struct Problem {
  std::string check;    ///< "events", "vault" … : the check that found it
  std::string subject;  ///< a path, "event 12", "delivery 7"
  std::string message, todo;
};

/// received = accepted + not submitted + refused + duplicate + quarantined + in work.
struct Conservation {
  std::int64_t received = 0, in_work = 0;
  std::array<std::int64_t, 5> results{};  ///< by Result
  bool holds() const;
};

struct Check {
  std::string name, label;
  std::int64_t checked = 0, failed = 0;
};

struct Audit {
  Conservation bundles, entries;
  std::array<std::int64_t, 4> roles{};  ///< entries, by Role
  std::vector<Check> checks;
  std::vector<Problem> problems, notes;  ///< at most kTold a check; `failed` counts all
  std::string delivery_head, event_head;
  std::int64_t pending_papers = 0, pending_timers = 0;

  static constexpr std::int64_t kTold = 50;
  bool holds() const;
};

Audit audit(const AuditOptions& options, Files& files, const Ledger& ledger);

}  // namespace pipeline
