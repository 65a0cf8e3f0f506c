#include "pipeline/standing.hpp"

#include <utility>

namespace pipeline {

void Standing::postpone(Order order) {
  const std::string path = order.effect.path;
  asked_[order.id] = path;
  Order& latest = due_[path];
  if (order.id >= latest.id) latest = std::move(order);
}

std::vector<Order> Standing::take_due() {
  std::map<std::string, Order> due = std::exchange(due_, {});
  for (const auto& [effect, path] : asked_) {
    const auto order = due.find(path);
    if (order != due.end() && effect != order->second.id) order->second.also.push_back(effect);
  }
  std::vector<Order> orders;
  for (auto& [path, order] : due) orders.push_back(std::move(order));
  return orders;
}

void Standing::done(const std::vector<std::int64_t>& effects) {
  for (const std::int64_t effect : effects) asked_.erase(effect);
}

}  // namespace pipeline
