#include "pipeline/inbox.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

bool is_unfinished_or_junk(std::string_view name) {
  // Of browsers, Explorer's and Office's own, WinSCP, Xunlei, Baidu.
  static constexpr std::array kUnfinished{".part",       ".partial",     ".tmp",
                                          ".crdownload", ".download",    ".filepart",
                                          ".opdownload", ".downloading", ".xltd"};
  const std::string lower = ascii_lower(name);
  return lower.starts_with(".") || lower.starts_with("~$") || lower == "thumbs.db" ||
         lower == "desktop.ini" ||
         std::any_of(kUnfinished.begin(), kUnfinished.end(),
                     [&](const char* end) { return lower.ends_with(end); });
}

}  // namespace

std::string readable_name(const std::string& name) {
  if (is_utf8(name)) return name;
  if (const auto decoded = from_gb18030(name)) return *decoded;
  return hex(name);
}

Scan scan_inbox(Files& files, const std::string& inbox) {
  Scan scan;
  const auto take = [&](const std::string& drop, const std::string& folder, const Listed& file) {
    const std::string path = path_join(folder, file.name);
    if (is_unfinished_or_junk(file.name)) return;
    if (file.folder)
      scan.passed_over.emplace_back(path, "a folder inside a drop folder: drop a ZIP");
    else
      scan.deliveries.push_back(
          {drop, readable_name(file.name), path, file.size, file.modified_ns, file.inode});
  };
  for (const Listed& item : files.list(inbox)) {
    if (!item.folder) {
      if (item.name != "README.md") take("public", inbox, item);
      continue;
    }
    if (item.name.starts_with(".")) continue;
    const std::string folder = path_join(inbox, item.name);
    const std::string drop = readable_name(item.name);
    try {
      for (const Listed& file : files.list(folder)) take(drop, folder, file);
    } catch (const Fault& fault) {
      // One office's folder that cannot be read must not keep the others waiting.
      scan.unreadable.emplace_back(folder, fault.why);
    }
  }
  std::sort(
      scan.deliveries.begin(), scan.deliveries.end(), [](const Delivery& a, const Delivery& b) {
        return std::tie(a.modified_ns, a.drop, a.name) < std::tie(b.modified_ns, b.drop, b.name);
      });
  return scan;
}

bool still_there(Files& files, const Delivery& delivery) {
  const auto now = files.look(delivery.path);
  return now && now->inode == delivery.inode && now->size == delivery.size &&
         now->modified_ns == delivery.modified_ns;
}

std::string receipt_stem(const Delivery& delivery, const std::string& sha256) {
  return "receipts/" + shorten(delivery.drop, kLongestName) + '/' +
         shorten(visible(delivery.name), kLongestName) + '.' + sha256.substr(0, 12);
}

}  // namespace pipeline
