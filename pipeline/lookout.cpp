#include "pipeline/lookout.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "pipeline/attempts.hpp"
#include "pipeline/inbox.hpp"

namespace pipeline {

Arrivals Lookout::scan() {
  Scan found = scan_inbox(files_, options_.inbox);
  // A folder that cannot be read for a moment must not change the order of arrival.
  const auto is_known = [&](const auto& one) {
    return !troubles_.keys("folder " + one.first).empty();
  };
  for (int tries = 1; tries < options_.tries_at_once &&
                      !std::all_of(found.unreadable.begin(), found.unreadable.end(), is_known);
       ++tries) {
    std::this_thread::sleep_for(std::chrono::duration<double>(options_.retry_at_once_seconds));
    found = scan_inbox(files_, options_.inbox);
  }
  std::set<std::string> met;
  for (const auto& [path, why] : found.unreadable) {
    met.insert("folder " + path);
    troubles_.noted("folder " + path, "unreadable_folder",
                    Value::object({{"path", path}, {"why", why}}));
  }
  for (const std::string& key : troubles_.keys("folder "))
    if (!met.contains(key)) troubles_.over(key);
  for (const auto& [path, why] : found.passed_over) tell_once(path, 0, "passed_over", why);
  const std::vector<std::string> troubled = troubles_.keys("bundle ");
  if (!troubled.empty()) {
    std::set<std::string> gone(troubled.begin(), troubled.end());
    found.deliveries.erase_if([&](const Delivery& d) {
      const std::string key = attempt_key(d);
      gone.erase(key);
      return options_.watch && troubles_.waits(key);
    });
    // Whose owner took it away again keeps nobody waiting.
    for (const std::string& key : gone) troubles_.forget(key);
  }
  return std::move(found.deliveries);
}

bool Lookout::has_room() {
  const std::uint64_t wanted = std::uint64_t{options_.min_free_mb} << 20;
  bool room = true;
  for (const std::string& folder : written_) {
    const std::uint64_t there = files_.free_bytes(folder);
    if (there >= wanted) {
      troubles_.over("room " + folder);
      continue;
    }
    room = false;
    troubles_.noted(
        "room " + folder, "disk_full",
        Value::object({{"folder", folder}, {"wanted_bytes", wanted}, {"free_bytes", there}}));
  }
  return room;
}

void Lookout::tell_once(const std::string& path, std::int64_t version, std::string_view step,
                        const std::string& why) {
  const auto [told, fresh] = told_.try_emplace(path, version);
  if (!fresh && told->second == version) return;
  told->second = version;
  observer_.log(step, Value::object({{"path", path}, {"why", why}}));
}

}  // namespace pipeline
