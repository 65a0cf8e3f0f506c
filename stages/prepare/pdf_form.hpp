#pragma once

#include <string>
#include <string_view>

// PDF form: what the fields of a PDF hold, whatever program saved it last (forms.md, the approval form's fields).
//
//   takes   the bytes of a foreign PDF
//   gives   JSON {"pages","encrypted","xfa","content","fields":[{"name","type","value"}]} or {"error":"password"|"damaged"}
//   faults  none; but a file can make the library run wild, so only a reader (foreign.hpp) calls it
//
// Values come from /V, never from what the page shows; appearances of buttons only where /V is missing. `content` is the digest of
// the text that the pages print (X53): of every page the operands of its text operators, and a form feed.

namespace prepare {

std::string describe_pdf_form(std::string_view bytes);

/// Makes the libraries open what they open when first used, while files can still be opened.
void warm_up_pdf_form();

}  // namespace prepare
