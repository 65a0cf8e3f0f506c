#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/crash_corpus.hpp"
#include "pipeline/faulty_ledger.hpp"
#include "pipeline/line.hpp"

// Crash bench: runs one pass of the line again and again, and each time something goes wrong at another step.
//
//   takes   a folder to work in, the stages, passes one after the other
//   writes  below that folder: an inbox, an outbox and a state for every trial
//   gives   counts: what was done to the line, and in what the end differed from that of the undisturbed pass
//   faults  Stop: the undisturbed pass does not end well, or a trial cannot be set up
//
// A trial: the folders as before the pass; a process in which the mishap happens; the line again, undisturbed, until it ends
// with 0; then outbox, inbox, vault and every row of the ledger are compared. Processes are forked: none may run threads here.

namespace app {

struct CrashCounts {
  std::int64_t failed = 0, deaths = 0, cuts = 0;      ///< trials
  std::int64_t lost = 0, doubled = 0, different = 0;  ///< files and rows
  std::int64_t silent = 0;                            ///< exit 0 though something was left undone
  std::int64_t stuck = 0;                             ///< does not come to an end with 0 any more
  std::map<std::string, std::int64_t> by_kind;        ///< trials, e.g. "short write"
  std::vector<std::string> examples;                  ///< the first differences, with their step
  bool clean() const { return lost + doubled + different + silent + stuck == 0; }
  void add(const CrashCounts& other);
};

struct CrashOptions {
  pipeline::Syncs syncs = pipeline::Syncs::Counted;
  int workers = 1;  ///< trials at the same time
  int every = 1;    ///< every n-th step only, and another one of them with each kind of mishap
  std::size_t group = 3;
  std::size_t memory_mb = 128;  ///< of the line
};

class CrashBench {
 public:
  using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

  CrashBench(std::string folder, pipeline::Stages stages, CrashOptions options);
  ~CrashBench();

  /// Takes this pass through the line undisturbed, after those before it.
  void pass(const CrashPass& pass);
  /// Where that left the outbox.
  std::string outbox() const;
  /// Its steps: what can go wrong.
  const std::vector<pipeline::Mishap::Step>& steps() const { return steps_; }
  /// Everything that can happen to the last pass.
  CrashCounts disturb(const Progress& progress);
  /// One mishap.
  CrashCounts disturb(const std::string& kind, std::int64_t step);

 private:
  struct Shown;
  struct Trial;
  std::vector<Trial> trials() const;
  int run(pipeline::Mishap& mishap, std::string& trouble) const;
  CrashCounts run_trial(const Trial& trial, const std::string& place) const;
  int run_in(const std::string& place, pipeline::Mishap& mishap) const;
  int suffer_in(const std::string& place, const Trial& trial) const;
  std::string path(const std::string& below) const;

  std::string folder_;
  pipeline::Stages stages_;
  CrashOptions options_;
  pipeline::Time now_;
  std::vector<pipeline::Mishap::Step> steps_;
  std::unique_ptr<Shown> expected_;
};

}  // namespace app
