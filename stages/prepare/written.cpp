#include "stages/prepare/written.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <vector>

#include "pipeline/text.hpp"
#include "pipeline/time.hpp"

namespace prepare {

namespace {

using std::chrono::year_month_day;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool all_digits(std::string_view s) {
  return !s.empty() && std::all_of(s.begin(), s.end(), is_digit);
}

std::optional<int> number(std::string_view s) {
  int n = 0;
  if (!all_digits(s) || s.size() > 9) return std::nullopt;
  std::from_chars(s.data(), s.data() + s.size(), n);
  return n;
}

std::string two(int n) {
  return {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
}

std::optional<std::string> make_date(int y, int m, std::optional<int> d) {
  if (y < 1900 || y > 2100 || m < 1 || m > 12) return std::nullopt;
  const std::string month = std::to_string(y) + '-' + two(m);
  if (!d) return month;
  if (*d < 1 || *d > 31) return std::nullopt;
  const std::string day = month + '-' + two(*d);
  return pipeline::parse_iso_date(day) ? std::optional(day) : std::nullopt;
}

/// 0 to 9 for 〇 to 九, 10 for 十; -1 for others.
int numeral(char32_t c) {
  static constexpr std::u32string_view kDigits = U"〇一二三四五六七八九十";
  if (c == U'零' || c == U'○') return 0;
  const auto at = kDigits.find(c);
  return at == kDigits.npos ? -1 : static_cast<int>(at);
}

/// 二〇二六 is read digit by digit, 二十三 as a number.
std::string read_numerals(std::u32string_view run) {
  if (run.find(U'十') == run.npos) {
    std::string digits;
    for (const char32_t c : run) digits += static_cast<char>('0' + numeral(c));
    return digits;
  }
  int tens = 0;
  int units = 0;
  for (const char32_t c : run) {
    const int n = numeral(c);
    if (n == 10)
      tens = std::max(units, 1), units = 0;
    else
      units = n;
  }
  return std::to_string(tens * 10 + units);
}

/// ASCII digits with '-' where the parts end; nothing if something else stands in it.
std::optional<std::string> date_digits(std::string_view written) {
  const std::u32string text = pipeline::code_points(pipeline::nfkc(pipeline::trim(written)));
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    if (c >= U'0' && c <= U'9') {
      out += static_cast<char>(c);
    } else if (numeral(c) >= 0) {
      const std::size_t from = i;
      while (i + 1 < text.size() && numeral(text[i + 1]) >= 0) ++i;
      out += read_numerals(std::u32string_view(text).substr(from, i + 1 - from));
    } else if (std::u32string_view(U"-/.年月—–").find(c) != std::u32string_view::npos) {
      out += '-';
    } else if (c == U'T' || c == U' ') {
      // A time of day after the date says nothing that a form asks for.
      const auto rest = std::u32string_view(text).substr(i + 1);
      if (rest.find(U':') != rest.npos) break;
      if (c == U'T') return std::nullopt;
    } else if (c != U'日' && c != U'号') {
      return std::nullopt;
    }
  }
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string without(std::string_view text, std::string_view drop) {
  std::string out;
  for (const char c : text)
    if (drop.find(c) == drop.npos) out += c;
  return out;
}

}  // namespace

std::optional<std::string> canonical_date(std::string_view written) {
  const auto digits = date_digits(written);
  if (!digits || digits->empty()) return std::nullopt;
  const auto parts = pipeline::split(*digits, '-');
  if (parts.size() == 1) {
    const auto n = number(parts[0]);
    if (!n) return std::nullopt;
    switch (parts[0].size()) {
      case 8:
        return make_date(*n / 10000, *n / 100 % 100, *n % 100);
      case 6:
        return make_date(*n / 100, *n % 100, std::nullopt);
      case 5: {
        // Excel counts days from 1899-12-30; below 10000 a number is rather a mistake than a day before 1927.
        if (*n < 10000) return std::nullopt;
        const pipeline::Day origin =
            year_month_day{std::chrono::year(1899), std::chrono::December, std::chrono::day(30)};
        const std::string day = pipeline::iso_date(origin + std::chrono::days(*n));
        return day < "2101" ? std::optional(day) : std::nullopt;
      }
      default:
        return std::nullopt;
    }
  }
  if (parts.size() > 3 || parts[0].size() != 4) return std::nullopt;
  const auto y = number(parts[0]);
  const auto m = parts[1].size() <= 2 ? number(parts[1]) : std::nullopt;
  if (!y || !m) return std::nullopt;
  if (parts.size() == 2) return make_date(*y, *m, std::nullopt);
  const auto d = parts[2].size() <= 2 ? number(parts[2]) : std::nullopt;
  return d ? make_date(*y, *m, *d) : std::nullopt;
}

std::optional<std::string> canonical_phone(std::string_view written) {
  std::string text = pipeline::nfkc(pipeline::trim(written));
  for (const char* dash : {"—", "–", "‐", "−", "转"}) text = pipeline::replace_all(text, dash, "-");
  text = without(text, " ()\t");
  if (text.starts_with("+86"))
    text.erase(0, 3);
  else if (text.starts_with("0086"))
    text.erase(0, 4);
  while (text.starts_with('-')) text.erase(0, 1);
  const std::string digits = without(text, "-");
  if (!all_digits(digits)) return std::nullopt;
  if (digits.size() == 11 && digits[0] == '1' && digits[1] >= '3') return digits;
  if (digits.size() == 10 && (digits.starts_with("400") || digits.starts_with("800")))
    return digits;
  std::string extension;
  std::string number_part = digits;
  const auto parts = pipeline::split(text, '-');
  const bool area = parts[0].size() <= 4 && parts[0][0] == '0' && parts.size() > 1;
  const std::size_t base = area ? 2 : 1;
  if (parts.size() == base + 1 && parts[base].size() <= 6) {
    extension.append("-").append(parts[base]);
    number_part = digits.substr(0, digits.size() - parts[base].size());
  } else if (parts.size() > base) {
    return std::nullopt;
  }
  if (number_part[0] != '0')
    return number_part.size() == 7 || number_part.size() == 8
               ? std::optional(number_part + extension)
               : std::nullopt;
  // 010 and 02x are the only area codes of three digits.
  const std::size_t code = number_part[1] == '1' || number_part[1] == '2' ? 3 : 4;
  const std::size_t rest = number_part.size() < code ? 0 : number_part.size() - code;
  if (rest != 7 && rest != 8) return std::nullopt;
  return number_part.substr(0, code) + '-' + number_part.substr(code) + extension;
}

std::optional<std::string> canonical_email(std::string_view written) {
  const std::string text = pipeline::nfkc(pipeline::trim(written));
  const auto at = text.find('@');
  if (at == text.npos || at == 0 || at > 64 || text.size() > 254) return std::nullopt;
  const std::string domain = pipeline::ascii_lower(std::string_view(text).substr(at + 1));
  const auto plain = [](std::string_view s, std::string_view extra) {
    return std::all_of(s.begin(), s.end(), [&](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             extra.find(c) != extra.npos;
    });
  };
  const auto dot = domain.rfind('.');
  if (!plain(std::string_view(text).substr(0, at), "!#$%&'*+/=?^_`{|}~.-") ||
      !plain(domain, ".-") || dot == domain.npos || dot == 0 || domain.size() - dot < 3 ||
      domain.find("..") != domain.npos)
    return std::nullopt;
  return text.substr(0, at + 1) + domain;
}

std::optional<int> canonical_year(std::string_view written) {
  auto digits = date_digits(written);
  if (!digits || digits->size() != 4) return std::nullopt;
  const auto n = number(*digits);
  return n && *n >= 1900 && *n <= 2100 ? n : std::nullopt;
}

std::optional<bool> canonical_boolean(std::string_view written) {
  const std::string text = pipeline::ascii_lower(pipeline::nfkc(pipeline::trim(written)));
  for (const char* yes :
       {"是", "有", "true", "yes", "y", "1", "√", "✓", "已确认", "确认", "同意", "通过"})
    if (text == yes) return true;
  for (const char* no : {"否", "无", "false", "no", "n", "0", "×", "未确认", "不同意", "不通过"})
    if (text == no) return false;
  return std::nullopt;
}

std::string canonical_case(std::string_view written) {
  std::string text = pipeline::ascii_upper(pipeline::nfkc(pipeline::trim(written)));
  for (const char* dash : {"—", "–", "‐", "−"}) text = pipeline::replace_all(text, dash, "-");
  text = without(text, " \t");
  const bool bare = text.size() == 13 && text[0] >= 'A' && text[0] <= 'Z' &&
                    text.find_first_not_of("0123456789ABCDEF", 1) == text.npos;
  return bare ? text.substr(0, 1) + '-' + text.substr(1) : text;
}

bool is_until_now(std::string_view written) {
  const std::string text = pipeline::nfkc(pipeline::trim(written));
  return text == "至今" || text == "今" || text == "现在" || text == "目前";
}

}  // namespace prepare
