#include "pipeline/stored_path.hpp"

#include <charconv>
#include <string_view>

#include "pipeline/text.hpp"

namespace pipeline {

namespace {

constexpr std::string_view kMark = "hex:";

}  // namespace

std::string to_stored(const std::string& path) {
  return is_utf8(path) ? path : std::string(kMark) + hex(path);
}

std::string from_stored(const std::string& text) {
  if (!text.starts_with(kMark)) return text;
  std::string path;
  for (std::size_t i = kMark.size(); i + 1 < text.size(); i += 2) {
    unsigned byte = 0;
    std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
    path += static_cast<char>(byte);
  }
  return path;
}

}  // namespace pipeline
