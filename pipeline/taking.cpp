#include "pipeline/taking.hpp"

#include <set>

#include "pipeline/fault.hpp"
#include "pipeline/inbox.hpp"

namespace pipeline {

void Taking::take(std::int64_t id, const Delivery& delivery) {
  try {
    if (still_there(files_, delivery)) files_.remove(delivery.path);
  } catch (const Fault& fault) {
    if (fault.kind == FaultKind::Stop) throw;
    stuck_[delivery.path] = {id, delivery};
    troubles_.noted("stuck " + delivery.path, "not_removed",
                    Value::object({{"path", delivery.path}, {"why", fault.what()}}));
    return;
  }
  if (stuck_.erase(delivery.path) > 0) troubles_.over("stuck " + delivery.path);
  std::string folder = parent_folder(delivery.path);
  while (!folder.empty() && !same_file_system(folder, folder))  // the office has taken it away, too
    folder = parent_folder(folder);
  removed_.emplace_back(id, std::move(folder));
}

Arrivals Taking::without_stuck(Arrivals found) {
  for (const auto& [path, untaken] : std::map(stuck_)) take(untaken.id, untaken.delivery);
  if (stuck_.empty()) return found;
  found.erase_if([&](const Delivery& delivery) {
    const auto at = stuck_.find(delivery.path);
    if (at == stuck_.end()) return false;
    const Delivery& decided = at->second.delivery;
    return decided.inode == delivery.inode && decided.size == delivery.size &&
           decided.modified_ns == delivery.modified_ns;
  });
  return found;
}

bool Taking::lies_elsewhere(const std::string& folder) {
  const auto [at, fresh] = elsewhere_.try_emplace(folder);
  if (fresh) at->second = !folder.empty() && !same_file_system(folder, synced_);
  return at->second;
}

void Taking::sync() {
  std::set<std::string> folders;
  for (const auto& [id, folder] : removed_)
    if (lies_elsewhere(folder)) folders.insert(folder);
  for (const std::string& folder : folders) files_.sync(folder);
  for (const auto& [id, folder] : removed_) durable_.push_back(id);
  removed_.clear();
}

}  // namespace pipeline
