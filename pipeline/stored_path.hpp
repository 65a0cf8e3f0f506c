#pragma once

#include <string>

namespace pipeline {

/// A path as the ledger keeps it: what is not UTF-8 as "hex:…", for a database may take nothing else as text.
std::string to_stored(const std::string& path);
std::string from_stored(const std::string& text);

}  // namespace pipeline
