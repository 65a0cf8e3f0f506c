#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "pipeline/table.hpp"

namespace {

using pipeline::Table;
using pipeline::TableProblem;
using pipeline::TableRow;

bool is_table(const std::filesystem::path& file) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("\xEF\xBB\xBF")) line.erase(0, 3);
    if (!line.starts_with('#')) return line.starts_with("table,");
  }
  return false;
}

TEST(ShippedTables, AreCompleteAndEachRowNamesItsRule) {
  int tables = 0;
  std::set<std::string> ids;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(DOSSIER_SOURCE_DIR "/templates")) {
    if (entry.path().extension() != ".csv" || !is_table(entry.path())) continue;
    ++tables;
    const Table table = Table::load(entry.path().string());
    for (const TableProblem& problem : table.check())
      ADD_FAILURE() << problem.file << ":" << problem.line << ": " << problem.message << ": "
                    << problem.example;
    for (const TableRow& row : table.rows()) {
      EXPECT_FALSE(row.rules.empty()) << entry.path() << " " << row.id;
      EXPECT_TRUE(ids.insert(row.id).second) << row.id << " names two rows";
    }
  }
  EXPECT_GE(tables, 8);
}

const Table& shipped(const std::string& file) {
  static std::map<std::string, Table> tables;
  const auto found = tables.find(file);
  if (found != tables.end()) return found->second;
  return tables.emplace(file, Table::load(DOSSIER_SOURCE_DIR "/templates/" + file)).first->second;
}

TEST(ShippedTables, RouteAsTheTruthTableOfTheSourceSays) {
  const Table& table = shipped("hunan/routing.csv");
  const auto reviewer = [&](const char* pt, const char* hr, const char* target) {
    const TableRow* row = table.decide({{"pt", pt}, {"hr_market", hr}, {"target", target}});
    return table.output(*row, "reviewer") + " " + table.output(*row, "channel");
  };
  EXPECT_EQ(reviewer("yes", "no", "competent_agency"), "pt_section core");          // H05
  EXPECT_EQ(reviewer("no", "yes", "competent_agency"), "hr_section core");          // H06
  EXPECT_EQ(reviewer("yes", "yes", "competent_agency"), "hr_section core");         // H06
  EXPECT_EQ(reviewer("yes", "no", "supervising_unit"), "supervising_unit portal");  // H13
  EXPECT_EQ(reviewer("no", "yes", "supervising_unit"), "hr_section core");          // H07
  EXPECT_EQ(reviewer("yes", "yes", "supervising_unit"), "hr_section core");         // H07
  EXPECT_EQ(reviewer("no", "no", "supervising_unit"), "none none");
  const TableRow* nothing = table.decide({{"pt", "no"}, {"hr_market", "no"}, {"target", "none"}});
  EXPECT_EQ(table.output(*nothing, "finding"), "BUSINESS_TYPE_REQUIRED|REVIEW_TARGET_REQUIRED");
}

TEST(ShippedTables, TellBothWrongChoicesOfASupervisingUnit) {
  const Table& table = shipped("hunan/supervising_unit.csv");
  const auto finding = [&](const char* self, const char* known, const char* portal) {
    return table.output(*table.decide({{"self", self}, {"known", known}, {"portal", portal}}),
                        "finding");
  };
  EXPECT_EQ(finding("no", "yes", "yes"), "");                                   // H13
  EXPECT_EQ(finding("no", "yes", "no"), "SUPERVISING_UNIT_NO_PORTAL_ACCOUNT");  // H14, H16
  EXPECT_EQ(finding("no", "no", "no"), "SUPERVISING_UNIT_UNKNOWN");
  EXPECT_EQ(finding("yes", "yes", "yes"), "SELF_SUPERVISION");  // Q10
  EXPECT_EQ(finding("yes", "no", "no"),                         // H18, H19
            "SELF_SUPERVISION|SUPERVISING_UNIT_NO_PORTAL_ACCOUNT");
}

TEST(ShippedTables, NameTheRightReceivingUnitForEachLevel) {
  const Table& table = shipped("xinjiang/receiving.csv");
  const auto answer = [&](const char* mode, const char* level, const char* chosen,
                          const char* place) {
    const TableRow* row =
        table.decide({{"mode", mode}, {"level", level}, {"chosen", chosen}, {"place", place}});
    return table.output(*row, "finding") + " " + table.output(*row, "candidate");
  };
  EXPECT_EQ(answer("self", "region", "region_unit", "same"), " none");            // X24
  EXPECT_EQ(answer("self", "prefecture", "prefecture_bureau", "same"), " none");  // X25
  EXPECT_EQ(answer("self", "county", "county_bureau", "same"), " none");          // X26
  EXPECT_EQ(answer("self", "county", "prefecture_bureau", "same"),
            "RECEIVING_UNIT_LEVEL county_bureau");
  EXPECT_EQ(answer("self", "prefecture", "prefecture_bureau", "other"),
            "RECEIVING_UNIT_REGION prefecture_bureau");
  EXPECT_EQ(answer("self", "region", "none", "same"), "RECEIVING_UNIT_REQUIRED region_unit");
  EXPECT_EQ(answer("assigned", "township", "none", "same"),
            "REGISTRATION_NOT_REQUIRED assigner");                                            // X09
  EXPECT_EQ(answer("created", "other", "none", "same"), "REGISTRATION_NOT_REQUIRED parent");  // X12
}

TEST(ShippedTables, AllowEachStageItsOwnActionsOnly) {
  const Table& table = shipped("common/actions.csv");
  const auto allowed = [&](const char* kind, const char* stage) {
    std::string actions;
    for (const char* action :
         {"approve", "reject", "report_up", "return", "send_back", "not_accept", "accept"}) {
      const TableRow* row =
          table.decide({{"case_kind", kind}, {"stage", stage}, {"action", action}});
      const bool allow = table.output(*row, "verdict") == "allow";
      EXPECT_EQ(table.output(*row, "finding").empty(), allow);
      EXPECT_EQ(table.output(*row, "next").empty(), !allow);
      if (allow) actions += std::string(actions.empty() ? "" : " ") + action;
    }
    return actions;
  };
  EXPECT_EQ(allowed("unit_registration", "agency"), "approve reject");
  EXPECT_EQ(allowed("unit_registration", "committee"), "");
  EXPECT_EQ(allowed("title_application", "base_unit"), "report_up return");  // X46
  EXPECT_EQ(allowed("title_application", "receiving_unit"),
            "report_up return send_back not_accept");
  EXPECT_EQ(allowed("title_application", "committee"), "not_accept accept");
  EXPECT_EQ(allowed("title_application", "parent"), "return not_accept accept");  // X14
}

TEST(ShippedTables, DemandTheCertificatesThatTheSourceNames) {
  for (const char* file : {"hunan/attachments.csv", "xinjiang/attachments.csv"}) {
    const Table& table = shipped(file);
    const auto required = [&](const char* nature, const char* commercial, const char* strict) {
      std::string slots;
      for (const TableRow* row :
           table.decide_all({{"nature", nature}, {"commercial", commercial}, {"strict", strict}})) {
        if (table.output(*row, "severity") == "error") slots += table.output(*row, "any_of") + " ";
      }
      return slots;
    };
    EXPECT_EQ(required("public_institution", "no", "no"), "U01|U02|U03|U04 ");
    EXPECT_EQ(required("public_institution", "no", "yes"), "U01 ");          // X21 to the letter
    EXPECT_EQ(required("enterprise", "yes", "no"), "U01|U02|U03|U04 U02 ");  // X22
  }
}

}  // namespace
