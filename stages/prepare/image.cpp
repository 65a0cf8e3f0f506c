#include "stages/prepare/image.hpp"

#include <algorithm>

#include "stages/prepare/bytes.hpp"
#include "stages/prepare/exif.hpp"
#include "stages/prepare/jpeg.hpp"

namespace prepare {

namespace {

using std::string_view;

constexpr int kLongestSide = 1'000'000;

int side(std::uint32_t n) {
  return static_cast<int>(std::min<std::uint32_t>(n, kLongestSide));
}

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
        out.damage = kPictureSizeless;
        return;
      }
      if (pixel_bits == 0) {
        out.damage = kPictureBroken;
        return;
      }
    }
    if (kind == "IDAT") data += length;
    if (kind == "tRNS") out.alpha = true;
    if (kind == "eXIf") take_exif(b.substr(at + 8, length), out);
    if (kind == "IEND") {
      if (data == 0) out.damage = kPictureEmpty;
      // Deflate reaches a thousandth on what is all the same, hurried programs a 158th; sharp text on white paper about a hundredth.
      constexpr std::uint64_t kSqueezed = 128;
      out.sparse = data * 8 * kSqueezed < pixels(out) * pixel_bits;
      return;
    }
    at += kAround + std::size_t{length};
  }
  out.damage = out.width > 0 ? kPictureCut : kPictureBroken;
}

void look_at_bmp(string_view b, Image& out) {
  constexpr std::size_t kHeaders = 30;
  if (b.size() < kHeaders) {
    out.damage = kPictureCut;
    return;
  }
  const auto width = static_cast<std::int32_t>(little32(b, 18));
  const auto height = static_cast<std::int32_t>(little32(b, 22));
  if (width <= 0 || height == 0 || width > kLongestSide || height > kLongestSide ||
      height < -kLongestSide) {
    out.damage = width == 0 || height == 0 ? kPictureSizeless : kPictureBroken;
    return;
  }
  out.width = width;
  out.height = height < 0 ? -height : height;
  out.bits = static_cast<int>(little16(b, 28));
  if (little32(b, 2) > b.size()) out.damage = kPictureCut;
}

void look_at_tiff(string_view b, Image& out) {
  const TiffFacts facts = read_tiff(b);
  out.width = facts.width;
  out.height = facts.height;
  out.bits = facts.bits;
  out.orientation = facts.orientation;
  out.located = facts.located;
  if (!facts.readable)
    out.damage = kPictureCut;
  else if (out.width == 0 || out.height == 0)
    out.damage = kPictureSizeless;
}

}  // namespace

std::uint64_t pixels(const Image& image) {
  return static_cast<std::uint64_t>(image.width) * static_cast<std::uint64_t>(image.height);
}

void take_exif(string_view tiff, Image& out) {
  if (!tiff.starts_with("II") && !tiff.starts_with("MM")) return;
  const TiffFacts facts = read_tiff(tiff);
  out.orientation = facts.orientation;
  out.located = facts.located;
}

Image look_at_image(string_view type, string_view bytes, std::uint64_t most_megapixels,
                    JpegParts* parts) {
  Image out;
  JpegParts unused;
  if (type == "jpeg")
    (parts ? *parts : unused) = walk_jpeg(bytes, out);
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
