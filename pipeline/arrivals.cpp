#include "pipeline/arrivals.hpp"

#include <algorithm>

#include "pipeline/text.hpp"

namespace pipeline {

std::string readable_name(const std::string& name) {
  if (is_utf8(name)) return name;
  if (const auto decoded = from_gb18030(name)) return *decoded;
  return hex(name);
}

void Arrivals::enter(std::string drop, std::string folder) {
  folders_.push_back({std::move(drop), std::move(folder)});
}

void Arrivals::add(const Listed& file) {
  Row row{file.size, file.modified_ns, file.inode, names_.size(), 0, 0, 0};
  row.folder = static_cast<std::uint32_t>(folders_.size() - 1);
  row.disk_bytes = static_cast<std::uint32_t>(file.name.size());
  names_ += file.name;
  if (!is_utf8(file.name)) {
    names_ += readable_name(file.name);
    row.readable_bytes = static_cast<std::uint32_t>(names_.size() - row.name_at - file.name.size());
  }
  rows_.push_back(row);
}

std::string_view Arrivals::disk_name(const Row& row) const {
  return std::string_view(names_).substr(row.name_at, row.disk_bytes);
}

std::string_view Arrivals::readable(const Row& row) const {
  if (row.readable_bytes == 0) return disk_name(row);
  return std::string_view(names_).substr(row.name_at + row.disk_bytes, row.readable_bytes);
}

void Arrivals::sort() {
  std::sort(rows_.begin(), rows_.end(), [this](const Row& a, const Row& b) {
    if (a.modified_ns != b.modified_ns) return a.modified_ns < b.modified_ns;
    const int drops = folders_[a.folder].drop.compare(folders_[b.folder].drop);
    if (drops != 0) return drops < 0;
    const int names = readable(a).compare(readable(b));
    return names != 0 ? names < 0 : disk_name(a) < disk_name(b);
  });
}

Delivery Arrivals::operator[](std::size_t index) const {
  const Row& row = rows_[index];
  const Folder& folder = folders_[row.folder];
  return {folder.drop,
          std::string(readable(row)),
          path_join(folder.path, disk_name(row)),
          row.size,
          row.modified_ns,
          row.inode};
}

void Arrivals::erase_if(const std::function<bool(const Delivery&)>& unwanted) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows_.size(); ++i)
    if (!unwanted((*this)[i])) rows_[kept++] = rows_[i];
  rows_.resize(kept);
}

}  // namespace pipeline
