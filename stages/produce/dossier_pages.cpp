#include "stages/produce/dossier_pages.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "stages/produce/sheet.hpp"

namespace produce {

namespace {

constexpr double kSide = mm(10), kHead = mm(15), kFoot = mm(13);
constexpr Style kWords{Role::Song, 9, Align::Left, 1.25, 0};
constexpr Style kRightWords{Role::Song, 9, Align::Right, 1.25, 0};

std::string decimal(double value) {
  std::array<char, 40> out{};
  const auto end =
      std::to_chars(out.data(), out.data() + out.size(), value, std::chars_format::fixed, 5).ptr;
  return {out.data(), end};
}

/// A unit square, or a page's own space, onto a rectangle: TIFF 6.0, Orientation, says which row and column of a picture is where.
std::array<double, 6> matrix(int orientation, double x, double y, double w, double h) {
  switch (orientation) {
    case 2:
      return {-w, 0, 0, h, x + w, y};
    case 3:
      return {-w, 0, 0, -h, x + w, y + h};
    case 4:
      return {w, 0, 0, -h, x, y + h};
    case 5:
      return {0, -h, -w, 0, x + w, y + h};
    case 6:
      return {0, -h, w, 0, x, y + h};
    case 7:
      return {0, h, w, 0, x, y};
    case 8:
      return {0, h, -w, 0, x + w, y};
    default:
      return {w, 0, 0, h, x, y};
  }
}

}  // namespace

Drawing drawing_of(const pipeline::ShownPicture& picture, std::uint64_t object) {
  // Cameras and messengers write 72 or 96, which means nothing.
  constexpr double kScanner = 150, kFinest = 2400, kPoints = 72;
  const double dpi = picture.dpi >= kScanner && picture.dpi <= kFinest ? picture.dpi : kScanner;
  Drawing out{object, true, picture.orientation};
  out.width = picture.width * kPoints / dpi;
  out.height = picture.height * kPoints / dpi;
  if (out.orientation >= 5) std::swap(out.width, out.height);
  return out;
}

DossierPages::Laid DossierPages::add(const Drawing& drawing, const Words& words) {
  Laid laid{"", kPageWidth, kPageHeight};
  if (drawing.width > drawing.height) std::swap(laid.width, laid.height);
  const double room_x = laid.width - 2 * kSide, room_y = laid.height - kHead - kFoot;
  const double scale = std::min({1.0, room_x / drawing.width, room_y / drawing.height});
  const double width = drawing.width * scale, height = drawing.height * scale;
  const double x = kSide + (room_x - width) / 2, y = kFoot + (room_y - height) / 2;
  const auto m =
      drawing.picture
          ? matrix(drawing.orientation, x, y, width, height)
          : std::array<double, 6>{
                scale, 0, 0, scale, x - drawing.left * scale, y - drawing.bottom * scale};
  laid.drawing = "q ";
  for (const double value : m) laid.drawing += decimal(value) + ' ';
  laid.drawing += "cm /P Do Q\n";
  put_words(document_.add_page(), laid.width, laid.height, words);
  return laid;
}

DossierPages::Laid DossierPages::add(const Apology& apology, const Words& words) {
  const std::size_t page = document_.add_page();
  put_words(page, kPageWidth, kPageHeight, words);
  constexpr Style kTitle{Role::Title, 18, Align::Centre, 1.6, 0};
  constexpr Style kName{Role::Hei, 12, Align::Left, 1.6, 0};
  constexpr Style kText{Role::Song, 12, Align::Left, 1.6, 0};
  constexpr Style kFine{Role::Song, 9, Align::Left, 1.5, 0};
  const double x = mm(38), width = kPageWidth - 2 * x, top = kPageHeight - mm(70);
  double y = put_paragraph(page, "本件未能在卷宗中显示", kTitle, x, top, width) - mm(6);
  const std::array<std::array<std::string, 2>, 4> parts{{{"材料", apology.slot},
                                                         {"文件", apology.file},
                                                         {"原因", apology.why},
                                                         {"怎么办", apology.what_to_do}}};
  constexpr double kLabel = mm(20);
  for (const auto& [name, text] : parts) {
    put_paragraph(page, name, kName, x, y, kLabel);
    y = put_paragraph(page, text, kText, x + kLabel, y, width - kLabel) - mm(3);
  }
  y = put_paragraph(page,
                    "申报单位投递的原文件原样保存在系统的存档里，没有改动，可请管理员取出。"
                    "文件的 SHA-256：" +
                        apology.digest,
                    kFine, x, y - mm(4), width);
  document_.rectangle(page, x - mm(10), y - mm(8), width + mm(20), top + mm(10) - (y - mm(8)),
                      0.75);
  return {"", kPageWidth, kPageHeight};
}

void DossierPages::put_words(std::size_t page, double width, double height, const Words& words) {
  const double inner = width - 2 * kSide;
  const double head = height - kHead + mm(3), foot = kFoot - mm(3);
  document_.line(page, kSide, head, width - kSide, head, 0.5);
  document_.line(page, kSide, foot, width - kSide, foot, 0.5);
  const auto taken = [&](const std::string& text) {
    const auto lines = known_lines(typefaces_, text, kRightWords, inner);
    return lines->empty() ? 0.0 : lines->front().width + 12;
  };
  put_line(page, words.left, kWords, kSide, head + 4, inner - taken(words.right));
  put_line(page, words.right, kRightWords, kSide, head + 4, inner);
  put_line(page, words.foot_left, kWords, kSide, foot - 11, inner - taken(words.foot_right));
  put_line(page, words.foot_right, kRightWords, kSide, foot - 11, inner);
}

/// One line; of what is longer, its beginning: the contents have all of it.
void DossierPages::put_line(std::size_t page, const std::string& text, const Style& style, double x,
                            double y, double width) {
  const KnownLines lines = known_lines(typefaces_, text, style, width);
  if (lines->empty()) return;
  const Line& line = lines->front();
  std::vector<Glyph> glyphs = line.glyphs;
  if (lines->size() > 1) {
    const Glyph more = typefaces_.glyph(style.role, U'…');
    double cut = 0;
    while (!glyphs.empty() && cut < more.advance) {
      cut += glyphs.back().advance;
      glyphs.pop_back();
    }
    glyphs.push_back(more);
  }
  const double at = style.align == Align::Right ? x + width - line.width : x;
  document_.text(page, at, y, style.size, glyphs);
}

/// Gives where the next one may begin.
double DossierPages::put_paragraph(std::size_t page, const std::string& text, const Style& style,
                                   double x, double y, double width) {
  for (const Line& line : break_lines(typefaces_, text, style, width)) {
    const double at = style.align == Align::Centre ? x + (width - line.width) / 2 : x;
    document_.text(page, at, y - style.size, style.size, line.glyphs);
    y -= style.size * style.leading;
  }
  return y;
}

}  // namespace produce
