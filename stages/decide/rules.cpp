#include "stages/decide/rules.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"

namespace decide {

using pipeline::CsvFile;
using pipeline::Fault;
using pipeline::FaultKind;

namespace {

std::vector<std::string> words(const std::string& cell) {
  std::vector<std::string> out;
  for (const std::string_view part : pipeline::split(cell, '|'))
    if (!pipeline::trim(part).empty()) out.emplace_back(pipeline::trim(part));
  return out;
}

[[noreturn]] void bad(const CsvFile& file, std::size_t row, const std::string& why) {
  throw Fault(FaultKind::Stop, "read " + file.file() + ":" + std::to_string(file.line(row)), why);
}

void load_institutions(Rules& rules, const std::string& folder, const std::string& province) {
  const CsvFile file(
      folder + "/units.csv",
      {"uscc", "name", "region", "level", "nature", "portal", "receives", "assigns", "creates",
       "itemised", "internal_scope", "parent", "assigned_by", "contact", "phone"});
  for (std::size_t i = 0; i < file.size(); ++i) {
    const auto cell = [&](const char* column) { return file.cell(i, column); };
    const auto yes = [&](const char* column) { return file.cell(i, column) == "yes"; };
    Institution unit{cell("uscc"),        cell("name"),    cell("region"),  cell("level"),
                     cell("nature"),      province,        yes("portal"),   yes("receives"),
                     yes("assigns"),      yes("creates"),  yes("itemised"), cell("parent"),
                     cell("assigned_by"), cell("contact"), cell("phone"),   yes("internal_scope")};
    if (!rules.institutions.emplace(unit.uscc, unit).second) bad(file, i, "the USCC stands twice");
  }
}

void load_committees(Rules& rules, const std::string& folder) {
  const CsvFile file(folder + "/committees.csv",
                     {"committee", "name", "organiser", "series", "levels", "region"});
  for (std::size_t i = 0; i < file.size(); ++i)
    rules.committees.push_back({"committee-" + file.cell(i, "committee"), file.cell(i, "name"),
                                file.cell(i, "organiser"), file.cell(i, "series"),
                                file.cell(i, "region"), words(file.cell(i, "levels"))});
}

void load_hunan(Rules& rules, const std::string& folder) {
  load_institutions(rules, folder, "hunan");
  load_committees(rules, folder);
  const CsvFile agencies(folder + "/agencies.csv", {"region", "uscc", "name", "pt_section",
                                                    "hr_section", "contact", "phone"});
  for (std::size_t i = 0; i < agencies.size(); ++i)
    rules.agencies[agencies.cell(i, "region")] = {
        agencies.cell(i, "region"),     agencies.cell(i, "uscc"),       agencies.cell(i, "name"),
        agencies.cell(i, "pt_section"), agencies.cell(i, "hr_section"), agencies.cell(i, "contact"),
        agencies.cell(i, "phone")};
  const CsvFile accounts(folder + "/accounts.csv",
                         {"username", "uscc", "handler", "handler_id", "permissions"});
  for (std::size_t i = 0; i < accounts.size(); ++i)
    rules.accounts.push_back({"hunan", accounts.cell(i, "username"), accounts.cell(i, "uscc"),
                              accounts.cell(i, "handler"), accounts.cell(i, "handler_id"),
                              words(accounts.cell(i, "permissions"))});
  Province province{"hunan", {}, {}, {}, {}, pipeline::Table::load(folder + "/attachments.csv")};
  province.routing = pipeline::Table::load(folder + "/routing.csv");
  province.supervising_unit = pipeline::Table::load(folder + "/supervising_unit.csv");
  rules.provinces.emplace("hunan", std::move(province));
}

void load_xinjiang(Rules& rules, const std::string& folder) {
  load_institutions(rules, folder, "xinjiang");
  load_committees(rules, folder);
  Province province{"xinjiang", {}, {}, {}, {}, pipeline::Table::load(folder + "/attachments.csv")};
  province.receiving = pipeline::Table::load(folder + "/receiving.csv");
  province.provision = pipeline::Table::load(folder + "/provision.csv");
  rules.provinces.emplace("xinjiang", std::move(province));
}

void load_common(Rules& rules, const std::string& folder) {
  rules.catalogue = pipeline::Catalogue::load(folder + "/findings.csv");
  rules.notices = Notices::load(folder + "/notices.csv");
  rules.dictionary = pipeline::Dictionary::load(folder + "/dictionary.csv");
  rules.regions = pipeline::Regions::load(folder + "/regions.csv");
  const CsvFile slots(folder + "/slots.csv", {"slot", "name", "items", "shared"});
  for (std::size_t i = 0; i < slots.size(); ++i) {
    rules.slot_names[slots.cell(i, "slot")] = slots.cell(i, "name");
    const auto items = words(slots.cell(i, "items"));
    if (!items.empty()) rules.slot_items[slots.cell(i, "slot")] = items[0];
    if (slots.cell(i, "shared") == "yes") rules.shared_slots.insert(slots.cell(i, "slot"));
  }
  const CsvFile items(folder + "/items.csv", {"item", "name", "reviewed", "fields"});
  for (std::size_t i = 0; i < items.size(); ++i)
    rules.items.push_back({items.cell(i, "item"), items.cell(i, "name"),
                           items.cell(i, "reviewed") == "yes", words(items.cell(i, "fields"))});
  const CsvFile calendar(folder + "/calendar.csv", {"day", "kind"});
  for (std::size_t i = 0; i < calendar.size(); ++i) {
    const auto day = pipeline::parse_iso_date(calendar.cell(i, "day"));
    if (!day) bad(calendar, i, "no day: " + calendar.cell(i, "day"));
    rules.calendar[*day] = calendar.cell(i, "kind") == "work";
    const int year = int(std::chrono::year_month_day(*day).year());
    if (std::find(rules.calendar_years.begin(), rules.calendar_years.end(), year) ==
        rules.calendar_years.end())
      rules.calendar_years.push_back(year);
  }
  const CsvFile titles(folder + "/series.csv", {"series", "level", "title", "exam"});
  for (std::size_t i = 0; i < titles.size(); ++i)
    rules.titles.push_back({titles.cell(i, "series"), titles.cell(i, "level"),
                            titles.cell(i, "title"), titles.cell(i, "exam") == "yes"});
  const CsvFile aliases(folder + "/title_aliases.csv", {"written", "title", "series"});
  for (std::size_t i = 0; i < aliases.size(); ++i)
    rules.title_aliases.push_back(
        {aliases.cell(i, "written"), aliases.cell(i, "title"), aliases.cell(i, "series")});
  const CsvFile windows(folder + "/windows.csv", {"province", "kind", "from", "to"});
  for (std::size_t i = 0; i < windows.size(); ++i) {
    const auto from = pipeline::parse_time(windows.cell(i, "from"));
    const auto to = pipeline::parse_time(windows.cell(i, "to"));
    if (!from || !to) bad(windows, i, "no time");
    rules.windows.push_back({windows.cell(i, "province"), windows.cell(i, "kind"), *from, *to});
  }
  rules.folders = pipeline::Table::load(folder + "/folders.csv");
  rules.actions = pipeline::Table::load(folder + "/actions.csv");
  rules.application_attachments = pipeline::Table::load(folder + "/application_attachments.csv");
  rules.eligibility = pipeline::Table::load(folder + "/eligibility.csv");
}

std::vector<std::string> csv_files(const std::string& templates) {
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(templates, error))
    if (entry.is_regular_file() && entry.path().extension() == ".csv")
      files.push_back(entry.path().string());
  if (error) throw Fault(FaultKind::Stop, "list " + templates, error.message());
  std::sort(files.begin(), files.end());
  return files;
}

std::string digest_of(const std::string& templates, const Settings& s) {
  std::string all;
  for (const std::string& file : csv_files(templates)) {
    const std::string name =
        std::filesystem::path(file).lexically_relative(templates).string();
    // Documentation, what blank forms ask, and how papers look, decide nothing.
    if (name.ends_with("/rule_places.csv") || name.starts_with("forms/") ||
        name.starts_with("papers/"))
      continue;
    std::ifstream in(file, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    all += name + ' ' + pipeline::sha256(bytes) + '\n';
  }
  all += std::to_string(s.sync_delay_minutes) + ' ' +
         std::to_string(s.hunan_organisation_code_strict) + ' ' +
         std::to_string(s.xinjiang_organisation_code_strict) + ' ' + s.publicity_photo + ' ' +
         s.hunan_portal_url + ' ' + std::to_string(s.publicity_min_workdays) + ' ' +
         std::to_string(s.review_workdays);
  return pipeline::sha256(all);
}

}  // namespace

const Institution* Rules::institution(std::string_view uscc) const {
  const auto at = institutions.find(uscc);
  return at == institutions.end() ? nullptr : &at->second;
}

const std::string& Rules::slot_name(std::string_view slot) const {
  static const std::string kNone;
  const auto at = slot_names.find(slot);
  return at == slot_names.end() ? kNone : at->second;
}

const Item* Rules::item(std::string_view code) const {
  const auto at =
      std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.code == code; });
  return at == items.end() ? nullptr : &*at;
}

std::shared_ptr<const Rules> load_rules(const std::string& templates, const Settings& settings,
                                        std::string token_key, Digest digest) {
  auto rules = std::make_shared<Rules>();
  rules->settings = settings;
  rules->token_key = std::move(token_key);
  load_common(*rules, templates + "/common");
  load_hunan(*rules, templates + "/hunan");
  load_xinjiang(*rules, templates + "/xinjiang");
  if (digest == Digest::Taken) rules->digest = digest_of(templates, settings);
  return rules;
}

std::vector<pipeline::Table> load_tables(const std::string& templates) {
  std::vector<pipeline::Table> tables;
  for (const std::string& file : csv_files(templates)) {
    const auto rows = pipeline::read_csv(file);
    if (!rows.empty() && !rows[0].cells.empty() && rows[0].cells[0] == "table")
      tables.push_back(pipeline::Table::load(file));
  }
  return tables;
}

bool is_workday(const Rules& rules, pipeline::Day day) {
  const auto at = rules.calendar.find(day);
  if (at != rules.calendar.end()) return at->second;
  const std::chrono::weekday weekday{day};
  return weekday != std::chrono::Saturday && weekday != std::chrono::Sunday;
}

pipeline::Day add_workdays(const Rules& rules, pipeline::Day from, int count) {
  while (count > 0) {
    from += std::chrono::days(1);
    if (is_workday(rules, from)) --count;
  }
  return from;
}

std::string token(const Rules& rules, std::string_view case_id, int round, std::string_view queue,
                  std::string_view content_digest, std::string_view version) {
  std::string text(case_id);
  text += '\n' + std::to_string(round) + '\n';
  for (const std::string_view part : {queue, content_digest, version}) {
    text += part;
    text += '\n';
  }
  return pipeline::hmac_sha256(rules.token_key, text).substr(0, 32);
}

}  // namespace decide
