#pragma once

#include <string>
#include <vector>

#include "stages/produce/spreadsheet.hpp"
#include "stages/produce/statistics.hpp"

// WorkbookSheets: the sheets of 统计汇总.xlsx that count, one function each.

namespace produce {

/// A line of the overview's table of contents.
struct Contents {
  Worksheet* sheet;
  std::string about;
};

void write_overview(Worksheet& sheet, const Statistics& statistics,
                    const std::vector<Contents>& contents);
void write_series(Worksheet& sheet, const Statistics& statistics);
void write_units(Worksheet& sheet, const Statistics& statistics);
void write_regions(Worksheet& sheet, const Statistics& statistics);
void write_people(Worksheet& sheet, const Statistics& statistics);
void write_types(Worksheet& sheet, const Statistics& statistics);
void write_submissions(Worksheet& sheet, const Statistics& statistics);
void write_registrations(Worksheet& sheet, const Statistics& statistics);
void write_queues(Worksheet& sheet, const Statistics& statistics);
/// A sheet of its own, so that no page divides it.
void write_queue_chart(Worksheet& sheet, const Worksheet& queues, const Statistics& statistics);
void write_findings(Worksheet& sheet, const Statistics& statistics);

}  // namespace produce
