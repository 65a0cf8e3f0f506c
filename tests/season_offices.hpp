#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "app/sample_people.hpp"
#include "app/sample_zip.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "pipeline/value.hpp"
#include "tests/form_pdf.hpp"

// The twenty units of the season, how each comes to take part, and through whose hands its applications go.

namespace season {

using app::Branch;
using app::Person;
using app::Province;
using pipeline::Value;

/// What a unit is before the season: known to the directory, to be registered by itself, or opened by another unit.
enum class Comes { Known, Registers, Opened };

struct Office {
  std::string uscc, name, nature, level, region;
  Province province = Province::Xinjiang;
  Branch branch = Branch::School;
  Comes comes = Comes::Known;
  std::string registered_at;  ///< the queue that decides on the registration
  std::vector<std::string>
      above{};  ///< whom its applications pass after the unit itself, without the committee
  bool ends_at_parent = false;  ///< X13: no committee
  bool itemised = false;        ///< X49: at the unit and, if created by it, at the university
  bool market = false;          ///< H06: ticks 人力资源市场, too
  std::string supervising{}, supervising_name{};
  Person registrant{};
  std::string username{};

  std::string queue() const { return "unit-" + uscc; }
  bool is_hunan() const { return province == Province::Hunan; }
};

inline constexpr const char* kUniversity = "12650000PDY000079J";
inline constexpr const char* kTransport = "11650000PDY000087G";
inline constexpr const char* kRoads = "12650000PDY0000958";
inline constexpr const char* kServices = "12650000PDY000183N";
inline constexpr const char* kPrefecture = "11652900PDY0001088";
inline constexpr const char* kCounty = "11652901PDY000116H";
inline constexpr const char* kShihezi = "11659001PDY000191J";
inline constexpr const char* kTownship = "11652901PDY0001327";
inline constexpr const char* kForestry = "11431382PDY000028C";
inline constexpr const char* kEducation = "11430102PDY000167G";
inline constexpr const char* kLianyuan = "11431382PDY0001598";

inline Office known(const std::string& uscc, const std::string& name, const std::string& nature,
                    Branch branch, std::vector<std::string> above) {
  Office office;
  office.uscc = uscc;
  office.name = name;
  office.nature = nature;
  office.branch = branch;
  office.above = std::move(above);
  office.province = uscc.substr(2, 2) == "43" ? Province::Hunan : Province::Xinjiang;
  return office;
}

inline Office registering(app::People& people, app::Random& random, Province province,
                          Branch branch, const std::string& region, const std::string& decided_in,
                          std::vector<std::string> above) {
  const app::Unit unit = people.unit(random, province, branch, region);
  Office office = known(unit.uscc, unit.name, unit.nature, branch, std::move(above));
  office.level = unit.level;
  office.region = region;
  office.comes = Comes::Registers;
  office.registered_at = decided_in;
  office.registrant = unit.handler;
  office.username = unit.username;
  return office;
}

inline std::vector<Office> make_offices(app::People& people, app::Random& random) {
  const auto unit = [](const std::string& uscc) { return "unit-" + uscc; };
  const auto xinjiang = [&](Branch branch, const std::string& region,
                            const std::vector<std::string>& above) {
    return registering(people, random, Province::Xinjiang, branch, region, above.front(), above);
  };
  const auto hunan = [&](Branch branch, const std::string& region, const std::string& decided_in,
                         const std::vector<std::string>& above) {
    return registering(people, random, Province::Hunan, branch, region, decided_in, above);
  };
  const std::vector<std::string> county{unit(kCounty), unit(kPrefecture)};
  const std::vector<std::string> shihezi{unit(kShihezi), unit(kServices)};
  std::vector<Office> all{
      xinjiang(Branch::School, "652901", county),
      xinjiang(Branch::School, "652901", county),
      xinjiang(Branch::Company, "652901", county),
      xinjiang(Branch::Hospital, "652901", county),
      xinjiang(Branch::Farming, "652900", {unit(kPrefecture)}),
      xinjiang(Branch::Hospital, "652900", {unit(kPrefecture)}),
      xinjiang(Branch::Institute, "650000", {unit(kServices)}),
      xinjiang(Branch::School, "659001", shihezi),
      hunan(Branch::Forestry, "431382", unit(kForestry), {unit(kForestry), "agency-431382-pt"}),
      hunan(Branch::School, "430102", unit(kEducation), {unit(kEducation), "agency-430102-pt"}),
      hunan(Branch::Company, "430102", "agency-430102-hr", {"agency-430102-pt"}),
      hunan(Branch::Hospital, "431382", "agency-431382-pt", {"agency-431382-pt"}),
      hunan(Branch::Institute, "430000", "agency-430000-pt", {"agency-430000-pt"}),
      known(kUniversity, "某医科大学", "public_institution", Branch::Hospital, {}),
      known(std::string(kUniversity) + "-01", "临床学院", "public_institution", Branch::Hospital,
            {unit(kUniversity)}),
      known(kTownship, "阿克苏市某乡政府", "administrative_organ", Branch::Farming, county),
      known(kTransport, "自治区交通运输厅", "administrative_organ", Branch::Company, {}),
      known(kRoads, "交通厅所属公路管理局", "public_institution", Branch::Company,
            {unit(kTransport)}),
      known(kPrefecture, "阿克苏地区人力资源和社会保障局", "administrative_organ",
            Branch::Institute, {}),
      known(kForestry, "涟源市林业局", "administrative_organ", Branch::Forestry,
            {unit(kLianyuan)})};
  for (Office& office : all) {
    office.itemised = office.uscc.starts_with(kUniversity);
    office.ends_at_parent = office.uscc.ends_with("-01");
    office.market = office.registered_at == "agency-430102-hr";
    if (office.ends_at_parent || office.uscc == kTownship) office.comes = Comes::Opened;
    if (!office.registered_at.starts_with("unit-") || !office.is_hunan()) continue;
    office.supervising = office.registered_at.substr(5);
    office.supervising_name =
        office.supervising == kForestry ? "涟源市林业局" : "长沙市芙蓉区教育局";
  }
  return all;
}

/// Issued where the region has another code today (domain §1.5): ID_REGION_HISTORICAL.
inline bool has_old_region(const Person& person) {
  return person.id_number.starts_with("652122") || person.id_number.starts_with("431121");
}

inline Value person_value(const Person& person) {
  return Value::object(
      {{"name", person.name}, {"id_number", person.id_number}, {"phone", person.phone}});
}

struct Attached {
  std::string slot, bytes;
};

/// A ZIP of the form and its attachments, as a program makes it.
inline std::string bundle(Value form, const std::vector<Attached>& attachments) {
  Value list = Value::array();
  std::vector<app::ZipEntry> entries;
  for (const Attached& a : attachments) {
    const std::string file = a.slot + ".pdf";
    list.push(Value::object({{"slot", a.slot}, {"file", file}}));
    entries.push_back({file, app::own(a.bytes)});
  }
  form.set("attachments", std::move(list));
  entries.insert(entries.begin(), {"form.json", app::own(form.dump(true))});
  return app::zip_bytes(entries, {}, 0);
}

inline std::string registration_of(const Office& office, const std::string& address) {
  Value form = Value::object({{"kind", "unit_registration"}, {"submit", true}});
  form.set("unit", Value::object({{"name", office.name},
                                  {"uscc", office.uscc},
                                  {"nature", office.nature},
                                  {"level", office.level},
                                  {"region", office.region},
                                  {"address", address},
                                  {"legal_rep", "王一"},
                                  {"phone", "0997-2100000"}}));
  form.set("handler", person_value(office.registrant));
  form.set("account", Value::object({{"username", office.username}}));
  if (!office.is_hunan()) {
    form.set("receiving_units",
             Value::array(
                 {Value::object({{"uscc", office.above.front().substr(5)}, {"default", true}})}));
  } else {
    form.set("business_types",
             office.market ? Value::array({"pt", "hr_market"}) : Value::array({"pt"}));
    form.set("pooling_region", office.region);
    form.set("review_target", office.supervising.empty()
                                  ? Value::object({{"kind", "competent_agency"}})
                                  : Value::object({{"kind", "supervising_unit"},
                                                   {"uscc", office.supervising},
                                                   {"name", office.supervising_name}}));
  }
  std::vector<Attached> papers;
  for (const char* slot : {"U01", "U02", "U03", "U05", "U06"})
    papers.push_back({slot, form_pdf::scan(office.uscc + slot)});
  return bundle(std::move(form), papers);
}

inline Value provision_of(const std::string& by, const std::string& mode, Value unit,
                          const std::string& username, const Person& handler) {
  return Value::object(
      {{"kind", "unit_provision"},
       {"by_uscc", by},
       {"units", Value::array({Value::object({{"mode", mode},
                                              {"unit", std::move(unit)},
                                              {"account", Value::object({{"username", username}})},
                                              {"handler", person_value(handler)}})})}});
}

}  // namespace season
