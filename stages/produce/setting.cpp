#include "stages/produce/setting.hpp"

#include <algorithm>

#include "pipeline/text.hpp"

namespace produce {

double line_height(const Style& style) {
  return style.size * style.leading;
}

Setting setting(const Line& line, const Style& style, double width) {
  constexpr double kMaxSpacing = 0.06;  // of the type size; more would read as blanks
  Setting out{line.indent, 0};
  const double slack = width - line.indent - line.width;
  if (style.align == Align::Centre) out.at += slack / 2;
  if (style.align == Align::Right) out.at += slack;
  if (style.align == Align::Justify && !line.ends_paragraph && line.glyphs.size() > 1) {
    out.spacing = slack / static_cast<double>(line.glyphs.size() - 1);
    if (out.spacing < 0 || out.spacing > kMaxSpacing * style.size) out.spacing = 0;
  }
  return out;
}

std::vector<Line> break_few_lines(const Typefaces& typefaces, const std::string& text,
                                  const Style& style, double width, std::size_t most) {
  std::vector<Line> lines = break_lines(typefaces, text, style, width);
  for (std::u32string shorter = pipeline::code_points(text); lines.size() > most;) {
    std::size_t fits = 0;
    for (std::size_t i = 0; i < most; i++) fits += lines[i].glyphs.size();
    shorter.resize(std::min(shorter.size(), fits) - 1);
    lines = break_lines(typefaces, pipeline::to_utf8(shorter) + "…", style, width);
  }
  return lines;
}

// The em box of ideographs reaches from -0.12 to 0.88.
double ascent(const Style& style) {
  return (line_height(style) - style.size) / 2 + 0.88 * style.size;
}

std::vector<Area> boxes(const Extent& box, std::span<const Line> lines, const Style& style,
                        double x, double top, double width) {
  constexpr double kMore = 0.04;
  std::vector<Area> out;
  const double unit = style.size / 1000, more = kMore * style.size;
  const double side = std::max(box.right - box.left, box.top - box.bottom) * unit + 2 * more;
  for (const Line& line : lines) {
    const auto [from, spacing] = setting(line, style, width);
    double at = x + from;
    for (const Glyph& glyph : line.glyphs) {
      if (glyph.character == U'□')
        out.push_back({at + box.left * unit - more, top - ascent(style) + box.bottom * unit - more,
                       side, side});
      at += glyph.advance * style.size / 1000 + spacing;
    }
    top -= line_height(style);
  }
  return out;
}

}  // namespace produce
