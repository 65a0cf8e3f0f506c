#pragma once

#include <string>
#include <string_view>

#include "stages/prepare/limits.hpp"

// Entry name: what people will read for the name bytes of a ZIP entry, and whether it is safe.
//
//   takes   the raw bytes, the UTF-8 flag, and the Info-ZIP Unicode path (0x7075) if its CRC matched
//   gives   EntryName    in NFC, "/" between folders; `problem` says in Chinese why it must not be used
//   faults  none
//
// The order of attempts is measured (a plain "valid UTF-8 is UTF-8" misreads 18 % of GBK names of one hanzi): flag, Unicode
// path, ASCII, UTF-8-looking, GB18030. Bytes are decoded before they are split: 昞.jpg holds a backslash byte in GBK.

namespace prepare {

struct EntryName {
  std::string name;      ///< fit to be shown, also if unsafe
  std::string encoding;  ///< ascii utf8 unicode-extra gb18030; "" if none fits
  std::string problem;   ///< Chinese; "" if safe
  bool folder = false;
};

EntryName decode_entry_name(std::string_view raw, bool utf8_flag, std::string_view unicode_path,
                            const Limits& limits);

/// Strictly valid UTF-8 in which two-byte sequences occur only as the middle dot between hanzi.
bool looks_like_utf8(std::string_view bytes);

/// Equal for names that Windows or a reader would take for the same: NFKC, case.
std::string name_key(std::string_view name);

/// "a/b/c.jpg" to "c.jpg".
std::string_view base_name(std::string_view path);

/// Why a file that the system left behind is no attachment, in Chinese; "" if it is one.
std::string junk_note(std::string_view name);

}  // namespace prepare
