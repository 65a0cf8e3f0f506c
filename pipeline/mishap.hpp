#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "pipeline/unsynced.hpp"

// Mishap: what goes wrong at one step of a run, where a step is one operation on a disk.
//
//   takes   every step as it is about to be made, from FaultyFiles and from the ledger's disk (faulty_ledger.hpp)
//   gives   what becomes of it; the list of all steps
//   faults  none of its own; Death and PowerCut end this process with SIGKILL
//
// For the tests and for `dossier selftest`; the line itself never meets one.

namespace pipeline {

enum class Touch {
  Reads,    ///< looks only: dying before or after it leaves the same disk
  Writes,   ///< carries bytes, some of which may arrive
  Changes,  ///< a name: it is made, moved or taken away
  Syncs,
};

enum class Harm {
  None,
  Broken,       ///< EIO
  Full,         ///< ENOSPC
  Interrupted,  ///< EINTR
  Short,        ///< half of the bytes arrive, then ENOSPC
  Death,        ///< half of the bytes arrive, then the process is gone
  PowerCut,     ///< the same, and what was not synced is lost
};

enum class Lasts { Once, ToTheEnd };

class Mishap {
 public:
  struct Step {
    Touch touch;
    std::string what;
  };

  /// Nothing goes wrong.
  Mishap() = default;
  /// At the n-th step, counted from 1. A harm that lasts meets every later step that it can happen to, too.
  Mishap(std::int64_t step, Harm harm, Lasts lasts = Lasts::Once)
      : at_(step), harm_(harm), lasts_(lasts) {}
  /// The power goes at that step. `unsynced` outlives this.
  Mishap(std::int64_t step, Unsynced& unsynced, Survives survives)
      : at_(step), harm_(Harm::PowerCut), unsynced_(&unsynced), survives_(survives) {}

  /// To be held from before a step until it is done: steps are made one after the other.
  [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  /// A step is about to be made. Short, Death and PowerCut are given for Touch::Writes only, to be carried out by the caller;
  /// another step ends here.
  Harm step(Touch touch, const std::string& what);
  /// Cuts the power first if that is the harm.
  [[noreturn]] void die();

  Unsynced* unsynced() { return unsynced_; }
  bool happened() const { return happened_; }
  const std::vector<Step>& steps() const { return steps_; }

  /// It can happen at such a step.
  static bool fits(Harm harm, Touch touch);

 private:
  std::int64_t at_ = 0, count_ = 0;
  Harm harm_ = Harm::None;
  Lasts lasts_ = Lasts::Once;
  Unsynced* unsynced_ = nullptr;
  Survives survives_ = Survives::Nothing;
  bool happened_ = false;
  std::vector<Step> steps_;
  std::mutex mutex_;
};

/// What the system says to it: "Input/output error" …
std::string words_of(Harm harm);

}  // namespace pipeline
