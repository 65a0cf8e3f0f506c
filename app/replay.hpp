#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/installation.hpp"
#include "pipeline/ledger.hpp"
#include "stages/prepare/rules.hpp"

// Replay: what would have become of past submissions under other tables.
//
//   takes   an installation (its tables, settings and key), deliveries in order of arrival with their bytes
//   writes  a ledger of its own, in memory; no file, no paper
//   gives   the answer to each, and how the cases stand at the end
//   faults  Stop, of tables that cannot be loaded
//
// Timers fire when they are due, deliveries are decided at the time at which they were received.

namespace app {

/// What an office, or the next reviewer, notices.
struct Answer {
  std::string result, case_id, queue, state;
  int round = 0;
  std::vector<std::string> findings;  ///< "CODE where", sorted
  std::string about;                  ///< USCC of the unit that it concerns; "" if none
  bool operator==(const Answer&) const = default;
};

class Replay {
 public:
  explicit Replay(Installation installation);

  Answer take(const pipeline::Received& received, std::string_view bytes);
  const pipeline::View& view() const { return *ledger_; }
  const std::string& digest() const { return in_.rules->digest; }

 private:
  void fire_until(pipeline::Time at);

  Installation in_;
  prepare::Rules prepare_;
  std::unique_ptr<pipeline::Ledger> ledger_;
};

}  // namespace app
