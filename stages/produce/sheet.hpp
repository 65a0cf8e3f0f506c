#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <type_traits>
#include <vector>

#include "stages/produce/lines.hpp"
#include "stages/produce/pdf.hpp"

// Sheet: a paper from top to bottom: title, lines, paragraphs, ruled rows; pages, continuation
// headers and footers by itself.
//
//   takes   UTF-8 texts; lengths in points (mm() converts)
//   gives   the PDF; rows grow with their text, and what is longer than the page goes on on the
//   next one
//
// A row that is higher than what is left moves to the next page if it fits there, else it is
// divided between lines. Every page ends in the footer, every page but the first begins with the
// title and 续页. The fields of a cell take what its text and foot leave free; check boxes and radios
// lie over the □ of its text, in their order, so that a paper printed empty is as good.

namespace produce {

constexpr double mm(double v) {
  return v * 72 / 25.4;
}

struct Furniture {
  std::string title;
  std::string running;  ///< beside the title of a continuation page: the number of the case
  std::string footer;   ///< left half of the footer; the page numbers follow
  /// What the footer says of a page, from 0, of so many; the default: 第 1 页 / 共 2 页.
  std::function<std::string(std::size_t page, std::size_t pages)> number{};
  std::string
      code{};  ///< as a QR code at the upper right of the first page (parts.hpp: paper_code)
  double left = mm(25), right = mm(25), top = mm(22), bottom = mm(22);
};

enum class Vertical { Top, Middle };

struct Cell {
  double width = 0;  ///< share of the row; the shares of a row need not add up to anything
  std::string text;
  Style style{};
  Vertical vertical = Vertical::Middle;
  std::string foot{};  ///< at the lower right: signature, seal and date
  double grey = 1;     ///< of the ground
  bool label = false;  ///< repeated where its row goes on on the next page
  std::vector<Field> fields{};
};

struct Row {
  std::vector<Cell> cells;
  double min_height = mm(8);
  int header = -1;              ///< the row (index) to repeat above it on a new page
  bool keep_with_next = false;  ///< never the last one on a page
  bool grows = false;           ///< where the rows fill the page
};

class Sheet {
 public:
  Sheet(const Typefaces& typefaces, Furniture furniture);

  double width() const { return kPageWidth - furniture_.left - furniture_.right; }
  void title(const std::string& text, double size = 22);
  /// One line, both ends.
  void ends(const std::string& left, const std::string& right, const Style& style);
  void paragraph(const std::string& text, const Style& style);
  class Laid;
  /// Breaks their lines.
  Laid lay(std::vector<Row> rows) const;
  /// Rows in one frame: 1.25 pt outside, 0.5 pt inside.
  void rows(const Laid& rows);
  void rows(std::vector<Row> rows);
  /// The same, to the end of the page: rows that grow share what is left of it. False, and nothing
  /// is drawn, if the rows do not stand on this page.
  bool rows_that_fill_the_page(Laid rows);
  /// What these rows, one after the other, would leave of the page; negative: they do not stand on it.
  double left_over(std::initializer_list<const Laid*> rows) const;
  /// Something that the paper says to programs only.
  void hide(const std::string& name, const std::string& value);
  void gap(double height) { y_ -= height; }
  /// Keeps what follows together: a new page, unless that much is left.
  void need(double height);

  /// One of them, once, at the end.
  std::string finish(const Metadata& metadata);
  Document finish();

 private:
  struct LaidCell {
    const Cell* cell;
    double width;
    KnownLines lines, foot;  ///< no foot: null
    std::size_t done;        ///< lines that stand on earlier pages

    double height() const;
    std::size_t fitting(double room) const;  ///< lines
  };
  struct LaidRow {
    std::vector<LaidCell> cells;
    double min_height;

    double height() const;
    double height_of_fitting(double room) const;
    bool divides_well(double room) const;
  };

  LaidRow lay(const Row& row) const;
  void place(const LaidRow& row, double together, const LaidRow* header);
  void divide(LaidRow row, bool fresh, const LaidRow* header);
  void turn_page(const LaidRow* header);
  void draw(const LaidRow& row, double height, bool whole);
  void draw_lines(std::span<const Line> lines, const Style& style, double x, double top,
                  double width);
  void place_fields(const LaidCell& cell, std::span<const Line> lines, double x, double top,
                    const Area& free);
  void new_page();
  void draw_code();
  void close_frame();
  double room() const { return y_ - furniture_.bottom; }

  const Typefaces& typefaces_;
  Furniture furniture_;
  Document document_;
  std::size_t page_ = 0;
  double y_ = 0;                           ///< what is free on the page begins below it
  double body_top_ = 0;                    ///< y_ of a page on which nothing stands yet
  double code_width_ = 0;                  ///< kept free of the title, on either side of it
  double frame_top_ = -1;                  ///< of the open frame; negative: none
  std::vector<std::u32string> stand_ins_;  ///< per page, the characters that no face has
};

/// Rows whose lines are broken, for the sheet that broke them.
class Sheet::Laid {
 public:
  Laid() = default;
  Laid(Laid&&) = default;
  Laid& operator=(Laid&&) = default;
  Laid(const Laid&) = delete;
  Laid& operator=(const Laid&) = delete;
  /// Appends; the indices of headers are moved along.
  Laid& operator+=(Laid more);

 private:
  friend class Sheet;
  static_assert(std::is_nothrow_move_constructible_v<Row>, "cells stay when rows become more");
  std::vector<Row> rows_;
  std::vector<LaidRow> laid_;  ///< of each; they refer to its cells, which stay where they are
};

}  // namespace produce
