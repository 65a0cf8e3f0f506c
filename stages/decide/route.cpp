#include <algorithm>

#include "pipeline/text.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::TableRow;
using pipeline::Value;

namespace {

std::string agency_candidate(const Matter& m) {
  const auto at = m.rules.agencies.find(m.text("pooling_region"));
  return at == m.rules.agencies.end() ? "统筹区的主管机构"
                                      : at->second.name + at->second.pt_section;
}

/// The units of the same province that can review through the unit portal (H14).
std::string portal_units(const Matter& m) {
  std::vector<std::string> names;
  for (const auto& [uscc, institution] : m.rules.institutions)
    if (institution.portal && institution.province == "hunan") names.push_back(institution.name);
  return pipeline::join(names, "、");
}

/// H14, H16, H18: whether the chosen supervising unit can review at all; every wrong choice is told (H19).
std::string check_supervising_unit(Matter& m, Route& route) {
  const std::string uscc = m.text("review_target.uscc");
  const std::string name = m.text("review_target.name");
  const std::string own = m.text("unit.uscc");
  std::string chosen = uscc;
  if (chosen.empty() && !name.empty())  // H18: fall back to the name
    for (const auto& [key, institution] : m.rules.institutions)
      if (institution.name == name) chosen = key;
  const bool self = (!uscc.empty() && uscc == own) || (uscc.empty() && name == m.text("unit.name"));
  Value unit = unit_of(m.view, m.rules, chosen);
  if (unit["province"].text() != "hunan")
    unit = Value();  // another province's unit reviews nothing here
  const auto word = [](bool b) { return b ? "yes" : "no"; };
  const pipeline::Table& table = *m.rules.provinces.at("hunan").supervising_unit;
  const TableRow* row = m.ask(table, {{"self", word(self)},
                                      {"known", word(!unit.is_null())},
                                      {"portal", word(unit["portal"].boolean())}});
  if (!row) return {};
  route.rows.push_back(row->id);
  const std::string& codes = table.output(*row, "finding");
  if (codes.empty()) return chosen;
  std::string shown = unit.is_null() ? name : unit["name"].string();
  if (shown.empty()) shown = self ? m.text("unit.name") : uscc;
  for (const std::string_view code : pipeline::split(codes, '|'))
    m.find(code, "review_target",
           {{"unit", shown},
            {"candidate",
             code == "SUPERVISING_UNIT_UNKNOWN" ? portal_units(m) : agency_candidate(m)}});
  return {};
}

}  // namespace

std::string queue_named(const Rules& rules, std::string_view written) {
  std::string name = pipeline::nfkc(written);
  name.erase(std::remove(name.begin(), name.end(), ' '), name.end());
  for (const auto& [code, agency] : rules.agencies) {
    // 长沙市芙蓉区人力资源和社会保障局专技科, 长沙市芙蓉区专技科 or 芙蓉区专技股 (H05, H17).
    const std::string place = rules.regions.short_name(code);
    const auto at = agency.name.find(place);
    std::vector<std::string> prefixes{agency.name, place};
    if (at != agency.name.npos) prefixes.push_back(agency.name.substr(0, at + place.size()));
    for (const std::string& prefix : prefixes) {
      if (!name.starts_with(prefix)) continue;
      // H44: 科 in a city or district, 股 in a county, 处 in the province.
      const auto section = rules.dictionary.code("section", name.substr(prefix.size()));
      if (section) return "agency-" + code + '-' + *section;
    }
  }
  for (const auto& [uscc, institution] : rules.institutions)
    if (institution.name == name) return "unit-" + uscc;
  return std::string(written);
}

Route route_hunan(Matter& m) {
  Route route;
  bool pt = false;
  bool hr = false;
  for (const Value& type : m.form()["business_types"].items()) {
    pt = pt || type.string() == "pt";
    hr = hr || type.string() == "hr_market";
  }
  std::string target = m.text("review_target.kind");
  if (target != "competent_agency" && target != "supervising_unit") target = "none";
  const auto word = [](bool b) { return b ? "yes" : "no"; };
  const pipeline::Table& table = *m.rules.provinces.at("hunan").routing;
  const TableRow* row =
      m.ask(table, {{"pt", word(pt)}, {"hr_market", word(hr)}, {"target", target}});
  if (!row) return route;
  route.rows.push_back(row->id);
  for (const std::string_view code : pipeline::split(table.output(*row, "finding"), '|'))
    if (!code.empty())
      m.find(code, code == "BUSINESS_TYPE_REQUIRED" ? "business_types" : "review_target.kind",
             {{"unit", m.text("review_target.name")}});
  const std::string& reviewer = table.output(*row, "reviewer");
  route.channel = table.output(*row, "channel");
  if (reviewer == "supervising_unit") {
    route.reviewer_kind = "supervising_unit";
    const std::string chosen = check_supervising_unit(m, route);
    if (!chosen.empty()) route.queue = "unit-" + chosen;
    return route;
  }
  if (reviewer != "pt_section" && reviewer != "hr_section") {
    // H19: a wrong supervising unit is told together with whatever else is missing.
    if (target == "supervising_unit") check_supervising_unit(m, route);
    return route;
  }
  route.reviewer_kind = "competent_agency";
  // H07: the human-resources section has no supervising unit, so the agency reviews whatever was chosen.
  route.hr_override = target == "supervising_unit";
  const std::string region = m.text("pooling_region");
  if (region.empty()) {
    m.find("POOLING_REGION_REQUIRED", "pooling_region");
  } else if (!m.rules.agencies.contains(region)) {
    std::vector<std::string> configured;
    for (const auto& [code, agency] : m.rules.agencies)
      configured.push_back(code + " " + m.rules.regions.short_name(code));
    const std::string place = m.rules.regions.full_name(region);
    m.find("AGENCY_NOT_CONFIGURED", "pooling_region",
           {{"value", place == region ? region : region + " " + place},
            {"candidate", pipeline::join(configured, "、")}});
  } else {
    route.queue = "agency-" + region + (reviewer == "hr_section" ? "-hr" : "-pt");
  }
  return route;
}

namespace {

/// X24–X26: what a receiving unit is, seen from those it receives.
std::string receiving_class(const Value& unit) {
  if (unit.is_null()) return "unknown";
  if (!unit["receives"].boolean()) return "not_receiving";
  const std::string& level = unit["level"].string();
  if (level == "county") return "county_bureau";
  return level == "prefecture" ? "prefecture_bureau" : "region_unit";
}

/// Without a prefecture above its place (E37), a unit of that level goes where the county's units go.
std::string registrant_level(const Rules& rules, const std::string& level,
                             std::string_view region) {
  if (level == "central" || level == "province") return "region";
  if (level == "county" || level == "township") return level;
  if (level != "prefecture") return "other";
  const pipeline::Region* place = rules.regions.find(region);
  const bool no_prefecture =
      place && place->level == pipeline::RegionLevel::County && place->parent.ends_with("0000");
  return no_prefecture ? "county" : "prefecture";
}

/// The receiving units of that kind for a unit of that place, by name and USCC.
std::vector<std::string> receivers(const Rules& rules, std::string_view wanted,
                                   const std::string& region) {
  std::vector<std::string> names;
  for (const auto& [uscc, institution] : rules.institutions) {
    if (institution.province != "xinjiang" || !institution.receives) continue;
    const bool fits = (wanted == "region_unit" && institution.level == "province") ||
                      (wanted == "prefecture_bureau" && institution.level == "prefecture" &&
                       institution.region.substr(0, 4) == region.substr(0, 4)) ||
                      (wanted == "county_bureau" && institution.level == "county" &&
                       institution.region == region);
    if (fits) names.push_back(institution.name + "（" + uscc + "）");
  }
  return names;
}

std::string told(const std::vector<std::string>& names) {
  return names.empty() ? "所在地区的人社局" : pipeline::join(names, "、");
}

/// Whom the registrant should have chosen, or whom to ask for credentials (X11).
std::string candidates(const Matter& m, const std::string& wanted, const Value& unit) {
  const std::string region = m.text("unit.region");
  if (wanted != "assigner" && wanted != "parent") return told(receivers(m.rules, wanted, region));
  const std::string superior = unit["parent"].text();
  if (!superior.empty()) return unit_name(m.view, m.rules, superior);
  return told(receivers(m.rules, "county_bureau", region));
}

/// X06–X14: how the unit came to be in the system.
std::string registration_mode(const Matter& m, const Value& known) {
  const std::string& mode = known["mode"].string();
  if (mode == "CREATED_BY_PARENT") return "created";
  // X06, X09: a township government is assigned its credentials by the county bureau, known or not.
  const bool township =
      m.text("unit.level") == "township" && m.text("unit.nature") == "administrative_organ";
  return mode == "ASSIGNED" || township ? "assigned" : "self";
}

}  // namespace

bool same_place(std::string_view a, std::string_view b) {
  const auto significant = [](std::string_view code) {
    while (code.size() >= 2 && code.ends_with("00")) code.remove_suffix(2);
    return code;
  };
  const std::string_view x = significant(a);
  const std::string_view y = significant(b);
  return x.starts_with(y) || y.starts_with(x);
}

std::string receiving_candidates(const Rules& rules, const std::string& unit_level,
                                 const std::string& region) {
  const std::string level = registrant_level(rules, unit_level, region);
  return told(receivers(rules,
                        level == "region"       ? "region_unit"
                        : level == "prefecture" ? "prefecture_bureau"
                                                : "county_bureau",
                        region));
}

Route route_xinjiang(Matter& m) {
  Route route;
  route.reviewer_kind = "receiving_unit";
  route.channel = "portal";
  const Value known = unit_of(m.view, m.rules, m.text("unit.uscc"));
  const std::string mode = registration_mode(m, known);
  const std::string level = registrant_level(m.rules, m.text("unit.level"), m.text("unit.region"));
  const pipeline::Table& table = *m.rules.provinces.at("xinjiang").receiving;

  const auto check = [&](const std::string& chosen, const std::string& where) {
    const Value receiver = chosen.empty() ? Value() : unit_of(m.view, m.rules, chosen);
    const bool near = same_place(receiver["region"].string(), m.text("unit.region"));
    const TableRow* row =
        m.ask(table, {{"mode", mode},
                      {"level", level},
                      {"chosen", chosen.empty() ? "none" : receiving_class(receiver)},
                      {"place", near ? "same" : "other"}});
    if (!row) return false;
    route.rows.push_back(row->id);
    const std::string candidate = candidates(m, table.output(*row, "candidate"), known);
    const std::string name = receiver["name"].text();
    const std::string why = receiver.is_null() ? "查无此单位" : "该单位不接收材料";
    pipeline::Arguments arguments{{"unit", name.empty() ? chosen : name}, {"candidate", candidate}};
    if (!chosen.empty()) arguments["detail"] = why + "：" + arguments["unit"] + "。";
    for (const std::string_view code : pipeline::split(table.output(*row, "finding"), '|'))
      if (!code.empty())
        m.find(code, code == "REGISTRATION_NOT_REQUIRED" ? "unit.uscc" : where, arguments);
    return table.output(*row, "verdict") == "accept";
  };

  const auto& list = m.form()["receiving_units"].items();
  if (list.empty() || mode != "self") {
    check("", "receiving_units");
    return route;
  }
  int defaults = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string& chosen = list[i]["uscc"].string();
    const bool fits = check(chosen, "receiving_units[" + std::to_string(i) + "]");
    const bool is_default = list[i]["default"].boolean() || list.size() == 1;
    defaults += is_default;
    if (fits && is_default) route.queue = "unit-" + chosen;
  }
  // X33: exactly one receiving unit is the default.
  if (defaults != 1) m.find("NO_DEFAULT_RECEIVING_DEPARTMENT", "receiving_units");
  return route;
}

}  // namespace decide
