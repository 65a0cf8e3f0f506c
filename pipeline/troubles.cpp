#include "pipeline/troubles.hpp"

#include <algorithm>

#include "pipeline/fault.hpp"
#include "pipeline/line.hpp"
#include "pipeline/time.hpp"

namespace pipeline {

Troubles::Troubles(Files& files, std::string file, Pauses pauses, const Observer& observer)
    : files_(files), file_(std::move(file)), pauses_(pauses), observer_(observer) {}

Troubles::Trouble& Troubles::enter(const std::string& key, std::string_view step, Value fields) {
  const auto [at, fresh] = all_.try_emplace(key);
  Trouble& trouble = at->second;
  if (fresh) trouble.since_us = make_clock(std::nullopt)->now().us;
  trouble.step = step;
  trouble.fields = std::move(fields);
  ++trouble.tries;
  return trouble;
}

void Troubles::met(const std::string& key, std::string_view step, Value fields) {
  Trouble& trouble = enter(key, step, std::move(fields));
  trouble.pause = trouble.tries == 1 ? pauses_.first : std::min(2 * trouble.pause, pauses_.longest);
  trouble.again = Steady::now() + std::chrono::duration_cast<Steady::duration>(
                                      std::chrono::duration<double>(trouble.pause));
  Value told = trouble.fields;
  told.set("tries", trouble.tries);
  if (pauses_.longest > 0) told.set("again_in_seconds", trouble.pause);
  observer_.log(step, std::move(told));
}

void Troubles::noted(const std::string& key, std::string_view step, Value fields) {
  if (all_.contains(key)) return;
  observer_.log(step, enter(key, step, std::move(fields)).fields);
}

void Troubles::over(const std::string& key) {
  const auto at = all_.find(key);
  if (at == all_.end()) return;
  Value told = at->second.fields;
  told.set("was", at->second.step);
  observer_.log("over", std::move(told));
  all_.erase(at);
}

bool Troubles::waits(const std::string& key) const {
  const auto at = all_.find(key);
  return at != all_.end() && Steady::now() < at->second.again;
}

std::vector<std::string> Troubles::keys(std::string_view beginning) const {
  std::vector<std::string> found;
  for (const auto& [key, trouble] : all_)
    if (key.starts_with(beginning)) found.push_back(key);
  return found;
}

Value Troubles::list() const {
  Value list = Value::array();
  for (const auto& [key, trouble] : all_) {
    Value one = Value::object({{"what", trouble.step}, {"since", iso_time({trouble.since_us})}});
    for (const auto& [name, value] : trouble.fields.members()) one.set(name, value);
    one.set("tries", trouble.tries);
    list.push(std::move(one));
  }
  return list;
}

void Troubles::tell() {
  const std::string text = all_.empty() ? "" : list().dump();
  if (!first_ && text == told_) return;
  try {
    if (text.empty()) {
      files_.remove(file_);
    } else {
      files_.write(file_ + ".part", text);
      files_.rename(file_ + ".part", file_);
    }
    told_ = text;
    first_ = false;
  } catch (const Fault&) {
    // The log has told it, and the next call tries again.
  }
}

std::string troubles_file(const std::string& state_folder, const std::string& seat) {
  return path_join(state_folder,
                   seat.empty() ? "troubles.json" : "lines/" + seat + ".troubles.json");
}

}  // namespace pipeline
