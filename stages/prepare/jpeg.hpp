#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "stages/prepare/image.hpp"

// JPEG: its segments and scans, walked once from the first byte to its end.
//
//   takes   the bytes
//   gives   Image       size, colour, how it is to be turned; what is wrong with it
//           JpegParts   what of it says how to decode it, for papers that show it
//   faults  none
//
// Where it was taken, with what, its thumbnail, what a telephone appended: none of that is a part to be shown.

namespace prepare {

/// How the samples are to be understood.
enum class Inks : char { Grey = 'g', Ycc = 'y', Rgb = 'r', Cmyk = 'k', InvertedCmyk = 'i' };

struct JpegParts {
  struct Range {
    std::size_t from = 0, to = 0;
    std::size_t size() const { return to - from; }
    bool operator==(const Range&) const = default;
  };
  std::vector<Range> shown;  ///< in order; none: it cannot be followed to its end
  Inks inks = Inks::Ycc;
  double dpi = 0;  ///< as it says; 0: it does not
};

/// The first three bytes are those of a JPEG.
JpegParts walk_jpeg(std::string_view bytes, Image& out);

}  // namespace prepare
