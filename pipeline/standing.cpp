#include "pipeline/standing.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "pipeline/fault.hpp"
#include "pipeline/lines.hpp"
#include "pipeline/workers.hpp"

namespace pipeline {

bool Standing::anything_new(const std::vector<PendingPaper>& pending) const {
  return std::any_of(pending.begin(), pending.end(),
                     [&](const PendingPaper& p) { return !started_.contains(p.effect); });
}

bool Standing::asked() const {
  return !stages_.standing.empty() && anything_new(ledger_.pending_papers(stages_.standing));
}

void Standing::start() {
  const double before = thread_cpu();
  last_ = std::chrono::steady_clock::now();
  if (asked() && ledger_.lines().try_alone()) {
    std::vector<Order> orders = take_due();
    std::vector<std::string> keys;
    for (const Order& order : orders) keys.push_back(attempt_key(order.id));
    attempts_.begin(keys);
    for (Order& order : orders) start(std::move(order));
    settle({});
  }
  cpu_ += thread_cpu() - before;
}

/// Asked again, alone now: who was at it before has left less, and may have left nothing.
std::vector<Order> Standing::take_due() {
  std::map<std::string, std::vector<PendingPaper>> due;
  for (PendingPaper& p : ledger_.pending_papers(stages_.standing))
    due[p.path].push_back(std::move(p));
  std::erase_if(due, [&](const auto& asked_for) { return !anything_new(asked_for.second); });
  // What the last run died over goes alone, so that the next death has one culprit.
  const auto suspect = std::find_if(due.begin(), due.end(), [&](const auto& asked_for) {
    return attempts_.is_suspect(attempt_key(asked_for.second.back().effect));
  });
  if (suspect != due.end()) due = {*suspect};
  std::vector<Order> orders;
  for (const auto& [path, asked_for] : due) {
    Order order{asked_for.back().effect, ledger_.effect(asked_for.back().effect)};
    for (const PendingPaper& p : asked_for) {
      started_.insert(p.effect);
      if (p.effect != order.id) order.also.push_back(p.effect);
    }
    under_way_.insert(order.id);
    orders.push_back(std::move(order));
  }
  return orders;
}

void Standing::start(Order order) {
  const std::string key = attempt_key(order.id);
  if (attempts_.is_poison(key)) {
    press_.fail(order,
                "the program died over it " + std::to_string(attempts_.deaths(key)) + " times");
    return;
  }
  try {
    std::optional<Value> shown;
    if (stages_.resolve) shown = stages_.resolve(order.effect, ledger_);
    if (shown) order.effect.payload = *std::move(shown);
    press_.start(std::move(order));
  } catch (const Fault&) {
    throw;
  } catch (const std::exception& e) {
    press_.fail(order, e.what());
  }
}

void Standing::settle(const std::vector<std::int64_t>& done) {
  for (const std::int64_t effect : done) {
    under_way_.erase(effect);
    started_.erase(effect);
  }
  std::erase_if(under_way_, [&](std::int64_t effect) { return press_.failed().contains(effect); });
  if (under_way_.empty()) ledger_.lines().end_alone();
}

}  // namespace pipeline
