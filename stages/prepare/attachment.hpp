#pragma once

#include <string>
#include <string_view>

// Attachment: what a file is by its content, whatever its name says, and whether it is whole.
//
//   takes   the bytes
//   gives   Inspection   type, pixels, pages, and what is wrong in Chinese
//   faults  none
//
// Foreign PDFs are never parsed here, only looked at: header, trailer, the root of the page tree if the cross-reference is plain.

namespace prepare {

struct Inspection {
  std::string type;  ///< as in pipeline::Entry::type
  int pages = 0;
  int width = 0, height = 0;
  std::string damage;      ///< Chinese; "" if the structure is whole
  bool encrypted = false;  ///< a PDF or an office document with a password
};

Inspection inspect(std::string_view bytes);

/// By the first bytes (and the last, for what hides in a ZIP).
std::string sniff_type(std::string_view bytes);

/// "RAR 压缩包", for messages.
std::string type_label(std::string_view type);

/// Scans must be of these.
bool is_scan_type(std::string_view type);

}  // namespace prepare
