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
//   takes   rows, cell by cell, each with its group and its place in it
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

class SortedList {
 public:
  SortedList(const ListFrame& frame, std::string name, std::string about,
             std::vector<ListColumn> columns);

  // The cells of the row under way, from left to right.
  SortedList& text(std::string_view text, CellStyle style = CellStyle::Text);
  SortedList& code(std::string_view text) { return this->text(text, CellStyle::Centred); }
  SortedList& number(std::int64_t value);
  SortedList& yes_no(bool yes) { return code(yes ? "是" : "否"); }
  SortedList& moment(std::int64_t us);  ///< blank if it is 0
  SortedList& day(const pipeline::Value& iso);
  void end_row(std::string_view group, std::uint64_t place = 0, double points = 0) {
    spool_.end_row(group, place, points);
  }

  /// After the last row: sorts, and adds its sheets to the workbook.
  void lay_out();

  const RowSpool& rows() const { return spool_; }
  const std::vector<Worksheet*>& sheets() const { return sheets_; }
  const std::string& about() const { return about_; }
  /// To those rows (to what of them stands on the first of their sheets); to the header if there are none.
  Link link(Rows rows, std::string tip) const;
  Link link_all(std::string tip) const { return link(spool_.all(), std::move(tip)); }

 private:
  int style(CellStyle style);
  void open(Rows rows);

  ListFrame frame_;
  std::string name_, about_;
  std::vector<ListColumn> columns_;
  RowSpool spool_;
  std::vector<int> styles_;  ///< by CellStyle; -1: not asked for yet
  std::vector<Worksheet*> sheets_;
};

/// The first row of the data of a list's sheet.
inline constexpr int kListFirstRow = 3;

}  // namespace produce
