#include "pipeline/inbox.hpp"

#include <algorithm>
#include <tuple>

#include "pipeline/text.hpp"

namespace pipeline {

namespace {

bool is_unfinished_or_junk(std::string_view name) {
  const std::string lower = ascii_lower(name);
  const auto ends = [&](std::string_view tail) { return lower.ends_with(tail); };
  return lower.starts_with(".") || lower.starts_with("~$") || ends(".part") || ends(".tmp") ||
         ends(".crdownload") || ends(".filepart") || lower == "thumbs.db" || lower == "desktop.ini";
}

/// At most `limit` bytes of whole characters.
std::string shorten(std::string name, std::size_t limit) {
  if (name.size() <= limit) return name;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0) == 0x80) --end;
  name.resize(end);
  return name;
}

}  // namespace

std::string readable_name(const std::string& name) {
  if (is_utf8(name)) return name;
  if (const auto decoded = from_gb18030(name)) return *decoded;
  return hex(name);
}

std::vector<Delivery> scan_inbox(Files& files, const std::string& inbox) {
  std::vector<Delivery> out;
  const auto take = [&](const std::string& drop, const std::string& folder, const Listed& file) {
    if (file.folder || is_unfinished_or_junk(file.name)) return;
    out.push_back({drop, readable_name(file.name), path_join(folder, file.name), file.size,
                   file.modified_ns, file.inode});
  };
  for (const Listed& item : files.list(inbox)) {
    if (!item.folder) {
      if (item.name != "README.md") take("public", inbox, item);
      continue;
    }
    if (item.name.starts_with(".")) continue;
    const std::string folder = path_join(inbox, item.name);
    const std::string drop = readable_name(item.name);
    for (const Listed& file : files.list(folder)) take(drop, folder, file);
  }
  std::sort(out.begin(), out.end(), [](const Delivery& a, const Delivery& b) {
    return std::tie(a.modified_ns, a.drop, a.name) < std::tie(b.modified_ns, b.drop, b.name);
  });
  return out;
}

bool still_there(Files& files, const Delivery& delivery) {
  const auto now = files.look(delivery.path);
  return now && now->inode == delivery.inode && now->size == delivery.size &&
         now->modified_ns == delivery.modified_ns;
}

std::string receipt_stem(const Delivery& delivery, const std::string& sha256) {
  // 255 bytes, less ".<12 digits>", ".<number>" and ".json".
  constexpr std::size_t kLongest = 225;
  return "receipts/" + shorten(delivery.drop, kLongest) + '/' + shorten(delivery.name, kLongest) +
         '.' + sha256.substr(0, 12);
}

}  // namespace pipeline
