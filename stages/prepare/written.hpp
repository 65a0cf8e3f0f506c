#pragma once

#include <optional>
#include <string>
#include <string_view>

// Written: values as people write them (domain §8.2), turned into the one canonical writing. Nothing: it is not such a value.

namespace prepare {

/// 2026-09-07, 2026/9/7, 2026.09, 2026年9月, 20260907, 二〇二六年九月, 46272 (Excel): YYYY-MM-DD, or YYYY-MM if no day is given.
std::optional<std::string> canonical_date(std::string_view written);

/// Mobile 13800000002, landline 0738-4400000 (also with extension), 400 and 800 numbers.
std::optional<std::string> canonical_phone(std::string_view written);

std::optional<std::string> canonical_email(std::string_view written);

/// A year from 1900 to 2100: "2026", "2026年".
std::optional<int> canonical_year(std::string_view written);

/// 是 有 true yes 1 √ …
std::optional<bool> canonical_boolean(std::string_view written);

/// R-3F9A2C1B77D0, also with full-width characters, in lower case or without its hyphen.
std::string canonical_case(std::string_view written);

/// 至今, 现在: an end that has not come.
bool is_until_now(std::string_view written);

}  // namespace prepare
