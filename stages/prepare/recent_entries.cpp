#include "stages/prepare/recent_entries.hpp"

#include <iterator>
#include <utility>

namespace prepare {

void RecentEntries::keep(const std::string& sha256, std::string_view bytes) {
  if (bytes.size() > kLargest) return;
  std::list<Kept> added;
  added.push_back({sha256, std::string(bytes)});
  const std::lock_guard lock(mutex_);
  if (places_.contains(sha256)) return;
  while (size_ + bytes.size() > kMost) remove(kept_.begin());
  kept_.splice(kept_.end(), added);
  const Place place = std::prev(kept_.end());
  places_.emplace(place->sha256, place);
  size_ += bytes.size();
}

std::optional<std::string> RecentEntries::take(const std::string& sha256) {
  const std::lock_guard lock(mutex_);
  const auto found = places_.find(sha256);
  if (found == places_.end()) return std::nullopt;
  return remove(found->second).bytes;
}

RecentEntries::Kept RecentEntries::remove(Place place) {
  places_.erase(place->sha256);
  size_ -= place->bytes.size();
  Kept out = std::move(*place);
  kept_.erase(place);
  return out;
}

}  // namespace prepare
