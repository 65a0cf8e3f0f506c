#include "stages/prepare/person_name.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "pipeline/text.hpp"

namespace prepare {

namespace {

constexpr char32_t kDot = U'\u00B7';

// domain §8.2: what the old Windows code page mapped FE50–FEA0 to, and where those hanzi stand today.
using Pair = std::pair<char16_t, char16_t>;
constexpr std::array kPrivateUse{
    Pair{0xE815, 0x2E81}, Pair{0xE819, 0x2E84}, Pair{0xE81A, 0x3473}, Pair{0xE81B, 0x3447},
    Pair{0xE81C, 0x2E88}, Pair{0xE81D, 0x2E8B}, Pair{0xE81E, 0x9FB4}, Pair{0xE81F, 0x359E},
    Pair{0xE820, 0x361A}, Pair{0xE821, 0x360E}, Pair{0xE822, 0x2E8C}, Pair{0xE823, 0x2E97},
    Pair{0xE824, 0x396E}, Pair{0xE825, 0x3918}, Pair{0xE826, 0x9FB5}, Pair{0xE827, 0x39CF},
    Pair{0xE828, 0x39DF}, Pair{0xE829, 0x3A73}, Pair{0xE82A, 0x39D0}, Pair{0xE82B, 0x9FB6},
    Pair{0xE82C, 0x9FB7}, Pair{0xE82D, 0x3B4E}, Pair{0xE82E, 0x3C6E}, Pair{0xE82F, 0x3CE0},
    Pair{0xE830, 0x2EA7}, Pair{0xE832, 0x9FB8}, Pair{0xE833, 0x2EAA}, Pair{0xE834, 0x4056},
    Pair{0xE835, 0x415F}, Pair{0xE836, 0x2EAE}, Pair{0xE837, 0x4337}, Pair{0xE838, 0x2EB3},
    Pair{0xE839, 0x2EB6}, Pair{0xE83A, 0x2EB7}, Pair{0xE83C, 0x43B1}, Pair{0xE83D, 0x43AC},
    Pair{0xE83E, 0x2EBB}, Pair{0xE83F, 0x43DD}, Pair{0xE840, 0x44D6}, Pair{0xE841, 0x4661},
    Pair{0xE842, 0x464C}, Pair{0xE843, 0x9FB9}, Pair{0xE844, 0x4723}, Pair{0xE845, 0x4729},
    Pair{0xE846, 0x477C}, Pair{0xE847, 0x478D}, Pair{0xE848, 0x2ECA}, Pair{0xE849, 0x4947},
    Pair{0xE84A, 0x497A}, Pair{0xE84B, 0x497D}, Pair{0xE84C, 0x4982}, Pair{0xE84D, 0x4983},
    Pair{0xE84E, 0x4985}, Pair{0xE84F, 0x4986}, Pair{0xE850, 0x499F}, Pair{0xE851, 0x499B},
    Pair{0xE852, 0x49B7}, Pair{0xE853, 0x49B6}, Pair{0xE854, 0x9FBA}, Pair{0xE856, 0x4CA3},
    Pair{0xE857, 0x4C9F}, Pair{0xE858, 0x4CA0}, Pair{0xE859, 0x4CA1}, Pair{0xE85A, 0x4C77},
    Pair{0xE85B, 0x4CA2}, Pair{0xE85C, 0x4D13}, Pair{0xE85D, 0x4D14}, Pair{0xE85E, 0x4D15},
    Pair{0xE85F, 0x4D16}, Pair{0xE860, 0x4D17}, Pair{0xE861, 0x4D18}, Pair{0xE862, 0x4D19},
    Pair{0xE863, 0x4DAE}, Pair{0xE864, 0x9FBB},
};

bool is_private(char32_t c) {
  return (c >= 0xE000 && c <= 0xF8FF) || c >= 0xF0000;
}

bool is_hanzi(char32_t c) {
  return c == 0x3007 || (c >= 0x2E80 && c <= 0x2FDF) || (c >= 0x3400 && c <= 0x4DBF) ||
         (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0x20000 && c <= 0x3FFFF) || is_private(c);
}

bool is_separator(char32_t c) {
  static constexpr std::u32string_view kDots =
      U"\u00B7\u2022\u2027\u30FB\uFF65\u2219\u22C5\u25CF."
      U"\uFF0E\u3002\u0387\u2024\uA78F\u16EB\u2E31";
  return kDots.find(c) != kDots.npos;
}

bool is_blank(char32_t c) {
  return c == ' ' || c == 0x3000 || c == 0xA0 || c == '\t';
}
bool is_dash(char32_t c) {
  return c == '-' || c == '_' || c == 0xFF0D || c == 0xFF3F;
}

// Kangxi radicals come from copying out of PDF. Compatibility hanzi stay: some are the official writing of a name.
char32_t repaired(char32_t c) {
  const auto at = std::lower_bound(kPrivateUse.begin(), kPrivateUse.end(), c,
                                   [](const Pair& p, char32_t value) { return p.first < value; });
  if (at != kPrivateUse.end() && at->first == c) return at->second;
  if (c >= 0x2F00 && c <= 0x2FDF) {
    std::string one;
    pipeline::append_utf8(one, c);
    return pipeline::code_points(pipeline::nfkc(one))[0];
  }
  return c;
}

bool is_uncertain(char32_t c) {
  return (c >= 0x21 && c < 0x7F && !is_dash(c)) || (c >= 0xFF01 && c <= 0xFF5E && !is_dash(c)) ||
         c == 0x25A1 || c == 0x25A0 || c == 0x25CB || c == 0x25EF || c == 0xFFFD || c == 0x3013 ||
         c == 0xD7;
}

}  // namespace

PersonName normalise_person_name(std::string_view written) {
  PersonName out;
  std::string visible;
  for (const char32_t c : pipeline::code_points(written)) {
    const bool invisible = (c >= 0x200B && c <= 0x200F) || c == 0xFEFF || c == 0x2060 || c == 0xAD;
    if (!invisible) pipeline::append_utf8(visible, repaired(c));
  }
  // Blanks may stand behind what cannot be seen.
  const std::u32string text = pipeline::code_points(pipeline::trim(visible));
  std::u32string name;
  std::u32string guess;
  bool guessed = false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    bool dot = false;
    bool dash = false;
    while (end < text.size() &&
           (is_blank(text[end]) || is_separator(text[end]) || is_dash(text[end]))) {
      dot = dot || is_separator(text[end]);
      dash = dash || is_dash(text[end]);
      ++end;
    }
    if (end == i) {
      name += text[i];
      guess += text[i++];
      continue;
    }
    const std::u32string_view run = std::u32string_view(text).substr(i, end - i);
    const bool between = i > 0 && end < text.size() && is_hanzi(text[i - 1]) && is_hanzi(text[end]);
    if (between && dot && !dash) {
      out.separator_normalised = out.separator_normalised || run != std::u32string_view(&kDot, 1);
      name += kDot;
      guess += kDot;
    } else {
      name += run;
      guess += between ? std::u32string_view(&kDot, 1) : run;
      guessed = guessed || between;
    }
    i = end;
  }
  std::u32string odd;
  for (const char32_t c : name) {
    out.private_use = out.private_use || is_private(c);
    if (is_uncertain(c) && odd.find(c) == odd.npos) odd += c;
  }
  out.text = pipeline::to_utf8(name);
  out.uncertain = pipeline::to_utf8(odd);
  if (guessed) out.suggestion = pipeline::to_utf8(guess);
  return out;
}

}  // namespace prepare
