#include "stages/prepare/picture.hpp"

#include <cstring>
#include <string>

#include "stages/prepare/bytes.hpp"
#include "stages/prepare/image.hpp"
#include "stages/prepare/zip.hpp"

namespace prepare {

namespace {

using pipeline::ShownPicture;
using std::string_view;

constexpr double kInch = 2.54;  // centimetres

std::string size_of(const Image& image, int bits) {
  return "/Width " + std::to_string(image.width) + "/Height " + std::to_string(image.height) +
         "/BitsPerComponent " + std::to_string(bits);
}

/// The segments and scans of a JPEG that a decoder needs, up to its end. Markers: ITU-T T.81 table B.1.
class JpegParts {
 public:
  JpegParts(string_view bytes, ShownPicture& out) : b_(bytes), out_(out) {}

  bool take() {
    out_.data.push_back(b_.substr(0, 2));
    std::size_t at = 2;
    bool scanned = false;
    for (;;) {
      while (at + 1 < b_.size() && byte(b_, at) == 0xFF && byte(b_, at + 1) == 0xFF) ++at;
      if (at + 2 > b_.size() || byte(b_, at) != 0xFF) return false;
      const unsigned marker = byte(b_, at + 1);
      if (marker == kTemporary || (marker >= kRestart0 && marker <= kRestart7)) {
        at += 2;
        continue;
      }
      if (marker == kEnd) {
        keep(b_.substr(at, 2));
        return scanned;
      }
      if (at + 4 > b_.size()) return false;
      const std::size_t length = big16(b_, at + 2);
      if (length < 2 || b_.size() - at - 2 < length) return false;
      const string_view segment = b_.substr(at, 2 + length);
      at += segment.size();
      if (wanted(marker, segment.substr(4))) keep(segment);
      if (marker != kScan) continue;
      const std::size_t end = end_of_scan(at);
      if (end == b_.npos) return false;
      keep(b_.substr(at, end - at));
      at = end;
      scanned = true;
    }
  }
  bool adobe() const { return adobe_; }

 private:
  enum Marker : unsigned {
    kTemporary = 0x01,
    kRestart0 = 0xD0,
    kRestart7 = 0xD7,
    kEnd = 0xD9,
    kScan = 0xDA,
    kApp0 = 0xE0,
    kApp14 = 0xEE,
    kComment = 0xFE
  };

  void keep(string_view part) {
    string_view& last = out_.data.back();
    if (last.data() + last.size() == part.data())
      last = {last.data(), last.size() + part.size()};
    else
      out_.data.push_back(part);
  }

  bool wanted(unsigned marker, string_view body) {
    if (marker == kComment) return false;
    if (marker < kApp0 || marker > kApp0 + 15) return true;
    if (marker == kApp0 && body.starts_with(string_view("JFIF\0", 5)) && body.size() >= 12) {
      const unsigned unit = byte(body, 7);
      if (unit == 1) out_.dpi = big16(body, 8);
      if (unit == 2) out_.dpi = big16(body, 8) * kInch;
      // Without its thumbnail, if it is one of those that have none.
      return body.size() == 14;
    }
    // It says how the colours are to be understood.
    if (marker == kApp14 && body.starts_with("Adobe")) adobe_ = true;
    return marker == kApp14 && adobe_;
  }

  /// Where the next marker stands that is none of the coded data.
  std::size_t end_of_scan(std::size_t at) const {
    while (at + 1 < b_.size()) {
      const void* found = std::memchr(b_.data() + at, 0xFF, b_.size() - at - 1);
      if (!found) return b_.npos;
      at = static_cast<std::size_t>(static_cast<const char*>(found) - b_.data());
      const unsigned next = byte(b_, at + 1);
      if (next == 0x00 || (next >= kRestart0 && next <= kRestart7))
        at += 2;
      else if (next == 0xFF)
        ++at;
      else
        return at;
    }
    return b_.npos;
  }

  string_view b_;
  ShownPicture& out_;
  bool adobe_ = false;
};

bool take_jpeg(string_view bytes, const Image& image, ShownPicture& out) {
  JpegParts parts(bytes, out);
  if (!parts.take()) return false;
  out.dictionary = size_of(image, 8) + "/Filter/DCTDecode/ColorSpace";
  switch (image.colour) {
    case Colour::Grey:
      out.dictionary += "/DeviceGray";
      break;
    case Colour::Ycc:
      out.dictionary += "/DeviceRGB";
      break;
    case Colour::Rgb:
      out.dictionary += "/DeviceRGB/DecodeParms<</ColorTransform 0>>";
      break;
    default:
      // Who writes Adobe's marker writes inverted inks, too.
      out.dictionary += parts.adobe() ? "/DeviceCMYK/Decode[1 0 1 0 1 0 1 0]" : "/DeviceCMYK";
  }
  return true;
}

/// What stands in the chunks of a PNG before and between its data.
struct PngParts {
  string_view palette, transparent;
  bool interlaced = false;
  bool sound = true;  ///< by their checksums
};

PngParts png_parts(string_view b, ShownPicture& out) {
  constexpr std::size_t kAround = 12;  // length, kind and checksum
  PngParts parts;
  for (std::size_t at = 8; b.size() - at >= kAround;) {
    const std::size_t length = big32(b, at);
    if (length > b.size() - at - kAround) break;
    const string_view kind = b.substr(at + 4, 4), body = b.substr(at + 8, length);
    const bool shown = kind == "IHDR" || kind == "PLTE" || kind == "tRNS" || kind == "IDAT";
    if (shown && big32(b, at + 8 + length) != crc32(b.substr(at + 4, 4 + length)))
      parts.sound = false;
    if (kind == "IHDR") parts.interlaced = length == 13 && byte(body, 12) != 0;
    if (kind == "PLTE") parts.palette = body;
    if (kind == "tRNS") parts.transparent = body;
    if (kind == "pHYs" && length == 9 && byte(body, 8) == 1) out.dpi = big32(body, 0) * kInch / 100;
    if (kind == "IDAT") out.data.push_back(body);
    at += kAround + length;
    if (kind == "IEND") break;
  }
  return parts;
}

/// As it looks on white paper.
std::string palette_of(const PngParts& parts) {
  constexpr unsigned kWhite = 255;
  std::string out = "[/Indexed/DeviceRGB " + std::to_string(parts.palette.size() / 3 - 1) + "<";
  for (std::size_t i = 0; i < parts.palette.size() / 3 * 3; ++i) {
    const unsigned opaque =
        i / 3 < parts.transparent.size() ? byte(parts.transparent, i / 3) : kWhite;
    const unsigned shade =
        (byte(parts.palette, i) * opaque + kWhite * (kWhite - opaque) + kWhite / 2) / kWhite;
    out += "0123456789ABCDEF"[shade >> 4];
    out += "0123456789ABCDEF"[shade & 15];
  }
  return out + ">]";
}

bool take_png(string_view bytes, const Image& image, ShownPicture& out) {
  const PngParts parts = png_parts(bytes, out);
  const bool palette = image.colour == Colour::Palette;
  constexpr std::size_t kMostColours = 256;
  if (!parts.sound || parts.interlaced || (image.alpha && !palette)) return false;
  if (palette && (parts.palette.size() < 3 || parts.palette.size() > 3 * kMostColours))
    return false;
  const bool rgb = image.colour == Colour::Rgb;
  out.dictionary = size_of(image, image.bits) + "/ColorSpace" +
                   (palette ? palette_of(parts)
                    : rgb   ? "/DeviceRGB"
                            : "/DeviceGray") +
                   "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors " +
                   std::to_string(rgb ? 3 : 1) + "/BitsPerComponent " + std::to_string(image.bits) +
                   "/Columns " + std::to_string(image.width) + ">>";
  return true;
}

}  // namespace

std::optional<ShownPicture> picture_of(string_view type, string_view bytes) {
  constexpr std::uint64_t kAnyPixels = 1u << 20;  // they were judged before
  const Image image = look_at_image(type, bytes, kAnyPixels);
  ShownPicture out;
  out.width = image.width;
  out.height = image.height;
  out.orientation = image.orientation;
  const bool taken = type == "jpeg"  ? take_jpeg(bytes, image, out)
                     : type == "png" ? take_png(bytes, image, out)
                                     : false;
  if (!taken) return std::nullopt;
  return out;
}

}  // namespace prepare
