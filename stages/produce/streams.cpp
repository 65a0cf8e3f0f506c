#include "stages/produce/streams.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

#include "pipeline/text.hpp"

namespace produce {

void put(std::string& to, double value) {
  std::array<char, 24> text{};
  char* const end = text.data() + text.size();
  char* at = end;
  const auto hundredths = static_cast<std::int64_t>(value * 100 + (value < 0 ? -0.5 : 0.5));
  std::int64_t left = hundredths < 0 ? -hundredths : hundredths;
  const auto digit = [&] {
    *--at = static_cast<char>('0' + left % 10);
    left /= 10;
  };
  *--at = ' ';
  const bool whole = left % 100 == 0, tenths = left % 10 == 0;
  if (whole) {
    left /= 100;
  } else {
    if (tenths) left /= 10;
    if (!tenths) digit();
    digit();
    *--at = '.';
  }
  do digit();
  while (left > 0);
  if (hundredths < 0) *--at = '-';
  to.append(at, static_cast<std::size_t>(end - at));
}

void put(std::string& to, std::initializer_list<double> values, std::string_view op) {
  for (const double value : values) put(to, value);
  to += op;
  to += '\n';
}

void put_hex(std::string& to, unsigned value) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  const std::array<char, 4> text{kDigits[value >> 12 & 15], kDigits[value >> 8 & 15],
                                 kDigits[value >> 4 & 15], kDigits[value & 15]};
  to.append(text.data(), text.size());
}

namespace {

void put_utf16(std::string& to, char32_t c) {
  if (c > 0xFFFF) {
    put_hex(to, 0xD800 + ((c - 0x10000) >> 10));
    c = 0xDC00 + (c & 0x3FF);
  }
  put_hex(to, c);
}

}  // namespace

std::string text_string(std::string_view utf8) {
  std::string out;
  if (std::all_of(utf8.begin(), utf8.end(), [](char c) { return c >= ' ' && c <= '~'; })) {
    out += '(';
    for (const char c : utf8) {
      if (c == '(' || c == ')' || c == '\\') out += '\\';
      out += c;
    }
    return out += ')';
  }
  out += "<FEFF";
  for (const char32_t c : pipeline::code_points(utf8)) put_utf16(out, c);
  return out += '>';
}

std::string to_unicode(const std::vector<Glyph>& glyphs) {
  std::string out =
      "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
      "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
      "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
      "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
  constexpr std::size_t kBlock = 256;  // the first byte of a range's codes must not change
  for (std::size_t from = 1; from <= glyphs.size();) {
    const std::size_t end = std::min(glyphs.size() + 1, (from / kBlock + 1) * kBlock);
    out += "1 beginbfrange\n<";
    put_hex(out, static_cast<unsigned>(from));
    out += "><";
    put_hex(out, static_cast<unsigned>(end - 1));
    out += ">[";
    for (; from < end; from++) {
      out += '<';
      put_utf16(out, glyphs[from - 1].character);
      out += '>';
    }
    out += "]\nendbfrange\n";
  }
  return out + "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
}

std::string box_appearance(double side, bool ticked) {
  std::string out = "q 1 g 0 G ";
  put(out, {0, 0, side, side}, "re f");
  const double line = side * 0.06, inset = side * 0.08;
  put(out, line);
  out += "w ";
  put(out, {inset, inset, side - 2 * inset, side - 2 * inset}, "re S");
  if (ticked) {
    put(out, side * 0.11);
    out += "w 1 J 1 j ";
    put(out, {side * 0.23, side * 0.50}, "m");
    put(out, {side * 0.43, side * 0.27}, "l");
    put(out, {side * 0.79, side * 0.76}, "l S");
  }
  return out + "Q\n";
}

std::string deflated(std::string_view bytes) {
  struct Free {
    void operator()(libdeflate_compressor* c) const { libdeflate_free_compressor(c); }
  };
  thread_local const std::unique_ptr<libdeflate_compressor, Free> compressor(
      libdeflate_alloc_compressor(1));
  std::string out(libdeflate_zlib_compress_bound(compressor.get(), bytes.size()), '\0');
  out.resize(libdeflate_zlib_compress(compressor.get(), bytes.data(), bytes.size(), out.data(),
                                      out.size()));
  return out;
}

}  // namespace produce
