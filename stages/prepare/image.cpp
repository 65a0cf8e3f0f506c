#include "stages/prepare/image.hpp"

#include <algorithm>
#include <cstring>

#include "stages/prepare/bytes.hpp"
#include "stages/prepare/exif.hpp"

namespace prepare {

namespace {

using std::string_view;

constexpr const char* kBroken = "图片结构损坏";
constexpr const char* kCut = "图片不完整，缺少后面的部分";
constexpr const char* kNoSize = "图片的宽或高为零";
constexpr const char* kNothing = "图片没有内容";
constexpr int kLongestSide = 1'000'000;

int side(std::uint32_t n) {
  return static_cast<int>(std::min<std::uint32_t>(n, kLongestSide));
}

std::uint64_t pixels(const Image& image) {
  return static_cast<std::uint64_t>(image.width) * static_cast<std::uint64_t>(image.height);
}

void take_orientation(string_view tiff, Image& out) {
  if (!tiff.starts_with("II") && !tiff.starts_with("MM")) return;
  const TiffFacts facts = read_tiff(tiff);
  out.orientation = facts.orientation;
  out.located = facts.located;
}

/// The markers of a JPEG, ITU-T T.81 table B.1, and those of its extensions that cameras write.
class Jpeg {
 public:
  Jpeg(string_view bytes, Image& out) : b_(bytes), out_(out) {}

  void walk() {
    std::size_t at = 2;
    for (;;) {
      // Any number of FF may stand before a marker.
      while (at + 1 < b_.size() && byte(b_, at) == 0xFF && byte(b_, at + 1) == 0xFF) ++at;
      if (at + 4 > b_.size()) return damaged(kCut);
      if (byte(b_, at) != 0xFF) return damaged(kBroken);
      const unsigned marker = byte(b_, at + 1);
      if (marker == kTemporary || (marker >= kRestart0 && marker <= kRestart7)) {
        at += 2;
        continue;
      }
      if (marker == 0x00 || marker == kStart) return damaged(kBroken);
      if (marker == kEnd) return damaged(kNothing);
      const unsigned length = big16(b_, at + 2);
      if (length < 2) return damaged(kBroken);
      if (b_.size() - at - 2 < length) return damaged(kCut);
      if (!segment(marker, b_.substr(at + 4, length - 2))) return;
      at += 2 + std::size_t{length};
      if (marker == kScan) break;
    }
    if (!framed_) return damaged(kBroken);
    if (!ends(at)) return damaged(kCut);
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
    kExif = 0xE1,
    kAdobe = 0xEE
  };

  void damaged(const char* why) { out_.damage = why; }

  /// False: the walk is over.
  bool segment(unsigned marker, string_view body) {
    if (marker == kExif && body.starts_with(string_view("Exif\0\0", 6)))
      take_orientation(body.substr(6), out_);
    constexpr std::size_t kTransform = 11;
    if (marker == kAdobe && body.starts_with("Adobe") && body.size() > kTransform)
      adobe_ = static_cast<int>(byte(body, kTransform));
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != kTables &&
                       marker != kExtension && marker != kArithmetic;
    return !frame || take_frame(marker, body);
  }

  bool take_frame(unsigned marker, string_view body) {
    if (framed_ || body.size() < 6 || body.size() < 6 + 3 * std::size_t{byte(body, 5)}) {
      damaged(kBroken);
      return false;
    }
    framed_ = true;
    out_.bits = static_cast<int>(byte(body, 0));
    out_.height = static_cast<int>(big16(body, 1));
    out_.width = static_cast<int>(big16(body, 3));
    const unsigned components = byte(body, 5);
    take_colour(components, body);
    if (out_.width == 0 || out_.height == 0) {
      damaged(kNoSize);
      return false;
    }
    if (out_.colour == Colour::Unknown) {
      damaged(kBroken);
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
    if (components == 3) out_.colour = adobe_ == 0 || named_rgb ? Colour::Rgb : Colour::Ycc;
    if (components == 4) out_.colour = adobe_ == 2 ? Colour::Ycck : Colour::Cmyk;
  }

  /// Whether the end follows the scan that begins there. A stuffed zero follows every FF of the coded data, so that FF D9 can only
  /// be the end; telephones append more after it.
  bool ends(std::size_t scan) const {
    constexpr std::size_t kNear = 4096;
    const string_view rest = b_.substr(scan);
    if (rest.substr(rest.size() > kNear ? rest.size() - kNear : 0).rfind("\xFF\xD9") != rest.npos)
      return true;
    const char* at = rest.data();
    const char* const end = at + rest.size();
    while (end - at >= 2) {
      at = static_cast<const char*>(std::memchr(at, 0xFF, static_cast<std::size_t>(end - at - 1)));
      if (!at) return false;
      if (static_cast<unsigned char>(at[1]) == kEnd) return true;
      ++at;
    }
    return false;
  }

  string_view b_;
  Image& out_;
  int adobe_ = -1;
  bool framed_ = false;
};

std::uint32_t png_crc(string_view bytes) {
  std::uint32_t c = 0xFFFFFFFF;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    c ^= byte(bytes, i);
    for (int bit = 0; bit < 8; ++bit) c = (c >> 1) ^ ((c & 1) != 0 ? 0xEDB88320U : 0);
  }
  return ~c;
}

struct PngColour {
  unsigned type;
  Colour colour;
  bool alpha;
  unsigned samples;
  unsigned depths;  ///< those allowed, one bit each: bit 8 for a depth of 8
};
constexpr unsigned kWhole = 1U << 8 | 1U << 16, kParts = 1U << 1 | 1U << 2 | 1U << 4;
constexpr PngColour kPngColours[] = {{0, Colour::Grey, false, 1, kWhole | kParts},
                                     {2, Colour::Rgb, false, 3, kWhole},
                                     {3, Colour::Palette, false, 1, kParts | 1U << 8},
                                     {4, Colour::Grey, true, 2, kWhole},
                                     {6, Colour::Rgb, true, 4, kWhole}};

/// The first chunk, from its kind to its checksum; gives the bits of a pixel, 0 if it is wrong.
unsigned take_png_header(string_view chunk, Image& out) {
  constexpr std::size_t kBody = 4 + 13;
  const unsigned depth = byte(chunk, 12), type = byte(chunk, 13);
  const std::uint32_t width = big32(chunk, 4), height = big32(chunk, 8);
  out.width = side(width);
  out.height = side(height);
  if (big32(chunk, kBody) != png_crc(chunk.substr(0, kBody))) return 0;
  const auto* const found = std::find_if(std::begin(kPngColours), std::end(kPngColours),
                                         [&](const PngColour& c) { return c.type == type; });
  if (found == std::end(kPngColours) || depth > 16 || (found->depths >> depth & 1) == 0) return 0;
  if (byte(chunk, 14) != 0 || byte(chunk, 15) != 0 || byte(chunk, 16) > 1) return 0;
  out.bits = static_cast<int>(depth);
  out.colour = found->colour;
  out.alpha = found->alpha;
  return found->samples * depth;
}

void look_at_png(string_view b, Image& out) {
  constexpr std::size_t kAround = 12;  // length, kind and checksum
  std::size_t at = 8;
  std::uint64_t data = 0;
  unsigned pixel_bits = 0;
  while (b.size() - at >= kAround) {
    const std::uint32_t length = big32(b, at);
    const string_view kind = b.substr(at + 4, 4);
    if (length > b.size() - at - kAround) break;
    if (at == 8) {
      if (kind != "IHDR" || length != 13) break;
      pixel_bits = take_png_header(b.substr(at + 4), out);
      if (out.width == 0 || out.height == 0) {
        out.damage = kNoSize;
        return;
      }
      if (pixel_bits == 0) {
        out.damage = kBroken;
        return;
      }
    }
    if (kind == "IDAT") data += length;
    if (kind == "tRNS") out.alpha = true;
    if (kind == "eXIf") take_orientation(b.substr(at + 8, length), out);
    if (kind == "IEND") {
      if (data == 0) out.damage = kNothing;
      // Deflate reaches a thousandth on what is all the same, hurried programs a 158th; sharp text on white paper about a hundredth.
      constexpr std::uint64_t kSqueezed = 128;
      out.sparse = data * 8 * kSqueezed < pixels(out) * pixel_bits;
      return;
    }
    at += kAround + std::size_t{length};
  }
  out.damage = out.width > 0 ? kCut : kBroken;
}

void look_at_bmp(string_view b, Image& out) {
  constexpr std::size_t kHeaders = 30;
  if (b.size() < kHeaders) {
    out.damage = kCut;
    return;
  }
  const auto width = static_cast<std::int32_t>(little32(b, 18));
  const auto height = static_cast<std::int32_t>(little32(b, 22));
  if (width <= 0 || height == 0 || width > kLongestSide || height > kLongestSide ||
      height < -kLongestSide) {
    out.damage = width == 0 || height == 0 ? kNoSize : kBroken;
    return;
  }
  out.width = width;
  out.height = height < 0 ? -height : height;
  out.bits = static_cast<int>(little16(b, 28));
  if (little32(b, 2) > b.size()) out.damage = kCut;
}

void look_at_tiff(string_view b, Image& out) {
  const TiffFacts facts = read_tiff(b);
  out.width = facts.width;
  out.height = facts.height;
  out.bits = facts.bits;
  out.orientation = facts.orientation;
  out.located = facts.located;
  if (!facts.readable)
    out.damage = kCut;
  else if (out.width == 0 || out.height == 0)
    out.damage = kNoSize;
}

}  // namespace

Image look_at_image(string_view type, string_view bytes, std::uint64_t most_megapixels) {
  Image out;
  if (type == "jpeg")
    Jpeg(bytes, out).walk();
  else if (type == "png")
    look_at_png(bytes, out);
  else if (type == "bmp")
    look_at_bmp(bytes, out);
  else if (type == "tiff")
    look_at_tiff(bytes, out);
  constexpr std::uint64_t kMillion = 1'000'000;
  if (out.damage.empty() && pixels(out) > most_megapixels * kMillion) {
    out.unreadable = "图片过大（" + std::to_string(out.width) + "×" + std::to_string(out.height) +
                     " 像素，上限 " + std::to_string(most_megapixels) +
                     " 百万像素）。请以 300 dpi 重新扫描，或缩小尺寸后再提交。";
    out.sparse = false;
  }
  return out;
}

}  // namespace prepare
