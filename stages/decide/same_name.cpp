#include "stages/decide/same_name.hpp"

#include <algorithm>
#include <string>

#include "pipeline/text.hpp"

namespace decide {

namespace {

std::u32string key(std::string_view name) {
  constexpr std::u32string_view kBetween = U"\u00B7-_ \t";
  std::u32string out = pipeline::code_points(pipeline::nfkc(name));
  std::erase_if(out, [&](char32_t c) { return kBetween.find(c) != kBetween.npos; });
  return out;
}

}  // namespace

bool is_same_name(std::string_view a, std::string_view b) {
  return key(a) == key(b);
}

}  // namespace decide
