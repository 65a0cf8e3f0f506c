#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "pipeline/sha256.hpp"

namespace tests {

/// Every file below the folder with the digest of its bytes.
inline std::map<std::string, std::string> tree(const std::string& folder) {
  namespace fs = std::filesystem;
  std::map<std::string, std::string> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    files[entry.path().lexically_relative(folder).string()] = pipeline::sha256(bytes);
  }
  return files;
}

/// Changes one bit of the byte in the middle.
inline void flip(const std::string& file) {
  std::fstream at(file, std::ios::in | std::ios::out | std::ios::binary);
  at.seekg(0, std::ios::end);
  const auto middle = at.tellg() / 2;
  at.seekg(middle);
  const char byte = static_cast<char>(at.get());
  at.seekp(middle);
  at.put(static_cast<char>(byte ^ 1));
}

}  // namespace tests
