#include "pipeline/ahead.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>

// Rows that are worked on ahead of who reads them.

namespace {

struct Row {
  int number = 0, doubled = 0;
};

TEST(Ahead, GivesEveryRowWorkedOnAndInOrder) {
  for (const int count : {0, 1, 15, 16, 17, 1000}) {
    int seen = 0;
    pipeline::Ahead<Row> ahead([](Row& row) { row.doubled = 2 * row.number; },
                               [&](const Row& row) {
                                 EXPECT_EQ(row.number, seen++);
                                 EXPECT_EQ(row.doubled, 2 * row.number);
                               });
    for (int i = 0; i < count; ++i) ahead.add({i});
    ahead.finish();
    EXPECT_EQ(seen, count);
  }
}

TEST(Ahead, HandsOnWhatTheWorkThrowsAfterTheRowsBeforeIt) {
  int seen = 0;
  pipeline::Ahead<Row> ahead(
      [](Row& row) {
        if (row.number == 100) throw std::runtime_error("row 100");
      },
      [&](const Row&) { ++seen; });
  EXPECT_THROW(
      {
        for (int i = 0; i < 1000; ++i) ahead.add({i});
        ahead.finish();
      },
      std::runtime_error);
  EXPECT_EQ(seen, 96);
}

TEST(Ahead, WhoTurnsAwayLeavesNothingRunning) {
  std::atomic<int> worked = 0;
  {
    pipeline::Ahead<Row> ahead([&](Row&) { ++worked; },
                               [](const Row& row) {
                                 if (row.number == 10) throw std::runtime_error("enough");
                               });
    EXPECT_THROW(
        {
          for (int i = 0; i < 1000; ++i) ahead.add({i});
          ahead.finish();
        },
        std::runtime_error);
  }
  EXPECT_LT(worked, 1000);
}

}  // namespace
