#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "pipeline/csv.hpp"
#include "pipeline/dictionary.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/regions.hpp"
#include "pipeline/text.hpp"
#include "pipeline/time.hpp"

namespace {

using pipeline::CsvFile;
using pipeline::Dictionary;
using pipeline::Regions;

const std::string kTemplates = DOSSIER_SOURCE_DIR "/templates/";
const std::string kCommon = kTemplates + "common/";

std::vector<std::string> words(std::string_view text, char by) {
  std::vector<std::string> out;
  for (const std::string_view each : pipeline::split(text, by)) {
    if (!pipeline::trim(each).empty()) out.emplace_back(pipeline::trim(each));
  }
  return out;
}

std::set<std::string> column(const std::string& file, const std::string& name) {
  const CsvFile csv(file, {name});
  std::set<std::string> cells;
  for (std::size_t i = 0; i < csv.size(); ++i) cells.insert(csv.cell(i, name));
  return cells;
}

TEST(Templates, AreUtf8ThatExcelRecognises) {
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(kTemplates)) {
    if (entry.path().extension() != ".csv") continue;
    ++files;
    // Without the byte-order mark a Chinese Excel reads the file as GBK.
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    EXPECT_TRUE(bytes.starts_with("\xEF\xBB\xBF")) << entry.path();
    EXPECT_TRUE(pipeline::is_utf8(bytes)) << entry.path();
    EXPECT_FALSE(pipeline::read_csv(entry.path().string()).empty()) << entry.path();
  }
  EXPECT_GE(files, 24);
}

TEST(Csv, ReadsQuotesByteOrderMarksGb18030AndEveryLineEnd) {
  const auto rows = pipeline::parse_csv(
      "\xEF\xBB\xBF# head\r\na, \" b\"\"c,\r\nd\" ,\r\n,,\n\n\xE4\xB8\xAD\re", "f");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].cells, (std::vector<std::string>{"a", "b\"c,\r\nd", ""}));
  EXPECT_EQ(rows[0].line, 2);
  EXPECT_EQ(rows[1].cells[0], "中");
  EXPECT_EQ(rows[1].line, 6);
  EXPECT_EQ(rows[2].line, 7);
  EXPECT_EQ(pipeline::parse_csv("\xD6\xD0,x", "f")[0].cells[0], "中");
  EXPECT_EQ(pipeline::parse_csv("\"# quoted, comment\",,\nx", "f").size(), 1u);
  try {
    pipeline::parse_csv("a\nb,\"c\n\n", "f.csv");
    FAIL() << "a quotation mark that never ends was accepted";
  } catch (const pipeline::Fault& fault) {
    EXPECT_NE(std::string(fault.what()).find("f.csv:2"), std::string::npos);
  }
}

TEST(Regions, HoldEveryDivisionOfBothProvinces) {
  const CsvFile csv(kCommon + "regions.csv", {"code", "level", "status"});
  std::map<std::string, int> count;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    if (csv.cell(i, "status") != "current") continue;
    const std::string& level = csv.cell(i, "level");
    ++count[level == "province" ? level : csv.cell(i, "code").substr(0, 2) + level];
  }
  EXPECT_EQ(count["province"], 34);
  EXPECT_EQ(count["43prefecture"], 14);
  EXPECT_EQ(count["43county"], 122);
  EXPECT_EQ(count["65prefecture"], 14);
  EXPECT_EQ(count["65county"], 112);
}

TEST(Regions, NameDivisionsInFullAndKnowOldOnes) {
  const Regions regions = Regions::load(kCommon + "regions.csv");
  EXPECT_EQ(regions.full_name("430102"), "湖南省长沙市芙蓉区");
  EXPECT_EQ(regions.short_name("431382"), "涟源市");
  EXPECT_EQ(regions.full_name("659001"), "新疆维吾尔自治区石河子市");
  EXPECT_EQ(regions.full_name("999999"), "999999");
  EXPECT_EQ(regions.find("659001")->parent, "650000");
  EXPECT_FALSE(regions.find("431121")->current);  // 祁阳县
  EXPECT_FALSE(regions.find("652122")->current);  // 鄯善县
  EXPECT_EQ(regions.find("431121")->parent, "431100");
  EXPECT_EQ(regions.find("000000"), nullptr);
  EXPECT_EQ(Regions::province("430102"), "hunan");
  EXPECT_EQ(Regions::province("659001"), "xinjiang");
  EXPECT_EQ(Regions::province("660000"), "xinjiang");
  EXPECT_EQ(Regions::province("110105"), "");
}

TEST(Regions, KnowAPrefixOfAnAddressThatIsOrWas) {
  const Regions regions = Regions::load(kCommon + "regions.csv");
  EXPECT_TRUE(regions.known_prefix("430199"));  // a county under a known prefecture
  EXPECT_TRUE(regions.known_prefix("432999"));  // 零陵地区
  EXPECT_TRUE(regions.known_prefix("439001"));  // a city directly under the province, 1986–94
  EXPECT_TRUE(regions.known_prefix("659099"));
  EXPECT_TRUE(regions.known_prefix("110105"));  // only the province is known
  EXPECT_TRUE(regions.known_prefix("830000"));  // §1.3: residents from Taiwan
  EXPECT_FALSE(regions.known_prefix("437001"));
  EXPECT_FALSE(regions.known_prefix("990101"));
  EXPECT_FALSE(regions.known_prefix("43"));
}

std::vector<pipeline::Day> workdays(pipeline::Day from, pipeline::Day to) {
  const CsvFile csv(kCommon + "calendar.csv", {"day", "kind"});
  std::map<pipeline::Day, bool> works;
  for (std::size_t i = 0; i < csv.size(); ++i)
    works[*pipeline::parse_iso_date(csv.cell(i, "day"))] = csv.cell(i, "kind") == "work";
  std::vector<pipeline::Day> days;
  for (pipeline::Day day = from; day <= to; day += std::chrono::days(1)) {
    const std::chrono::weekday weekday(day);
    const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
    if (works.contains(day) ? works[day] : !weekend) days.push_back(day);
  }
  return days;
}

TEST(Calendar, CountsWorkingDaysAcrossTheHolidays) {
  const auto count = [](const char* from, const char* to) {
    return workdays(*pipeline::parse_iso_date(from), *pipeline::parse_iso_date(to)).size();
  };
  EXPECT_EQ(count("2026-09-28", "2026-10-09"), 5u);  // §5.3: 28, 29, 30, 10-08, 10-09
  EXPECT_EQ(count("2026-09-28", "2026-10-10"), 6u);  // a Saturday on which people work
  EXPECT_EQ(count("2026-09-28", "2026-10-08"), 4u);  // E38
  EXPECT_EQ(count("2026-10-12", "2026-10-16"), 5u);
  EXPECT_EQ(count("2025-01-26", "2025-02-08"), 6u);
  EXPECT_EQ(count("2026-02-14", "2026-02-28"), 6u);
  // 261 weekdays each: 18 off and 5 made up, 19 off and 6 made up.
  EXPECT_EQ(count("2025-01-01", "2025-12-31"), 248u);
  EXPECT_EQ(count("2026-01-01", "2026-12-31"), 248u);
}

TEST(Fields, HoldEveryNameOfTheForms) {
  const CsvFile csv(kCommon + "fields.csv",
                    {"kind", "path", "label", "type", "required", "dictionary", "max", "hint"});
  const Dictionary dictionary = Dictionary::load(kCommon + "dictionary.csv");
  const std::set<std::string> types{
      "text",    "longtext", "name",  "uscc",     "id_number", "date",        "month",
      "year",    "phone",    "email", "username", "digest",    "enum",        "integer",
      "boolean", "region",   "case",  "object",   "any",       "attachments", "uscc_or_committee"};
  std::set<std::string> shipped;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const std::string path = csv.cell(i, "kind") + " " + csv.cell(i, "path");
    EXPECT_TRUE(shipped.insert(path).second) << path << " stands twice";
    EXPECT_TRUE(types.contains(csv.cell(i, "type"))) << path;
    EXPECT_FALSE(csv.cell(i, "label").empty()) << path;
    EXPECT_TRUE(dictionary.code("kind", csv.cell(i, "kind"))) << path;
    EXPECT_EQ(csv.cell(i, "type") == "enum" || csv.cell(i, "type") == "boolean",
              dictionary.knows(csv.cell(i, "dictionary")))
        << path;
  }
  const std::map<std::string, std::string> forms{
      {"unit_registration",
       "kind submit unit.name unit.uscc unit.nature unit.level unit.region unit.address "
       "unit.legal_rep "
       "unit.phone handler.name handler.id_number handler.phone handler.email account.username "
       "account.password_digest business_types[] pooling_region review_target.kind "
       "review_target.uscc "
       "review_target.name receiving_units[].uscc receiving_units[].default attachments"},
      {"registration_withdrawal", "kind uscc username handler.name handler.id_number"},
      {"unit_info_correction", "kind submit uscc unit.phone unit.name attachments"},
      {"unit_provision",
       "kind by_uscc units[].mode units[].unit.name units[].unit.uscc units[].unit.nature "
       "units[].unit.level units[].unit.region units[].account.username units[].handler.name "
       "units[].handler.id_number units[].handler.phone"},
      {"receiving_department_change", "kind uscc receiving_unit.uscc default"},
      {"application_recall", "kind case"},
      {"publicity_photo", "kind unit_uscc year cases[] period.start period.end attachments"},
      {"status_query", "kind uscc username case"},
      {"title_application",
       "kind submit unit_uscc year resubmits applicant.name applicant.sex applicant.birth_date "
       "applicant.ethnicity applicant.id_type applicant.id_number applicant.political_status "
       "applicant.work_start applicant.phone applicant.email target.series target.specialty "
       "target.level target.title target.application_type current.title current.series "
       "current.level "
       "current.date current.certificate_no current.appointed_date education[].level "
       "education[].degree education[].school education[].major education[].mode education[].start "
       "education[].end education[].cert_no career[].start career[].end career[].unit "
       "career[].duty "
       "career[].title appraisals[].year appraisals[].grade continuing_education[].year "
       "continuing_education[].public_hours continuing_education[].professional_hours "
       "achievements[].period achievements[].name achievements[].role achievements[].level "
       "publications[].title publications[].venue publications[].issn publications[].date "
       "publications[].author_rank awards[].name licences[].name licences[].no licences[].date "
       "summary "
       "pledge.signed pledge.date publicity.start publicity.end publicity.place "
       "publicity.objections "
       "attachments"},
      {"review_decision",
       "kind case round token queue reviewer.name reviewer.id_number action target confirmed "
       "recommendation_opinion modification_opinion checks.truthful checks.complete checks.valid "
       "items[].item items[].passed items[].opinion decided_at"}};
  for (const auto& [kind, paths] : forms) {
    for (const std::string& path : words(paths, ' '))
      EXPECT_TRUE(shipped.contains(kind + " " + path)) << kind << " " << path;
  }
}

TEST(Slots, BelongToItemsThatExist) {
  const CsvFile slots(kCommon + "slots.csv", {"slot", "name", "family", "items", "keywords"});
  const std::set<std::string> items = column(kCommon + "items.csv", "item");
  EXPECT_EQ(items.size(), 18u);
  EXPECT_EQ(slots.size(), 37u);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    for (const std::string& item : words(slots.cell(i, "items"), '|'))
      EXPECT_TRUE(items.contains(item)) << slots.cell(i, "slot");
    EXPECT_FALSE(slots.cell(i, "keywords").empty()) << slots.cell(i, "slot");
    EXPECT_EQ(slots.cell(i, "family"), slots.cell(i, "slot")[0] == 'A' ? "application" : "unit");
  }
}

TEST(Series, AreKnownAndTheirAliasesLeadToTitles) {
  const Dictionary dictionary = Dictionary::load(kCommon + "dictionary.csv");
  const CsvFile series(kCommon + "series.csv",
                       {"series", "branch", "level", "title", "mark", "exam"});
  std::map<std::string, std::map<std::string, std::set<std::string>>> titles;
  for (std::size_t i = 0; i < series.size(); ++i) {
    const std::string& title = series.cell(i, "title");
    EXPECT_EQ(dictionary.code("series", series.cell(i, "series")), series.cell(i, "series"));
    EXPECT_EQ(dictionary.code("title_level", series.cell(i, "level")), series.cell(i, "level"));
    auto& levels = titles[series.cell(i, "series")][title];
    levels.insert(series.cell(i, "level"));
    EXPECT_EQ(levels.size(), 1u) << title << " has two levels in one series";
  }
  for (const auto& [code, label] : dictionary.words("series"))
    EXPECT_TRUE(titles.contains(code)) << label;
  EXPECT_TRUE(titles["primary_secondary_teacher"]["高级教师"].contains("senior_associate"));
  EXPECT_TRUE(titles["journalism"]["高级编辑"].contains("senior_full"));
  EXPECT_TRUE(titles["publishing"]["编辑"].contains("intermediate"));
  EXPECT_TRUE(titles["art"]["一级演员"].contains("senior_full"));

  const CsvFile aliases(kCommon + "title_aliases.csv", {"written", "title", "series", "note"});
  for (std::size_t i = 0; i < aliases.size(); ++i) {
    const auto& known = titles[aliases.cell(i, "series")];
    EXPECT_TRUE(known.contains(aliases.cell(i, "title"))) << aliases.cell(i, "written");
    EXPECT_FALSE(known.contains(aliases.cell(i, "written"))) << aliases.cell(i, "written");
  }
}

TEST(Committees, ReviewSeriesLevelsAndRegionsThatExist) {
  const Dictionary dictionary = Dictionary::load(kCommon + "dictionary.csv");
  const Regions regions = Regions::load(kCommon + "regions.csv");
  std::set<std::string> ids;
  for (const char* province : {"hunan", "xinjiang"}) {
    const CsvFile csv(kTemplates + province + "/committees.csv",
                      {"committee", "name", "organiser", "series", "levels", "region"});
    for (std::size_t i = 0; i < csv.size(); ++i) {
      const std::string& id = csv.cell(i, "committee");
      EXPECT_TRUE(ids.insert(id).second) << id;
      EXPECT_EQ(dictionary.code("series", csv.cell(i, "series")), csv.cell(i, "series")) << id;
      EXPECT_FALSE(words(csv.cell(i, "levels"), '|').empty()) << id;
      for (const std::string& level : words(csv.cell(i, "levels"), '|'))
        EXPECT_EQ(dictionary.code("title_level", level), level) << id;
      EXPECT_NE(regions.find(csv.cell(i, "region")), nullptr) << id;
      EXPECT_EQ(Regions::province(csv.cell(i, "region")), province) << id;
    }
  }
  for (const char* id : {"xj-engineering", "xj-health", "xj-university", "xj-school",
                         "xj-agriculture", "hn-engineering", "hn-agriculture", "hn-school"})
    EXPECT_TRUE(ids.contains(id)) << id;
}

TEST(Units, HaveRightCheckDigitsAndKnownSuperiors) {
  const Dictionary dictionary = Dictionary::load(kCommon + "dictionary.csv");
  const Regions regions = Regions::load(kCommon + "regions.csv");
  for (const std::string province : {"hunan", "xinjiang"}) {
    const std::string file = kTemplates + province + "/units.csv";
    const std::set<std::string> known = column(file, "uscc");
    const CsvFile csv(file, {"uscc", "name", "region", "level", "nature", "portal", "receives",
                             "assigns", "creates", "itemised", "internal_scope", "parent",
                             "assigned_by", "contact", "phone"});
    EXPECT_EQ(known.size(), csv.size()) << file;
    for (std::size_t i = 0; i < csv.size(); ++i) {
      const std::string& uscc = csv.cell(i, "uscc");
      EXPECT_TRUE(pipeline::is_uscc(uscc)) << uscc;
      ASSERT_EQ(uscc.size(), 18u) << uscc;
      EXPECT_EQ(pipeline::organisation_check(std::string_view(uscc).substr(8, 8)), uscc[16])
          << uscc;
      EXPECT_EQ(uscc.substr(8, 3), "PDY") << uscc << " may be a real body";
      EXPECT_EQ(Regions::province(csv.cell(i, "region")), province) << uscc;
      EXPECT_NE(regions.find(csv.cell(i, "region")), nullptr) << uscc;
      EXPECT_EQ(dictionary.code("unit_level", csv.cell(i, "level")), csv.cell(i, "level")) << uscc;
      EXPECT_EQ(dictionary.code("nature", csv.cell(i, "nature")), csv.cell(i, "nature")) << uscc;
      for (const char* flag :
           {"portal", "receives", "assigns", "creates", "itemised", "internal_scope"})
        EXPECT_TRUE(csv.cell(i, flag) == "yes" || csv.cell(i, flag) == "no") << uscc << " " << flag;
      for (const char* superior : {"parent", "assigned_by"})
        EXPECT_TRUE(csv.cell(i, superior).empty() || known.contains(csv.cell(i, superior))) << uscc;
    }
  }
}

TEST(Units, AgenciesAndAccountsBelongToThem) {
  const std::set<std::string> known = column(kTemplates + "hunan/units.csv", "uscc");
  for (const std::string& uscc : column(kTemplates + "hunan/agencies.csv", "uscc"))
    EXPECT_TRUE(known.contains(uscc)) << uscc;
  const CsvFile accounts(kTemplates + "hunan/accounts.csv",
                         {"username", "uscc", "handler", "handler_id", "permissions"});
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_EQ(accounts.cell(0, "username"), "a");  // H30
  EXPECT_EQ(accounts.cell(0, "permissions"), "SOCIAL_INSURANCE");
  EXPECT_TRUE(known.contains(accounts.cell(0, "uscc")));
  const std::string& id = accounts.cell(0, "handler_id");
  EXPECT_EQ(pipeline::id_check(std::string_view(id).substr(0, 17)), id[17]);
}

TEST(Windows, CoverTheSeasonOf2026InBothProvinces) {
  const CsvFile csv(kCommon + "windows.csv", {"province", "kind", "from", "to"});
  ASSERT_EQ(csv.size(), 2u);
  for (std::size_t i = 0; i < csv.size(); ++i) {
    EXPECT_EQ(csv.cell(i, "kind"), "title_application");
    EXPECT_EQ(pipeline::parse_time(csv.cell(i, "from")), pipeline::parse_time("2026-09-01 00:00"));
    EXPECT_EQ(pipeline::parse_time(csv.cell(i, "to")), pipeline::parse_time("2026-12-15 18:00"));
  }
}

}  // namespace
