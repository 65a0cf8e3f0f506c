#include "stages/prepare/exif.hpp"

#include <algorithm>
#include <cstdint>

#include "stages/prepare/bytes.hpp"

namespace prepare {

namespace {

constexpr std::size_t kHeader = 8, kEntry = 12;
constexpr unsigned kMostEntries = 1000;
constexpr std::uint32_t kMostPixels = 1'000'000;  ///< of a side

enum Tag : unsigned {
  kWidth = 0x0100,
  kHeight = 0x0101,
  kBits = 0x0102,
  kOrientation = 0x0112,
  kGps = 0x8825,
};
enum GpsTag : unsigned { kLatitude = 2, kLongitude = 4 };

class Directories {
 public:
  explicit Directories(std::string_view bytes) : bytes_(bytes), little_(bytes[0] == 'I') {}

  std::uint32_t u32(std::size_t at) const {
    return little_ ? little32(bytes_, at) : big32(bytes_, at);
  }

  /// Calls `each` with tag, number of values and the place of the value, for the entries that lie in the file; false: there is no
  /// directory.
  template <class Each>
  bool walk(std::uint64_t at, const Each& each) const {
    if (at < kHeader || at + 2 > bytes_.size()) return false;
    const unsigned count = std::min(u16(at), kMostEntries);
    for (unsigned i = 0; i < count; ++i) {
      const std::uint64_t entry = at + 2 + i * kEntry;
      if (entry + kEntry > bytes_.size()) break;
      each(u16(entry), u32(entry + 4), entry);
    }
    return true;
  }

  /// The one value of an entry, whether it is written in 16 bits or in 32; of several, the first if it lies in the entry.
  std::uint32_t value(std::uint64_t entry) const {
    constexpr unsigned kShort = 3;
    return u16(entry + 2) == kShort ? u16(entry + 8) : u32(entry + 8);
  }

 private:
  unsigned u16(std::size_t at) const { return little_ ? little16(bytes_, at) : big16(bytes_, at); }

  std::string_view bytes_;
  bool little_;
};

}  // namespace

TiffFacts read_tiff(std::string_view bytes) {
  TiffFacts out;
  if (bytes.size() < kHeader) return out;
  const Directories file(bytes);
  std::uint64_t gps = 0;
  out.readable =
      file.walk(file.u32(4), [&](unsigned tag, std::uint32_t count, std::uint64_t entry) {
        const std::uint32_t value = file.value(entry);
        const int side = static_cast<int>(std::min(value, kMostPixels));
        if (tag == kWidth) out.width = side;
        if (tag == kHeight) out.height = side;
        if (tag == kBits && count == 1) out.bits = static_cast<int>(std::min(value, 64u));
        if (tag == kOrientation && value >= 1 && value <= 8)
          out.orientation = static_cast<int>(value);
        if (tag == kGps) gps = value;
      });
  if (gps != 0)
    file.walk(gps, [&](unsigned tag, std::uint32_t count, std::uint64_t) {
      out.located = out.located || (count > 0 && (tag == kLatitude || tag == kLongitude));
    });
  return out;
}

}  // namespace prepare
