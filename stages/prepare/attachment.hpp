#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stages/prepare/image.hpp"
#include "stages/prepare/jpeg.hpp"
#include "stages/prepare/limits.hpp"

// Attachment: what a file is by its content, whatever its name says, and whether it is whole.
//
//   takes   the bytes, the limits
//   gives   Inspection   type, pixels, pages, and what is wrong in Chinese
//   faults  none
//
// Nothing foreign is parsed or decoded here, only looked at; what that leaves open is a doubt, for examine.hpp.

namespace prepare {

/// Why an attachment is of no use.
enum class Flaw { None, Empty, Encrypted, Corrupt, Unreadable };

/// What only a library can tell, in a reader (examine.hpp).
enum class Doubt { None, Blank, Pdf };

/// A finding about an attachment that is of use all the same.
struct Remark {
  std::string code;
  std::string detail;
};

struct Inspection {
  std::string type;  ///< as in pipeline::Entry::type
  int pages = 0;
  Image image;     ///< images only; and …
  JpegParts jpeg;  ///< … JPEGs only
  Flaw flaw = Flaw::None;
  std::string why;   ///< Chinese, with what to do where the flaw does not say it
  std::string note;  ///< Chinese: what the receipt says of one without a flaw
  std::vector<Remark> remarks;
  Doubt doubt = Doubt::None;
};

Inspection inspect(std::string_view bytes, const Limits& limits = {});

/// By the first bytes (and the last, for what hides in a ZIP).
std::string sniff_type(std::string_view bytes);

/// "RAR 压缩包", for messages.
std::string type_label(std::string_view type);

/// How to make of it what an office can submit, in Chinese.
std::string conversion(std::string_view type);

/// Scans must be of these.
bool is_scan_type(std::string_view type);

}  // namespace prepare
