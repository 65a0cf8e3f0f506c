#pragma once

#include <string>
#include <string_view>

#include "stages/decide/rules.hpp"

// Deadlines: how a due day looks from today, counted in working days (domain §5.3).
//
// In a year of which templates/common/calendar.csv holds no day, Monday to Friday are working days; whoever shows such a day
// says CALENDAR_YEAR_UNKNOWN once.

namespace decide {

enum class Deadline { Overdue, Today, Tomorrow, Later };

/// "overdue", "today", "tomorrow", "later".
std::string_view name(Deadline deadline);

/// Tomorrow is the next working day: on a Saturday, Monday is due tomorrow.
Deadline deadline(const Rules& rules, pipeline::Day due, pipeline::Day today);

bool is_calendar_known(const Rules& rules, pipeline::Day day);
/// "2027年的放假安排尚未录入…" if the due day ("YYYY-MM-DD") falls in a year without calendar; else "".
std::string calendar_note(const Rules& rules, const std::string& due);

}  // namespace decide
