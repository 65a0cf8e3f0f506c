#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/arrivals.hpp"
#include "pipeline/files.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/submission.hpp"
#include "pipeline/troubles.hpp"

// Taking: what is decided and committed leaves the inbox, and is marked so when that is durable.
//
//   takes   deliveries whose decision is committed
//   writes  the inbox: removes the file, if it still is the one that was read
//   gives   the deliveries that may be marked as taken
//   faults  those of Files. A file that cannot be removed (Retry) keeps nobody else waiting: it is
//           stuck, told among the troubles, and not claimed again
//
// A removal that a power cut undid must not find its mark in the ledger, or the bundle would be answered twice.

namespace pipeline {

class Taking {
 public:
  /// `synced`: a folder on the file system that the line syncs anyhow.
  Taking(Files& files, std::string synced, Troubles& troubles)
      : files_(files), synced_(std::move(synced)), troubles_(troubles) {}

  void take(std::int64_t id, const Delivery& delivery);
  /// Tries again to remove what is stuck, and leaves out what still is.
  Arrivals without_stuck(Arrivals found);
  bool needs_sync() const { return !removed_.empty(); }
  /// The line has just synced its own: what lies elsewhere (a share) is synced here.
  void sync();
  /// What a sync has made durable since the last call.
  std::vector<std::int64_t> take_durable() { return std::exchange(durable_, {}); }

 private:
  bool lies_elsewhere(const std::string& folder);

  Files& files_;
  const std::string synced_;
  Troubles& troubles_;
  std::vector<std::pair<std::int64_t, std::string>> removed_;  ///< with the folder it lay in
  std::vector<std::int64_t> durable_;
  std::map<std::string, bool> elsewhere_;  ///< by folder
  std::map<std::string, Untaken> stuck_;   ///< by path
};

}  // namespace pipeline
