#pragma once

#include <string_view>

namespace prepare {

/// What can be said of a foreign PDF without parsing it. Reads a bounded number of bytes, wherever the file points.
struct PdfGlance {
  bool whole = false;      ///< header, startxref and %%EOF are there
  bool encrypted = false;  ///< a trailer names /Encrypt
  bool empty = false;      ///< the page tree says that it has no pages
  int pages = 0;           ///< 0: not known without parsing
};

PdfGlance glance_at_pdf(std::string_view bytes);

}  // namespace prepare
