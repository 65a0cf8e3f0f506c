#include "stages/prepare/identity.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "pipeline/time.hpp"
#include "stages/prepare/findings.hpp"

namespace prepare {

namespace {

using pipeline::Finding;

bool all_digits(std::string_view s) {
  return !s.empty() && s.find_first_not_of("0123456789") == s.npos;
}

bool both_checks(std::string_view code) {
  return pipeline::is_uscc(code) && pipeline::organisation_check(code.substr(8, 8)) == code[16];
}

/// domain §1.1: which natures go with the first two characters; "" if anything may.
std::string_view natures_of(std::string_view code) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNatures{{
      {"11", "administrative_organ"},
      {"12", "public_institution"},
      {"13", "social_organisation|other"},
      {"5", "social_organisation"},
      {"8", "social_organisation"},
      {"91", "enterprise"},
      {"93", "enterprise|other"},
      {"A1", "public_institution"},
  }};
  for (const auto& [prefix, natures] : kNatures)
    if (code.starts_with(prefix)) return natures;
  return {};
}

bool region_in_uscc_known(std::string_view region, const pipeline::Regions& regions) {
  if (region == "100000" || regions.find(region)) return true;
  // A county that the table does not have, in a place that has no table of counties.
  return regions.known_prefix(region) && !regions.province(region).size();
}

std::string excel_damage(std::string_view code) {
  if (code.find("E+") != code.npos || code.find('.') != code.npos)
    return "号码被表格软件当作数字改写，末几位已丢失；请把单元格设为文本格式后重新填写完整的18位号"
           "码";
  if (code.size() == 18 && all_digits(code) && code.ends_with("000") &&
      pipeline::id_check(code.substr(0, 17)) != code[17])
    return "末三位为000，可能被表格软件当作数字改写；请把单元格设为文本格式后重新填写";
  return {};
}

}  // namespace

std::vector<std::string> uscc_candidates(std::string_view code) {
  static constexpr std::array<std::pair<char, std::string_view>, 5> kMeant{
      {{'O', "0"}, {'I', "1"}, {'Z', "2"}, {'S', "5"}, {'V', "UY"}}};
  constexpr std::size_t kMost = 64;
  std::vector<std::string> tries{std::string(code)};
  for (std::size_t i = 0; i < code.size(); ++i) {
    const auto meant = std::find_if(kMeant.begin(), kMeant.end(),
                                    [&](const auto& m) { return m.first == code[i]; });
    if (meant == kMeant.end()) continue;
    std::vector<std::string> next;
    for (const std::string& each : tries)
      for (const char c : meant->second) {
        next.push_back(each);
        next.back()[i] = c;
      }
    if (next.size() > kMost) return {};
    tries = std::move(next);
  }
  std::erase_if(tries, [&](const std::string& each) { return each == code || !both_checks(each); });
  return tries;
}

std::vector<std::string> slip_candidates(std::string_view code) {
  static constexpr std::array<std::string_view, 6> kAlike{"0DQ", "8B", "6G", "1LT", "5S", "UY"};
  constexpr std::size_t kMost = 3;
  std::vector<std::string> out;
  const auto consider = [&](const std::string& each) {
    if (out.size() < kMost && both_checks(each) &&
        std::find(out.begin(), out.end(), each) == out.end())
      out.push_back(each);
  };
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string each(code);
    if (i + 1 < code.size()) {
      std::swap(each[i], each[i + 1]);
      consider(each);
      each = code;
    }
    for (const std::string_view group : kAlike) {
      if (group.find(code[i]) == group.npos) continue;
      for (const char c : group) {
        each[i] = c;
        consider(each);
      }
      each = code;
    }
  }
  return out;
}

std::vector<Finding> check_uscc(std::string_view code, const std::string& where,
                                std::string_view nature, const IdentityRules& rules) {
  std::vector<Finding> out;
  const auto add = [&](std::string_view finding, std::string value, std::string more = {}) {
    out.push_back(make_finding(
        rules.catalogue, finding, where,
        {{"value", std::move(value)}, {"candidate", more}, {"expected", std::move(more)}}));
  };
  const std::string written(code);
  const std::size_t length = pipeline::count_code_points(code);
  if (length != 18) add("USCC_LENGTH", written + "（" + std::to_string(length) + "位）");
  if (!pipeline::is_uscc_alphabet(code)) {
    add("USCC_CHARSET", written,
        length == 18 ? pipeline::join(uscc_candidates(code), "、") : std::string());
    return out;
  }
  if (length != 18) return out;
  if (!pipeline::is_uscc(code))
    add("USCC_CHECK", written, pipeline::join(slip_candidates(code), "、"));
  if (pipeline::organisation_check(code.substr(8, 8)) != code[16])
    add("USCC_ORG_CHECK", std::string(code.substr(8, 9)));
  if (const std::string_view natures = natures_of(code); !nature.empty() && !natures.empty()) {
    std::vector<std::string> labels;
    bool fits = false;
    for (const std::string_view each : pipeline::split(natures, '|')) {
      fits = fits || each == nature;
      labels.push_back(rules.dictionary.label("nature", each));
    }
    if (!fits) add("USCC_NATURE_MISMATCH", written, pipeline::join(labels, "或"));
  }
  if (const auto region = code.substr(2, 6); !region_in_uscc_known(region, rules.regions))
    add("USCC_REGION_UNKNOWN", std::string(region));
  return out;
}

std::vector<Finding> check_id_number(std::string_view code, const std::string& where,
                                     const Bearer& bearer, const IdentityRules& rules) {
  std::vector<Finding> out;
  const auto add = [&](std::string_view finding, const std::string& at,
                       pipeline::Arguments arguments = {}) {
    arguments.emplace("value", code);
    out.push_back(make_finding(rules.catalogue, finding, at, std::move(arguments)));
  };
  if (const std::string damage = excel_damage(code); !damage.empty()) {
    add("ID_FORMAT", where, {{"detail", damage}});
    return out;
  }
  const bool shape = code.size() == 18 && all_digits(code.substr(0, 17)) &&
                     (all_digits(code.substr(17)) || code[17] == 'X');
  if (!shape) {
    const std::size_t length = pipeline::count_code_points(code);
    if (length == 15 && all_digits(code)) {
      std::string longer = std::string(code.substr(0, 6)) + "19" + std::string(code.substr(6));
      longer += pipeline::id_check(longer);
      add("ID_FORMAT", where, {{"detail", "15位旧号码已停用。"}, {"candidate", longer}});
    } else {
      add("ID_FORMAT", where,
          {{"detail", length == 18 ? std::string("前17位应为数字，末位为数字或X。")
                                   : "现为" + std::to_string(length) + "位。"}});
    }
    return out;
  }
  const auto birth = pipeline::id_birth(code);
  if (!birth) add("ID_DATE", where, {{"value", std::string(code.substr(6, 8))}});
  if (const char check = pipeline::id_check(code.substr(0, 17)); check != code[17])
    add("ID_CHECK", where, {{"candidate", std::string(1, check)}});
  const std::string stem = bearer.object.empty() ? "" : bearer.object + ".";
  const bool male = pipeline::id_is_male(code);
  if ((bearer.sex == "male" && !male) || (bearer.sex == "female" && male))
    add("ID_SEX_MISMATCH", stem + "sex",
        {{"expected", male ? "男" : "女"}, {"value", male ? "女" : "男"}});
  if (birth && !bearer.birth_date.empty() &&
      !pipeline::iso_date(*birth).starts_with(bearer.birth_date))
    add("ID_BIRTH_MISMATCH", stem + "birth_date",
        {{"expected", pipeline::iso_date(*birth)}, {"value", bearer.birth_date}});

  // Foreign permanent residents have numbers that begin with 9 and name no division.
  const std::string_view address = code.substr(0, 6);
  if (code[0] == '9' || address == "810000" || address == "820000" || address == "830000")
    return out;
  const pipeline::Region* region = rules.regions.find(address);
  if (!region && rules.regions.known_prefix(address)) {
    // §1.5: the obsolete counties are too many to list; their prefecture tells whether it still exists.
    region = rules.regions.find(std::string(address.substr(0, 4)) + "00");
    if (!region) return out;
  }
  if (!region)
    add("ID_REGION_UNKNOWN", where, {{"value", std::string(address)}});
  else if (!region->current)
    add("ID_REGION_HISTORICAL", where, {{"value", std::string(address)}, {"detail", region->name}});
  return out;
}

}  // namespace prepare
