#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "pipeline/attempts.hpp"
#include "pipeline/files.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"

// Summary: the papers about everything (statistics), when the ledger has grown since the last ones.
//
//   takes   the ledger as it is; called with nothing being decided
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

  /// For when everything is decided and the last papers are still being made: its papers lie ready for make(), if nothing is
  /// decided any more. What goes wrong here, make() meets again. Only while the ledger is small enough for it to be quick.
  void make_ahead();
  /// With several lines one at a time makes them.
  void make();
  /// The same, but so seldom that it takes a tenth of the time: of a ledger of years it takes a minute.
  void make_in_time();

 private:
  void make_alone();
  std::string head() const;

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
  /// Made ahead: for which head, when, and what.
  struct Ready {
    std::string head;
    Time now;
    std::vector<Paper> papers;
  };
  std::optional<Ready> ready_;
};

}  // namespace pipeline
