#pragma once

#include <string>
#include <vector>

#include "stages/produce/fields.hpp"

// Qr: a text as a QR code, so that a paper which comes back by post is found again.
//
//   takes   a text, where the code begins and how large it is
//   gives   black rectangles, one for each run of modules; error correction M: a stain or a stamp over a sixth of it does no harm
//   faults  Stop: the text is too long for any code (2,300 bytes)
//
// The white border of four modules that readers need is left to whoever places the code.

namespace produce {

struct QrCode {
  double module = 0;  ///< side of the smallest square, points
  std::vector<Area> black;
};

/// From its lower left corner.
QrCode qr_code(const std::string& text, double x, double y, double side);

}  // namespace produce
