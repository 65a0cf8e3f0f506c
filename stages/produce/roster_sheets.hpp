#pragma once

#include <string>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"
#include "stages/produce/spreadsheet.hpp"

// The sheets of a roster other than the lists of people, and what is above and below all of them (domain §5.4).

namespace produce {

/// The row of the headers: below the title and the line of who fills it in.
inline constexpr int kRosterHeaders = 2;

/// 填报单位（盖章） 填表人 联系电话 填报日期.
std::string roster_line(const pipeline::Value& payload);
/// Title and the line below it; `last` is the last column.
void write_roster_head(Worksheet& sheet, const pipeline::Value& payload, const std::string& title,
                       const std::string& line, int last);
void write_roster_foot(Worksheet& sheet, int row, int last, double width, const std::string& note);

/// 汇总表: applications by unit, and by series and level.
void write_roster_summary(Worksheet& sheet, const pipeline::Value& payload, const Kit& kit);
/// 流转情况: every step of every application.
void write_roster_circulation(Worksheet& sheet, const pipeline::Value& payload);

}  // namespace produce
