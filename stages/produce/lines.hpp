#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "stages/produce/typeface.hpp"

// Lines: Chinese line breaking, as offices set type.
//
//   takes   UTF-8 and the width of a column in points; '\n' ends a line
//   gives   lines of glyphs, none wider than the column unless a single character is; every
//   character is in one of them
//
// GB/T 15834: closing punctuation and the separator of names (·) never begin a line, opening
// brackets never end one, dashes and ellipses stay whole. Latin words and numbers stay together
// unless they are wider than the column. A rule that would leave nothing on the line gives way:
// nothing is ever clipped.

namespace produce {

enum class Align { Left, Centre, Right, Justify };

struct Style {
  Role role = Role::Song;
  double size = 10.5;  ///< points, never below kSmallest
  Align align = Align::Left;
  double leading = 1.4;  ///< line height / size
  double indent = 0;     ///< of a paragraph's first line, ems
};

inline constexpr double kSmallest = 9;  ///< 小五, domain §5.2

struct Line {
  std::vector<Glyph> glyphs;  ///< from left to right
  double width = 0;           ///< without the blanks at which it was broken
  double indent = 0;          ///< points
  bool ends_paragraph = false;
};

std::vector<Line> break_lines(const Typefaces& typefaces, std::string_view text, const Style& style,
                              double width);

/// The same, and of texts up to 300 bytes kept for a while, by each thread the last 512 to 1,024: labels are the same from paper to
/// paper, and a form lays out its rows more than once.
using KnownLines = std::shared_ptr<const std::vector<Line>>;
KnownLines known_lines(const Typefaces& typefaces, std::string_view text, const Style& style,
                       double width);

}  // namespace produce
