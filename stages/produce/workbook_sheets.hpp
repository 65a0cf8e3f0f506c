#pragma once

#include <string>
#include <vector>

#include "stages/produce/spreadsheet.hpp"
#include "stages/produce/statistics.hpp"
#include "stages/produce/workbook_lists.hpp"

// WorkbookSheets: the sheets of 统计汇总.xlsx that count, one function each.

namespace produce {

/// A line of the overview's table of contents.
struct Contents {
  const Worksheet* sheet;
  std::string about;
};

void write_overview(Worksheet& sheet, const Statistics& statistics, const Details& details,
                    const std::vector<Contents>& contents);
void write_series(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_units(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_regions(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_people(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_types(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_submissions(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_registrations(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_queues(Worksheet& sheet, const Statistics& statistics, const Details& details);
/// A sheet of its own, so that no page divides it.
void write_queue_chart(Worksheet& sheet, const Worksheet& queues, const Statistics& statistics);
/// 变化: what happened today, yesterday, this week, the week before; how cases stood then.
void write_changes(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_weeks(Worksheet& sheet, const Statistics& statistics, const Details& details);
/// How long cases lay where, and how long they wait.
void write_times(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_returns(Worksheet& sheet, const Statistics& statistics, const Details& details);
void write_findings(Worksheet& sheet, const Statistics& statistics, const Details& details);

}  // namespace produce
