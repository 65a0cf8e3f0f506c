#include "stages/prepare/jpeg.hpp"

#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "stages/prepare/bytes.hpp"

namespace prepare {

namespace {

using std::string_view;

constexpr double kInch = 2.54;  // centimetres

/// From `at` on, up to some place that may be before, but not behind, the first FF which no zero follows.
std::size_t after_stuffed([[maybe_unused]] string_view bytes, std::size_t at) {
#if defined(__SSE2__)
  constexpr std::size_t kStep = 16;
  const __m128i ff = _mm_set1_epi8(-1), zero = _mm_setzero_si128();
  for (; at + kStep < bytes.size(); at += kStep) {
    const auto* const here = reinterpret_cast<const __m128i*>(bytes.data() + at);
    const auto* const next = reinterpret_cast<const __m128i*>(bytes.data() + at + 1);
    const __m128i marks = _mm_andnot_si128(_mm_cmpeq_epi8(_mm_loadu_si128(next), zero),
                                           _mm_cmpeq_epi8(_mm_loadu_si128(here), ff));
    if (_mm_movemask_epi8(marks) != 0) break;
  }
#endif
  return at;
}

/// The markers of a JPEG, ITU-T T.81 table B.1, and those of its extensions that cameras write.
class Jpeg {
 public:
  Jpeg(string_view bytes, Image& out, JpegParts& parts) : b_(bytes), out_(out), parts_(parts) {}

  void walk() {
    keep(0, 2);
    std::size_t at = 2;
    for (;;) {
      // Any number of FF may stand before a marker.
      while (at + 1 < b_.size() && byte(b_, at) == 0xFF && byte(b_, at + 1) == 0xFF) ++at;
      if (at + 4 > b_.size()) return damaged(kPictureCut);
      if (byte(b_, at) != 0xFF) return damaged(kPictureBroken);
      const unsigned marker = byte(b_, at + 1);
      if (stands_alone(marker)) {
        at += 2;
        continue;
      }
      if (marker == 0x00 || marker == kStart) return damaged(kPictureBroken);
      if (marker == kEnd) return damaged(kPictureEmpty);
      const unsigned length = big16(b_, at + 2);
      if (length < 2) return damaged(kPictureBroken);
      if (b_.size() - at - 2 < length) return damaged(kPictureCut);
      const string_view body = b_.substr(at + 4, length - 2);
      if (!segment(marker, body)) return;
      if (wanted(marker, body)) keep(at, at + 2 + length);
      at += 2 + std::size_t{length};
      if (marker == kScan) break;
    }
    if (!framed_) return damaged(kPictureBroken);
    if (!take_scans(at)) {
      parts_.shown.clear();
      if (!ends(at)) return damaged(kPictureCut);
    }
    parts_.inks = inks();
    // A sheet without a word on it is an eighth of that; one with words, four times.
    constexpr std::uint64_t kPixelsOfAByte = 16;
    out_.sparse = (b_.size() - at) * kPixelsOfAByte < pixels(out_);
  }

 private:
  enum Marker : unsigned {
    kTemporary = 0x01,
    kTables = 0xC4,
    kExtension = 0xC8,
    kArithmetic = 0xCC,
    kRestart0 = 0xD0,
    kRestart7 = 0xD7,
    kStart = 0xD8,
    kEnd = 0xD9,
    kScan = 0xDA,
    kApp0 = 0xE0,
    kExif = 0xE1,
    kAdobe = 0xEE,
    kApp15 = 0xEF,
    kComment = 0xFE
  };

  static bool stands_alone(unsigned marker) {
    return marker == kTemporary || (marker >= kRestart0 && marker <= kRestart7);
  }

  void damaged(const char* why) {
    parts_.shown.clear();
    out_.damage = why;
  }

  void keep(std::size_t from, std::size_t to) {
    if (!parts_.shown.empty() && parts_.shown.back().to == from)
      parts_.shown.back().to = to;
    else
      parts_.shown.push_back({from, to});
  }

  /// False: the walk is over.
  bool segment(unsigned marker, string_view body) {
    if (marker == kExif && body.starts_with(string_view("Exif\0\0", 6)))
      take_exif(body.substr(6), out_);
    constexpr std::size_t kTransform = 11;
    if (marker == kAdobe && body.starts_with("Adobe") && body.size() > kTransform)
      transform_ = static_cast<int>(byte(body, kTransform));
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != kTables &&
                       marker != kExtension && marker != kArithmetic;
    return !frame || take_frame(marker, body);
  }

  bool wanted(unsigned marker, string_view body) {
    if (marker == kComment) return false;
    if (marker < kApp0 || marker > kApp15) return true;
    if (marker == kApp0 && body.starts_with(string_view("JFIF\0", 5)) && body.size() >= 12) {
      const unsigned unit = byte(body, 7);
      if (unit == 1) parts_.dpi = big16(body, 8);
      if (unit == 2) parts_.dpi = big16(body, 8) * kInch;
      // Without its thumbnail, if it is one of those that have none.
      return body.size() == 14;
    }
    // It says how the colours are to be understood.
    if (marker == kAdobe && body.starts_with("Adobe")) adobe_ = true;
    return marker == kAdobe && adobe_;
  }

  bool take_frame(unsigned marker, string_view body) {
    if (framed_ || body.size() < 6 || body.size() < 6 + 3 * std::size_t{byte(body, 5)}) {
      damaged(kPictureBroken);
      return false;
    }
    framed_ = true;
    out_.bits = static_cast<int>(byte(body, 0));
    out_.height = static_cast<int>(big16(body, 1));
    out_.width = static_cast<int>(big16(body, 3));
    const unsigned components = byte(body, 5);
    take_colour(components, body);
    if (out_.width == 0 || out_.height == 0) {
      damaged(kPictureSizeless);
      return false;
    }
    if (out_.colour == Colour::Unknown) {
      damaged(kPictureBroken);
      return false;
    }
    // T.81: C0 baseline, C1 extended, C2 progressive; the others are lossless, hierarchical or coded arithmetically.
    out_.progressive = marker == 0xC2;
    constexpr int kUsualBits = 8;
    if (marker > 0xC2 || out_.bits != kUsualBits)
      out_.unreadable =
          "图片用了少见的 JPEG 编码方式，多数软件打不开。请用看图软件另存为普通 JPG。";
    return true;
  }

  void take_colour(unsigned components, string_view body) {
    if (components == 1) out_.colour = Colour::Grey;
    const bool named_rgb =
        components == 3 && byte(body, 6) == 'R' && byte(body, 9) == 'G' && byte(body, 12) == 'B';
    if (components == 3) out_.colour = transform_ == 0 || named_rgb ? Colour::Rgb : Colour::Ycc;
    if (components == 4) out_.colour = transform_ == 2 ? Colour::Ycck : Colour::Cmyk;
  }

  Inks inks() const {
    switch (out_.colour) {
      case Colour::Grey:
        return Inks::Grey;
      case Colour::Ycc:
        return Inks::Ycc;
      case Colour::Rgb:
        return Inks::Rgb;
      default:
        // Who writes Adobe's marker writes inverted inks, too.
        return adobe_ ? Inks::InvertedCmyk : Inks::Cmyk;
    }
  }

  /// The coded data of the first scan, and what follows them up to the end. False: there is none.
  bool take_scans(std::size_t at) {
    for (;;) {
      const std::size_t end = end_of_scan(at);
      if (end == b_.npos) return false;
      keep(at, end);
      at = end;
      for (bool scan = false; !scan;) {
        while (at + 1 < b_.size() && byte(b_, at) == 0xFF && byte(b_, at + 1) == 0xFF) ++at;
        if (at + 2 > b_.size() || byte(b_, at) != 0xFF) return false;
        const unsigned marker = byte(b_, at + 1);
        if (stands_alone(marker)) {
          at += 2;
          continue;
        }
        if (marker == kEnd) {
          keep(at, at + 2);
          return true;
        }
        if (at + 4 > b_.size()) return false;
        const std::size_t length = big16(b_, at + 2);
        if (length < 2 || b_.size() - at - 2 < length) return false;
        if (wanted(marker, b_.substr(at + 4, length - 2))) keep(at, at + 2 + length);
        at += 2 + length;
        scan = marker == kScan;
      }
    }
  }

  /// Where the next marker stands that is none of the coded data.
  std::size_t end_of_scan(std::size_t at) const {
    for (;;) {
      // Nearly every FF of coded data stands before the zero that says so.
      at = after_stuffed(b_, at);
      const void* found =
          at < b_.size() ? std::memchr(b_.data() + at, 0xFF, b_.size() - at) : nullptr;
      if (!found) return b_.npos;
      at = static_cast<std::size_t>(static_cast<const char*>(found) - b_.data());
      if (at + 1 == b_.size()) return b_.npos;
      const unsigned next = byte(b_, at + 1);
      if (next == 0x00 || (next >= kRestart0 && next <= kRestart7))
        at += 2;
      else if (next == 0xFF)
        ++at;
      else
        return at;
    }
  }

  /// Whether the end follows the scan that begins there, though markers do not lead to it. A stuffed zero follows every FF of the
  /// coded data, so that FF D9 can only be the end.
  bool ends(std::size_t scan) const { return b_.find("\xFF\xD9", scan) != b_.npos; }

  string_view b_;
  Image& out_;
  JpegParts& parts_;
  int transform_ = -1;
  bool framed_ = false, adobe_ = false;
};

}  // namespace

JpegParts walk_jpeg(string_view bytes, Image& out) {
  JpegParts parts;
  Jpeg(bytes, out, parts).walk();
  return parts;
}

}  // namespace prepare
