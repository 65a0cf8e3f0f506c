#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stages/prepare/limits.hpp"

// XLSX cells: what people see in the cells of a workbook, whoever saved it last (Excel, WPS, LibreOffice, libraries).
//
//   takes   the bytes of an .xlsx
//   gives   Workbook   its sheets in order, of each the cells that hold text; or why it cannot be read
//   faults  none
//
// Parts are found through their relationships, names with or without a namespace prefix. A formula is its last result, a date its
// serial number, a merged range its first cell. An XML part with a DOCTYPE is refused.

namespace prepare {

struct Cell {
  int row = 0, column = 0;  ///< from 0
  std::string text;         ///< trimmed; never empty
  bool number = false;      ///< the program that saved it took it for one
  bool error = false;       ///< it says that its formula failed ("#N/A")
};

struct Sheet {
  std::string name;
  std::vector<Cell> cells;  ///< by row, then column; each place once

  /// "" for what is empty.
  const std::string& at(int row, int column) const;
  /// Null for what is empty.
  const Cell* find(int row, int column) const;
};

struct Workbook {
  std::string refusal;      ///< Chinese; "" if it could be read
  bool not_a_book = false;  ///< it is something else than a workbook
  std::vector<Sheet> sheets;
};

Workbook read_workbook(std::string_view xlsx, const Limits& limits);

/// "F5" for row 4, column 5.
std::string cell_name(int row, int column);

}  // namespace prepare
