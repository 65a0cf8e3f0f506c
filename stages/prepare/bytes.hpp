#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace prepare {

// Numbers in foreign bytes. Who asks has made sure that they are there.

inline unsigned byte(std::string_view s, std::size_t at) {
  return static_cast<unsigned char>(s[at]);
}
inline unsigned big16(std::string_view s, std::size_t at) {
  return byte(s, at) << 8 | byte(s, at + 1);
}
inline std::uint32_t big32(std::string_view s, std::size_t at) {
  return std::uint32_t{big16(s, at)} << 16 | big16(s, at + 2);
}
inline unsigned little16(std::string_view s, std::size_t at) {
  return byte(s, at) | byte(s, at + 1) << 8;
}
inline std::uint32_t little32(std::string_view s, std::size_t at) {
  return std::uint32_t{little16(s, at + 2)} << 16 | little16(s, at);
}

inline std::uint64_t little64(std::string_view s, std::size_t at) {
  if constexpr (std::endian::native == std::endian::little) {
    std::uint64_t out = 0;
    std::memcpy(&out, s.data() + at, sizeof out);
    return out;
  }
  return std::uint64_t{little32(s, at + 4)} << 32 | little32(s, at);
}

}  // namespace prepare
