#pragma once

#include <string>
#include <string_view>

// PDF inspect: what kind of PDF an attachment is, and its pages as objects that another PDF can hold.
//
//   takes   the bytes of a foreign PDF
//   gives   PdfFacts; for pages, what pdf_pages.hpp reads at the other end
//   faults  none; but a file can make the library run wild, so only a reader (foreign.hpp) calls it
//
// Facts: no stream is inflated but those that hold the file's own structure. Pages: each becomes a form XObject, its notes and
// fields drawn into it. That has no place for actions, scripts, embedded files or a form to fill in, and none come along.

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

/// {"error":"password"|"damaged"|"xfa"|"large"}; or texts and data of objects one after the other, and in a last line
/// {"pages":[[object,left,bottom,right,top]…],"objects":[[length of the text, length of the data, or -1]…]}.
std::string pages_of_pdf(std::string_view bytes);

}  // namespace prepare
