#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/arrivals.hpp"
#include "pipeline/files.hpp"
#include "pipeline/line.hpp"
#include "pipeline/troubles.hpp"

// Lookout: what lies in the inbox, and whether there is room for it.
//
//   takes   the inbox, and the folders that bundles and papers are written to
//   gives   deliveries in order of arrival; what keeps them out is logged, and one of the troubles
//   faults  those of Files

namespace pipeline {

class Lookout {
 public:
  Lookout(const LineOptions& options, Files& files, const Observer& observer, Troubles& troubles,
          std::vector<std::string> written)
      : options_(options),
        files_(files),
        observer_(observer),
        troubles_(troubles),
        written_(std::move(written)) {}

  /// With watch, what the world kept from being read is left out until it is to be tried again.
  Arrivals scan();
  /// With too little space nothing is claimed: bundles are safe in the inbox, and the next run or rescan goes on.
  bool has_room();

  /// A watching line meets the same thing every two seconds: it is told once, until its version changes.
  void tell_once(const std::string& path, std::int64_t version, std::string_view step,
                 const std::string& why);
  /// It is gone; what comes to the same place is told anew.
  void forget(const std::string& path) { told_.erase(path); }

 private:
  const LineOptions& options_;
  Files& files_;
  const Observer& observer_;
  Troubles& troubles_;
  const std::vector<std::string> written_;
  std::map<std::string, std::int64_t> told_;
};

}  // namespace pipeline
