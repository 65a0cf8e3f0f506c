#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

// SHA-256 of a whole and, on the way, of others: two at a time in one thread.
//
//   takes   the whole, which outlives it; then others, one after the other
//   gives   the digest of each, at last that of the whole; 64 lower-case hexadecimal digits
//   faults  those of sha256.hpp
//
// The processor's instructions for it wait for one another within one hash: beside a first one, a second costs a quarter. Where the
// processor has none, it is one after the other.

namespace pipeline {

class Sha256Beside {
 public:
  explicit Sha256Beside(std::string_view whole) : left_(whole), whole_(whole) {}
  std::string add(std::string_view other);
  /// Once, at the end.
  std::string finish();

  using State = std::array<std::uint32_t, 8>;

 private:
  std::string_view left_;  ///< of the whole
  std::string_view whole_;
  State state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

}  // namespace pipeline
