#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

// Random: the same numbers on every machine for the same seed (the distributions of <random> are
// not).

namespace app {

class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// splitmix64.
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
  }
  /// Both ends included.
  int between(int low, int high) {
    return low + static_cast<int>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  template <typename List>
  const auto& pick(const List& list) {
    return list[static_cast<std::size_t>(next() % std::size(list))];
  }

 private:
  std::uint64_t state_;
};

}  // namespace app
