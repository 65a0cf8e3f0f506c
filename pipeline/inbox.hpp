#pragma once

#include <string>
#include <utility>
#include <vector>

#include "pipeline/arrivals.hpp"
#include "pipeline/files.hpp"
#include "pipeline/submission.hpp"

namespace pipeline {

struct Scan {
  Arrivals deliveries;
  std::vector<std::pair<std::string, std::string>>
      passed_over;  ///< (path, why): nobody will answer it
  std::vector<std::pair<std::string, std::string>> unreadable;  ///< (drop folder, why)
};

/// What lies in the inbox. Files of programs that are still writing (.part, .tmp, ~$…), hidden files and the README are left
/// alone.
Scan scan_inbox(Files& files, const std::string& inbox);

/// Bytes of a name in the outbox that comes from outside: 255 less ".<12 digits>", ".<number>" and ".json".
inline constexpr std::size_t kLongestName = 225;

/// The file still is the one that was read: same inode, size and time.
bool still_there(Files& files, const Delivery& delivery);

/// Digits of a bundle's SHA-256 in the names of its receipts.
constexpr std::size_t kStemDigits = 12;
/// "receipts/<drop>/<name>.<12 hex>": a name too long for the file system is shortened, the digits never.
std::string receipt_stem(const Delivery& delivery, const std::string& sha256);

}  // namespace pipeline
