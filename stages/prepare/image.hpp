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
// A PNG costs microseconds, a JPEG (jpeg.hpp) a tenth of a millisecond a megabyte: its coded data are searched for what ends them.

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

struct JpegParts;

/// `parts`: where to put them, of a JPEG.
Image look_at_image(std::string_view type, std::string_view bytes, std::uint64_t most_megapixels,
                    JpegParts* parts = nullptr);

std::uint64_t pixels(const Image& image);
/// What a camera put into a picture, from "II*" or "MM*" on.
void take_exif(std::string_view tiff, Image& out);

/// Damage, in the words that offices get.
inline constexpr const char* kPictureBroken = "图片结构损坏";
inline constexpr const char* kPictureCut = "图片不完整，缺少后面的部分";
inline constexpr const char* kPictureSizeless = "图片的宽或高为零";
inline constexpr const char* kPictureEmpty = "图片没有内容";

}  // namespace prepare
