#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "pipeline/value.hpp"

namespace pipeline {

struct Json {
  Value value;
  std::string error;  ///< "" if it could be read
  std::vector<std::string>
      duplicates;  ///< paths of keys that stand twice, the first 20; the last one counts
  std::size_t duplicate_count = 0;
};

/// UTF-8 without byte-order mark. Depth beyond `depth` is an error.
Json parse_json(std::string_view text, int depth = 64);

/// For documents that the program itself wrote. Faults (Stop) when it is damaged.
Value parse_own_json(std::string_view text);
/// Of objects, at whatever depth, only the members of these names.
Value parse_own_json(std::string_view text, const std::unordered_set<std::string_view>& members);

}  // namespace pipeline
