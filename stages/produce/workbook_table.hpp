#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "stages/produce/spreadsheet.hpp"
#include "stages/produce/statistics.hpp"
#include "stages/produce/workbook_lists.hpp"

// WorkbookTable: what the sheets of the statistics have in common: a heading, and tables whose sums
// are formulas.

namespace produce {

/// "统计期间：… 生成时间：…".
std::string period_line(const Period& period, pipeline::Time now);

/// Title, period and a note (if not empty) over columns 0 … last_column; gives the next row.
int write_heading(Worksheet& sheet, const Statistics& statistics, const std::string& title,
                  int last_column, const std::string& note = {});

int write_section(Worksheet& sheet, int row, int last_column, const std::string& title);
int write_note(Worksheet& sheet, int row, int last_column, const std::string& note);

void write_header(Worksheet& sheet, int row, const std::vector<std::string>& names,
                  double height = 22);

/// Labels, numbers, and what follows from them: labels | numbers | 合计 | 占比 | further numbers.
struct Grid {
  struct Row {
    std::vector<std::string> labels;
    std::vector<std::int64_t> numbers, further;
    std::vector<Link> links = {}, further_links = {};  ///< of the numbers; fewer: the rest has none
    Link sum_link = {};
    double mean = 0;
  };
  std::vector<std::string> labels, numbers, further;  ///< headings
  std::string sum =
      "合计";         ///< heading of the sum of a row's numbers; "": the numbers are not added up
  std::string means;  ///< heading of a last column, the mean of each row; "": none
  bool share = true;  ///< of the row's sum in that of all rows
  bool total = true;  ///< a last row 合计
  double header_height = 22;
  std::vector<Row> rows;
};

/// Links for the numbers of a row whose cells are told apart by a filter: `common`, and what the heading of each adds.
using Filtered = Link (Details::*)(const std::string& filter) const;
std::vector<Link> filtered(const Details& details, Filtered list, const std::string& common,
                           const std::vector<std::string>& each);

struct GridPlace {
  int first = 0, last = -1;  ///< rows of data; last < first: none
  int next = 0;              ///< the row below
  std::int64_t all = 0;      ///< the grand total
  int sum_column = 0;
};

GridPlace write_grid(Worksheet& sheet, int row, const Grid& grid);

/// =SUM of the cells above; 0 if there are none.
void write_column_sum(Worksheet& sheet, int row, int column, int first, int last,
                      std::int64_t value, CellStyle style = CellStyle::TotalNumber);

/// =IF(whole=0,0,part/whole), and its value.
void write_share(Worksheet& sheet, int row, int column, const std::string& part_cell,
                 std::int64_t part, const std::string& whole_cell, std::int64_t whole,
                 CellStyle style);

/// =IF(count=0,0,total/count).
void write_mean(Worksheet& sheet, int row, int column, const std::string& total,
                const std::string& count, double value, CellStyle style);
double mean(double total, std::int64_t count);

/// 正高级 … 员级, and 未注明 if any application lacks its level.
std::vector<std::string> level_names(const Statistics& statistics);
/// As many of them as level_names gives.
std::vector<std::int64_t> level_numbers(const Statistics& statistics, const Levels& levels);

}  // namespace produce
