#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Text: UTF-8 and the encodings that Chinese offices send. Nothing here knows a field or a rule.

namespace pipeline {

bool is_utf8(std::string_view bytes);
/// GB18030 (never GB2312, domain §8.1) to UTF-8; nothing if a byte sequence is not in it.
std::optional<std::string> from_gb18030(std::string_view bytes);
std::optional<std::string> to_gb18030(std::string_view utf8);
std::optional<std::string> from_utf16(std::string_view bytes, bool big_endian);
/// A byte-order mark decides, else UTF-8, else GB18030; nothing if none fits.
std::optional<std::string> decode_text(std::string_view bytes);

std::u32string code_points(std::string_view utf8);
std::string to_utf8(std::u32string_view text);
void append_utf8(std::string& to, char32_t c);
std::size_t count_code_points(std::string_view utf8);

/// Normal forms of Unicode (utf8proc); ill-formed input comes back as it was, and so does a heap of marks on one character.
std::string nfc(std::string_view utf8);
std::string nfkc(std::string_view utf8);

/// Controls, C1 and bidirectional marks: what hides or reorders what people see, and commands terminals.
bool is_invisible(char32_t c);
/// With U+FFFD in their place.
std::string visible(std::string_view utf8);

std::string_view trim(std::string_view text);  ///< ASCII blanks, U+3000, NBSP, zero-width, BOM
std::vector<std::string_view> split(std::string_view text, char by);
std::string join(const std::vector<std::string>& parts, std::string_view by);
std::string replace_all(std::string text, std::string_view what, std::string_view by);
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);
std::string hex(std::string_view bytes);
/// At most `limit` bytes of whole characters.
std::string shorten(std::string text, std::size_t limit);

}  // namespace pipeline
