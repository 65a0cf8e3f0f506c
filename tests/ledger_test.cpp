#include <gtest/gtest.h>

#include "pipeline/fault.hpp"
#include "pipeline/ledger.hpp"

namespace {

using pipeline::Effect;
using pipeline::Event;
using pipeline::Ledger;
using pipeline::Outcome;
using pipeline::Result;
using pipeline::Time;
using pipeline::Transaction;
using pipeline::Value;

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() : ledger(Ledger::open(":memory:")) {}

  std::int64_t commit(const std::string& sha256, Outcome outcome,
                      const std::string& stem = "stem") {
    pipeline::Submission submission;
    submission.sha256 = sha256;
    submission.kind = "kind";
    Transaction transaction(*ledger);
    const auto id = ledger->commit_outcome({"public", "a.zip", "inbox/a.zip", 5, 7, 9}, submission,
                                           outcome, stem, "rules", Time{1000});
    transaction.commit();
    return id;
  }

  static Outcome put(const std::string& key, std::optional<Value> body,
                     std::vector<std::pair<std::string, std::string>> index = {}) {
    Outcome outcome;
    outcome.result = Result::Accepted;
    outcome.case_id = "R-1";
    outcome.events.push_back(
        {"changed", "R-1", Value(), {{"case", key, std::move(body), std::move(index)}}});
    return outcome;
  }

  std::unique_ptr<Ledger> ledger;
};

TEST_F(LedgerTest, KeepsTheLastVersionOfADocumentAndFindsItByItsPresentIndexOnly) {
  commit("s1", put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}}));
  commit("s2", put("R-1", Value::object({{"n", 2}}), {{"queue", "b"}}));
  EXPECT_EQ((*ledger->document("case", "R-1"))["n"].integer(), 2);
  EXPECT_TRUE(ledger->find("case", "queue", "a").empty());
  EXPECT_EQ(ledger->find("case", "queue", "b"), std::vector<std::string>{"R-1"});
}

TEST_F(LedgerTest, ForgetsADocumentThatIsRemoved) {
  commit("s1", put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}}));
  commit("s2", put("R-1", std::nullopt));
  EXPECT_FALSE(ledger->document("case", "R-1"));
  EXPECT_TRUE(ledger->find("case", "queue", "a").empty());
}

TEST_F(LedgerTest, RollsBackWhatWasNotCommitted) {
  commit("s1", put("R-1", Value::object({{"n", 1}})));
  {
    pipeline::Submission submission;
    submission.sha256 = "s2";
    Transaction transaction(*ledger);
    ledger->commit_outcome({}, submission, put("R-2", Value()), "stem", "rules", Time{2000});
  }
  EXPECT_FALSE(ledger->document("case", "R-2"));
  EXPECT_EQ(ledger->last_event(), 1);
  EXPECT_EQ(ledger->last_bundle(), 1);
  commit("s3", put("R-3", Value()));
  EXPECT_EQ(ledger->last_event(), 2);
}

TEST_F(LedgerTest, ASavepointThatFailsTakesOnlyItsOwnPartAway) {
  pipeline::Submission submission;
  Transaction transaction(*ledger);
  submission.sha256 = "s1";
  ledger->commit_outcome({}, submission, put("R-1", Value(1)), "stem", "rules", Time{1000});
  {
    pipeline::Savepoint savepoint(*ledger);
    submission.sha256 = "s2";
    ledger->commit_outcome({}, submission, put("R-2", Value(2)), "stem", "rules", Time{1000});
  }
  submission.sha256 = "s3";
  const auto id =
      ledger->commit_outcome({}, submission, put("R-3", Value(3)), "stem", "rules", Time{1000});
  transaction.commit();
  EXPECT_EQ(id, 2);
  EXPECT_TRUE(ledger->document("case", "R-1"));
  EXPECT_FALSE(ledger->document("case", "R-2"));
  EXPECT_TRUE(ledger->document("case", "R-3"));
}

TEST_F(LedgerTest, EachEventCarriesTheDigestOfTheOneBefore) {
  commit("s1", put("R-1", Value(1)));
  commit("s2", put("R-1", Value(2)));
  const auto events = ledger->events_of("R-1");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].previous, "");
  EXPECT_EQ(events[1].previous, events[0].digest);
  EXPECT_NE(events[1].digest, events[0].digest);
  EXPECT_EQ(events[0].digest.size(), 64U);
}

TEST_F(LedgerTest, OnlyBytesThatHadAnEffectAreEarlier) {
  Outcome refused;
  refused.result = Result::Refused;
  commit("s1", refused);
  EXPECT_FALSE(ledger->earlier("s1"));
  commit("s1", put("R-1", Value(1)));
  ASSERT_TRUE(ledger->earlier("s1"));
  EXPECT_EQ(ledger->earlier("s1")->case_id, "R-1");
}

TEST_F(LedgerTest, AnEffectIsPendingUntilItIsDone) {
  Outcome outcome = put("R-1", Value(1));
  outcome.effects.push_back(
      {"receipt", "receipts/a", Value::object({{"x", 1}}), pipeline::Reference{"form", "R-1-r1"}});
  commit("s1", outcome);
  const auto pending = ledger->pending_effects(10);
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].effect.maker, "receipt");
  EXPECT_EQ(pending[0].effect.payload["x"].integer(), 1);
  EXPECT_EQ(pending[0].effect.subject->key, "R-1-r1");
  EXPECT_EQ(ledger->new_effects(), std::vector<std::int64_t>{pending[0].id});
  Transaction transaction(*ledger);
  ledger->mark_done(pending[0].id);
  transaction.commit();
  EXPECT_TRUE(ledger->pending_effects(10).empty());
}

TEST_F(LedgerTest, ATimerFiresOnceAndNotBeforeItIsDue) {
  Outcome outcome = put("R-1", Value(1));
  outcome.timers.push_back({Time{5000}, "later", Value::object({{"case", "R-1"}})});
  commit("s1", outcome);
  EXPECT_TRUE(ledger->due_timers(Time{4999}, 10).empty());
  const auto due = ledger->due_timers(Time{5000}, 10);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(ledger->next_timer()->us, 5000);
  Transaction transaction(*ledger);
  ledger->commit_timer(due[0].id, put("R-1", Value(2)), "rules", Time{6000});
  transaction.commit();
  EXPECT_TRUE(ledger->due_timers(Time{9000}, 10).empty());
  EXPECT_FALSE(ledger->next_timer());
}

TEST_F(LedgerTest, TellsWhichInboxFilesMayStillLieThere) {
  const auto id = commit("s1", put("R-1", Value(1)));
  const auto untaken = ledger->untaken();
  ASSERT_EQ(untaken.size(), 1U);
  EXPECT_EQ(untaken[0].delivery.path, "inbox/a.zip");
  EXPECT_EQ(untaken[0].delivery.inode, 9U);
  Transaction transaction(*ledger);
  ledger->mark_taken(id);
  transaction.commit();
  EXPECT_TRUE(ledger->untaken().empty());
}

TEST_F(LedgerTest, CountsTheReceiptsOfAStemAndListsAllDeliveries) {
  commit("s1", put("R-1", Value(1)), "receipts/public/a");
  commit("s1", put("R-1", Value(1)), "receipts/public/a");
  EXPECT_EQ(ledger->receipts("receipts/public/a"), 2);
  EXPECT_EQ(ledger->receipts("receipts/public/b"), 0);
  int seen = 0;
  ledger->each_received([&](const pipeline::Received& r) {
    ++seen;
    EXPECT_EQ(r.id, seen);
    EXPECT_EQ(r.result, Result::Accepted);
    EXPECT_EQ(r.drop, "public");
  });
  EXPECT_EQ(seen, 2);
}

TEST_F(LedgerTest, AnOverlayShowsItsOwnChangesAndLeavesTheLedgerAlone) {
  commit("s1", put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}}));
  commit("s2", put("R-3", Value::object({{"n", 3}}), {{"queue", "a"}}));
  pipeline::Overlay overlay(*ledger);
  overlay.apply(put("R-1", Value::object({{"n", 9}}), {{"queue", "b"}}).events);
  overlay.apply(put("R-2", Value::object({{"n", 2}}), {{"queue", "a"}}).events);
  overlay.apply(put("R-3", std::nullopt).events);
  EXPECT_EQ((*overlay.document("case", "R-1"))["n"].integer(), 9);
  EXPECT_EQ(overlay.find("case", "queue", "a"), std::vector<std::string>{"R-2"});
  std::string all;
  overlay.each("case", [&](const std::string& key, const Value& body) {
    all += key + "=" + body["n"].text() + " ";
  });
  EXPECT_EQ(all, "R-1=9 R-2=2 ");
  EXPECT_EQ(ledger->find("case", "queue", "a").size(), 2U);
}

TEST(LedgerFile, RefusesAFileThatIsNoLedger) {
  const std::string file = testing::TempDir() + "not-a-ledger";
  FILE* out = fopen(file.c_str(), "w");
  fputs("this is no database, but long enough to look at, surely more than a header has bytes ",
        out);
  fclose(out);
  EXPECT_THROW(Ledger::open(file), pipeline::Fault);
}

}  // namespace
