#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/paper.hpp"
#include "pipeline/submission.hpp"
#include "pipeline/time.hpp"

// Line: claim → prepare (parallel) → decide (in order of arrival, one transaction a group) → produce (parallel).
//
//   takes   the inbox, the stages as functions, a clock
//   gives   the outbox; a Tally of what became of the bundles
//   faults  Stop: the ledger or the disk cannot be trusted any more; what was not committed stays in the inbox
//
// How a group of bundles becomes durable, and what a crash leaves behind: pipeline/README.md.

namespace pipeline {

/// The work, as the stages do it. prepare and produce are called from many threads at once, decide and fire from one.
struct Stages {
  std::function<Submission(const Delivery&, const Bytes&)> prepare;
  std::function<Outcome(const Submission&, const Delivery&, const std::optional<Earlier>&,
                        const View&, Time now)>
      decide;
  std::function<Outcome(const Timer&, const View&, Time now)> fire;
  std::function<std::vector<Paper>(const Effect&, const Value* subject)> produce;
  /// Makers of standing papers, which show the ledger as it is: a pass makes each path once, at its end, however many effects
  /// asked for it.
  std::set<std::string> standing;
  /// What such a paper shows now, instead of the effect's own payload; on the deciding thread.
  std::function<std::optional<Value>(const Effect&, const View&)> resolve;
  /// Papers about everything (statistics), at the end of a run; called with nothing else running. May leave temporary files
  /// in `folder`, which lies on the outbox's file system.
  std::function<std::vector<Paper>(const View&, Time now, const std::string& folder)> summarise;
  std::string rules_digest;  ///< of all tables in force; kept with every event
};

struct LineOptions {
  std::string inbox, outbox, state;
  std::string seat;  ///< with several lines on one ledger: the name that sets this one apart
  double lease_seconds = 60;  ///< … and how long it may be silent before its work goes to others
  int jobs = 1;               ///< threads that prepare and produce; 0: all in the caller's
  bool watch = false;
  double settle_seconds = 3;  ///< a bundle that looks unfinished is looked at again after this time
  double incomplete_minutes = 10;  ///< with watch: how long an unfinished copy may take
  std::size_t group = 16;          ///< bundles a transaction, at most …
  double group_seconds = 0.2;      ///< … or as many as come in this time
  int attempts = 3;  ///< deaths of the process over one bundle or paper before it is set aside
  std::size_t bundle_mb = 500;    ///< larger ones are set aside without being read into memory
  std::size_t min_free_mb = 200;  ///< with less free space nothing is claimed
  double standing_seconds = 60;   ///< a long pass makes the standing papers this often, too
  int tries_at_once =
      3;  ///< what cannot be read is tried so often before those behind it go first …
  double retry_at_once_seconds = 0.05;  ///< … after this pause, each twice the one before
  double retry_seconds = 5;             ///< with watch: what failed is tried again after this …
  double longest_retry_seconds = 600;   ///< … then after twice the time, up to this
  std::size_t memory_mb = 128;  ///< of bundles being prepared at once; one larger goes beside them
};

struct Tally {
  std::array<std::int64_t, 5> results{};  ///< by Result
  std::int64_t bundles = 0, effects = 0, bytes_in = 0, bytes_out = 0;
  std::int64_t faults =
      0;  ///< bundles left in the inbox, papers not made, folders not read because the world failed
  std::int64_t beats = 0;  ///< groups that were made durable together …
  double sync_seconds = 0,
         commit_seconds = 0;  ///< … and how long they were waited for: files, ledger
  double prepare_cpu = 0, decide_cpu = 0, produce_cpu = 0, summarise_cpu = 0;  ///< CPU seconds
  double seconds = 0;                                                          ///< wall clock
};

/// What the line tells while it works.
struct Observer {
  /// One step, for the log: "claimed", "decided", "published", "left_in_inbox" …
  std::function<void(std::string_view step, Value fields)> log = [](std::string_view, Value) {};
  std::function<void(std::int64_t done, std::int64_t total)> progress = [](std::int64_t,
                                                                           std::int64_t) {};
  /// Asked between groups; true ends the run cleanly.
  std::function<bool()> stop = [] { return false; };
};

/// One run. `ledger` and the lock on the state folder, or on the seat, are the caller's. With watch, what may go away by itself
/// (Retry) does not end it: after a pause all begins anew, as after a crash; but for a line on a seat, whose caller must reach the
/// ledger anew.
Tally run_line(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
               const Clock& clock, const Observer& observer);

/// Puts prepare's findings before those of decide, but for those that decide settled.
void join_findings(Outcome& outcome, const Submission& submission);

/// Of a form that is a sheet: a finding about a place in the form names the cell instead.
void name_cells(std::vector<Finding>& findings, const Submission& submission);

/// The receipt of DESIGN.md §3 for one delivery.
Value receipt(const Delivery& delivery, const Submission& submission, const Outcome& outcome,
              Time received_at);

}  // namespace pipeline
