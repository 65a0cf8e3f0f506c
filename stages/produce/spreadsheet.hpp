#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/time.hpp"

// Spreadsheet: an .xlsx that is written row by row, so that memory does not grow with it.
//
//   takes   the path to write, and the time that its properties carry; the same calls give the same
//   bytes faults  Stop: the library refuses a call; Retry: the disk is full or fails
//
// Within a sheet, rows are written in ascending order (asserted); sheets may take turns. Rows and
// columns count from 0. Text may be any bytes: what is not UTF-8 or not allowed in XML becomes
// U+FFFD, and it is cut where Excel would refuse it.

namespace produce {

enum class CellStyle {
  Title,
  ListTitle,  ///< not centred: a list is wider than the screen
  Note,       ///< below the title; no border
  Section,    ///< heading of a table
  Header,
  Text,
  Wrapped,
  Indent1,
  Indent2,
  Centred,
  Number,   ///< 1,234
  Decimal,  ///< 1.5
  Share,    ///< 12.3%
  Day,      ///< a real date, 2026-11-22
  Moment,   ///< a real date, 2026-11-22 10:00
  Link,
  SubtotalText,
  SubtotalIndent1,
  SubtotalCentred,
  SubtotalNumber,
  TotalText,
  TotalNumber,
  TotalDecimal,
  TotalShare,
};

inline constexpr int kSheetRows = 1'048'576;

/// "B7", or "$B$7"; "B7:D9".
std::string cell_name(int row, int column, bool absolute = false);
std::string range_name(int row, int column, int last_row, int last_column);

/// UTF-8 that may stand in XML, at most 32,767 UTF-16 units (Excel's limit for a cell).
std::string cell_text(std::string_view bytes);

/// Points that the text needs when wrapped in a column of that width: programs do not grow the rows of a file by themselves.
double wrapped_height(std::string_view text, double characters);

class Worksheet;

struct Chart {
  enum class Kind { StackedColumns, Bars } kind = Kind::StackedColumns;
  struct Series {
    std::string name;
    int column = 0;
    std::uint32_t colour = 0;  ///< 0xRRGGBB
  };
  std::string title;
  const Worksheet* data = nullptr;  ///< null: the sheet it stands on
  int first_row = 0, last_row = 0;  ///< of the data
  int label_column = 0;
  std::vector<Series> series;
  int row = 0, column = 0;        ///< where its upper left corner lies
  int width = 480, height = 288;  ///< pixels
};

class Spreadsheet;

class Worksheet {
 public:
  const std::string& name() const { return name_; }

  void text(int row, int column, std::string_view text, CellStyle style = CellStyle::Text);
  void number(int row, int column, double value, CellStyle style = CellStyle::Number);
  void number(int row, int column, std::int64_t value, CellStyle style = CellStyle::Number);
  /// `value` is what the formula gives; viewers that do not calculate show it.
  void formula(int row, int column, const std::string& formula, double value, CellStyle style);
  void day(int row, int column, pipeline::Day day);
  /// In Beijing time, to the minute.
  void moment(int row, int column, pipeline::Time time);
  void link(int row, int column, const Worksheet& to);
  /// One row, several columns.
  void merge(int row, int column, int last_column, std::string_view text, CellStyle style);

  /// Before any cell of that row; in points. `outline` > 0: a group that can be folded.
  void row_height(int row, double points, int outline = 0);
  void widths(const std::vector<double>& characters);
  void freeze(int rows, int columns);
  void print_rows_on_each_page(int first, int last);
  void filter(int header_row, int last_row, int last_column);
  void chart(const Chart& chart);

 private:
  friend class Spreadsheet;
  Worksheet(Spreadsheet& book, std::string name, void* sheet);
  void reach(int row);

  Spreadsheet& book_;
  std::string name_;
  void* sheet_;
  int row_ = 0;
};

class Spreadsheet {
 public:
  Spreadsheet(const std::string& path, const std::string& title, pipeline::Time created);
  ~Spreadsheet();
  Spreadsheet(const Spreadsheet&) = delete;
  Spreadsheet& operator=(const Spreadsheet&) = delete;

  /// A4 landscape, one page wide, page numbers. The name has at most 31 characters, none of
  /// []:*?/\ (asserted).
  Worksheet& add(const std::string& name);
  /// Writes the file. Without it nothing is left at the path.
  void close();

 private:
  friend class Worksheet;
  struct Book;
  std::unique_ptr<Book> book_;
};

}  // namespace produce
