#pragma once

#include <string>

#include "pipeline/attempts.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"

// Summary: the papers about everything (statistics), made when the ledger has grown since the last ones.
//
//   takes   the ledger, with nothing else of this line running
//   writes  the outbox; up to where they reach, into the ledger
//   faults  those of the disk and the ledger
//
// With several lines one at a time makes them.

namespace pipeline {

class Summary {
 public:
  /// `work` lies on the outbox's file system.
  Summary(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
          const Clock& clock, const Observer& observer, Attempts& attempts, const std::string& work)
      : options_(options),
        stages_(stages),
        files_(files),
        ledger_(ledger),
        clock_(clock),
        observer_(observer),
        attempts_(attempts),
        work_(work) {}

  /// Counts what it wrote, or could not.
  void make(Tally& tally);

 private:
  void make_alone(Tally& tally);

  const LineOptions& options_;
  const Stages& stages_;
  Files& files_;
  Ledger& ledger_;
  const Clock& clock_;
  const Observer& observer_;
  Attempts& attempts_;
  const std::string& work_;
};

}  // namespace pipeline
