#pragma once

#include <span>
#include <string>
#include <vector>

#include "stages/produce/fields.hpp"
#include "stages/produce/lines.hpp"

// Setting: where lines and their glyphs stand in a column.

namespace produce {

double line_height(const Style& style);
/// From the top of a line to its baseline.
double ascent(const Style& style);

/// Where a line begins, from the left edge of its column, and what follows each of its glyphs.
struct Setting {
  double at, spacing;
};
Setting setting(const Line& line, const Style& style, double width);

/// The text if it needs no more than that many lines, else what of it goes there, and …: what stands in margins must not grow.
std::vector<Line> break_few_lines(const Typefaces& typefaces, const std::string& text,
                                  const Style& style, double width, std::size_t most);

/// Squares over the □ of lines that begin at x, top; a little larger than the glyph, whose extent `box` is.
std::vector<Area> boxes(const Extent& box, std::span<const Line> lines, const Style& style,
                        double x, double top, double width);

}  // namespace produce
