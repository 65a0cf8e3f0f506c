#include "pipeline/taking.hpp"

#include <set>

#include "pipeline/inbox.hpp"

namespace pipeline {

void Taking::take(std::int64_t id, const Delivery& delivery) {
  if (still_there(files_, delivery)) files_.remove(delivery.path);
  std::string folder = parent_folder(delivery.path);
  while (!folder.empty() && !same_file_system(folder, folder))  // the office has taken it away, too
    folder = parent_folder(folder);
  removed_.emplace_back(id, std::move(folder));
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
