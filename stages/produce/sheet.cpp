#include "stages/produce/sheet.hpp"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <iterator>

#include "pipeline/text.hpp"
#include "stages/produce/qr.hpp"
#include "stages/produce/setting.hpp"

namespace produce {
namespace {

constexpr double kPadX = 4, kPadY = 3.5, kOuter = 1.25, kInner = 0.5, kFootGap = 10;
/// Of a field from the lines around it; of a field of one line, by the size of its type.
constexpr double kFieldInset = 1.5, kFieldLine = 1.9;
constexpr Style kFootStyle{Role::Song, 10.5, Align::Right, 1.5, 0};
constexpr Style kFooterStyle{Role::Song, 9, Align::Left, 1.25, 0};

double height(std::size_t lines, const Style& style) {
  return static_cast<double>(lines) * line_height(style);
}

}  // namespace

Sheet::Sheet(const Typefaces& typefaces, Furniture furniture)
    : typefaces_(typefaces), furniture_(std::move(furniture)), document_(typefaces) {
  new_page();
  if (!furniture_.code.empty()) draw_code();
}

/// Beside the title and as high as the margin lets it, so that the lines below the title keep the whole width.
void Sheet::draw_code() {
  constexpr double kSide = mm(20.5), kQuiet = 4;
  const double right = kPageWidth - furniture_.right;
  const QrCode code = qr_code(furniture_.code);
  const double top = std::min(kPageHeight - mm(9), y_ + mm(14)), module = kSide / code.width;
  document_.fill(page_, right - kSide, top - kSide, module, code.black);
  code_width_ = kSide + kQuiet * module;
}

void Sheet::new_page() {
  close_frame();
  page_ = document_.add_page();
  stand_ins_.emplace_back();
  y_ = kPageHeight - furniture_.top;
  if (page_ > 0) {
    const double top = y_ + mm(2);
    const Style title{Role::Title, 11, Align::Left, 1.4, 0},
        running{Role::Song, 10, Align::Right, 1.54, 0};
    const auto lines = known_lines(typefaces_, furniture_.title + "（续页）", title, width() * 0.6);
    const double title_width = (*lines)[0].width + 12;
    const auto right =
        break_few_lines(typefaces_, furniture_.running, running, width() - title_width, 2);
    draw_lines(*lines, title, furniture_.left, top, title_width);
    draw_lines(right, running, furniture_.left + title_width, top, width() - title_width);
    y_ = top - static_cast<double>(std::max(lines->size(), right.size())) * line_height(title) - 3;
  }
  body_top_ = y_;
}

void Sheet::close_frame() {
  if (frame_top_ >= 0) {
    document_.rectangle(page_, furniture_.left, y_, width(), frame_top_ - y_, kOuter);
  }
  frame_top_ = -1;
}

void Sheet::draw_lines(std::span<const Line> lines, const Style& style, double x, double top,
                       double width) {
  for (const Line& line : lines) {
    const auto [at, spacing] = setting(line, style, width);
    document_.text(page_, x + at, top - ascent(style), style.size, line.glyphs, spacing);
    for (const Glyph& glyph : line.glyphs) {
      auto& known = stand_ins_[page_];
      if (glyph.stands_in && known.find(glyph.character) == std::u32string::npos)
        known += glyph.character;
    }
    top -= line_height(style);
  }
}

void Sheet::title(const std::string& text, double size) {
  Style style{Role::Title, size, Align::Centre, 1.4, 0};
  const double beside_code = page_ == 0 ? width() - 2 * code_width_ : width();
  KnownLines lines = known_lines(typefaces_, text, style, beside_code);
  // A title that is longer than a line goes down to 小二 first.
  if (lines->size() > 1) {
    style.size = std::min(size, 18.0);
    lines = known_lines(typefaces_, text, style, beside_code);
  }
  for (const Line& line : *lines) {
    need(line_height(style));
    draw_lines(std::span(&line, 1), style, furniture_.left + (width() - beside_code) / 2, y_,
               beside_code);
    y_ -= line_height(style);
  }
}

void Sheet::ends(const std::string& left, const std::string& right, const Style& style) {
  Style right_style = style;
  right_style.align = Align::Right;
  const auto a = known_lines(typefaces_, left, style, width());
  const auto b = known_lines(typefaces_, right, right_style, width());
  if (a->size() == 1 && b->size() == 1 &&
      a->front().width + b->front().width + 2 * style.size <= width()) {
    need(line_height(style));
    draw_lines(*a, style, furniture_.left, y_, width());
    draw_lines(*b, right_style, furniture_.left, y_, width());
    y_ -= line_height(style);
  } else {
    if (!left.empty()) paragraph(left, style);
    if (!right.empty()) paragraph(right, right_style);
  }
}

void Sheet::paragraph(const std::string& text, const Style& style) {
  const KnownLines lines = known_lines(typefaces_, text, style, width());
  for (const Line& line : *lines) {
    need(line_height(style));
    draw_lines(std::span(&line, 1), style, furniture_.left, y_, width());
    y_ -= line_height(style);
  }
}

void Sheet::need(double height) {
  if (room() < height && y_ < body_top_) new_page();
}

Sheet::LaidRow Sheet::lay(const Row& row) const {
  LaidRow laid{{}, row.min_height};
  double shares = 0;
  for (const Cell& cell : row.cells) shares += cell.width;
  laid.cells.reserve(row.cells.size());
  for (const Cell& cell : row.cells) {
    const double cell_width = width() * cell.width / shares;
    LaidCell out{&cell, cell_width,
                 known_lines(typefaces_, cell.text, cell.style, cell_width - 2 * kPadX), nullptr,
                 0};
    if (!cell.foot.empty())
      out.foot = known_lines(typefaces_, cell.foot, kFootStyle, cell_width - 4 * kPadX);
    laid.cells.push_back(std::move(out));
  }
  return laid;
}

double Sheet::LaidCell::height() const {
  const double text = 2 * kPadY + produce::height(lines->size() - done, cell->style);
  return foot ? text + kFootGap + produce::height(foot->size(), kFootStyle) : text;
}

std::size_t Sheet::LaidCell::fitting(double room) const {
  const double count = std::max(0.0, (room - 2 * kPadY) / line_height(cell->style) + 0.001);
  return std::min(lines->size() - done, static_cast<std::size_t>(count));
}

double Sheet::LaidRow::height() const {
  double out = min_height;
  for (const LaidCell& cell : cells) out = std::max(out, cell.height());
  return out;
}

double Sheet::LaidRow::height_of_fitting(double room) const {
  double out = min_height;
  for (const LaidCell& cell : cells) {
    out = std::max(out, 2 * kPadY + produce::height(cell.fitting(room), cell.cell->style));
  }
  return std::min(out, room);
}

/// Every cell can begin, and none leaves a single line behind.
bool Sheet::LaidRow::divides_well(double room) const {
  std::size_t placed = 0;
  for (const LaidCell& cell : cells) {
    const std::size_t fit = cell.fitting(room);
    if (fit < std::min<std::size_t>(cell.lines->size() - cell.done, 2)) return false;
    if (!cell.cell->label && !cell.cell->text.empty()) placed += fit;
  }
  return placed > 0;
}

void Sheet::draw(const LaidRow& row, double height, bool whole) {
  double x = furniture_.left;
  for (const LaidCell& cell : row.cells) {
    if (cell.cell->grey < 1)
      document_.fill(page_, x, y_ - height, cell.width, height, cell.cell->grey);
    x += cell.width;
  }
  if (frame_top_ < 0) {
    frame_top_ = y_;
  } else {
    document_.line(page_, furniture_.left, y_, furniture_.left + width(), y_, kInner);
  }
  x = furniture_.left;
  for (const LaidCell& cell : row.cells) {
    if (x > furniture_.left + 0.01) document_.line(page_, x, y_, x, y_ - height, kInner);
    const std::size_t count = whole ? cell.lines->size() - cell.done : cell.fitting(height);
    const double text_height = static_cast<double>(count) * line_height(cell.cell->style);
    double foot_height = 0;
    if (whole && cell.foot) foot_height = kFootGap + produce::height(cell.foot->size(), kFootStyle);
    double top = y_ - kPadY;
    if (cell.cell->vertical == Vertical::Middle) {
      top = y_ - std::max(kPadY, (height - foot_height - text_height) / 2);
    }
    draw_lines(std::span(*cell.lines).subspan(cell.done, count), cell.cell->style, x + kPadX, top,
               cell.width - 2 * kPadX);
    // A row that is divided has its fields where it begins.
    if (cell.done == 0 && count > 0 && !cell.cell->fields.empty()) {
      const double under_text = cell.cell->text.empty() ? y_ : top - text_height;
      place_fields(
          cell, std::span(*cell.lines).subspan(cell.done, count), x, top,
          {x, y_ - height + foot_height, cell.width, under_text - (y_ - height + foot_height)});
    }
    if (foot_height > 0) {
      draw_lines(*cell.foot, kFootStyle, x + 2 * kPadX,
                 y_ - height + kPadY + foot_height - kFootGap, cell.width - 4 * kPadX);
    }
    x += cell.width;
  }
  y_ -= height;
}

void Sheet::place_fields(const LaidCell& cell, std::span<const Line> lines, double x, double top,
                         const Area& free) {
  const auto areas =
      boxes(typefaces_.box(), lines, cell.cell->style, x + kPadX, top, cell.width - 2 * kPadX);
  auto next = areas.begin();
  for (const Field& field : cell.cell->fields) {
    if (field.kind == FieldKind::Check || field.kind == FieldKind::Radio) {
      const std::ptrdiff_t count = field.kind == FieldKind::Check ? 1 : std::ssize(field.choices);
      assert(areas.end() - next >= count);
      document_.field(page_, field, {next, next + count});
      next += count;
      continue;
    }
    const double room = free.height - 2 * kFieldInset;
    const double height =
        field.kind == FieldKind::Lines ? room : std::min(room, kFieldLine * field.size);
    document_.field(page_, field,
                    {{free.x + kFieldInset, free.y + kFieldInset + (room - height) / 2,
                      free.width - 2 * kFieldInset, height}});
  }
}

void Sheet::hide(const std::string& name, const std::string& value) {
  document_.field(0, {FieldKind::Hidden, name, {}, value}, {});
}

void Sheet::turn_page(const LaidRow* header) {
  new_page();
  if (header) draw(*header, header->height(), true);
}

void Sheet::place(const LaidRow& row, double together, const LaidRow* header) {
  bool fresh = y_ >= body_top_;
  const double height = row.height();
  if (!fresh && height + together > room()) {
    // What fills more than half a page is divided where it stands.
    if (height + together <= (body_top_ - furniture_.bottom) / 2 || !row.divides_well(room())) {
      turn_page(header);
      fresh = true;
    }
  }
  if (height > room()) {
    divide(row, fresh, header);
  } else {
    draw(row, height, true);
  }
}

void Sheet::divide(LaidRow row, bool fresh, const LaidRow* header) {
  while (row.height() > room()) {
    if (row.divides_well(room()) || fresh) {
      const double available = room();
      draw(row, row.height_of_fitting(available), false);
      for (LaidCell& cell : row.cells) {
        cell.done += cell.fitting(available);
        if (cell.cell->label && cell.done == cell.lines->size()) {
          cell.done = 0;
          cell.lines = known_lines(typefaces_, cell.cell->text + "（续）", cell.cell->style,
                                   cell.width - 2 * kPadX);
        }
      }
      row.min_height = 0;
    }
    turn_page(header);
    fresh = true;
  }
  draw(row, row.height(), true);
}

Sheet::Laid Sheet::lay(std::vector<Row> rows) const {
  Laid out;
  out.rows_ = std::move(rows);
  out.laid_.reserve(out.rows_.size());
  for (const Row& row : out.rows_) out.laid_.push_back(lay(row));
  return out;
}

Sheet::Laid& Sheet::Laid::operator+=(Laid more) {
  const int offset = static_cast<int>(rows_.size());
  for (Row& row : more.rows_)
    if (row.header >= 0) row.header += offset;
  rows_.insert(rows_.end(), std::make_move_iterator(more.rows_.begin()),
               std::make_move_iterator(more.rows_.end()));
  laid_.insert(laid_.end(), std::make_move_iterator(more.laid_.begin()),
               std::make_move_iterator(more.laid_.end()));
  return *this;
}

void Sheet::rows(const Laid& all) {
  const std::vector<Row>& rows = all.rows_;
  const std::vector<LaidRow>& laid = all.laid_;
  for (std::size_t i = 0; i < rows.size(); i++) {
    double together = 0;
    for (std::size_t next = i; rows[next].keep_with_next && next + 1 < rows.size(); next++) {
      together += std::min(laid[next + 1].height(), mm(30));
    }
    const int header = rows[i].header;
    assert(header < static_cast<int>(i));
    place(laid[i], together, header < 0 ? nullptr : &laid[static_cast<std::size_t>(header)]);
  }
  close_frame();
}

void Sheet::rows(std::vector<Row> rows) {
  this->rows(lay(std::move(rows)));
}

bool Sheet::rows_that_fill_the_page(Laid all) {
  double height = 0;
  int growing = 0;
  for (const LaidRow& row : all.laid_) height += row.height();
  for (const Row& row : all.rows_) growing += row.grows;
  if (height > room()) return false;
  for (std::size_t i = 0; i < all.rows_.size(); i++) {
    LaidRow& row = all.laid_[i];
    if (all.rows_[i].grows) row.min_height = row.height() + (room() - height) / growing;
  }
  rows(all);
  return true;
}

double Sheet::left_over(std::initializer_list<const Laid*> rows) const {
  double out = room();
  for (const Laid* some : rows)
    for (const LaidRow& row : some->laid_) out -= row.height();
  return out;
}

std::string Sheet::finish(const Metadata& metadata) {
  return finish().bytes(metadata);
}

Document Sheet::finish() {
  close_frame();
  const std::size_t pages = document_.pages();
  for (page_ = 0; page_ < pages; page_++) {
    double top = furniture_.bottom - mm(5);
    document_.line(page_, furniture_.left, top, furniture_.left + width(), top, kInner);
    top -= 2;
    const std::u32string missing = stand_ins_[page_];
    constexpr std::size_t kMostNamed = 7;  // in one line
    if (!missing.empty()) {
      std::string note = "〓 代替字库所缺的字：";
      for (const char32_t c : missing.substr(0, kMostNamed)) {
        char code[16];
        std::snprintf(code, sizeof code, "U+%04X ", static_cast<unsigned>(c));
        note += code;
      }
      if (missing.size() > kMostNamed) note += "等";
      draw_lines(break_lines(typefaces_, note, kFooterStyle, width()), kFooterStyle,
                 furniture_.left, furniture_.bottom - mm(1), width());
    }
    Style right = kFooterStyle;
    right.align = Align::Right;
    const std::string number = furniture_.number ? furniture_.number(page_, pages)
                                                 : "第 " + std::to_string(page_ + 1) + " 页 / 共 " +
                                                       std::to_string(pages) + " 页";
    const auto numbers = known_lines(typefaces_, number, right, width());
    const double left_width = width() - numbers->front().width - 12;
    draw_lines(break_few_lines(typefaces_, furniture_.footer, kFooterStyle, left_width, 3),
               kFooterStyle, furniture_.left, top, left_width);
    draw_lines(*numbers, right, furniture_.left, top, width());
  }
  // X53: what the reader compares.
  if (document_.has_fields()) hide("content", document_.content_digest());
  return std::move(document_);
}

}  // namespace produce
