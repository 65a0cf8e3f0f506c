#include "pipeline/inbox.hpp"

#include <algorithm>
#include <array>

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

Scan scan_inbox(Files& files, const std::string& inbox) {
  Scan scan;
  scan.deliveries.enter("public", inbox);
  std::vector<std::string> folders;
  for (const Listed& item : files.list(inbox)) {
    if (item.folder) {
      if (!item.name.starts_with(".")) folders.push_back(item.name);
    } else if (item.name != "README.md" && !is_unfinished_or_junk(item.name)) {
      scan.deliveries.add(item);
    }
  }
  for (const std::string& name : folders) {
    const std::string folder = path_join(inbox, name);
    try {
      const std::vector<Listed> files_there = files.list(folder);
      scan.deliveries.enter(readable_name(name), folder);
      for (const Listed& file : files_there) {
        if (is_unfinished_or_junk(file.name)) continue;
        if (file.folder)
          scan.passed_over.emplace_back(path_join(folder, file.name),
                                        "a folder inside a drop folder: drop a ZIP");
        else
          scan.deliveries.add(file);
      }
    } catch (const Fault& fault) {
      // One office's folder that cannot be read must not keep the others waiting.
      scan.unreadable.emplace_back(folder, fault.why);
    }
  }
  scan.deliveries.sort();
  return scan;
}

bool still_there(Files& files, const Delivery& delivery) {
  const auto now = files.look(delivery.path);
  return now && now->inode == delivery.inode && now->size == delivery.size &&
         now->modified_ns == delivery.modified_ns;
}

std::string receipt_stem(const Delivery& delivery, const std::string& sha256) {
  return "receipts/" + shorten(delivery.drop, kLongestName) + '/' +
         shorten(visible(delivery.name), kLongestName) + '.' + sha256.substr(0, kStemDigits);
}

}  // namespace pipeline
