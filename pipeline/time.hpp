#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Time: microseconds UTC, and the one clock from which the line takes it. People see Beijing time (UTC+8, Xinjiang too).

namespace pipeline {

struct Time {
  std::int64_t us = 0;  ///< since 1970-01-01T00:00:00Z
  auto operator<=>(const Time&) const = default;
};

inline Time operator+(Time t, std::chrono::microseconds d) {
  return {t.us + d.count()};
}

/// A calendar day in Beijing.
using Day = std::chrono::sys_days;

std::string iso_time(Time t);       ///< 2026-11-22T10:00:00+08:00
std::string chinese_time(Time t);   ///< 2026年11月22日 10:00
std::string chinese_date(Day day);  ///< 2026年9月7日
std::string iso_date(Day day);      ///< 2026-09-07
Day beijing_day(Time t);
std::optional<Day> parse_iso_date(std::string_view text);
/// "2026-11-22T10:00:00+08:00", "…Z", or without zone (Beijing); also "2026-11-22 10:00" and "2026-11-22".
std::optional<Time> parse_time(std::string_view text);

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

/// The machine's clock, or one that stands still at `fixed` (--now).
std::unique_ptr<Clock> make_clock(std::optional<Time> fixed);

}  // namespace pipeline
