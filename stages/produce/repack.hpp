#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "stages/produce/row_spool.hpp"
#include "stages/produce/spreadsheet.hpp"

// Repack: a workbook of libxlsxwriter with the rows of its long lists put in.
//
//   takes   the workbook as the library wrote it, for some of its sheets the sorted rows that follow its own and where their cells
//           lead, and their texts (none where the workbook has shared texts of its own)
//   writes  the same workbook with them; unchanged parts are copied as they are
//   faults  Retry: the disk; Stop: the library's file is not what is expected of it
//
// The library spends two microseconds a cell and packs on one core. Here, pieces of a sheet are written and packed on all cores;
// their borders depend on the rows alone, so the bytes are the same on every machine.

namespace produce {

struct LongSheet {
  std::size_t sheet = 0;  ///< its number in the workbook, from 1
  const RowSpool* spool = nullptr;
  Rows rows;
  std::size_t first_row = 0;  ///< the number of their first row, from 1
  int columns = 0;
  std::vector<FileLink> links{};
};

struct Additions {
  const std::vector<LongSheet>& sheets;
  const std::vector<std::string>& texts;  ///< to which cells of the rows refer by number
};

void repack(const std::string& from, const std::string& to, const Additions& add);

}  // namespace produce
