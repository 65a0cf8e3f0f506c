#include <gtest/gtest.h>

#include <chrono>
#include <iostream>

#include "pipeline/time.hpp"
#include "tests/season_count.hpp"

// A whole season through the real program: twenty units, hundreds of applications, every decision made with the papers that
// the program laid out.

namespace {

using namespace season;

// A sanitizer makes the program several times slower.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kApplications = 60;
#else
constexpr int kApplications = 500;
#endif
constexpr int kLongest = 31;  ///< working days; then the window closes

/// The n-th working day (no holidays among them) from Monday, 2 November 2026, in the evening.
std::string evening(int n) {
  const auto day = std::chrono::sys_days(std::chrono::year(2026) / 11 / 2) +
                   std::chrono::days(n / 5 * 7 + n % 5);
  return pipeline::iso_date(day) + "T17:00:00+08:00";
}

/// What the season wanted of each application is what the ledger tells of it.
void expect_as_planned(const std::vector<Case>& cases, const Ledger& ledger) {
  EXPECT_EQ(ledger.applications.size(), cases.size());
  for (const Case& c : cases) {
    const auto at = ledger.applications.find(c.id);
    ASSERT_NE(at, ledger.applications.end()) << c.id;
    const Life& life = at->second;
    static const std::map<State, std::string> kEnds{{State::Accepted, "accepted"},
                                                    {State::NotAccepted, "not_accepted"},
                                                    {State::Recalled, "recalled"}};
    ASSERT_TRUE(kEnds.contains(c.state)) << c.id << " has not come to its end";
    EXPECT_EQ(life.end, kEnds.at(c.state)) << c.id;
    EXPECT_EQ(life.uscc, c.office->uscc) << c.id;
    EXPECT_EQ(life.series, c.who.title.series) << c.id;
    EXPECT_EQ(life.level, c.who.title.level) << c.id;
    EXPECT_EQ(life.type, c.who.type) << c.id;
    EXPECT_EQ(life.rounds, c.round) << c.id;
    EXPECT_EQ(life.returns, c.returns) << c.id;
    EXPECT_EQ(life.reports, c.reports) << c.id;
    EXPECT_TRUE(c.troubles.empty()) << c.id << " was spared what was planned for it";
  }
}

std::size_t files_below(const std::string& folder, const std::string& ending) {
  std::size_t files = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    files += entry.is_regular_file() && entry.path().extension() == ending;
  return files;
}

void print(const Season& season, int compared) {
  const auto line = [](const char* title, const std::map<std::string, int>& counts) {
    std::cout << title << ":";
    for (const auto& [what, n] : counts) std::cout << " " << what << " " << n << ";";
    std::cout << "\n";
  };
  std::cout << "season: " << season.offices().size() << " units, " << season.cases().size()
            << " applications, " << season.days() << " working days, " << season.post().deliveries()
            << " deliveries, " << compared << " numbers compared; the program ran "
            << season.post().seconds() << " s, its papers were filled in "
            << season.post().filling_seconds() << " s\n";
  line("what happened", season.happened());
  line("results", season.post().results());
  line("findings", season.post().codes());
}

TEST(Season, EveryCaseComesToItsEndEveryFindingWasPlantedAndTheNumbersAreThoseOfTheLedger) {
  tests::Program program("season");
  Season season(program, kApplications);
  while (!season.is_over() && season.days() < kLongest && !HasFatalFailure())
    season.day(evening(season.days()));
  EXPECT_TRUE(season.is_over());
  season.come_late(4, "2026-12-16T09:00:00+08:00");

  // Nothing is left anywhere: every list is empty, no form lies in a queue, every delivery has its one receipt.
  EXPECT_TRUE(season.look().empty());
  EXPECT_EQ(files_below(program.path("outbox/receipts"), ".json"), season.post().deliveries());
  EXPECT_EQ(files_below(program.path("outbox/receipts"), ".pdf"), season.post().deliveries());
  for (const char* ending : {".zip", ".json", ".pdf", ".xlsx"})
    EXPECT_EQ(files_below(program.path("inbox"), ending), 0U);

  const Ledger ledger(program.path("state/ledger.sqlite"));
  expect_as_planned(season.cases(), ledger);
  StatisticsCheck statistics(program.path("outbox/reports/统计汇总.xlsx"), ledger);
  statistics.overview(season.post().results());
  statistics.series();
  statistics.types();
  int compared = statistics.compared();
  std::set<std::string> drops;
  for (const auto& [id, life] : ledger.applications)
    drops.insert(life.lain_with.begin(), life.lain_with.end());
  for (const std::string& drop : drops)
    compared += check_roster(program.path("outbox/reports/" + drop + "/2026/申报人员花名册.xlsx"),
                             drop, ledger);

  print(season, compared);
}

}  // namespace
