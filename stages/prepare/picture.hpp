#pragma once

#include <string_view>

#include "pipeline/attachments.hpp"
#include "stages/prepare/jpeg.hpp"

// Picture: a JPEG or PNG as the image of a PDF, its data as they are.
//
//   takes   the type (as sniffed), the bytes, and what look_at_image (image.hpp) found in them, which is nothing wrong; the bytes
//           outlive what is given
//   gives   the picture; nothing: a PDF cannot show it without its being decoded (plain_png in blank_image.hpp)
//   faults  none
//
// Of a JPEG all that does not say how to decode it is left out: where it was taken, with what, its thumbnail, what a telephone
// appended. The coded data stay byte for byte.

namespace prepare {

std::optional<pipeline::ShownPicture> picture_of(std::string_view type, std::string_view bytes,
                                                 const Image& image, const JpegParts& parts);

enum class Packing { None, Deflate };
/// What the dictionary of a JPEG holds beside its length.
std::string jpeg_dictionary(int width, int height, Inks inks, Packing packing);

}  // namespace prepare
