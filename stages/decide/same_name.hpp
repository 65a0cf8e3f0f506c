#pragma once

#include <string_view>

namespace decide {

/// The same but for dots, dashes and blanks between its parts, and for compatible ways to write a character (domain §8.1). Such
/// a difference is told and stops nobody.
bool is_same_name(std::string_view a, std::string_view b);

}  // namespace decide
