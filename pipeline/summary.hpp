#pragma once

#include <chrono>
#include <string>

#include "pipeline/attempts.hpp"
#include "pipeline/files.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"

// Summary: the papers about everything (statistics), when the ledger has grown since the last ones.
//
//   takes   the ledger as it is; called with nothing else running
//   writes  the outbox, and in the ledger up to where they reach
//   faults  those of Files and of the ledger

namespace pipeline {

class Summary {
 public:
  /// `work` lies on the outbox's file system.
  Summary(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
          const Clock& clock, std::string work, Attempts& attempts, const Observer& observer,
          Tally& tally)
      : options_(options),
        stages_(stages),
        files_(files),
        ledger_(ledger),
        clock_(clock),
        work_(std::move(work)),
        attempts_(attempts),
        observer_(observer),
        tally_(tally) {}

  /// With several lines one at a time makes them.
  void make();
  /// The same, but so seldom that it takes a tenth of the time: of a ledger of years it takes a minute.
  void make_in_time();

 private:
  void make_alone();

  const LineOptions& options_;
  const Stages& stages_;
  Files& files_;
  Ledger& ledger_;
  const Clock& clock_;
  const std::string work_;
  Attempts& attempts_;
  const Observer& observer_;
  Tally& tally_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace pipeline
