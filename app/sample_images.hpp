#pragma once

#include <map>
#include <string_view>

#include "app/sample_random.hpp"
#include "app/sample_zip.hpp"

// Sample images: what offices scan and photograph, drawn and made noisy, so that they weigh and
// compress like the real ones.
//
//   takes   a seed and the range of sizes
//   gives   a small pool, drawn when first asked for; every file made from it differs by a comment
//   segment, so that no two files
//           of a run have the same digest
//   faults  Stop: libjpeg or libpng gave up (no memory)

namespace app {

struct Scan {
  std::string
      head;  ///< JPEG: SOI; PNG: signature and IHDR. What makes a file unique goes between the two.
  std::shared_ptr<const Blob> body;  ///< the rest
  int width = 0, height = 0;
};

/// Sideways: a sheet that lies on its left side, and EXIF orientation 6, as phones leave it.
enum class Held { Upright, Sideways };

class ImagePool {
 public:
  ImagePool(std::uint64_t seed, int min_kb, int max_kb)
      : seed_(seed), min_kb_(min_kb), max_kb_(max_kb) {}

  /// A JPEG of a sheet of paper. Most are light, a few as heavy as `max_kb`.
  const Scan& sheet(Random& random);
  /// A light one, for the pages of a PDF.
  const Scan& light_sheet(Random& random, Held held = Held::Upright);
  const Scan& screenshot(Random& random);  ///< PNG
  const Scan& portrait(Random& random);    ///< JPEG, 413×626, under 300 KB

 private:
  const Scan& jpeg(int index, double kilobytes, Held held = Held::Upright);

  std::uint64_t seed_;
  int min_kb_, max_kb_;
  std::map<int, Scan> jpegs_, turned_, pngs_, portraits_;
};

/// A JPEG file; `unique` is a short ASCII text.
Content jpeg_file(const Scan& scan, std::string_view unique, Held held = Held::Upright);
Content png_file(const Scan& scan, std::string_view unique);

}  // namespace app
