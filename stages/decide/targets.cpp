#include <algorithm>

#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Value;

namespace {

constexpr std::string_view kUnit = "unit-";

Target unit_target(const pipeline::View& view, const Rules& rules, const std::string& uscc,
                   bool is_default) {
  return {uscc, unit_name(view, rules, uscc), std::string(kUnit) + uscc, is_default};
}

/// Titles are the business of the PT section (H05), whoever reviewed the unit's registration.
Target agency_target(const pipeline::View& view, const Rules& rules, const Agency& agency) {
  const std::string queue = "agency-" + agency.region + "-pt";
  return {agency.uscc, queue_label(view, rules, queue), queue, true};
}

const Agency* agency_of_unit(const Rules& rules, const Value& unit, const Value& registration) {
  for (const std::string& region : {registration["pooling_region"].text(), unit["region"].text()}) {
    const auto at = rules.agencies.find(region);
    if (at != rules.agencies.end()) return &at->second;
  }
  return nullptr;
}

/// H03, H13: above a unit of Hunan stands whoever reviewed its registration.
std::vector<Target> above_hunan_unit(const pipeline::View& view, const Rules& rules,
                                     const Value& unit) {
  const Value registration = approved_registration(view, unit["uscc"].string());
  const std::string& reviewed_in = registration["history"][0]["queue"].string();
  if (reviewed_in.starts_with(kUnit))
    return {unit_target(view, rules, reviewed_in.substr(kUnit.size()), true)};
  const std::string parent = unit["parent"].text();
  if (registration.is_null() && unit_of(view, rules, parent)["portal"].boolean())
    return {unit_target(view, rules, parent, true)};
  if (const Agency* agency = agency_of_unit(rules, unit, registration))
    return {agency_target(view, rules, *agency)};
  return {};
}

/// X32: the prefecture's bureau. E37: without a prefecture only the directory can name it.
std::string above_county_bureau(const Rules& rules, const Value& bureau) {
  const std::string parent = bureau["parent"].text();
  if (!parent.empty()) return parent;
  const std::string prefecture = bureau["region"].text().substr(0, 4) + "00";
  for (const auto& [uscc, other] : rules.institutions)
    if (other.receives && other.level == "prefecture" && other.region == prefecture) return uscc;
  return {};
}

std::vector<Target> above_base_unit(const pipeline::View& view, const Rules& rules,
                                    const Value& unit) {
  if (unit["province"].text() == "hunan") return above_hunan_unit(view, rules, unit);
  std::vector<Target> targets;
  const Value& receiving = unit["receiving_units"];
  // X14, X27: who was assigned or created submits to the superior and to nobody else.
  if (!is_bound_to_parent(unit))
    for (const Value& r : receiving.items())
      targets.push_back(unit_target(view, rules, r["uscc"].string(),
                                    r["default"].boolean() || receiving.size() == 1));
  const std::string parent = unit["parent"].text();
  if (targets.empty() && !parent.empty()) targets.push_back(unit_target(view, rules, parent, true));
  std::stable_sort(targets.begin(), targets.end(),
                   [](const Target& a, const Target& b) { return a.is_default > b.is_default; });
  return targets;
}

bool is_county_bureau(const Value& here) {
  return here["province"].text() == "xinjiang" && here["level"].text() == "county";
}

/// X29, X31: any series is received; the committee follows from series and level. Where none fits, the last receiving unit
/// names one by hand: all of the province are there to choose from, none is the default.
std::vector<Target> committees_for(const Rules& rules, const Value& document) {
  std::vector<Target> targets, all;
  for (const Committee& c : rules.committees) {
    if (pipeline::Regions::province(c.region) != document["province"].string()) continue;
    all.push_back({c.id, c.name, c.id, false});
    const bool fits =
        c.series == document["series"].string() &&
        std::find(c.levels.begin(), c.levels.end(), document["level"].string()) != c.levels.end();
    if (fits) targets.push_back({c.id, c.name, c.id, targets.empty()});
  }
  return targets.empty() ? all : targets;
}

}  // namespace

Value approved_registration(const pipeline::View& view, std::string_view uscc) {
  Value latest;
  for (const std::string& key : cases_of_unit(view, uscc, 'R')) {
    auto document = view.document("case", key);
    if (document && (*document)["kind"].string() == "unit_registration" &&
        (*document)["state"].string() == "approved" &&
        (latest.is_null() ||
         latest["received_at"].integer() < (*document)["received_at"].integer()))
      latest = std::move(*document);
  }
  return latest;
}

bool is_bound_to_parent(const Value& unit) {
  const std::string& mode = unit["mode"].string();
  return mode == "ASSIGNED" || mode == "CREATED_BY_PARENT";
}

namespace {

/// A recommending unit is its own receiving unit: what its own staff submits goes where that of others goes from there.
bool recommends_itself(const pipeline::View& view, const Rules& rules, const Value& document) {
  if (document["state"].string() != "at_base_unit") return false;
  const Value unit = unit_of(view, rules, document["uscc"].string());
  return unit["province"].text() == "xinjiang" && unit["receives"].boolean() &&
         above_base_unit(view, rules, unit).empty();
}

}  // namespace

bool goes_to_committee(const pipeline::View& view, const Rules& rules, const Value& document) {
  if (document["state"].string() != "at_receiving_unit" &&
      !recommends_itself(view, rules, document))
    return false;
  const auto [family, uscc] = split_drop(document["queue"].string());
  return family != "unit" || !is_county_bureau(unit_of(view, rules, uscc));
}

std::vector<Target> next_targets(const pipeline::View& view, const Rules& rules,
                                 const Value& document) {
  const std::string& state = document["state"].string();
  const auto unit = [&] { return unit_of(view, rules, document["uscc"].string()); };
  if (state == "at_base_unit" && !recommends_itself(view, rules, document))
    return above_base_unit(view, rules, unit());
  if (state != "at_base_unit" && state != "at_receiving_unit") return {};
  const auto [family, uscc] = split_drop(document["queue"].string());
  if (family == "unit") {
    const Value here = unit_of(view, rules, uscc);
    if (is_county_bureau(here)) {
      // X32: a county bureau hands over to its prefecture, never to a committee.
      const std::string above = above_county_bureau(rules, here);
      if (above.empty()) return {};
      return {unit_target(view, rules, above, true)};
    }
    if (document["province"].string() == "hunan") {
      // §6.1: above the supervising unit comes the competent agency, unless that is where it lies already.
      const Agency* agency =
          agency_of_unit(rules, unit(), approved_registration(view, document["uscc"].string()));
      if (agency && agency->uscc != uscc) return {agency_target(view, rules, *agency)};
    }
  }
  return committees_for(rules, document);
}

}  // namespace decide
