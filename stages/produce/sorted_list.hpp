#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/row_spool.hpp"
#include "stages/produce/spreadsheet.hpp"

// SortedList: one of the workbook's lists. Rows come in any order and stand sorted, so that what a figure counts stands together and
// the figure can lead to exactly these rows.
//
//   takes   rows, made cell by cell on any thread, each with its group and its place in it
//   gives   sheets (as many as the rows need), and Links to groups
//   faults  Retry: the disk is full or fails
//
// Above the header stands how many rows the filter leaves.

namespace produce {

struct ListFrame {
  Spreadsheet& book;
  std::string period;  ///< the line below the title
  int sheet_rows;      ///< a sheet's rows, heading included; what is more goes on in the next sheet
};

struct ListColumn {
  const char* header;
  double width;  ///< characters
};

/// What a row has to know of its workbook: the numbers of the styles, and of the texts that are shared.
struct ListStyles {
  explicit ListStyles(Spreadsheet& book);
  const Spreadsheet& book;
  int text, centred, wrapped, number, moment, day;
};

/// A row, cell by cell from left to right, and where it belongs.
class ListRow {
 public:
  explicit ListRow(const ListStyles& styles) : styles_(styles) {}
  ListRow& text(std::string_view text);
  ListRow& code(std::string_view text);
  ListRow& wrapped(std::string_view text);
  ListRow& number(std::int64_t value);
  ListRow& yes_no(bool yes) { return code(yes ? "是" : "否"); }
  ListRow& moment(std::int64_t us);  ///< blank if it is 0
  ListRow& day(const pipeline::Value& iso);
  SpoolRow in(std::string group, std::uint64_t place = 0, double points = 0);

 private:
  void write(std::string_view text, int style);
  const ListStyles& styles_;
  SpoolRow row_;
};

class SortedList {
 public:
  SortedList(const ListFrame& frame, std::string name, std::string about,
             std::vector<ListColumn> columns);

  ListRow row() const { return ListRow(styles_); }
  void add(const SpoolRow& row) { spool_.add(row); }
  /// After the last row: sorts, and adds its sheets to the workbook.
  void lay_out();

  const RowSpool& rows() const { return spool_; }
  const std::vector<Worksheet*>& sheets() const { return sheets_; }
  const std::string& about() const { return about_; }
  /// To those rows (to what of them stands on the first of their sheets); to the header if there are none.
  Link link(Rows rows, std::string tip) const;
  Link link_all(std::string tip) const { return link(spool_.all(), std::move(tip)); }

 private:
  void open(Rows rows);

  ListFrame frame_;
  std::string name_, about_;
  std::vector<ListColumn> columns_;
  RowSpool spool_;
  ListStyles styles_;
  std::vector<Worksheet*> sheets_;
};

/// The first row of the data of a list's sheet.
inline constexpr int kListFirstRow = 3;

}  // namespace produce
