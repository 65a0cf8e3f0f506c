#pragma once

#include <map>
#include <string>
#include <string_view>

// Regions: administrative divisions of GB/T 2260 (domain §1.4, §1.5), from templates/common/regions.csv.

namespace pipeline {

enum class RegionLevel { Province, Prefecture, County };

struct Region {
  std::string code, name;
  RegionLevel level = RegionLevel::County;
  bool current = true;  ///< false: only valid inside old identifiers
  std::string
      parent;  ///< code of the division above; "659001" has the province, for it has no prefecture
  std::string full_name{};  ///< 湖南省长沙市芙蓉区
};

class Regions {
 public:
  /// Columns code,name,level(province|prefecture|county),status(current|historical),parent. Faults (Stop) with file and line.
  static Regions load(const std::string& file);

  const Region* find(std::string_view code) const;
  /// The first two, four digits name a province, prefecture that is or was.
  bool known_prefix(std::string_view code) const;
  /// The code if unknown.
  std::string full_name(std::string_view code) const;
  std::string short_name(std::string_view code) const;  ///< 芙蓉区
  const std::map<std::string, Region, std::less<>>& all() const { return regions_; }
  /// "hunan" for 43…, "xinjiang" for 65… and 66…; "" for others.
  static std::string province(std::string_view code);

 private:
  std::map<std::string, Region, std::less<>> regions_;
};

}  // namespace pipeline
