#include <gtest/gtest.h>

#include <memory>
#include <optional>

#include "pipeline/database.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/lines.hpp"
#include "tests/postgres.hpp"

// Several lines on one ledger: whose work is whose, and what becomes of a dead line's.

namespace {

using pipeline::Delivery;
using pipeline::Ledger;
using pipeline::Lines;
using pipeline::Outcome;
using pipeline::Time;
using pipeline::Transaction;
using pipeline::Value;

class SeveralLines : public testing::Test {
 protected:
  void SetUp() override {
    if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
    server.emplace();
    a = join("host-1");
    b = join("host-2");
  }

  std::unique_ptr<Ledger> join(const std::string& seat) const {
    constexpr double kLeaseSeconds = 600;
    auto ledger = Ledger::open(server->url());
    ledger->lines().join(seat, {"worklist"}, kLeaseSeconds);
    return ledger;
  }

  static std::int64_t decide(Ledger& ledger, const std::string& path, const std::string& paper,
                             const std::string& maker = "form") {
    Outcome outcome;
    outcome.effects.push_back({maker, paper, Value(), std::nullopt});
    pipeline::Submission submission;
    submission.size = 5;
    Transaction transaction(ledger);
    ledger.commit_outcome({"public", path, path, 5, 7, 9}, submission, outcome, "stem", "rules",
                          Time{1});
    const std::int64_t effect = ledger.new_effects()[0];
    transaction.commit();
    return effect;
  }
  static void mark_done(Ledger& ledger, std::int64_t effect) {
    Transaction transaction(ledger);
    ledger.mark_done(effect);
    transaction.commit();
  }
  static Delivery delivery(const std::string& path) { return {"public", path, path, 5, 7, 9}; }

  std::optional<PostgresDatabase> server;
  std::unique_ptr<Ledger> a, b;
};

TEST_F(SeveralLines, APieceOfWorkIsClaimedByOneOnlyUntilItIsReleased) {
  EXPECT_EQ(a->lines().claim({"x", "y"}), (std::set<std::string>{"x", "y"}));
  EXPECT_EQ(b->lines().claim({"y", "z"}), std::set<std::string>{"z"});
  EXPECT_EQ(a->lines().claim({"x"}), std::set<std::string>{"x"});
  Transaction transaction(*a);
  a->lines().release({"y"});
  transaction.commit();
  EXPECT_EQ(b->lines().claim({"x", "y"}), std::set<std::string>{"y"});
}

TEST_F(SeveralLines, TheWorkOfALineWhoseLeaseHasRunOutGoesToAnotherAndItselfIsTurnedAway) {
  b->lines().claim({"x"});
  decide(*b, "inbox/1", "queues/q/R-1");
  EXPECT_FALSE(a->lines().take_over()) << "it is alive";
  EXPECT_TRUE(a->pending_effects(10).empty());
  pipeline::Database(server->url()).execute("UPDATE line SET expires = 0 WHERE seat = 'host-2'");
  EXPECT_TRUE(a->lines().take_over());
  ASSERT_EQ(a->pending_effects(10).size(), 1U);
  ASSERT_EQ(a->untaken().size(), 1U);
  EXPECT_EQ(a->untaken()[0].delivery.path, "inbox/1");
  EXPECT_EQ(a->lines().claim({"x"}), std::set<std::string>{"x"});
  try {
    Transaction transaction(*b);
    FAIL() << "it went on deciding";
  } catch (const pipeline::Fault& fault) {
    EXPECT_EQ(fault.kind, pipeline::FaultKind::Retry);
  }
}

TEST_F(SeveralLines, WhatALineClaimsAfterItWasTakenForDeadIsFreeAtTheNextLook) {
  pipeline::Database(server->url()).execute("DELETE FROM line WHERE seat = 'host-2'");
  EXPECT_EQ(b->lines().claim({"x"}), std::set<std::string>{"x"});
  EXPECT_TRUE(a->lines().claim({"x"}).empty());
  a->lines().claim({"own"});
  a->lines().take_over();
  EXPECT_EQ(a->lines().claim({"x"}), std::set<std::string>{"x"});
  EXPECT_TRUE(join("host-3")->lines().claim({"own"}).empty()) << "the living keep theirs";
}

TEST_F(SeveralLines, WhoTakesASeatTakesOverAtOnceWhatItsLastHolderLeft) {
  decide(*b, "inbox/1", "queues/q/R-1");
  b.reset();  // it dies; its lease has ten minutes to go
  EXPECT_FALSE(a->lines().take_over());
  const auto again = join("host-2");
  EXPECT_TRUE(again->lines().take_over());
  EXPECT_EQ(again->pending_effects(10).size(), 1U);
}

TEST_F(SeveralLines, AHeartbeatKeepsALineAlive) {
  constexpr double kShort = 1;
  const auto third = Ledger::open(server->url());
  third->lines().join("host-3", {}, kShort);
  pipeline::Database database(server->url());
  pipeline::Query<std::int64_t> lease(database, "SELECT expires FROM line WHERE seat = 'host-3'");
  const std::int64_t first = std::get<0>(*lease.first());
  std::int64_t renewed = first;
  // Asked again and again: a beat comes every third of a second.
  for (int i = 0; i < 1'000'000 && renewed == first; ++i) renewed = std::get<0>(*lease.first());
  EXPECT_GT(renewed, first);
}

TEST_F(SeveralLines, WhoEndsLeavesWhatItCouldNotDoToWhoeverComes) {
  decide(*b, "inbox/1", "queues/q/R-1");
  b->lines().claim({"x"});
  b->lines().leave();
  EXPECT_TRUE(a->lines().take_over());
  EXPECT_EQ(a->pending_effects(10).size(), 1U);
  EXPECT_EQ(a->lines().claim({"x"}), std::set<std::string>{"x"});
}

TEST_F(SeveralLines, APaperWaitsForAnEarlierOneOfItsPathThatAnotherLineMakes) {
  const std::int64_t form = decide(*a, "inbox/1", "queues/q/R-1");
  const std::int64_t other = decide(*b, "inbox/2", "queues/q/R-2");
  const std::int64_t removal = decide(*b, "inbox/3", "queues/q/R-1", "remove");
  const auto waits = b->lines().must_wait();
  EXPECT_EQ(waits, (std::map<std::int64_t, std::set<std::int64_t>>{{removal, {form}}}));
  EXPECT_FALSE(waits.contains(other));
  EXPECT_TRUE(a->lines().must_wait().empty());
  mark_done(*a, form);
  EXPECT_TRUE(b->lines().must_wait().empty());
}

TEST_F(SeveralLines, APaperThatCouldNotBeMadeKeepsNobodyWaiting) {
  const std::int64_t form = decide(*a, "inbox/1", "queues/q/R-1");
  decide(*b, "inbox/2", "queues/q/R-1", "remove");
  Transaction transaction(*a);
  a->lines().give_up({form});
  transaction.commit();
  EXPECT_TRUE(b->lines().must_wait().empty());
}

TEST_F(SeveralLines, APaperThatCouldNotBeMadeComesBackOnlyWhenItIsTimeToTryAgain) {
  const std::int64_t form = decide(*a, "inbox/1", "queues/q/R-1");
  Transaction transaction(*a);
  a->lines().give_up({form});
  transaction.commit();
  EXPECT_FALSE(a->lines().take_over(false));
  EXPECT_TRUE(a->pending_effects(10).empty());
  EXPECT_TRUE(a->lines().take_over());
  EXPECT_EQ(a->pending_effects(10).size(), 1U);
}

TEST_F(SeveralLines, StandingPapersAreEveryLinesAndMadeByOneAtATime) {
  const std::int64_t list = decide(*a, "inbox/1", "queues/q/list", "worklist");
  ASSERT_EQ(b->pending_papers({"worklist"}).size(), 1U);
  EXPECT_EQ(b->pending_papers({"worklist"})[0].effect, list);
  EXPECT_TRUE(a->pending_effects(10).empty());
  EXPECT_TRUE(a->lines().try_alone());
  EXPECT_TRUE(a->lines().try_alone()) << "it is already";
  EXPECT_FALSE(b->lines().try_alone());
  a->lines().end_alone();
  EXPECT_TRUE(b->lines().try_alone());
}

TEST_F(SeveralLines, ALineThatIsDeadLetsGoOfWhatItHeldLocked) {
  EXPECT_TRUE(b->lines().try_alone());
  pipeline::Database(server->url()).execute("UPDATE line SET expires = 0 WHERE seat = 'host-2'");
  EXPECT_TRUE(a->lines().wait_alone([] { return false; }));
  EXPECT_THROW(Transaction{*b}, pipeline::Fault) << "it was cut off";
}

TEST_F(SeveralLines, WhatAnotherLineDecidedMeanwhileIsNotDecidedAgain) {
  decide(*b, "inbox/untaken", "receipts/1");
  a->lines().watch_others();
  decide(*b, "inbox/since", "receipts/2");
  decide(*a, "inbox/own", "receipts/3");
  Transaction transaction(*a);
  EXPECT_TRUE(a->lines().decided_elsewhere(delivery("inbox/untaken")));
  EXPECT_TRUE(a->lines().decided_elsewhere(delivery("inbox/since")));
  EXPECT_FALSE(a->lines().decided_elsewhere(delivery("inbox/own")));
  Delivery changed = delivery("inbox/since");
  changed.modified_ns = 8;
  EXPECT_FALSE(a->lines().decided_elsewhere(changed));
}

TEST_F(SeveralLines, AFileThatIsDroppedAgainIsSeenAtTheNextLook) {
  decide(*b, "inbox/1", "receipts/1");
  Transaction taken(*b);
  b->mark_taken(1);
  taken.commit();
  a->lines().watch_others();
  Transaction transaction(*a);
  EXPECT_FALSE(a->lines().decided_elsewhere(delivery("inbox/1")));
}

TEST_F(SeveralLines, NumbersOfEventsAndDeliveriesGoOnWhereTheOtherLineStopped) {
  decide(*a, "inbox/1", "receipts/1");
  const std::int64_t second = decide(*b, "inbox/2", "receipts/2");
  const std::int64_t third = decide(*a, "inbox/3", "receipts/3");
  EXPECT_EQ(second, 2);
  EXPECT_EQ(third, 3);
  EXPECT_EQ(a->last_bundle(), 3);
}

TEST(OneLine, IsItsOwnMaster) {
  const auto ledger = Ledger::open(":memory:");
  Lines& lines = ledger->lines();
  EXPECT_EQ(lines.claim({"x"}), std::set<std::string>{"x"});
  EXPECT_TRUE(lines.try_alone());
  EXPECT_FALSE(lines.take_over());
  EXPECT_TRUE(lines.must_wait().empty());
  EXPECT_FALSE(lines.decided_elsewhere({"public", "a", "a", 1, 2, 3}));
}

}  // namespace
