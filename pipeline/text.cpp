#include "pipeline/text.hpp"

#include <iconv.h>
#include <simdjson.h>
#include <utf8proc.h>

#include <cstdlib>
#include <memory>

namespace pipeline {

namespace {

struct Converter {
  iconv_t handle;
  Converter(const char* to, const char* from) : handle(iconv_open(to, from)) {}
  ~Converter() {
    if (handle != reinterpret_cast<iconv_t>(-1)) iconv_close(handle);
  }
  Converter(const Converter&) = delete;
  Converter& operator=(const Converter&) = delete;

  std::optional<std::string> convert(std::string_view bytes) {
    if (handle == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
    iconv(handle, nullptr, nullptr, nullptr, nullptr);
    std::string out(bytes.size() * 4 + 8, '\0');
    char* in = const_cast<char*>(bytes.data());
    std::size_t in_left = bytes.size();
    char* to = out.data();
    std::size_t out_left = out.size();
    if (iconv(handle, &in, &in_left, &to, &out_left) == static_cast<std::size_t>(-1) || in_left > 0)
      return std::nullopt;
    out.resize(out.size() - out_left);
    return out;
  }
};

std::optional<char32_t> next(std::string_view s, std::size_t& i);

/// More marks on one character than any writing has (UAX #15: thirty are plenty). To put n of them in order costs utf8proc n² steps.
bool is_heaped(std::string_view utf8) {
  constexpr int kPlenty = 30;
  int marks = 0;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto c = next(utf8, i);
    if (!c) return false;
    const bool mark = utf8proc_get_property(static_cast<utf8proc_int32_t>(*c))->combining_class > 0;
    marks = mark ? marks + 1 : 0;
    if (marks > kPlenty) return true;
  }
  return false;
}

/// ASCII and U+4E00 to U+9FFF, nearly all that people write here: each is its own normal form, and joins with nothing.
bool is_plain(std::string_view utf8) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(utf8[i]); };
  for (std::size_t i = 0; i < utf8.size();) {
    if (byte(i) < 0x80) {
      ++i;
      continue;
    }
    if (utf8.size() - i < 3 || (byte(i + 1) & 0xC0) != 0x80 || (byte(i + 2) & 0xC0) != 0x80)
      return false;
    const unsigned first_two = byte(i) << 8 | byte(i + 1);
    if (first_two < 0xE4B8 || first_two > 0xE9BF) return false;
    i += 3;
  }
  return true;
}

std::string normal_form(std::string_view utf8, utf8proc_option_t options) {
  if (is_plain(utf8) || is_heaped(utf8)) return std::string(utf8);
  utf8proc_uint8_t* mapped = nullptr;
  const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                   static_cast<utf8proc_ssize_t>(utf8.size()), &mapped, options);
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owner(mapped, &std::free);
  if (length < 0) return std::string(utf8);
  return {reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length)};
}

/// The code point at `i`, which moves past it; nothing if the bytes are not UTF-8 there.
std::optional<char32_t> next(std::string_view s, std::size_t& i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(s[k]); };
  const unsigned char first = byte(i);
  if (first < 0x80) return s[i++];
  int more = 0;
  char32_t c = 0;
  char32_t least = 0;
  if ((first & 0xE0) == 0xC0)
    more = 1, c = first & 0x1F, least = 0x80;
  else if ((first & 0xF0) == 0xE0)
    more = 2, c = first & 0x0F, least = 0x800;
  else if ((first & 0xF8) == 0xF0)
    more = 3, c = first & 0x07, least = 0x10000;
  else
    return std::nullopt;
  if (s.size() - i <= static_cast<std::size_t>(more)) return std::nullopt;
  for (int k = 1; k <= more; ++k) {
    const unsigned char b = byte(i + static_cast<std::size_t>(k));
    if ((b & 0xC0) != 0x80) return std::nullopt;
    c = c << 6 | (b & 0x3F);
  }
  if (c < least || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return std::nullopt;
  i += static_cast<std::size_t>(more) + 1;
  return c;
}

bool is_blank(char32_t c) {
  return c == ' ' || (c >= 9 && c <= 13) || c == 0x3000 || c == 0xA0 || c == 0xFEFF ||
         (c >= 0x200B && c <= 0x200D) || c == 0x2060;
}

}  // namespace

bool is_utf8(std::string_view bytes) {
  return simdjson::validate_utf8(bytes.data(), bytes.size());
}

std::optional<std::string> from_gb18030(std::string_view bytes) {
  thread_local Converter converter("UTF-8", "GB18030");
  return converter.convert(bytes);
}

std::optional<std::string> to_gb18030(std::string_view utf8) {
  thread_local Converter converter("GB18030", "UTF-8");
  return converter.convert(utf8);
}

std::optional<std::string> from_utf16(std::string_view bytes, bool big_endian) {
  Converter converter("UTF-8", big_endian ? "UTF-16BE" : "UTF-16LE");
  return converter.convert(bytes);
}

std::optional<std::string> decode_text(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF"))
    bytes.remove_prefix(3);
  else if (bytes.starts_with("\xFF\xFE"))
    return from_utf16(bytes.substr(2), false);
  else if (bytes.starts_with("\xFE\xFF"))
    return from_utf16(bytes.substr(2), true);
  if (is_utf8(bytes)) return std::string(bytes);
  return from_gb18030(bytes);
}

std::u32string code_points(std::string_view utf8) {
  std::u32string out;
  out.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size();) {
    if (const auto c = next(utf8, i))
      out += *c;
    else
      out += U'\uFFFD', ++i;
  }
  return out;
}

void append_utf8(std::string& to, char32_t c) {
  const auto put = [&](char32_t byte) { to += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xC0 | c >> 6), put(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12), put(0x80 | (c >> 6 & 0x3F)), put(0x80 | (c & 0x3F));
  } else {
    put(0xF0 | c >> 18), put(0x80 | (c >> 12 & 0x3F)), put(0x80 | (c >> 6 & 0x3F)),
        put(0x80 | (c & 0x3F));
  }
}

std::string to_utf8(std::u32string_view text) {
  std::string out;
  for (const char32_t c : text) append_utf8(out, c);
  return out;
}

std::size_t count_code_points(std::string_view utf8) {
  std::size_t n = 0;
  for (const char c : utf8) n += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return n;
}

std::string nfc(std::string_view utf8) {
  return normal_form(utf8, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
}

std::string nfkc(std::string_view utf8) {
  return normal_form(
      utf8, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
}

bool is_invisible(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

std::string visible(std::string_view utf8) {
  std::string out;
  for (const char32_t c : code_points(utf8)) append_utf8(out, is_invisible(c) ? U'\uFFFD' : c);
  return out;
}

std::string_view trim(std::string_view text) {
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t i = from;
    const auto c = next(text, i);
    if (!c || !is_blank(*c)) break;
    from = i;
  }
  std::size_t to = text.size();
  while (to > from) {
    std::size_t start = to - 1;
    while (start > from && (static_cast<unsigned char>(text[start]) & 0xC0) == 0x80) --start;
    std::size_t i = start;
    const auto c = next(text, i);
    if (!c || !is_blank(*c)) break;
    to = start;
  }
  return text.substr(from, to - from);
}

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const auto at = text.find(by, from);
    parts.push_back(text.substr(from, at - from));
    if (at == text.npos) return parts;
    from = at + 1;
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view by) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += by;
    out += parts[i];
  }
  return out;
}

std::string replace_all(std::string text, std::string_view what, std::string_view by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return out;
}

std::string ascii_upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
  return out;
}

std::string shorten(std::string text, std::size_t limit) {
  if (text.size() <= limit) return text;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
  return text;
}

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

}  // namespace pipeline
