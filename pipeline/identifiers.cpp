#include "pipeline/identifiers.hpp"

#include <array>
#include <charconv>

#include "pipeline/text.hpp"

namespace pipeline {

namespace {

constexpr std::string_view kUscc = "0123456789ABCDEFGHJKLMNPQRTUWXY";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::string normalise_code(std::string_view written) {
  std::string out;
  for (const char32_t c : code_points(nfkc(written))) {
    const bool drop = c == ' ' || c == '-' || c == 0x3000 || c == 0xA0 || c == 0xFEFF ||
                      (c >= 0x2010 && c <= 0x2015) || (c >= 0x200B && c <= 0x200D) || c == 0x2060 ||
                      (c >= 9 && c <= 13);
    if (!drop) append_utf8(out, c);
  }
  return ascii_upper(out);
}

bool is_uscc_alphabet(std::string_view code) {
  return code.find_first_not_of(kUscc) == std::string_view::npos;
}

char uscc_check(std::string_view first17) {
  if (first17.size() != 17 || !is_uscc_alphabet(first17)) return 0;
  std::size_t sum = 0;
  std::size_t weight = 1;
  for (const char c : first17) {
    sum += kUscc.find(c) * weight;
    weight = weight * 3 % 31;
  }
  return kUscc[(31 - sum % 31) % 31];
}

char organisation_check(std::string_view body8) {
  static constexpr std::array<int, 8> kWeights{3, 7, 9, 10, 5, 8, 4, 2};
  if (body8.size() != 8) return 0;
  int sum = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    const char c = body8[i];
    if (is_digit(c))
      sum += (c - '0') * kWeights[i];
    else if (c >= 'A' && c <= 'Z')
      sum += (c - 'A' + 10) * kWeights[i];
    else
      return 0;
  }
  const int check = 11 - sum % 11;
  return check == 10 ? 'X' : check == 11 ? '0' : static_cast<char>('0' + check);
}

bool is_uscc(std::string_view code) {
  return code.size() == 18 && is_uscc_alphabet(code) && uscc_check(code.substr(0, 17)) == code[17];
}

char id_check(std::string_view first17) {
  static constexpr std::array<int, 17> kWeights{7, 9, 10, 5,  8, 4, 2, 1, 6,
                                                3, 7, 9,  10, 5, 8, 4, 2};
  if (first17.size() != 17) return 0;
  int sum = 0;
  for (std::size_t i = 0; i < 17; ++i) {
    if (!is_digit(first17[i])) return 0;
    sum += (first17[i] - '0') * kWeights[i];
  }
  return "10X98765432"[sum % 11];
}

std::optional<Day> id_birth(std::string_view id18) {
  if (id18.size() != 18) return std::nullopt;
  const std::string date = std::string(id18.substr(6, 4)) + '-' + std::string(id18.substr(10, 2)) +
                           '-' + std::string(id18.substr(12, 2));
  return parse_iso_date(date);
}

bool id_is_male(std::string_view id18) {
  return id18.size() == 18 && is_digit(id18[16]) && (id18[16] - '0') % 2 == 1;
}

std::string case_number(char kind, std::string_view sha256, std::size_t digits) {
  return std::string(1, kind) + '-' + ascii_upper(sha256.substr(0, digits));
}

std::string mask_id(std::string_view id) {
  if (id.size() <= 10) return std::string(id.size(), '*');
  return std::string(id.substr(0, 6)) + std::string(id.size() - 10, '*') +
         std::string(id.substr(id.size() - 4));
}

std::string mask_name(std::string_view name) {
  const std::u32string all = code_points(name);
  if (all.empty()) return {};
  // 阿卜杜热合曼·阿卜杜拉 keeps its first part's beginning, 张三 its family name.
  const std::size_t keep = all.size() > 4 ? 3 : 1;
  return to_utf8(std::u32string_view(all).substr(0, keep)) + (all.size() > 2 ? "**" : "*");
}

std::string mask_phone(std::string_view phone) {
  if (phone.size() < 8) return std::string(phone.size(), '*');
  return std::string(phone.substr(0, 3)) + std::string(phone.size() - 7, '*') +
         std::string(phone.substr(phone.size() - 4));
}

}  // namespace pipeline
