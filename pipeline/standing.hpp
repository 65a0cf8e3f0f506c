#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "pipeline/press.hpp"

// Standing: the papers that show the ledger as it is (worklists, rosters). Many effects ask for one; one file answers them all.
//
//   takes   orders for such papers, as they are recorded
//   gives   one order a path: the latest, which answers the earlier ones too
//   faults  none
//
// Nothing is lost by waiting: until done, the effects are pending in the ledger, and found there at the next start.

namespace pipeline {

class Standing {
 public:
  /// Keeps it until take_due.
  void postpone(Order order);
  /// What was postponed since the last call, in order of path.
  std::vector<Order> take_due();
  /// They need no further answer.
  void done(const std::vector<std::int64_t>& effects);

 private:
  std::map<std::string, Order> due_;           ///< by path
  std::map<std::int64_t, std::string> asked_;  ///< effects not yet done, with their path
};

}  // namespace pipeline
