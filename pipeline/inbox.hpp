#pragma once

#include <string>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/submission.hpp"

namespace pipeline {

/// What lies in the inbox, in order of arrival: by time of modification, then by drop and name. Files of programs that are
/// still writing (.part, .tmp, ~$…), hidden files and the README are left alone.
std::vector<Delivery> scan_inbox(Files& files, const std::string& inbox);

/// The file still is the one that was read: same inode, size and time.
bool still_there(Files& files, const Delivery& delivery);

/// The name in UTF-8, whatever the share wrote.
std::string readable_name(const std::string& name);

/// "receipts/<drop>/<name>.<12 hex>": a name too long for the file system is shortened, the digits never.
std::string receipt_stem(const Delivery& delivery, const std::string& sha256);

}  // namespace pipeline
