#include "pipeline/time.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "pipeline/text.hpp"

namespace pipeline {

namespace {

using std::chrono::days;
using std::chrono::year_month_day;

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;
constexpr std::int64_t kBeijing = 8 * 3'600 * kSecond;

struct Civil {
  int year, month, day, hour, minute, second;
};

Civil civil(Time t) {
  const std::int64_t local = t.us + kBeijing;
  std::int64_t day = local / kDay;
  std::int64_t rest = local % kDay;
  if (rest < 0) rest += kDay, --day;
  const year_month_day date{Day(days(day))};
  const int seconds = static_cast<int>(rest / kSecond);
  return {int(date.year()), int(unsigned(date.month())), int(unsigned(date.day())),
          seconds / 3600,   seconds / 60 % 60,           seconds % 60};
}

/// Reads `digits` decimal digits at the front of `text` and drops them.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  int value = 0;
  if (text.size() < digits ||
      std::from_chars(text.data(), text.data() + digits, value).ptr != text.data() + digits)
    return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Day> take_date(std::string_view& text) {
  const auto y = take_digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d) return std::nullopt;
  const year_month_day date{std::chrono::year(*y), std::chrono::month(unsigned(*m)),
                            std::chrono::day(unsigned(*d))};
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

class SystemClock : public Clock {
 public:
  Time now() const override {
    return {std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
  }
};

class FixedClock : public Clock {
 public:
  explicit FixedClock(Time at) : at_(at) {}
  Time now() const override { return at_; }

 private:
  Time at_;
};

template <class... Numbers>
std::string format(const char* pattern, Numbers... numbers) {
  std::array<char, 80> buffer;
  const int n = std::snprintf(buffer.data(), buffer.size(), pattern, numbers...);
  return {buffer.data(), static_cast<std::size_t>(n)};
}

}  // namespace

std::string iso_time(Time t) {
  const Civil c = civil(t);
  return format("%04d-%02d-%02dT%02d:%02d:%02d+08:00", c.year, c.month, c.day, c.hour, c.minute,
                c.second);
}

std::string chinese_time(Time t) {
  const Civil c = civil(t);
  return format("%d年%d月%d日 %02d:%02d", c.year, c.month, c.day, c.hour, c.minute);
}

std::string chinese_date(Day day) {
  const year_month_day d{day};
  return format("%d年%u月%u日", int(d.year()), unsigned(d.month()), unsigned(d.day()));
}

std::string iso_date(Day day) {
  const year_month_day d{day};
  return format("%04d-%02u-%02u", int(d.year()), unsigned(d.month()), unsigned(d.day()));
}

Day beijing_day(Time t) {
  const std::int64_t local = t.us + kBeijing;
  return Day(days(local >= 0 ? local / kDay : (local - kDay + 1) / kDay));
}

std::optional<Day> parse_iso_date(std::string_view text) {
  const auto day = take_date(text);
  return text.empty() ? day : std::nullopt;
}

std::optional<Time> parse_time(std::string_view text) {
  text = trim(text);
  const auto day = take_date(text);
  if (!day) return std::nullopt;
  std::int64_t us = day->time_since_epoch().count() * kDay;
  std::int64_t zone = kBeijing;
  if (!text.empty()) {
    if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
    const auto h = take_digits(text, 2);
    if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
    const auto m = take_digits(text, 2);
    if (!m || *m > 59) return std::nullopt;
    us += (*h * 3600 + *m * 60) * kSecond;
    if (take(text, ':')) {
      const auto s = take_digits(text, 2);
      if (!s || *s > 59) return std::nullopt;
      us += *s * kSecond;
    }
    if (take(text, '.')) {
      std::int64_t unit = kSecond / 10;
      while (!text.empty() && text[0] >= '0' && text[0] <= '9') {
        us += (text[0] - '0') * unit;
        unit /= 10;
        text.remove_prefix(1);
      }
    }
    if (take(text, 'Z')) {
      zone = 0;
    } else if (!text.empty()) {
      const bool east = text[0] == '+';
      if (!east && text[0] != '-') return std::nullopt;
      text.remove_prefix(1);
      const auto zh = take_digits(text, 2);
      take(text, ':');
      const auto zm = take_digits(text, 2);
      if (!zh || !zm) return std::nullopt;
      zone = (*zh * 3600 + *zm * 60) * kSecond * (east ? 1 : -1);
    }
  }
  if (!text.empty()) return std::nullopt;
  return Time{us - zone};
}

std::unique_ptr<Clock> make_clock(std::optional<Time> fixed) {
  if (fixed) return std::make_unique<FixedClock>(*fixed);
  return std::make_unique<SystemClock>();
}

}  // namespace pipeline
