#include "stages/prepare/picture.hpp"

#include <string>

#include "stages/prepare/bytes.hpp"
#include "stages/prepare/zip.hpp"

namespace prepare {

namespace {

using pipeline::ShownPicture;
using std::string_view;

constexpr double kInch = 2.54;  // centimetres

std::string size_of(int width, int height, int bits) {
  return "/Width " + std::to_string(width) + "/Height " + std::to_string(height) +
         "/BitsPerComponent " + std::to_string(bits);
}

bool take_jpeg(string_view bytes, const Image& image, const JpegParts& parts, ShownPicture& out) {
  for (const JpegParts::Range& range : parts.shown)
    out.data.push_back(bytes.substr(range.from, range.size()));
  out.dpi = parts.dpi;
  out.dictionary = jpeg_dictionary(image.width, image.height, parts.inks, Packing::None);
  return !parts.shown.empty();
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
  out.dictionary = size_of(image.width, image.height, image.bits) + "/ColorSpace" +
                   (palette ? palette_of(parts)
                    : rgb   ? "/DeviceRGB"
                            : "/DeviceGray") +
                   "/Filter/FlateDecode/DecodeParms<</Predictor 15/Colors " +
                   std::to_string(rgb ? 3 : 1) + "/BitsPerComponent " + std::to_string(image.bits) +
                   "/Columns " + std::to_string(image.width) + ">>";
  return true;
}

}  // namespace

std::string jpeg_dictionary(int width, int height, Inks inks, Packing packing) {
  constexpr int kBits = 8;
  const bool packed = packing == Packing::Deflate;
  std::string out = size_of(width, height, kBits) + "/Filter" +
                    (packed ? "[/FlateDecode/DCTDecode]" : "/DCTDecode") + "/ColorSpace";
  switch (inks) {
    case Inks::Grey:
      return out + "/DeviceGray";
    case Inks::Ycc:
      return out + "/DeviceRGB";
    case Inks::Rgb:
      return out + "/DeviceRGB/DecodeParms" +
             (packed ? "[null<</ColorTransform 0>>]" : "<</ColorTransform 0>>");
    case Inks::Cmyk:
      return out + "/DeviceCMYK";
    case Inks::InvertedCmyk:
      break;
  }
  return out + "/DeviceCMYK/Decode[1 0 1 0 1 0 1 0]";
}

std::optional<ShownPicture> picture_of(string_view type, string_view bytes, const Image& image,
                                       const JpegParts& parts) {
  ShownPicture out;
  out.width = image.width;
  out.height = image.height;
  out.orientation = image.orientation;
  const bool taken = type == "jpeg"  ? take_jpeg(bytes, image, parts, out)
                     : type == "png" ? take_png(bytes, image, out)
                                     : false;
  if (!taken) return std::nullopt;
  return out;
}

}  // namespace prepare
