#include "pipeline/regions.hpp"

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

RegionLevel read_level(const std::string& word, const std::string& place) {
  if (word == "province") return RegionLevel::Province;
  if (word == "prefecture") return RegionLevel::Prefecture;
  if (word == "county") return RegionLevel::County;
  throw Fault(FaultKind::Stop, "read " + place, "level is province, prefecture or county");
}

}  // namespace

Regions Regions::load(const std::string& file) {
  const CsvFile csv(file, {"code", "name", "level", "status", "parent"});
  Regions regions;
  std::map<std::string, int> lines;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const std::string place = file + ":" + std::to_string(csv.line(i));
    const std::string& status = csv.cell(i, "status");
    if (status != "current" && status != "historical")
      throw Fault(FaultKind::Stop, "read " + place, "status is current or historical");
    Region region{csv.cell(i, "code"), csv.cell(i, "name"), read_level(csv.cell(i, "level"), place),
                  status == "current", csv.cell(i, "parent")};
    if (region.code.size() != 6 || region.code.find_first_not_of("0123456789") != std::string::npos)
      throw Fault(FaultKind::Stop, "read " + place, "a code has six digits");
    lines.emplace(region.code, csv.line(i));
    if (!regions.regions_.emplace(region.code, region).second)
      throw Fault(FaultKind::Stop, "read " + place, "code " + region.code + " stands twice");
  }
  for (auto& [code, region] : regions.regions_) {
    const Region* above = regions.find(region.parent);
    const bool fits = region.level == RegionLevel::Province
                          ? region.parent.empty()
                          : above != nullptr && above->level < region.level;
    if (!fits)
      throw Fault(FaultKind::Stop, "read " + file + ":" + std::to_string(lines.at(code)),
                  "the parent of " + code + " is no division above it");
    region.full_name = region.name;
    for (; above; above = regions.find(above->parent))
      region.full_name = above->name + region.full_name;
  }
  return regions;
}

const Region* Regions::find(std::string_view code) const {
  const auto found = regions_.find(code);
  return found == regions_.end() ? nullptr : &found->second;
}

bool Regions::known_prefix(std::string_view code) const {
  if (code.size() < 4) return false;
  const std::string province = std::string(code.substr(0, 2)) + "0000";
  if (!find(province)) return false;
  const auto starts = [&](std::string_view prefix) {
    const auto next = regions_.lower_bound(prefix);
    return next != regions_.end() && next->first.starts_with(prefix);
  };
  if (code.substr(2, 2) == "00" || starts(code.substr(0, 4))) return true;
  // Of the other provinces the table knows nothing below the province.
  const auto after = regions_.upper_bound(province);
  return after == regions_.end() || !after->first.starts_with(code.substr(0, 2));
}

std::string Regions::full_name(std::string_view code) const {
  const Region* region = find(code);
  return region ? region->full_name : std::string(code);
}

std::string Regions::short_name(std::string_view code) const {
  const Region* region = find(code);
  return region ? region->name : std::string(code);
}

std::string Regions::province(std::string_view code) {
  if (code.starts_with("43")) return "hunan";
  // §1.4: data catalogues give 66 to the Corps.
  if (code.starts_with("65") || code.starts_with("66")) return "xinjiang";
  return {};
}

}  // namespace pipeline
