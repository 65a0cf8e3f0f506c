#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "stages/produce/typeface.hpp"

// Streams: what stands in the streams of a PDF, as text.

namespace produce {

/// Points to a hundredth, then a blank. printf would take half of a paper's time.
void put(std::string& to, double value);
/// The values, then the operator and the end of the line.
void put(std::string& to, std::initializer_list<double> values, std::string_view op);
/// Four hexadecimal digits.
void put_hex(std::string& to, unsigned value);

/// A text as a string object: as it is if it is plain ASCII, for Poppler compares the bytes of a
/// choice and of its code; else UTF-16 with a byte-order mark.
std::string text_string(std::string_view utf8);
/// A ToUnicode map: code n is the character of glyphs[n - 1].
std::string to_unicode(const std::vector<Glyph>& glyphs);
/// A square box of that side on white ground, which covers the printed one below it.
std::string box_appearance(double side, bool ticked);
/// In zlib's format.
std::string deflated(std::string_view bytes);

}  // namespace produce
