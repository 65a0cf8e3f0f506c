#pragma once

#include <string>
#include <string_view>

// Blank image: decodes a foreign JPEG or PNG, an eighth of its size, to see whether it shows anything; and a PNG that a PDF cannot
// hold as it is.
//
//   takes   the bytes
//   gives   Showing; a plain PNG
//   faults  none; but a file can make the library run wild, so only a reader (foreign.hpp) calls it

namespace prepare {

enum class Showing {
  Something,
  Nothing,  ///< all of one shade but for its edge and a little dust
  Damaged,  ///< it cannot be decoded
  Unknown   ///< it would take more memory than there is
};

Showing what_shows(std::string_view image);

/// The same picture as a PNG of 8 bits, grey or colour, on white paper, row after row; "": it cannot be decoded, or not in
/// the memory there is.
std::string plain_png(std::string_view png);

/// Makes the library find out what the processor can do, while files can still be opened.
void warm_up_blank_image();

}  // namespace prepare
