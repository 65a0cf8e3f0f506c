#include "stages/prepare/deflate_head.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <span>

#include "stages/prepare/bytes.hpp"

namespace prepare {

namespace {

using Lengths = std::span<const std::uint8_t>;

constexpr std::size_t kWindow = 32768;
/// Programs end a block after some 16 to 64 KB of what cannot be packed.
constexpr std::size_t kBlocks = 96u << 10;
constexpr unsigned kLongest = 15, kWrong = 0xFFFF;

class Bits {
 public:
  explicit Bits(std::string_view from) : from_(from) {}

  /// At least so many bits can be seen then. Zeros follow the end; whoever takes them finds `over`.
  void fill(unsigned count) {
    if (held_ >= count) return;
    if (from_.size() >= sizeof hold_ && at_ <= from_.size() - sizeof hold_) {
      hold_ |= little64(from_, at_) << held_;
      at_ += (63 - held_) / 8;
      held_ |= 56;
      return;
    }
    for (; held_ < count; held_ += 8, ++at_)
      hold_ |= std::uint64_t{at_ < from_.size() ? byte(from_, at_) : 0} << held_;
  }
  std::uint32_t see(unsigned count) const {
    return static_cast<std::uint32_t>(hold_ & ((std::uint64_t{1} << count) - 1));
  }
  void drop(unsigned count) {
    hold_ >>= count;
    held_ -= count;
  }
  std::uint32_t take(unsigned count) {
    fill(count);
    const std::uint32_t value = see(count);
    drop(count);
    return value;
  }
  void drop_to_byte() { drop(held_ % 8); }
  std::uint64_t position() const { return std::uint64_t{at_} * 8 - held_; }
  bool over() const { return position() > std::uint64_t{from_.size()} * 8; }

 private:
  std::string_view from_;
  std::size_t at_ = 0;
  std::uint64_t hold_ = 0;  ///< above those held may be bits of the byte that is next
  unsigned held_ = 0;
};

/// A Huffman code: short ones by a table, longer ones, which are rare, bit by bit.
class Code {
 public:
  /// False: no code has these lengths.
  bool set(Lengths lengths) {
    std::array<unsigned, kLongest + 1> next{}, place{};
    count_.fill(0);
    for (const std::uint8_t length : lengths) ++count_[length];
    count_[0] = 0;
    for (unsigned bits = 1; bits <= kLongest; ++bits) {
      next[bits] = (next[bits - 1] + count_[bits - 1]) << 1;
      place[bits] = place[bits - 1] + count_[bits - 1];
      if (next[bits] + count_[bits] > 1U << bits) return false;
    }
    table_.fill({kWrong, 0});
    for (std::size_t symbol = 0; symbol < lengths.size(); ++symbol) {
      const unsigned length = lengths[symbol];
      if (length == 0) continue;
      symbols_[place[length]++] = static_cast<std::uint16_t>(symbol);
      const unsigned code = next[length]++;
      if (length > kQuick) continue;
      for (std::size_t i = reversed(code, length); i < table_.size(); i += std::size_t{1} << length)
        table_[i] = {static_cast<std::uint16_t>(symbol), static_cast<std::uint16_t>(length)};
    }
    return true;
  }

  unsigned next(Bits& bits) const {
    bits.fill(kLongest);
    const Entry entry = table_[bits.see(kQuick)];
    bits.drop(entry.length);
    return entry.length > 0 ? entry.symbol : next_long(bits);
  }

 private:
  static constexpr unsigned kQuick = 10;
  static constexpr std::size_t kMostSymbols = 288;
  struct Entry {
    std::uint16_t symbol, length;
  };

  unsigned next_long(Bits& bits) const {
    const std::uint32_t ahead = bits.see(kLongest);
    unsigned code = 0, first = 0, place = 0;
    for (unsigned length = 1; length <= kLongest; ++length) {
      code = code << 1 | (ahead >> (length - 1) & 1);
      first <<= 1;
      if (code - first < count_[length]) {
        bits.drop(length);
        return symbols_[place + code - first];
      }
      first += count_[length];
      place += count_[length];
    }
    return kWrong;
  }
  static std::size_t reversed(unsigned code, unsigned length) {
    std::size_t out = 0;
    for (; length > 0; --length, code >>= 1) out = out << 1 | (code & 1);
    return out;
  }

  std::array<Entry, std::size_t{1} << kQuick> table_;
  std::array<std::uint16_t, kMostSymbols> symbols_;
  std::array<unsigned, kLongest + 1> count_;
};

class Inflation {
 public:
  Inflation(std::string_view stream, std::size_t least, std::size_t most)
      : bits_(stream), least_(least), plain_(most, '\0') {}

  /// Up to the end of the first block before which enough has come, if another one follows it.
  bool run() {
    // Of no more: each costs its tables, also an empty one of ten bits.
    constexpr int kMostBlocks = 400;
    for (int block = 0; block < kMostBlocks; ++block) {
      const bool last = bits_.take(1) != 0;
      const std::uint32_t type = bits_.take(2);
      const bool whole = type == 0   ? take_stored()
                         : type == 1 ? read_fixed() && take_coded()
                         : type == 2 ? read_lengths() && take_coded()
                                     : false;
      if (!whole || last || bits_.over()) return false;
      if (size_ >= least_) return true;
    }
    return false;
  }
  std::uint64_t position() const { return bits_.position(); }
  std::string_view plain() const { return {plain_.data(), size_}; }

 private:
  bool take_stored() {
    bits_.drop_to_byte();
    const std::uint32_t length = bits_.take(16), check = bits_.take(16);
    if ((length ^ check) != 0xFFFF || length > plain_.size() - size_) return false;
    for (std::uint32_t i = 0; i < length; ++i) plain_[size_++] = static_cast<char>(bits_.take(8));
    return true;
  }

  bool read_fixed() {
    std::array<std::uint8_t, 288> lengths;
    lengths.fill(8);
    std::fill(lengths.begin() + 144, lengths.begin() + 256, std::uint8_t{9});
    std::fill(lengths.begin() + 256, lengths.begin() + 280, std::uint8_t{7});
    std::array<std::uint8_t, 30> distances;
    distances.fill(5);
    return symbols_.set(lengths) && distances_.set(distances);
  }

  bool read_lengths() {
    static constexpr std::array<std::uint8_t, 19> kOrder{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                         11, 4,  12, 3, 13, 2, 14, 1, 15};
    const std::size_t symbols = bits_.take(5) + 257, distances = bits_.take(5) + 1;
    const std::size_t written = bits_.take(4) + 4;
    std::array<std::uint8_t, 19> of_lengths{};
    for (std::size_t i = 0; i < written; ++i)
      of_lengths[kOrder[i]] = static_cast<std::uint8_t>(bits_.take(3));
    std::array<std::uint8_t, 288 + 32> lengths{};
    if (!symbols_.set(of_lengths)) return false;
    for (std::size_t i = 0; i < symbols + distances;) {
      const unsigned symbol = symbols_.next(bits_);
      if (symbol == kWrong || (symbol == 16 && i == 0)) return false;
      const std::uint8_t value = symbol < 16    ? static_cast<std::uint8_t>(symbol)
                                 : symbol == 16 ? lengths[i - 1]
                                                : std::uint8_t{0};
      std::size_t times = symbol < 16    ? 1
                          : symbol == 16 ? 3 + bits_.take(2)
                          : symbol == 17 ? 3 + bits_.take(3)
                                         : 11 + bits_.take(7);
      if (i + times > symbols + distances) return false;
      while (times-- > 0) lengths[i++] = value;
    }
    const Lengths all(lengths);
    return symbols_.set(all.first(symbols)) && distances_.set(all.subspan(symbols, distances));
  }

  bool take_coded() {
    // RFC 1951, 3.2.5.
    static constexpr std::array<std::uint16_t, 29> kLength{
        3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
        31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
    static constexpr std::array<std::uint16_t, 30> kDistance{
        1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
        193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
    constexpr unsigned kEnd = 256, kMostTimes = 258;
    // In registers, not in the object, which the bytes might be a part of.
    char* const plain = plain_.data();
    std::size_t size = size_;
    Bits bits = bits_;
    while (!bits.over() && plain_.size() - size >= kMostTimes) {
      const unsigned symbol = symbols_.next(bits);
      if (symbol < kEnd) {
        plain[size++] = static_cast<char>(symbol);
        continue;
      }
      if (symbol == kEnd) {
        size_ = size;
        bits_ = bits;
        return true;
      }
      const unsigned length = symbol - kEnd - 1;
      if (length >= kLength.size()) return false;
      const unsigned more = length < 8 || length == 28 ? 0 : length / 4 - 1;
      std::size_t times = kLength[length] + bits.take(more);
      const unsigned far = distances_.next(bits);
      if (far >= kDistance.size()) return false;
      const std::size_t back = kDistance[far] + bits.take(far < 4 ? 0 : far / 2 - 1);
      if (back > size) return false;
      for (; times > 0; --times, ++size) plain[size] = plain[size - back];
    }
    return false;
  }

  Bits bits_;
  const std::size_t least_;
  std::string plain_;  ///< has room for the most that may come
  std::size_t size_ = 0;
  Code symbols_, distances_;
};

/// Bits of blocks, put together to bytes.
class BitWriter {
 public:
  explicit BitWriter(std::string& to) : to_(to) {}
  void put(unsigned value, unsigned count) {
    hold_ |= value << held_;
    for (held_ += count; held_ >= 8; held_ -= 8, hold_ >>= 8)
      to_ += static_cast<char>(hold_ & 0xFF);
  }
  /// Codes stand the other way round.
  void put_code(unsigned code, unsigned count) {
    while (count-- > 0) put(code >> count & 1, 1);
  }
  unsigned held() const { return held_; }
  unsigned hold() const { return hold_; }

 private:
  std::string& to_;
  unsigned hold_ = 0, held_ = 0;
};

constexpr unsigned kFixedBlock = 1U << 1;  ///< one that is not the last
constexpr unsigned kLongLiteral = 144;     ///< from here on nine bits, not eight

void put_stored(std::string_view bytes, std::string& to) {
  constexpr std::size_t kMost = 65535;
  while (!bytes.empty()) {
    const std::string_view now = bytes.substr(0, kMost);
    to += '\0';
    for (const std::size_t n : {now.size(), ~now.size()}) {
      to += static_cast<char>(n & 0xFF);
      to += static_cast<char>(n >> 8 & 0xFF);
    }
    to += now;
    bytes.remove_prefix(now.size());
  }
}

/// Blocks that inflate to `bytes` and end `bit` bits behind the beginning of a byte, which is left to the caller.
std::optional<unsigned> put_blocks(std::string_view bytes, unsigned bit, std::string& to) {
  std::size_t coded = bytes.size();
  if (bit % 2 != 0) {
    // An empty block of fixed codes has ten bits: only a literal of nine makes an odd number.
    while (coded > 0 && byte(bytes, coded - 1) < kLongLiteral) --coded;
    if (coded == 0) return std::nullopt;
    --coded;
  }
  put_stored(bytes.substr(0, coded), to);
  BitWriter bits(to);
  if (coded < bytes.size()) {
    bits.put(kFixedBlock, 3);
    for (std::size_t i = coded; i < bytes.size(); ++i) {
      const unsigned literal = byte(bytes, i);
      if (literal < kLongLiteral)
        bits.put_code(0x30 + literal, 8);
      else
        bits.put_code(0x190 + literal - kLongLiteral, 9);
    }
    bits.put(0, 7);
  }
  while (bits.held() != bit) bits.put(kFixedBlock, 10);
  return bits.hold();
}

}  // namespace

std::size_t head_needed(const std::vector<JpegParts::Range>& kept) {
  return kept.size() == 1 && kept[0].from == 0 ? 0 : kept.back().from + kWindow + kBlocks;
}

std::optional<DeflateHead> new_head(std::string_view stream,
                                    const std::vector<JpegParts::Range>& kept) {
  // RFC 1950: deflate, a window of 32 KB, no dictionary.
  DeflateHead out{"\x78\x01"};
  if (head_needed(kept) == 0) return out;
  const std::size_t joint = kept.back().from + kWindow;
  Inflation old(stream, joint, joint + kBlocks);
  if (!old.run()) return std::nullopt;
  std::string plain;
  for (const JpegParts::Range& range : kept)
    plain.append(old.plain().substr(range.from, range.size()));
  const auto bit = static_cast<unsigned>(old.position() % 8);
  const auto begun = put_blocks(plain, bit, out.bytes);
  if (!begun) return std::nullopt;
  out.rest = old.position() / 8;
  if (bit != 0) {
    const unsigned theirs = byte(stream, out.rest) & (0xFFU << bit);
    out.bytes += static_cast<char>(theirs | *begun);
    ++out.rest;
  }
  return out;
}

}  // namespace prepare
