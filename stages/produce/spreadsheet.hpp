#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/time.hpp"

// Spreadsheet: an .xlsx that is written row by row.
//
//   takes   the path to write (memory does not grow with the rows), or none (the bytes are given, for some thousand rows)
//           the time that its properties carry; the same calls give the same bytes
//   faults  Stop: the library refuses a call; Retry: the disk is full or fails
//
// Within a sheet, rows are written in ascending order (asserted); sheets may take turns. Rows and
// columns count from 0. Text may be any bytes: what is not UTF-8 or not allowed in XML becomes
// U+FFFD, and it is cut where Excel would refuse it.

namespace produce {

enum class CellStyle {
  Title,
  FormTitle,  ///< of an official table (domain §5.4)
  FormLine,   ///< below it
  ListTitle,  ///< not centred: a list is wider than the screen
  Note,       ///< below the title; no border
  Paragraph,  ///< wrapped; no border
  Section,    ///< heading of a table
  Header,
  InputHeader,
  Text,  ///< shrinks to fit
  Wrapped,
  Input,  ///< to be filled in
  CentredInput,
  Closed,  ///< not to be filled in, where other rows are
  Indent1,
  Indent2,
  Question,  ///< of a form, beside the cell to fill in
  Centred,
  CentredWrapped,
  CentredLink,
  Count,        ///< 2, centred
  Number,       ///< 1,234
  Decimal,      ///< 1.5
  Share,        ///< 12.3%
  Difference,   ///< +12, -3, 0
  Day,          ///< a real date, 2026-11-22
  Moment,       ///< a real date, 2026-11-22 10:00
  ShortMoment,  ///< the same, 11-22 10:00
  Link,
  SubtotalText,
  SubtotalIndent1,
  SubtotalCentred,
  SubtotalNumber,
  TotalText,
  TotalNumber,
  TotalDecimal,
  TotalDifference,
  TotalShare,
};

inline constexpr int kSheetRows = 1'048'576;
inline constexpr int kSheetLinks =
    60'000;  ///< what would lead elsewhere beyond them only says so; Excel bears 65,530

/// "B7", or "$B$7"; "B7:D9".
std::string cell_name(int row, int column, bool absolute = false);
std::string range_name(int row, int column, int last_row, int last_column);

/// UTF-8 that may stand in XML, at most 32,767 UTF-16 units (Excel's limit for a cell).
std::string cell_text(std::string_view bytes);
/// It is so already.
bool is_cell_text(std::string_view bytes);

/// Points that the text needs when wrapped in a column of that width: programs do not grow the rows of a file by themselves.
double wrapped_height(std::string_view text, double characters);

/// As Excel counts days; the moment in Beijing time, to the minute.
double excel_day(pipeline::Day day);
double excel_moment(pipeline::Time time);

class RowSpool;
class Worksheet;

/// Cells that stand behind a figure, and what is shown when the mouse rests on it (at most 255 characters).
struct Link {
  const Worksheet* sheet = nullptr;  ///< null: no link
  int row = 0, column = 0, last_row = 0, last_column = 0;
  std::string tip;
};

/// A cell that opens a file beside the workbook: "folder/file.pdf".
struct FileLink {
  int row = 0, column = 0;
  std::string file;
};

struct Chart {
  enum class Kind { StackedColumns, Bars, Lines } kind = Kind::StackedColumns;
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

/// Rows and columns, the last ones included.
struct Area {
  int row = 0, column = 0, last_row = 0, last_column = 0;
};

/// A list to choose from, in each cell of an area; what is not in it is refused.
struct Choices {
  std::vector<std::string> values;  ///< at most 255 bytes altogether, no commas
  std::string
      source;  ///< else a formula that gives a range, as the area's first cell would have it
  std::string title, message;  ///< shown beside the chosen cell; 32 and 255 characters
};

enum class Highlight { Red, Orange, Yellow, Rising, Falling };
enum class PaperSize { A4, A3 };

class Spreadsheet;

class Worksheet {
 public:
  const std::string& name() const { return name_; }

  void text(int row, int column, std::string_view text, CellStyle style = CellStyle::Text);
  void number(int row, int column, double value, CellStyle style = CellStyle::Number);
  void number(int row, int column, std::int64_t value, CellStyle style = CellStyle::Number);
  /// A figure that leads to the cells behind it; 0, and what comes after the 60,000th of a sheet, is a plain one.
  void number(int row, int column, std::int64_t value, CellStyle style, const Link& link);
  /// `value` is what the formula gives; viewers that do not calculate show it.
  void formula(int row, int column, const std::string& formula, double value, CellStyle style,
               const Link& link = {});
  void formula(int row, int column, const std::string& formula, const std::string& text,
               CellStyle style);
  void day(int row, int column, pipeline::Day day);
  /// In Beijing time, to the minute.
  void moment(int row, int column, pipeline::Time time, CellStyle style = CellStyle::Moment);
  void link(int row, int column, const Worksheet& to);
  /// One row, several columns.
  void merge(int row, int column, int last_column, std::string_view text, CellStyle style);
  /// Several rows in memory only.
  void merge(const Area& area, std::string_view text, CellStyle style);

  /// Before any cell of that row; in points. `outline` > 0: a group that can be folded.
  void row_height(int row, double points, int outline = 0);
  void widths(const std::vector<double>& characters);
  /// Else a sheet is printed in landscape.
  void portrait();
  /// Printed on one page; else on one in width, and as many as it needs in height.
  void one_page();
  /// Before any cell of that row.
  void hide_row(int row);
  void hide_column(int column);
  /// The whole sheet; not the first one.
  void hide();
  void choices(const Area& area, const Choices& choices);
  /// Where the formula holds; it is written as the area's first cell would have it. Of several, the first one wins.
  void highlight(const Area& area, const std::string& formula, Highlight highlight);
  /// A bar behind each number, as long as the number is large.
  void bars(const Area& area, std::uint32_t colour);
  /// Those rows of the sorted spool stand below what else is on the sheet, from `row` on. The spool is there until close().
  /// `links`: of their cells, at most kSheetLinks.
  void follow(int row, const RowSpool& spool, std::size_t first, std::size_t end, int columns,
              std::vector<FileLink> links = {});
  /// Printed above each page.
  void headline(const std::string& left, const std::string& right);
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
  void attach(int row, int column, const Link& link);
  int row_ = 0;
  int links_ = 0;
};

class Spreadsheet {
 public:
  Spreadsheet(const std::string& path, const std::string& title, pipeline::Time created);
  /// In memory; bytes() ends it.
  Spreadsheet(const std::string& title, pipeline::Time created);
  ~Spreadsheet();
  Spreadsheet(const Spreadsheet&) = delete;
  Spreadsheet& operator=(const Spreadsheet&) = delete;

  /// Landscape, one page wide, page numbers. The name has at most 31 characters, none of
  /// []:*?/\ (asserted).
  Worksheet& add(const std::string& name, PaperSize paper = PaperSize::A4);
  /// The number of a style, for a RowSpool.
  int style(CellStyle style);
  /// The text stands in the file once, and cells of a RowSpool refer to it. Before any of them is made.
  void share(std::string_view text);
  /// Its number; nothing if it is not shared. May be called by several threads.
  std::optional<int> shared(std::string_view text) const;
  /// Of the file that is written; for what is kept beside it.
  const std::string& folder() const;
  /// Writes the file. Without it nothing is left at the path.
  void close();
  /// Instead of close.
  std::string bytes();

 private:
  friend class Worksheet;
  struct Book;
  void open(const std::string& title, pipeline::Time created);
  std::unique_ptr<Book> book_;
};

}  // namespace produce
