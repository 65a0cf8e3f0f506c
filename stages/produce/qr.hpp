#pragma once

#include <string>

// Qr: a text as a QR code, so that a paper which comes back by post is found again.
//
//   takes   a text
//   gives   the path of its black modules as a PDF draws it, in modules from its lower left corner; error correction M: a stain or a stamp over a sixth of it does no harm
//   faults  Stop: the text is too long for any code (2,300 bytes)
//
// The white border of four modules that readers need is left to whoever places the code.

namespace produce {

struct QrCode {
  double width = 0;  ///< modules a side
  std::string black;
};

QrCode qr_code(const std::string& text);

}  // namespace produce
