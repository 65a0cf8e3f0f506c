#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <jpeglib.h>

#include "tests/zip_builder.hpp"

// Pictures by hand, right and wrong: headers that can be made to lie, and real ones of any shade.

namespace image_files {

inline std::string big(std::uint64_t n, int bytes) {
  std::string out;
  while (bytes-- > 0) out += static_cast<char>(n >> (8 * bytes) & 0xFF);
  return out;
}
inline std::string little(std::uint64_t n, int bytes) {
  std::string out;
  zip_builder::put(out, n, bytes);
  return out;
}

inline std::string segment(unsigned marker, const std::string& body) {
  return "\xFF" + big(marker, 1) + big(body.size() + 2, 2) + body;
}

/// A TIFF structure with one directory of 16-bit values, and one of GPS if `located`.
inline std::string tiff(bool little_endian, const std::vector<std::pair<unsigned, unsigned>>& tags,
                        bool located = false) {
  const auto n = [&](std::uint64_t value, int bytes) {
    return little_endian ? little(value, bytes) : big(value, bytes);
  };
  const std::size_t count = tags.size() + (located ? 1 : 0);
  std::string out = (little_endian ? "II" : "MM") + n(42, 2) + n(8, 4) + n(count, 2);
  for (const auto& [tag, value] : tags)
    out += n(tag, 2) + n(3, 2) + n(1, 4) + n(value, 2) + n(0, 2);
  if (located) {
    const std::size_t gps = out.size() + 12 + 4;
    out += n(0x8825, 2) + n(4, 2) + n(1, 4) + n(gps, 4);
    out += n(0, 4) + n(1, 2) + n(2, 2) + n(5, 2) + n(3, 4) + n(0, 4);
  }
  return out + n(0, 4);
}

inline std::string exif(const std::string& structure) {
  return segment(0xE1, std::string("Exif\0\0", 6) + structure);
}
inline std::string turned(unsigned orientation, bool little_endian = true) {
  return exif(tiff(little_endian, {{0x0112, orientation}}));
}

/// The bones of a JPEG; its scan is rubbish of a believable size.
struct Jpeg {
  unsigned width = 1200, height = 900;
  unsigned frame = 0xC0, bits = 8, components = 3;
  std::string before = {};  ///< segments before the frame
  std::string after = {};   ///< and after it
  bool framed = true;
  std::size_t scan = 100'000;
  std::string end = "\xFF\xD9";

  std::string bytes() const {
    std::string head = big(bits, 1) + big(height, 2) + big(width, 2) + big(components, 1);
    for (unsigned c = 1; c <= components; ++c) head += big(c, 1) + "\x11" + big(0, 1);
    return "\xFF\xD8" + before + (framed ? segment(frame, head) : "") + after +
           segment(0xDA, std::string("\x01\x01\x00\x00\x3F\x00", 6)) + std::string(scan, 'x') + end;
  }
};

inline std::string chunk(const std::string& kind, const std::string& body) {
  return big(body.size(), 4) + kind + body + big(zip_builder::crc(kind + body), 4);
}

/// The bones of a PNG.
struct Png {
  std::uint32_t width = 1200, height = 900;
  unsigned bits = 8, colour = 2, interlace = 0;
  std::string before = {};  ///< chunks between header and data
  std::string data = std::string(100'000, 'x');
  bool ends = true;

  std::string bytes() const {
    return "\x89PNG\r\n\x1A\n" +
           chunk("IHDR", big(width, 4) + big(height, 4) + big(bits, 1) + big(colour, 1) +
                             big(0, 2) + big(interlace, 1)) +
           before + (data.empty() ? "" : chunk("IDAT", data)) + (ends ? chunk("IEND", "") : "");
  }
};

/// A stream of zlib that inflates to zeros: rows of one shade, black or clear.
inline std::string zeros(std::uint64_t bytes) {
  return std::string("\x78\x01") + zip_builder::deflate_zeros(bytes / 258 + 1) + big(0, 4);
}

/// The shade of a point.
using Paint = std::function<unsigned char(unsigned x, unsigned y)>;

/// A JPEG that any program shows.
inline std::string real_jpeg(unsigned width, unsigned height, const Paint& paint,
                             int components = 3, bool progressive = false) {
  jpeg_compress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg.err = jpeg_std_error(&errors);
  jpeg_create_compress(&jpeg);
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = components;
  jpeg.in_color_space = components == 1 ? JCS_GRAYSCALE : components == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  if (progressive) jpeg_simple_progression(&jpeg);
  jpeg_start_compress(&jpeg, TRUE);
  const auto channels = static_cast<unsigned>(components);
  std::vector<unsigned char> row(width * channels);
  for (unsigned y = 0; y < height; ++y) {
    for (unsigned i = 0; i < row.size(); ++i) row[i] = paint(i / channels, y);
    unsigned char* rows = row.data();
    jpeg_write_scanlines(&jpeg, &rows, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  std::string out(reinterpret_cast<char*>(bytes), size);
  std::free(bytes);
  return out;
}

}  // namespace image_files
