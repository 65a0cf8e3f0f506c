#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/line.hpp"
#include "pipeline/submission.hpp"

// Lookout: what lies in the inbox, and whether there is room for it.
//
//   takes   the inbox, and the folders that bundles and papers are written to
//   gives   deliveries in order of arrival; what keeps them out is logged, once, until it changes
//   faults  those of Files

namespace pipeline {

class Lookout {
 public:
  Lookout(const LineOptions& options, Files& files, const Observer& observer,
          std::vector<std::string> written)
      : options_(options), files_(files), observer_(observer), written_(std::move(written)) {}

  std::vector<Delivery> scan();
  /// With too little space nothing is claimed: bundles are safe in the inbox, and the next run or rescan goes on.
  bool has_room();

  /// A watching line meets the same thing every two seconds: it is told once, until its version changes.
  void tell_once(const std::string& path, std::int64_t version, std::string_view step,
                 const std::string& why);
  /// It is gone; what comes to the same place is told anew.
  void forget(const std::string& path) { told_.erase(path); }
  /// Folders that could not be read, and how often there was no room.
  std::int64_t faults() const { return faults_; }

 private:
  const LineOptions& options_;
  Files& files_;
  const Observer& observer_;
  const std::vector<std::string> written_;
  std::map<std::string, std::int64_t> told_;
  std::int64_t faults_ = 0;
};

}  // namespace pipeline
