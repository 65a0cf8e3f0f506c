#pragma once

#include <string>
#include <string_view>
#include <vector>

// PDF form: what the fields of a PDF hold, whatever program saved it last (forms.md, the approval form's fields).
//
//   takes   the bytes of a foreign PDF
//   gives   PdfForm   every field with its value, but for signatures and push buttons; or why there is none
//   faults  none; but a file can make the library run wild, so only a reader (foreign.hpp) calls it
//
// Values come from /V, never from what the page shows; appearances of buttons only where /V is missing.

namespace prepare {

struct PdfField {
  std::string name;   ///< full, with dots
  std::string type;   ///< "Tx", "Ch", "Btn"
  std::string value;  ///< of a button the name of its state
};

struct PdfForm {
  bool password = false;  ///< it opens with a password or a certificate only
  bool damaged = false;   ///< it cannot be read, or holds more than any form of ours
  int pages = 0;
  bool xfa = false;
  /// X53: digest of the text that the pages print: of every page the operands of its text operators, and a form feed; "" if a page
  /// cannot be read. No proof: who edits the pages can compute it too.
  std::string content;
  std::vector<PdfField> fields;  ///< in the order of the file
};

PdfForm read_pdf_form(std::string_view bytes);

/// Makes the libraries open what they open when first used, while files can still be opened.
void warm_up_pdf_form();

}  // namespace prepare
