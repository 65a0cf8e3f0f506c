#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "pipeline/text.hpp"
#include "tests/program.hpp"

// The command line as DESIGN.md §3 promises it: what each command accepts, prints and ends with.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;
using Words = std::vector<std::string>;

/// Every command of `dossier --help`, with what it cannot do without.
const std::vector<std::pair<Words, Words>>& commands() {
  static const std::vector<std::pair<Words, Words>> kCommands{
      {{"run"}, {"--jobs", "1"}},        {{"status"}, {"12431382PDY0000364"}},
      {{"login"}, {"nobody"}},           {{"queue"}, {}},
      {{"queue"}, {"agency-430102-pt"}}, {{"report"}, {}},
      {{"explain"}, {"form.json"}},      {{"rules", "check"}, {}},
      {{"check"}, {"form.json"}},        {{"forms"}, {"samples"}},
      {{"rules", "list"}, {}},           {{"audit"}, {}},
      {{"audit", "verify"}, {"--deep"}}, {{"rebuild"}, {}},
      {{"rebuild"}, {"--projections"}},  {{"backup"}, {"kept"}},
      {{"sample"}, {"0", "samples"}},    {{"doctor"}, {}}};
  return kCommands;
}

Words operator+(Words a, const Words& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

TEST(Commands, EveryCommandHasHelp) {
  const Program at("commands-help");
  for (const auto& [command, needs] : commands()) {
    ASSERT_EQ(at.run(command + Words{"--help"}), 0) << command.back();
    EXPECT_NE(at.out().find("--json"), std::string::npos) << command.back();
    EXPECT_NE(at.out().find("--templates"), std::string::npos) << command.back();
    EXPECT_EQ(at.err(), "") << command.back();
  }
  for (const Words& command : {Words{"release"}, Words{"rules", "diff"}}) {
    ASSERT_EQ(at.run(command + Words{"--help"}), 0) << command.back();
    EXPECT_NE(at.out().find("--json"), std::string::npos) << command.back();
  }
  ASSERT_EQ(at.run({"--help"}), 0);
  for (const auto& [command, needs] : commands())
    EXPECT_NE(at.out().find("  " + command[0] + " "), std::string::npos) << command[0];
}

TEST(Commands, JsonIsOneDocumentOnStandardOutputAndNothingElse) {
  const Program at("commands-json");
  at.write("form.json", "{}");
  for (const auto& [command, needs] : commands()) {
    Words words = command + needs;
    for (std::string& word : words)
      if (word == "form.json" || word == "samples" || word == "kept") word = at.path(word);
    ASSERT_EQ(at.run_here(words + Words{"--json"}), 0) << command.back() << ": " << at.err();
    EXPECT_TRUE(at.json().is_object()) << command.back() << ": " << at.out();
  }
}

TEST(Commands, WhatIsAskedWronglyEndsWithOne) {
  const Program at("commands-usage");
  const std::vector<Words> wrong{{},
                                 {"nonsense"},
                                 {"rules"},
                                 {"explain"},
                                 {"queue", "--colour", "red"},
                                 {"queue", "--category", "everything"},
                                 {"run", "--jobs", "-1"},
                                 {"status", "x", "--now", "tomorrow"},
                                 {"report", "--from", "nonsense"},
                                 {"report", "--to", "2026-02-30"},
                                 {"report", "--from", "2026-11-22", "--to", "2026-11-21"},
                                 {"status", "x", "--now", "2026-02-30"}};
  for (const Words& words : wrong) {
    std::string line;
    for (const std::string& word : words) line += word + " ";
    EXPECT_EQ(at.run(words), 1) << line;
    EXPECT_EQ(at.out(), "") << line;
    EXPECT_NE(at.err(), "") << line;
  }
  EXPECT_NE(at.err().find("not a time: 2026-02-30"), std::string::npos) << at.err();
  EXPECT_FALSE(fs::exists(at.path("state")));
}

TEST(Commands, StatusOfTheUnknownIsAnAnswer) {
  const Program at("commands-status");
  ASSERT_EQ(at.run_here({"status", "12431382PDY0000364", "--json"}), 0) << at.err();
  EXPECT_FALSE(at.json()["found"].boolean(true));
  EXPECT_EQ(at.json()["cases"].size(), 0U);
  ASSERT_EQ(at.run_here({"status", "12431382PDY0000364"}), 0);
  EXPECT_NE(at.out().find("没有点注册"), std::string::npos) << at.out();  // H25
  EXPECT_FALSE(fs::exists(at.path("state"))) << "asking must not make anything";
}

TEST(Commands, LoginOfTheUnknownIsDiagnosed) {
  const Program at("commands-login");
  ASSERT_EQ(at.run_here({"login", "nobody", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["state"].string(), "unknown");
  EXPECT_EQ(at.json()["message"].string(), "用户名不存在");  // H40, verbatim
  EXPECT_GE(at.json()["diagnosis"].size(), 2U);              // H40, H41
}

TEST(Commands, DoctorSaysWhatIsThereAndWhatIsWrong) {
  Program at("commands-doctor");
  ASSERT_EQ(at.run_here({"doctor", "--json"}), 0) << at.out();
  const Value answer = at.json();
  EXPECT_TRUE(answer["ok"].boolean());
  for (const Value& check : answer["checks"].items()) EXPECT_TRUE(check["how"].is_null());
  at.write("state/dossier.toml", "[limits]\nreader_memory_mb = 128\n");
  EXPECT_EQ(at.run_here({"doctor"}), 0) << "the least that is allowed is enough: " << at.out();
  EXPECT_NE(at.out().find("外来文件检查进程：可以启动"), std::string::npos) << at.out();
  at.templates = at.path("nothing");
  EXPECT_EQ(at.run_here({"doctor", "--json"}), 4);
  EXPECT_FALSE(at.json()["ok"].boolean(true));
  EXPECT_EQ(at.run_here({"doctor"}), 4);
  EXPECT_NE(at.out().find("缺少"), std::string::npos) << at.out();
}

TEST(Commands, ACopyOfTheProgramAloneReadsForeignFiles) {
  const Program at("commands-copy");
  at.write("alone/dossier", "");
  std::filesystem::copy_file(DOSSIER_PROGRAM, at.path("alone/dossier"),
                             std::filesystem::copy_options::overwrite_existing);
  std::filesystem::permissions(at.path("alone/dossier"), std::filesystem::perms::owner_all);
  ASSERT_EQ(at.run_program({"/usr/bin/env", "-i", at.path("alone/dossier"), "doctor", "--templates",
                            at.templates, "--state", at.path("state")}),
            0)
      << at.out();
  EXPECT_NE(at.out().find("外来文件检查进程：可以启动"), std::string::npos) << at.out();
}

TEST(Commands, TheClientOfPostgreSqlIsLoadedForALedgerOnAServerOnlyAndMissedThere) {
  const Program at("commands-client");
  ASSERT_EQ(at.run_program({"/usr/bin/env", "LD_TRACE_LOADED_OBJECTS=1", DOSSIER_PROGRAM}), 0);
  EXPECT_NE(at.out().find("libc.so"), std::string::npos) << at.out();
  EXPECT_EQ(at.out().find("libpq.so"), std::string::npos) << at.out();
  // In place of the library there is a file that is none.
  at.write("lib/" DOSSIER_POSTGRESQL_CLIENT, "");
  const auto with = [&](std::vector<std::string> words) {
    words.insert(words.begin(),
                 {"/usr/bin/env", "LD_LIBRARY_PATH=" + at.path("lib"), DOSSIER_PROGRAM});
    words.insert(words.end(), {"--vault", at.path("vault"), "--templates", at.templates});
    return at.run_program(words);
  };
  EXPECT_EQ(with({"status", "--state", at.path("state")}), 0) << at.err();
  const std::string server = "postgresql://nobody@%2Fnowhere/none";
  EXPECT_EQ(with({"status", "--state", server}), 3);
  EXPECT_NE(at.err().find("load the client of PostgreSQL: "), std::string::npos) << at.err();
  EXPECT_NE(at.err().find(DOSSIER_POSTGRESQL_CLIENT), std::string::npos) << at.err();
  EXPECT_EQ(with({"doctor", "--state", server}), 4);
  EXPECT_NE(at.out().find("apt-get install"), std::string::npos) << at.out();
}

TEST(Commands, AFontThatIsNotThereIsNamedWithItsSettingAndEndsARunBeforeItBegins) {
  const Program at("commands-fonts");
  at.write("state/dossier.toml", "[fonts]\nkai = [\"/nowhere/simkai.ttf\"]\n");
  EXPECT_EQ(at.run_here({"run"}), 4);
  EXPECT_NE(at.err().find("/nowhere/simkai.ttf"), std::string::npos) << at.err();
  EXPECT_NE(at.err().find("dossier.toml:2 fonts.kai"), std::string::npos) << at.err();
  EXPECT_EQ(at.run_here({"doctor"}), 4);
  EXPECT_NE(at.out().find("dossier.toml:2 fonts.kai"), std::string::npos) << at.out();
}

TEST(Commands, ASettingThatIsUnknownOrOutOfRangeIsToldWithItsLine) {
  const Program at("commands-settings");
  at.write("state/dossier.toml", "[hunan]\nsync_delay_minutes = 30\nsync_delay_hours = 1\n");
  EXPECT_EQ(at.run_here({"status", "x"}), 3);
  EXPECT_NE(at.err().find("dossier.toml:3: no such setting: hunan.sync_delay_hours"),
            std::string::npos)
      << at.err();
  EXPECT_EQ(at.out(), "");
  at.write("state/dossier.toml", "[hunan]\nsync_delay_minutes = 31\n");
  EXPECT_EQ(at.run_here({"status", "x"}), 3);
  EXPECT_NE(at.err().find("dossier.toml:2: hunan.sync_delay_minutes"), std::string::npos)
      << at.err();
  at.write("state/dossier.toml", "[limits]\nimage_megapixels = 50\nreader_memory_mb = 1\n");
  EXPECT_EQ(at.run_here({"status", "x"}), 3);
  EXPECT_NE(at.err().find("dossier.toml:3: limits.reader_memory_mb must be a number from 128"),
            std::string::npos)
      << at.err();
  at.write("state/dossier.toml", "[hunan\n");
  EXPECT_EQ(at.run_here({"status", "x"}), 3);
  EXPECT_NE(at.err().find("dossier.toml:1"), std::string::npos) << at.err();
  EXPECT_EQ(at.run_here({"status", "x", "--settings", at.path("none.toml")}), 3);
}

/// A copy of the shipped templates in which one table is changed.
class BrokenTable : public testing::Test {
 protected:
  BrokenTable() : at("commands-rules") {
    fs::copy(at.templates, at.path("templates"), fs::copy_options::recursive);
    at.templates = at.path("templates");
    text = at.read(kFile);
  }
  /// Puts `by` in place of `what`, which must be there, and gives the number of that line.
  int change(const std::string& what, const std::string& by) {
    const auto place = text.find(what);
    EXPECT_NE(place, text.npos) << what;
    text = pipeline::replace_all(text, what, by);
    at.write(kFile, text);
    return static_cast<int>(
               std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n')) +
           1;
  }
  /// The first problem that `rules check` tells.
  Value problem() {
    EXPECT_EQ(at.run_here({"rules", "check", "--json"}), 3) << at.out() << at.err();
    const Value first = at.json()["problems"][0];
    EXPECT_TRUE(first["file"].string().ends_with(kFile)) << at.out();
    // People get the same: file:line, what is wrong, and a case that shows it.
    EXPECT_EQ(at.run_here({"rules", "check"}), 3);
    const std::string place =
        std::string(kFile) + ":" + first["line"].text() + ": " + first["kind"].string();
    EXPECT_NE(at.out().find(place), std::string::npos) << at.out();
    EXPECT_NE(at.out().find("\n    " + first["example"].string() + "\n"), std::string::npos)
        << at.out();
    return first;
  }

  static constexpr const char* kFile = "templates/hunan/routing.csv";
  Program at;
  std::string text;
};

TEST_F(BrokenTable, TheShippedOnesAreInOrder) {
  ASSERT_EQ(at.run_here({"rules", "check", "--json"}), 0) << at.out();
  EXPECT_EQ(at.json()["problems"].size(), 0U);
  EXPECT_GE(at.json()["tables"].integer(), 8);
}

TEST_F(BrokenTable, AGapIsToldWithACaseThatFallsIntoIt) {
  change("HN-R01,H05,yes,no,competent_agency", "# HN-R01,H05,yes,no,competent_agency");
  const Value p = problem();
  EXPECT_EQ(p["kind"].string(), "gap");
  EXPECT_EQ(p["example"].string(), "pt=yes hr_market=no target=competent_agency");
}

TEST_F(BrokenTable, AnOverlapIsToldWithBothRows) {
  const int line = change("HN-R02,H06,-,yes,competent_agency", "HN-R02,H06,-,-,competent_agency");
  const Value p = problem();
  EXPECT_EQ(p["kind"].string(), "overlap");
  EXPECT_EQ(p["line"].integer(), line);
  EXPECT_NE(p["message"].string().find("HN-R01 and HN-R02"), std::string::npos);
  EXPECT_EQ(p["example"].string(), "pt=yes hr_market=no target=competent_agency");
}

TEST_F(BrokenTable, ARowThatCanNeverFireIsTold) {
  change("table,routing,hit,unique", "table,routing,hit,first");
  const int line = change("HN-R08,H03,no,yes,none,none,none,REVIEW_TARGET_REQUIRED,",
                          "HN-R09,H05,yes,no,competent_agency,none,none,,\n"
                          "HN-R08,H03,no,yes,none,none,none,REVIEW_TARGET_REQUIRED,");
  const Value p = problem();
  EXPECT_EQ(p["kind"].string(), "never_fires");
  EXPECT_EQ(p["line"].integer(), line);
  EXPECT_NE(p["message"].string().find("HN-R09"), std::string::npos);
  EXPECT_EQ(p["example"].string(), "pt=yes hr_market=no target=competent_agency");
}

TEST_F(BrokenTable, AWordOutsideItsVocabularyStopsEveryCommand) {
  const int line =
      change("HN-R01,H05,yes,no,competent_agency", "HN-R01,H05,yes,no,competent_agncy");
  for (const Words& words : {Words{"rules", "check"}, Words{"status", "x"}}) {
    EXPECT_EQ(at.run_here(words), 3);
    const std::string place =
        std::string(kFile) + ":" + std::to_string(line) + ": 'competent_agncy'";
    EXPECT_NE(at.err().find(place), std::string::npos) << at.err();
    EXPECT_NE(at.err().find("competent_agency|supervising_unit|none"), std::string::npos)
        << at.err();
  }
}

TEST_F(BrokenTable, ARowIdThatStandsTwiceIsToldWithItsLine) {
  const int line = change("HN-R02,H06", "HN-R01,H06");
  EXPECT_EQ(at.run_here({"rules", "check"}), 3);
  EXPECT_NE(at.err().find(std::string(kFile) + ":" + std::to_string(line) +
                          ": row id HN-R01 stands twice"),
            std::string::npos)
      << at.err();
}

TEST(RulesList, NamesForEveryRuleTheRowsThatKeepIt) {
  const Program at("commands-list");
  ASSERT_EQ(at.run_here({"rules", "list", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["rules"].size(), 44U + 71U);
  const Value h07 = at.json()["rules"][6];
  EXPECT_EQ(h07["rule"].string(), "H07");
  EXPECT_EQ(h07["rows"][0].string(), "routing HN-R04");
  EXPECT_EQ(h07["findings"][0].string(), "HR_OVERRIDE");
  ASSERT_EQ(at.run_here({"rules", "list"}), 0);
  EXPECT_NE(at.out().find("H07  " + h07["gist"].string() + "\n     判定表  routing HN-R04\n"),
            std::string::npos)
      << at.out();
}

}  // namespace
