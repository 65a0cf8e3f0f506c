#pragma once

#include <chrono>
#include <cstdint>
#include <set>
#include <vector>

#include "pipeline/attempts.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"
#include "pipeline/press.hpp"

// Standing: the papers that show the ledger as it is (worklists, rosters). Many effects ask for one; one file answers them all.
//
//   takes   effects of the standing makers, pending in the ledger, whichever line recorded them
//   gives   the press one order a path: the latest, which answers the earlier ones too, showing what `resolve` says now
//   faults  those of the ledger; our own mistake leaves its paper pending
//
// Nothing is lost by waiting: until done, the effects are found in the ledger. With several lines one at a time makes them, so
// that nobody puts an older paper over a newer one.

namespace pipeline {

class Standing {
 public:
  Standing(const Stages& stages, Ledger& ledger, Press& press, Attempts& attempts)
      : stages_(stages), ledger_(ledger), press_(press), attempts_(attempts) {}

  /// Something was asked for that start() has not given to the press.
  bool asked() const;
  /// Starts what was asked for, in order of path; not while another line is at it.
  void start();
  /// These are marked.
  void settle(const std::vector<std::int64_t>& done);
  /// When start() was last called, and its CPU time.
  std::chrono::steady_clock::time_point last() const { return last_; }
  double cpu_seconds() const { return cpu_; }
  /// What failed may be asked for again.
  void forget() { started_.clear(); }

 private:
  bool anything_new(const std::vector<PendingPaper>& pending) const;
  std::vector<Order> take_due();
  void start(Order order);

  const Stages& stages_;
  Ledger& ledger_;
  Press& press_;
  Attempts& attempts_;
  std::set<std::int64_t> started_;    ///< as an order of its own, or answered by another
  std::set<std::int64_t> under_way_;  ///< started, not settled
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
  double cpu_ = 0;
};

}  // namespace pipeline
