#pragma once

#include <string_view>

// Exif: what a TIFF structure says of its first picture, also the one that cameras put into a JPEG or PNG.
//
//   takes   the bytes from "II*" or "MM*" on
//   gives   TiffFacts   what could not be read keeps its default: cameras write much that is wrong, and nothing hangs on it
//   faults  none; reads a bounded number of entries, each once

namespace prepare {

struct TiffFacts {
  bool readable = false;      ///< there is a first directory
  int width = 0, height = 0;  ///< as stored; at most a million
  int bits = 0;               ///< a sample; 0 if it does not say
  int orientation = 1;        ///< 1–8: EXIF tag 0x0112
  bool located = false;       ///< it says where it was taken (GPS)
};

TiffFacts read_tiff(std::string_view bytes);

}  // namespace prepare
