#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// ZIP files by hand, right and wrong, without a library: every field can be made to lie.

namespace zip_builder {

inline void put(std::string& to, std::uint64_t n, int bytes) {
  for (int i = 0; i < bytes; ++i) to += static_cast<char>(n >> (8 * i) & 0xFF);
}

inline std::uint32_t crc(std::string_view bytes) {
  std::uint32_t c = 0xFFFFFFFF;
  for (const char b : bytes) {
    c ^= static_cast<unsigned char>(b);
    for (int i = 0; i < 8; ++i) c = (c >> 1) ^ (c & 1 ? 0xEDB88320u : 0);
  }
  return ~c;
}

/// A deflate stream of stored blocks.
inline std::string deflate(std::string_view bytes) {
  std::string out;
  do {
    const std::string_view block = bytes.substr(0, 0xFFFF);
    bytes.remove_prefix(block.size());
    out += static_cast<char>(bytes.empty() ? 1 : 0);
    put(out, block.size(), 2);
    put(out, ~block.size() & 0xFFFF, 2);
    out += block;
  } while (!bytes.empty());
  return out;
}

/// A deflate stream of 1 + 258 * `runs` zeros: one fixed block.
inline std::string deflate_zeros(std::size_t runs) {
  std::string out;
  unsigned held = 0;
  int bits = 0;
  const auto bit = [&](unsigned b) {
    held |= b << bits;
    if (++bits == 8) out += static_cast<char>(held), held = 0, bits = 0;
  };
  const auto code = [&](unsigned value, int width) {
    while (width-- > 0) bit(value >> width & 1);
  };
  bit(1), bit(1), bit(0);
  code(0x30, 8);
  for (std::size_t i = 0; i < runs; ++i) code(0xC5, 8), code(0, 5);
  code(0, 7);
  while (bits != 0) bit(0);
  return out;
}

struct Options {
  std::uint16_t method = 8;
  std::uint16_t flags = 0;
  bool descriptor = false;
  bool descriptor_signature = true;
  bool zip64 = false;
  bool in_directory = true;
  unsigned host = 0;
  std::uint32_t attributes = 0;
  std::string extra = {};                  ///< of local and central header
  std::optional<std::string> packed = {};  ///< instead of the deflated data
  std::optional<std::string> local_name = {}, central_name = {};
  std::optional<std::uint32_t> crc = {}, central_crc = {};
  std::optional<std::uint64_t> size = {}, central_size = {}, offset = {};
  std::optional<std::uint16_t> central_method = {}, central_flags = {};
};

class Builder {
 public:
  Builder& add(const std::string& name, std::string_view data, const Options& o = {}) {
    const std::string packed = o.packed        ? *o.packed
                               : o.method == 8 ? deflate(data)
                                               : std::string(data);
    const std::uint32_t sum = o.crc.value_or(crc(data));
    const std::uint64_t size = o.size.value_or(data.size());
    const std::uint16_t flags = o.flags | (o.descriptor ? 8 : 0);
    const std::uint64_t offset = bytes_.size();
    const std::string local = o.local_name.value_or(name);
    std::string extra = o.extra;
    if (o.zip64) {
      std::string field;
      put(field, 1, 2), put(field, 16, 2), put(field, size, 8), put(field, packed.size(), 8);
      extra = field + extra;
    }
    const bool hollow = o.descriptor && !o.zip64;
    put(bytes_, 0x04034b50, 4), put(bytes_, o.zip64 ? 45 : 20, 2), put(bytes_, flags, 2);
    put(bytes_, o.method, 2), put(bytes_, 0x58210000, 4), put(bytes_, o.descriptor ? 0 : sum, 4);
    put(bytes_, hollow ? 0 : o.zip64 ? 0xFFFFFFFF : packed.size(), 4);
    put(bytes_, hollow ? 0 : o.zip64 ? 0xFFFFFFFF : size, 4);
    put(bytes_, local.size(), 2), put(bytes_, extra.size(), 2);
    bytes_ += local + extra + packed;
    if (o.descriptor) {
      if (o.descriptor_signature) put(bytes_, 0x08074b50, 4);
      const int width = o.zip64 ? 8 : 4;
      put(bytes_, sum, 4), put(bytes_, packed.size(), width), put(bytes_, size, width);
    }
    if (!o.in_directory) return *this;
    const std::string central = o.central_name.value_or(name);
    ++count;
    put(directory_, 0x02014b50, 4), put(directory_, 20 | o.host << 8, 2), put(directory_, 20, 2);
    put(directory_, o.central_flags.value_or(flags), 2);
    put(directory_, o.central_method.value_or(o.method), 2), put(directory_, 0x58210000, 4);
    put(directory_, o.central_crc.value_or(sum), 4), put(directory_, packed.size(), 4);
    put(directory_, o.central_size.value_or(size), 4), put(directory_, central.size(), 2);
    put(directory_, o.extra.size(), 2), put(directory_, 0, 2), put(directory_, 0, 2);
    put(directory_, 0, 2), put(directory_, o.attributes, 4);
    put(directory_, o.offset.value_or(offset), 4);
    directory_ += central + o.extra;
    return *this;
  }

  std::string end(const std::string& comment = {}, bool zip64 = false,
                  const std::string& more64 = {}) const {
    std::string out = bytes_ + directory_;
    const std::uint64_t at = bytes_.size();
    if (zip64) {
      const std::uint64_t record = out.size();
      put(out, 0x06064b50, 4), put(out, 44 + more64.size(), 8), put(out, 45, 2), put(out, 45, 2),
          put(out, 0, 8);
      put(out, count, 8), put(out, count, 8), put(out, directory_.size(), 8), put(out, at, 8);
      out += more64;
      put(out, 0x07064b50, 4), put(out, 0, 4), put(out, record, 8), put(out, 1, 4);
    }
    put(out, 0x06054b50, 4), put(out, 0, 4);
    put(out, zip64 ? 0xFFFF : count, 2), put(out, zip64 ? 0xFFFF : count, 2);
    put(out, zip64 ? 0xFFFFFFFF : directory_.size(), 4), put(out, zip64 ? 0xFFFFFFFF : at, 4);
    put(out, comment.size(), 2);
    return out + comment;
  }

  std::uint64_t count = 0;  ///< what the end will claim

 private:
  std::string bytes_, directory_;
};

}  // namespace zip_builder
