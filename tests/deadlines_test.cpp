#include <gtest/gtest.h>

#include "stages/decide/deadlines.hpp"
#include "tests/pdf_reading.hpp"
#include "tests/program.hpp"
#include "tests/xlsx_reading.hpp"

namespace {

using pipeline::Value;

const decide::Rules& rules() {
  static const auto loaded =
      decide::load_rules(DOSSIER_SOURCE_DIR "/templates", {}, std::string(32, 'k'));
  return *loaded;
}

pipeline::Day day(const char* text) {
  return *pipeline::parse_iso_date(text);
}

std::string seen(const char* due, const char* today) {
  return std::string(decide::name(decide::deadline(rules(), day(due), day(today))));
}

TEST(Deadlines, AreCountedInWorkingDays) {
  EXPECT_EQ(seen("2026-11-23", "2026-11-24"), "overdue");
  EXPECT_EQ(seen("2026-11-24", "2026-11-24"), "today");
  EXPECT_EQ(seen("2026-11-25", "2026-11-24"), "tomorrow");
  EXPECT_EQ(seen("2026-11-26", "2026-11-24"), "later");
  EXPECT_EQ(seen("2026-11-23", "2026-11-20"), "tomorrow");  // over the weekend
  EXPECT_EQ(seen("2026-11-23", "2026-11-21"), "tomorrow");  // asked on a Saturday
  EXPECT_EQ(seen("2026-10-08", "2026-09-30"), "tomorrow");  // over the national holiday
  EXPECT_EQ(seen("2026-10-12", "2026-10-09"), "later");     // the Saturday between is worked
  EXPECT_EQ(seen("2026-10-10", "2026-10-09"), "tomorrow");
}

TEST(Deadlines, GoByWeekdaysInAYearWithoutCalendar) {
  EXPECT_TRUE(decide::is_calendar_known(rules(), day("2026-12-31")));
  EXPECT_FALSE(decide::is_calendar_known(rules(), day("2027-01-01")));
  EXPECT_EQ(decide::add_workdays(rules(), day("2026-12-30"), 2), day("2027-01-01"));
  EXPECT_EQ(decide::add_workdays(rules(), day("2026-12-30"), 3), day("2027-01-04"));
}

/// The one queue of the overview after one registration, seen at that time.
class Queue : public testing::Test {
 protected:
  Queue() : at("deadlines") {
    at.write("inbox/登记.json", R"({"kind": "unit_registration", "submit": true,
      "unit": {"name": "涟源市某国有林场", "uscc": "12431382PDY0000364", "nature": "事业单位", "level": "county",
               "region": "431382", "legal_rep": "刘一", "phone": "0738-4400000"},
      "handler": {"name": "李四", "id_number": "431382199007150021", "phone": "13800000002"},
      "account": {"username": "lylinchang"}, "business_types": ["pt"], "pooling_region": "431382",
      "review_target": {"kind": "主管机构"}, "attachments": []})");
  }
  void receive(const char* when) {
    at.now = when;
    // Only the deadline is looked at, so no certificate is demanded.
    const std::string copy = at.path("templates");
    std::filesystem::copy(at.templates, copy, std::filesystem::copy_options::recursive);
    at.templates = copy;
    at.write(
        "templates/hunan/attachments.csv",
        "table,attachments,hit,collect\nid,rule,when nature,when commercial,when strict,then "
        "any_of,then "
        "severity,then reason,note\n,,administrative_organ|public_institution|enterprise|social_"
        "organisation|other,yes|no,yes|no,,,,\n");
    ASSERT_EQ(at.run_here({"run", "--jobs", "1"}), 0) << at.err();
  }
  Value ask(const char* when, const std::vector<std::string>& words) {
    at.now = when;
    std::vector<std::string> all = words;
    all.emplace_back("--json");
    EXPECT_EQ(at.run_here(all), 0) << at.err();
    return at.json();
  }
  std::string overview(const char* when) {
    const Value q = ask(when, {"queue"})["queues"][0];
    return q["pending"].text() + " pending, " + q["due_today"].text() + " today, " +
           q["due_tomorrow"].text() + " tomorrow, " + q["overdue"].text() + " overdue";
  }

  tests::Program at;
};

TEST_F(Queue, ShowsWhatIsDueTodayTomorrowAndOverdue) {
  receive("2026-11-20T10:00:00+08:00");
  EXPECT_EQ(overview("2026-11-25T10:00:00+08:00"), "1 pending, 0 today, 0 tomorrow, 0 overdue");
  EXPECT_EQ(overview("2026-11-26T10:00:00+08:00"), "1 pending, 0 today, 1 tomorrow, 0 overdue");
  EXPECT_EQ(overview("2026-11-27T23:59:59+08:00"), "1 pending, 1 today, 0 tomorrow, 0 overdue");
  EXPECT_EQ(overview("2026-11-28T00:00:00+08:00"), "1 pending, 0 today, 0 tomorrow, 1 overdue");
  const Value one = ask("2026-11-28T00:00:00+08:00", {"queue", "agency-431382-pt"});
  EXPECT_EQ(one["cases"][0]["due"].string(), "2026-11-27");
  EXPECT_EQ(one["cases"][0]["deadline"].string(), "overdue");
  EXPECT_EQ(one["warnings"].size(), 0U);
  ASSERT_EQ(at.run_here({"queue", "agency-431382-pt"}), 0);
  EXPECT_NE(at.out().find("2026年11月27日（已超期1天）"), std::string::npos) << at.out();
}

TEST_F(Queue, WarnsOnceWhenTheYearHasNoCalendar) {
  receive("2026-12-28T10:00:00+08:00");
  int warnings = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(at.path("outbox/receipts"))) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const Value receipt = pipeline::parse_json(text).value;
    EXPECT_EQ(receipt["result"].string(), "accepted") << text;
    for (const Value& f : receipt["findings"].items())
      warnings += f["code"].string() == "CALENDAR_YEAR_UNKNOWN";
  }
  EXPECT_EQ(warnings, 1);
  EXPECT_EQ(overview("2026-12-31T10:00:00+08:00"), "1 pending, 0 today, 0 tomorrow, 0 overdue");
  EXPECT_EQ(overview("2027-01-01T10:00:00+08:00"), "1 pending, 0 today, 1 tomorrow, 0 overdue");
  EXPECT_EQ(ask("2027-01-01T10:00:00+08:00", {"queue"})["warnings"].size(), 1U);
  EXPECT_EQ(ask("2027-01-01T10:00:00+08:00", {"queue", "agency-431382-pt"})["warnings"][0]["code"]
                .string(),
            "CALENDAR_YEAR_UNKNOWN");
  ASSERT_EQ(at.run_here({"queue"}), 0);
  EXPECT_NE(at.out().find("2027年的放假安排尚未录入"), std::string::npos) << at.out();
}

TEST_F(Queue, WarnsOnTheApprovalFormAndTheWorklistToo) {
  receive("2026-12-28T10:00:00+08:00");
  const std::string queue = at.path("outbox/queues/agency-431382-pt");
  int forms = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(queue)) {
    if (entry.path().filename() != "审批单.pdf") continue;
    ++forms;
    const std::string text = papers::text_of("'" + entry.path().string() + "'");
    EXPECT_NE(text.find("办理期限2027-01-04：2027年的放假安排尚未录入"), text.npos) << text;
  }
  EXPECT_EQ(forms, 1);
  bool told = false;
  xlsx::Book list(queue + "/待审清单.xlsx");
  for (const auto& [place, cell] : list.sheets["待审清单"])
    told = told || cell.text.find("2027年的放假安排尚未录入") != cell.text.npos;
  EXPECT_TRUE(told);
}

TEST_F(Queue, SaysInWordsWhatIsUrgent) {
  receive("2026-11-20T10:00:00+08:00");
  const auto said = [&](const char* when, const std::vector<std::string>& words) {
    at.now = when;
    EXPECT_EQ(at.run_here(words), 0) << at.err();
    return at.out();
  };
  const std::string quiet = said("2026-11-25T10:00:00+08:00", {"queue"});
  EXPECT_NE(quiet.find("1件待审，最早应于2026年11月27日前办理"), quiet.npos) << quiet;
  EXPECT_EQ(quiet.find("到期"), quiet.npos) << quiet;
  EXPECT_EQ(quiet.find("超期"), quiet.npos) << quiet;
  const std::string eve = said("2026-11-26T10:00:00+08:00", {"queue"});
  EXPECT_NE(eve.find("1件下一工作日到期"), eve.npos) << eve;
  const std::string day = said("2026-11-27T10:00:00+08:00", {"queue", "agency-431382-pt"});
  EXPECT_NE(day.find("1件今天到期"), day.npos) << day;
  EXPECT_NE(day.find("2026年11月27日（今天到期）"), day.npos) << day;
  const std::string late = said("2026-11-30T10:00:00+08:00", {"queue", "agency-431382-pt"});
  EXPECT_NE(late.find("1件已超期"), late.npos) << late;
  EXPECT_NE(late.find("2026年11月27日（已超期3天）"), late.npos) << late;
}

}  // namespace
