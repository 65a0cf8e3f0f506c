#include "stages/decide/deadlines.hpp"

#include <algorithm>

namespace decide {

std::string_view name(Deadline deadline) {
  switch (deadline) {
    case Deadline::Overdue:
      return "overdue";
    case Deadline::Today:
      return "today";
    case Deadline::Tomorrow:
      return "tomorrow";
    case Deadline::Later:
      break;
  }
  return "later";
}

Deadline deadline(const Rules& rules, pipeline::Day due, pipeline::Day today) {
  if (due < today) return Deadline::Overdue;
  if (due == today) return Deadline::Today;
  return due <= add_workdays(rules, today, 1) ? Deadline::Tomorrow : Deadline::Later;
}

bool is_calendar_known(const Rules& rules, pipeline::Day day) {
  const int year = int(std::chrono::year_month_day(day).year());
  return std::find(rules.calendar_years.begin(), rules.calendar_years.end(), year) !=
         rules.calendar_years.end();
}

std::string calendar_note(const Rules& rules, const std::string& due) {
  const auto day = pipeline::parse_iso_date(due);
  if (!day || is_calendar_known(rules, *day)) return {};
  return rules.catalogue.make("CALENDAR_YEAR_UNKNOWN", "due", {{"value", due.substr(0, 4)}})
      .message;
}

}  // namespace decide
