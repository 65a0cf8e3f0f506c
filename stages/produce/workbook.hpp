#pragma once

#include <string>

#include "pipeline/time.hpp"
#include "pipeline/view.hpp"
#include "stages/produce/spreadsheet.hpp"
#include "stages/produce/statistics.hpp"

// Workbook: 统计汇总.xlsx, the managers' statistics (domain §5.5).
//
//   takes   View, Terms, now, Period     what is counted, and as of when
//   writes  one .xlsx: eleven sheets of numbers that add up, and the lists of cases and deliveries
//   behind them faults  Retry: the disk; Stop: the library
//
// Same view and same time give the same bytes. Cases and deliveries are read once and written as
// they pass; sums are formulas that carry their value. To add a sheet: its numbers in
// statistics.hpp, a writer in workbook_*.cpp, a line below.

namespace produce {

/// `path` is written in place: give a temporary name, and rename it. A list longer than
/// `sheet_rows` goes on in another sheet.
void write_workbook(const std::string& path, const pipeline::View& view, const Terms& terms,
                    pipeline::Time now, const Period& period, int sheet_rows = kSheetRows);

}  // namespace produce
