#include "stages/produce/statistics.hpp"

#include "tests/statistics_samples.hpp"

namespace {

using namespace statistics_samples;

using StatisticsTest = Ledger;

TEST_F(StatisticsTest, AnUnknownKindOfDeliveryIsCountedAsUnrecognised) {
  delivery(Result::Refused, "holiday_request", "2026-11-20T09:00:00+08:00");
  const produce::Statistics statistics = count();
  EXPECT_EQ(statistics.deliveries.back().by_result[static_cast<std::size_t>(Result::Refused)], 1);
  EXPECT_EQ(statistics.received, 1);
}

TEST_F(StatisticsTest, ApplicationsAreCountedBySeriesLevelAndProgress) {
  fill();
  const produce::Statistics statistics = count();
  const auto series = [&](const std::string& code) {
    for (const auto& row : statistics.series)
      if (row.code == code) return row.count;
    return statistics.series.back().count;
  };
  const auto teachers = series("primary_secondary_teacher");
  EXPECT_EQ(teachers[produce::Submitted][1], 3);
  EXPECT_EQ(teachers[produce::Returned][1], 1);
  EXPECT_EQ(teachers[produce::Closed][1], 1);
  EXPECT_EQ(teachers[produce::Reported][1], 0)
      << "what the base unit itself does not accept was never reported";
  EXPECT_EQ(series("engineering")[produce::Reported][2], 1);
  EXPECT_EQ(series("unheard_of")[produce::Submitted][5], 1) << "no level: counted as 未注明";
}

TEST_F(StatisticsTest, EveryStateOfACaseIsOneStandingAndRoundsFromTheFifthOnAreOne) {
  const std::vector<std::pair<const char*, produce::Standing>> states = {
      {"attachments_received", produce::NotSubmitted},
      {"at_base_unit", produce::Pending},
      {"at_receiving_unit", produce::Pending},
      {"at_committee", produce::Pending},
      {"returned", produce::SentBack},
      {"accepted", produce::Granted},
      {"not_accepted", produce::Denied},
      {"recalled", produce::TakenBack},
      {"lost", produce::OtherStanding}};
  for (const auto& [state, standing] : states) {
    view_.spaces.clear();
    application("A-000000000001").set("state", state);
    EXPECT_EQ(count().submissions[3].by_standing[standing], 1) << state;
  }
  view_.spaces.clear();
  for (int round = 1; round <= 7; ++round)
    application("A-00000000000" + std::to_string(round)).set("round", round);
  const produce::Statistics statistics = count();
  EXPECT_EQ(produce::sum(statistics.rounds[3].count), 1);
  EXPECT_EQ(produce::sum(statistics.rounds[4].count), 3);
  EXPECT_EQ(statistics.submissions[3].submissions, 1);
  EXPECT_EQ(statistics.submissions[4].submissions, 2 + 3 + 4 + 5 + 6 + 7);
}

TEST_F(StatisticsTest, AgeBandsEndWhereTheOfficialTablesEnd) {
  const std::vector<std::pair<int, std::size_t>> bands = {
      {35, 0}, {36, 1}, {40, 1}, {41, 2}, {45, 2}, {46, 3}, {50, 3}, {51, 4}, {54, 4}, {55, 5}};
  for (const auto& [age, row] : bands) {
    view_.spaces.clear();
    application("A-000000000001").set("birth_date", std::to_string(2026 - age) + "-12-31");
    const produce::PeopleTable table = count().people[4];
    EXPECT_EQ(produce::sum(table.rows[row].count), 1) << age;
  }
}

TEST_F(StatisticsTest, QueuesShowWhatIsDueWhenAndHowLongItTook) {
  registration("R-000000000001");                           // due today
  registration("R-000000000002").set("due", "2026-11-26");  // tomorrow
  registration("R-000000000003").set("due", "2026-11-24");  // overdue
  registration("R-000000000004").set("due", "2026-11-27");  // later
  Value& handled = registration("R-000000000005");
  handled.set("state", "approved");
  handled.set("queue", "");
  step(handled, "2026-11-19T21:00:00+08:00", "agency-431382-pt");
  const produce::Statistics statistics = count();
  ASSERT_EQ(statistics.queues.size(), 1U);
  const produce::QueueRow& queue = statistics.queues.front();
  EXPECT_EQ(queue.today, 1);
  EXPECT_EQ(queue.tomorrow, 1);
  EXPECT_EQ(queue.overdue, 1);
  EXPECT_EQ(queue.later, 1);
  EXPECT_EQ(queue.oldest_days, 7);
  EXPECT_EQ(queue.handled, 1);
  EXPECT_DOUBLE_EQ(queue.handling_days, 1.5);
  EXPECT_EQ(queue.name, "涟源市人力资源和社会保障局专技股");
}

TEST_F(StatisticsTest, AHopBetweenQueuesIsTimedInEachOfThem) {
  const std::string base = "unit-12652901PDY0001249", above = "unit-11652901PDY000116H";
  Value& hopping = application("A-000000000001");     // 11-20 09:00 submitted
  step(hopping, "2026-11-21T09:00:00+08:00", base);   // reported up
  step(hopping, "2026-11-23T09:00:00+08:00", above);  // returned
  hopping.set("round", 2);
  step(hopping, "2026-11-24T09:00:00+08:00", base);  // submitted again
  step(hopping, "2026-11-24T21:00:00+08:00", base);  // a step that moves nothing
  std::map<std::string, produce::QueueRow> queues;
  for (const auto& row : count().queues) queues[row.queue] = row;
  EXPECT_EQ(queues[base].handled, 1);
  EXPECT_DOUBLE_EQ(queues[base].handling_days, 1);
  EXPECT_EQ(queues[above].handled, 1);
  EXPECT_DOUBLE_EQ(queues[above].handling_days, 2);
  EXPECT_EQ(queues[base].pending(), 1);
  EXPECT_EQ(queues[base].oldest_days, 1) << "since it was submitted again";
}

TEST_F(StatisticsTest, ThePeriodIncludesItsFirstAndLastDayInBeijing) {
  fill();
  const pipeline::Day day = *pipeline::parse_iso_date("2026-11-21");
  EXPECT_EQ(count({day, day}).received, 2) << "00:00:00 and 23:59:59 of that day";
  EXPECT_EQ(count({day, std::nullopt}).received, 3);
  EXPECT_EQ(count({std::nullopt, day}).received, 4);
  EXPECT_EQ(produce::sum(count({day, std::nullopt}).application_states), 0);
  EXPECT_EQ(produce::sum(count({std::nullopt, day}).application_states), 5);
}

TEST_F(StatisticsTest, PendingCasesFromBeforeThePeriodStillWaitInTheirQueue) {
  registration("R-000000000001");
  const produce::Statistics statistics = count({*pipeline::parse_iso_date("2026-11-25"), {}});
  EXPECT_EQ(produce::sum(statistics.registration_states), 0);
  ASSERT_EQ(statistics.queues.size(), 1U);
  EXPECT_EQ(statistics.queues.front().pending(), 1);
}

TEST_F(StatisticsTest, AUnitThatWasCreatedForItIsNotCalledUnregistered) {
  application("A-000000000001");
  EXPECT_EQ(count().units.front().registration, "未注册");
  view_.spaces["unit"]["12652901PDY0001249"] =
      Value::object({{"uscc", "12652901PDY0001249"}, {"mode", "ASSIGNED"}});
  EXPECT_EQ(count().units.front().registration, "注册分配");
  Value& changed = registration("R-000000000001");
  changed.set("uscc", "12652901PDY0001249");
  changed.set("state", "approved");
  EXPECT_EQ(count().units.front().registration, "审核通过");
}

}  // namespace
