#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "pipeline/intake.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"
#include "pipeline/press.hpp"

// Desk: decides claims, fires timers, and records what follows, inside the caller's transaction.
//
//   takes   claims in order of arrival
//   writes  the ledger; each outcome in a savepoint of its own, its receipt among its effects
//   gives   the effects to produce once the transaction is committed
//   faults  those of the ledger; our own mistake sets only its bundle aside

namespace pipeline {

class Desk {
 public:
  Desk(const Stages& stages, Ledger& ledger, const Clock& clock, const Observer& observer)
      : stages_(stages), ledger_(ledger), clock_(clock), observer_(observer) {}

  /// The delivery's id, and what was decided; its effects are among the orders.
  std::pair<std::int64_t, Outcome> decide(const Claim& claim);
  /// All that are due.
  void fire_timers();
  /// What was recorded since the last call, in order.
  std::vector<Order> take_orders() { return std::exchange(orders_, {}); }

 private:
  void log_decided(const Claim& claim, const Outcome& outcome);
  std::int64_t record(const Claim& claim, Outcome& outcome, Time now);
  void add_papers(const Claim& claim, Outcome& outcome, const std::string& stem, int repeats,
                  Time now);
  void keep_orders(Outcome& outcome);

  const Stages& stages_;
  Ledger& ledger_;
  const Clock& clock_;
  const Observer& observer_;
  std::vector<Order> orders_;
};

}  // namespace pipeline
