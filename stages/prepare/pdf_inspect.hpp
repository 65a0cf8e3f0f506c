#pragma once

#include <string_view>

// PDF inspect: what kind of PDF an attachment is.
//
//   takes   the bytes of a foreign PDF
//   gives   PdfFacts
//   faults  none; but a file can make the library run wild, so only a reader (foreign.hpp) calls it
//
// No stream is inflated but those that hold the file's own structure.

namespace prepare {

struct PdfFacts {
  bool password = false;  ///< it opens with a password or a certificate only
  bool damaged = false;   ///< beyond repair
  bool repaired = false;  ///< its objects had to be searched for
  bool locked = false;    ///< encrypted, and opens without a password
  bool has_signature = false;
  bool xfa = false;
  int pages = 0;
  int promised = 0;  ///< pages that the root of the page tree claims
};

PdfFacts inspect_pdf(std::string_view bytes);

}  // namespace prepare
