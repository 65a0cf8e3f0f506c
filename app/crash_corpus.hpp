#pragma once

#include <string>
#include <vector>

#include "pipeline/time.hpp"

// Crash corpus: what arrives at a small installation in the course of a week, with something of every kind in it.
//
//   takes   nothing
//   gives   the deliveries of each pass of the line, and the time at which it is run; always the same
//   faults  none

namespace app {

struct Dropped {
  std::string drop;  ///< "": the inbox itself
  std::string name, bytes;
};

struct CrashPass {
  pipeline::Time now;
  std::vector<Dropped> deliveries;  ///< in order of arrival
};

std::vector<CrashPass> crash_corpus();

}  // namespace app
