#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// Image: what the structure of a JPEG, PNG, TIFF or BMP says, without decoding one pixel.
//
//   takes   the type (as sniffed), the bytes, the most pixels that are of use
//   gives   Image   size, how it is to be turned and read; what is wrong with it in Chinese
//   faults  none
//
// Costs microseconds: a JPEG is walked from marker to marker up to its first scan, its end looked for at the end. Only a file that
// ends in something else is walked through.

namespace prepare {

enum class Colour { Unknown, Grey, Rgb, Ycc, Cmyk, Ycck, Palette };

struct Image {
  int width = 0, height = 0;  ///< pixels as stored, not turned
  int orientation = 1;        ///< 1–8, as EXIF says
  Colour colour = Colour::Unknown;
  int bits = 0;              ///< a sample
  bool alpha = false;        ///< some of it is transparent
  bool progressive = false;  ///< JPEG: in several scans
  bool located = false;      ///< it says where it was taken (GPS)
  /// It holds so little for its pixels that it may show nothing; only decoding tells.
  bool sparse = false;
  std::string damage;  ///< "" if it is whole
  std::string
      unreadable;  ///< whole, but of no use to the programs that people have; with what to do
};

Image look_at_image(std::string_view type, std::string_view bytes, std::uint64_t most_megapixels);

}  // namespace prepare
