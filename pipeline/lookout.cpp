#include "pipeline/lookout.hpp"

#include "pipeline/inbox.hpp"

namespace pipeline {

std::vector<Delivery> Lookout::scan() {
  Scan found = scan_inbox(files_, options_.inbox);
  for (const auto& [path, why] : found.unreadable) {
    ++faults_;
    tell_once(path, 0, "unreadable_folder", why);
  }
  for (const auto& [path, why] : found.passed_over) tell_once(path, 0, "passed_over", why);
  return std::move(found.deliveries);
}

bool Lookout::has_room() {
  const std::uint64_t wanted = std::uint64_t{options_.min_free_mb} << 20;
  for (const std::string& folder : written_) {
    if (files_.free_bytes(folder) >= wanted) continue;
    ++faults_;
    observer_.log("disk_full", Value::object({{"folder", folder}, {"wanted_bytes", wanted}}));
    return false;
  }
  return true;
}

void Lookout::tell_once(const std::string& path, std::int64_t version, std::string_view step,
                        const std::string& why) {
  const auto [told, fresh] = told_.try_emplace(path, version);
  if (!fresh && told->second == version) return;
  told->second = version;
  observer_.log(step, Value::object({{"path", path}, {"why", why}}));
}

}  // namespace pipeline
