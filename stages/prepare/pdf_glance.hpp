#pragma once

#include <string_view>

namespace prepare {

/// What can be said of a foreign PDF without parsing it. Reads a bounded number of bytes, wherever the file points.
struct PdfGlance {
  /// It is as simple as scanners write it: plain cross-reference tables, no encryption, no form, a page tree with pages.
  bool sure = false;
  int pages = 0;  ///< only if it is sure
};

PdfGlance glance_at_pdf(std::string_view bytes);

}  // namespace prepare
