#include <gtest/gtest.h>

#include "tests/word_line.hpp"

// A clock that is set back changes neither the order of events nor what has fired.

namespace {

using pipeline::Time;

constexpr std::int64_t kMinute = 60'000'000;

class ClockTest : public tests::WordLine {
 protected:
  pipeline::Tally run_at(std::int64_t minutes) {
    return run(*real, *pipeline::make_clock(Time{minutes * kMinute}));
  }
};

TEST_F(ClockTest, SetBackBetweenRunsItFiresNoTimerTwiceAndKeepsTheOrderOfEvents) {
  drop("first");
  run_at(1000);
  run_at(1002);
  EXPECT_EQ(events(), (std::vector<std::string>{"said first", "echoed first"}));
  drop("second");
  run_at(10);
  EXPECT_EQ(events(), (std::vector<std::string>{"said first", "echoed first", "said second"}));
  run_at(12);
  run_at(1002);
  run_at(1001);
  EXPECT_EQ(events(), (std::vector<std::string>{"said first", "echoed first", "said second",
                                                "echoed second"}));
  EXPECT_FALSE(pipeline::Ledger::open(ledger_file())->next_timer());
}

/// Each look at it gives the next of its times, and the last for ever.
class Jumping : public pipeline::Clock {
 public:
  explicit Jumping(std::vector<std::int64_t> minutes) : minutes_(std::move(minutes)) {}
  Time now() const override {
    const std::int64_t minute = minutes_[next_];
    if (next_ + 1 < minutes_.size()) ++next_;
    return {minute * kMinute};
  }

 private:
  std::vector<std::int64_t> minutes_;
  mutable std::size_t next_ = 0;
};

TEST_F(ClockTest, SetBackWhileTheLineWatchesItFiresNoTimerTwice) {
  for (const char* word : {"a", "b", "c", "d", "e"}) drop(word);
  options.watch = true;
  options.group = 1;
  observer.stop = until([&] { return in_inbox() == 0; });
  run(*real, Jumping({100, 105, 90, 200, 50, 51, 300, 10, 500, 400, 20, 1000, 3}));
  options.watch = false;
  run_at(2000);
  run_at(1);
  std::map<std::string, int> times;
  for (const std::string& event : events()) ++times[event];
  EXPECT_EQ(times.size(), 10U);
  for (const auto& [event, count] : times) EXPECT_EQ(count, 1) << event;
  std::int64_t seq = 0;
  pipeline::Ledger::open(ledger_file())->each_event([&](const pipeline::StoredEvent& e) {
    EXPECT_EQ(e.seq, ++seq) << "a chain without a gap";
  });
}

}  // namespace
