#include <gtest/gtest.h>
#include <sqlite3.h>

#include <atomic>
#include <optional>
#include <sstream>
#include <thread>

#include "pipeline/books.hpp"
#include "pipeline/database.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "tests/either_engine.hpp"

// One suite on both engines.

namespace {

using pipeline::Effect;
using pipeline::Event;
using pipeline::Ledger;
using pipeline::Outcome;
using pipeline::Result;
using pipeline::Time;
using pipeline::Transaction;
using pipeline::Value;

class LedgerTest : public EitherEngine {
 protected:
  void SetUp() override {
    EitherEngine::SetUp();
    if (!IsSkipped()) ledger = Ledger::open(place);
  }

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
};

INSTANTIATE_TEST_SUITE_P(On, LedgerTest, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& engine) { return engine.param; });

TEST_P(LedgerTest, KeepsTheLastVersionOfADocumentAndFindsItByItsPresentIndexOnly) {
  commit("s1", put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}}));
  commit("s2", put("R-1", Value::object({{"n", 2}}), {{"queue", "b"}}));
  EXPECT_EQ((*ledger->document("case", "R-1"))["n"].integer(), 2);
  EXPECT_TRUE(ledger->find("case", "queue", "a").empty());
  EXPECT_EQ(ledger->find("case", "queue", "b"), std::vector<std::string>{"R-1"});
}

TEST_P(LedgerTest, ForgetsADocumentThatIsRemoved) {
  commit("s1", put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}}));
  commit("s2", put("R-1", std::nullopt));
  EXPECT_FALSE(ledger->document("case", "R-1"));
  EXPECT_TRUE(ledger->find("case", "queue", "a").empty());
}

TEST_P(LedgerTest, WhatIsPutOnceIsNamedByItsEventAndKeptOnce) {
  Outcome outcome = put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}});
  const Value form = Value::object({{"说", "一次"}});
  const std::string scan(64, 'a');
  outcome.events[0].puts.push_back({"form", "R-1-r1", form, {{"scan", scan}}, true});
  commit("s1", outcome);
  const std::string expected =
      R"({"what":null,"puts":[{"space":"case","key":"R-1","body":{"n":1},"index":[["queue","a"]]},)"
      R"({"space":"form","key":"R-1-r1","sha256":")" +
      pipeline::sha256(form.dump()) + R"(","index":[["scan",")" + scan + R"("]]}]})";
  EXPECT_EQ(ledger->events_of("R-1")[0].body, expected);
  EXPECT_EQ(ledger->document("form", "R-1-r1"), form);
  EXPECT_EQ(ledger->find("form", "scan", scan), std::vector<std::string>{"R-1-r1"});
  EXPECT_TRUE(ledger->find("form", "scan", std::string(64, 'b')).empty());
}

TEST_P(LedgerTest, WhatIsPutOnceCannotBePutAgain) {
  Outcome outcome;
  outcome.events.push_back({"received", "R-1", Value(), {{"form", "R-1-r1", Value(1), {}, true}}});
  commit("s1", outcome);
  outcome.events[0].puts[0].body = Value(2);
  EXPECT_THROW(commit("s2", outcome), std::logic_error);
  EXPECT_EQ(ledger->document("form", "R-1-r1"), Value(1));
  EXPECT_EQ(ledger->last_event(), 1);
}

TEST_P(LedgerTest, IndexEntriesThatStayAreLeftAndThoseThatGoAreDropped) {
  commit("s1", put("R-1", Value(1), {{"queue", "a"}, {"uscc", "u"}, {"queue", "a"}}));
  commit("s2", put("R-2", Value(1), {{"queue", "a"}}));
  commit("s3", put("R-1", Value(2), {{"uscc", "u"}, {"queue", "b"}, {"open", "yes"}}));
  EXPECT_EQ(ledger->find("case", "queue", "a"), std::vector<std::string>{"R-2"});
  EXPECT_EQ(ledger->find("case", "queue", "b"), std::vector<std::string>{"R-1"});
  EXPECT_EQ(ledger->find("case", "uscc", "u"), std::vector<std::string>{"R-1"});
  EXPECT_EQ(ledger->find("case", "open", "yes"), std::vector<std::string>{"R-1"});
  commit("s4", put("R-1", Value(3)));
  for (const char* field : {"queue", "uscc", "open"})
    for (const char* value : {"b", "u", "yes"})
      EXPECT_TRUE(ledger->find("case", field, value).empty()) << field << value;
}

TEST_P(LedgerTest, RollsBackWhatWasNotCommitted) {
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

TEST_P(LedgerTest, ASavepointThatFailsTakesOnlyItsOwnPartAway) {
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

TEST_P(LedgerTest, EachEventCarriesTheDigestOfTheOneBefore) {
  commit("s1", put("R-1", Value(1)));
  commit("s2", put("R-1", Value(2)));
  const auto events = ledger->events_of("R-1");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].previous, "");
  EXPECT_EQ(events[1].previous, events[0].digest);
  EXPECT_NE(events[1].digest, events[0].digest);
  EXPECT_EQ(events[0].digest.size(), 64U);
}

TEST_P(LedgerTest, OnlyBytesThatHadAnEffectAreEarlier) {
  Outcome refused;
  refused.result = Result::Refused;
  commit("s1", refused);
  EXPECT_FALSE(ledger->earlier("s1"));
  commit("s1", put("R-1", Value(1)));
  ASSERT_TRUE(ledger->earlier("s1"));
  EXPECT_EQ(ledger->earlier("s1")->case_id, "R-1");
}

TEST_P(LedgerTest, AnEffectIsPendingUntilItIsDone) {
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

TEST_P(LedgerTest, ATimerFiresOnceAndNotBeforeItIsDue) {
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

TEST_P(LedgerTest, TellsWhichInboxFilesMayStillLieThere) {
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

TEST_P(LedgerTest, CountsTheReceiptsOfAStemAndListsAllDeliveries) {
  commit("s1", put("R-1", Value(1)), "receipts/public/a");
  commit("s1", put("R-1", Value(1)), "receipts/public/a");
  EXPECT_EQ(ledger->receipts("s1", "receipts/public/a"), 2);
  EXPECT_EQ(ledger->receipts("s1", "receipts/public/b"), 0);
  int seen = 0;
  ledger->each_received([&](const pipeline::Received& r) {
    ++seen;
    EXPECT_EQ(r.id, seen);
    EXPECT_EQ(r.result, Result::Accepted);
    EXPECT_EQ(r.drop, "public");
  });
  EXPECT_EQ(seen, 2);
}

TEST_P(LedgerTest, AnOverlayShowsItsOwnChangesAndLeavesTheLedgerAlone) {
  commit("s1", put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}}));
  commit("s2", put("R-3", Value::object({{"n", 3}}), {{"queue", "a"}}));
  commit("s3",
         put("R-4", pipeline::parse_json(R"({"n":4,"x":{"n":5,"y":6}})").value, {{"queue", "c"}}));
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
  EXPECT_EQ(all, "R-1=9 R-2=2 R-4=4 ");
  const auto all_ahead = [&](const std::vector<std::string_view>& members) {
    std::string out;
    overlay.each_ahead("case", members, [&](const std::string& key, const Value& body) {
      return [&] { out += key + "=" + body["n"].text() + "," + body["x"].dump() + " "; };
    });
    return out;
  };
  EXPECT_EQ(all_ahead({"n"}), "R-1=9,null R-2=2,null R-4=4,null ");
  EXPECT_EQ(all_ahead({"n", "x"}), "R-1=9,null R-2=2,null R-4=4,{\"n\":5} ");
  EXPECT_EQ(ledger->find("case", "queue", "a").size(), 2U);
}

TEST_P(LedgerTest, KeepsWhatItWasToldWhenItIsOpenedAgain) {
  commit("s1", put("R-1", Value::object({{"n", 1}}), {{"queue", "a"}}));
  ledger = Ledger::open(place);
  EXPECT_EQ((*ledger->document("case", "R-1"))["n"].integer(), 1);
  EXPECT_EQ(ledger->last_event(), 1);
  EXPECT_EQ(ledger->last_bundle(), 1);
}

TEST_P(LedgerTest, OrdersKeysByTheirBytesWhateverTheServersLanguage) {
  for (const char* key : {"b", "B", "中", "a", "Z-1", "_"})
    commit("s", put(key, Value(1), {{"f", "x"}}));
  const std::vector<std::string> by_bytes{"B", "Z-1", "_", "a", "b", "中"};
  EXPECT_EQ(ledger->find("case", "f", "x"), by_bytes);
  std::vector<std::string> visited;
  ledger->each("case", [&](const std::string& key, const Value&) { visited.push_back(key); });
  EXPECT_EQ(visited, by_bytes);
}

TEST_P(LedgerTest, GivesBackTheExactPathOfAFileWhoseNameIsNoUtf8) {
  const std::string path = "inbox/\xCE\xC4\xFF.zip";
  Transaction transaction(*ledger);
  pipeline::Submission submission;
  ledger->commit_outcome({"public", "文", path, 5, 7, 9}, submission, {}, "stem", "rules", Time{1});
  transaction.commit();
  ASSERT_EQ(ledger->untaken().size(), 1U);
  EXPECT_EQ(ledger->untaken()[0].delivery.path, path);
}

TEST_P(LedgerTest, ATextWithANulIsNotCutThere) {
  const std::string odd("a\0b", 3);
  commit("s1", put("R-1", Value(odd), {{"username", odd}}));
  commit("s2", put("R-2", Value(1), {{"username", "a"}}));
  EXPECT_EQ(ledger->find("case", "username", odd), std::vector<std::string>{"R-1"});
  EXPECT_EQ(ledger->find("case", "username", "a"), std::vector<std::string>{"R-2"});
  EXPECT_EQ(ledger->document("case", "R-1")->string(), odd);
}

TEST_P(LedgerTest, ATextThatIsTooLongForAnIndexIsFoundAllTheSame) {
  std::string name;  // of digits that no compression makes short
  for (int i = 0; i < 150; ++i) name += pipeline::sha256(std::to_string(i));
  commit("s1", put(name, Value(1), {{"username", name + "1"}}));
  commit("s2", put("R-2", Value(2), {{"username", name + "2"}}));
  ASSERT_TRUE(ledger->document("case", name));
  EXPECT_EQ(ledger->find("case", "username", name + "1").size(), 1U);
  EXPECT_EQ(ledger->find("case", "username", name + "2"), std::vector<std::string>{"R-2"});
  commit("s3", put(name, std::nullopt));
  EXPECT_FALSE(ledger->document("case", name));
}

TEST_P(LedgerTest, LargeAndNegativeNumbersComeBackAsTheyWere) {
  Outcome outcome;
  outcome.timers.push_back({Time{-5}, "before 1970", Value(1)});
  commit("s1", outcome);
  ASSERT_EQ(ledger->due_timers(Time{0}, 10).size(), 1U);
  EXPECT_EQ(ledger->due_timers(Time{0}, 10)[0].timer.due.us, -5);
  Transaction transaction(*ledger);
  pipeline::Submission submission;
  ledger->commit_outcome({"public", "a", "a", 1, INT64_MAX, 0xFFFFFFFFFFFFFFFFULL}, submission, {},
                         "stem", "rules", Time{1});
  transaction.commit();
  EXPECT_EQ(ledger->untaken().back().delivery.modified_ns, INT64_MAX);
  EXPECT_EQ(ledger->untaken().back().delivery.inode, 0xFFFFFFFFFFFFFFFFULL);
}

TEST_P(LedgerTest, AFaultInsideASavepointLeavesTheRestOfTheTransactionWhole) {
  commit("s1", put("R-1", Value(1)));
  pipeline::Database other(place);
  other.begin();
  other.execute("SAVEPOINT part");
  EXPECT_THROW(other.execute("INSERT INTO meta (name, content) VALUES ('schema', 'twice')"),
               pipeline::Fault);
  other.rollback_to_savepoint("part");
  other.execute("INSERT INTO meta (name, content) VALUES ('after', 'x')");
  other.commit();
  EXPECT_EQ(ledger->meta("after"), "x");
}

TEST_P(LedgerTest, WhoComesSecondWaitsUntilTheFirstHasDecided) {
  auto first = std::make_unique<Transaction>(*ledger);
  std::atomic<bool> decided{false};
  std::thread second([&] {
    const auto other = Ledger::open(place);
    Transaction transaction(*other);
    EXPECT_TRUE(decided);
    EXPECT_EQ(other->last_bundle(), 1);
  });
  pipeline::Submission submission;
  ledger->commit_outcome({}, submission, put("R-1", Value(1)), "stem", "rules", Time{1});
  decided = true;
  first->commit();
  second.join();
}

TEST_P(LedgerTest, ANewerSchemaIsRefusedAndSaysWhatToDo) {
  ledger->set_meta("schema", "99");
  ledger.reset();
  try {
    Ledger::open(place);
    FAIL() << "it was opened";
  } catch (const pipeline::Fault& fault) {
    EXPECT_EQ(fault.kind, pipeline::FaultKind::Stop);
    EXPECT_NE(fault.why.find("newer program"), fault.why.npos) << fault.why;
    EXPECT_NE(fault.why.find("99"), fault.why.npos) << fault.why;
  }
}

TEST(LedgerOnAServer, AFailedStatementThatNobodyTookBackForbidsTheCommit) {
  if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
  const PostgresDatabase server;
  pipeline::Database database(server.url());
  database.execute("CREATE TABLE t (n BIGINT PRIMARY KEY)");
  database.begin();
  database.execute("INSERT INTO t VALUES (1)");
  EXPECT_THROW(database.execute("INSERT INTO t VALUES (1)"), pipeline::Fault);
  // PostgreSQL would answer this COMMIT with a silent ROLLBACK.
  EXPECT_THROW(database.commit(), pipeline::Fault);
  database.rollback();
}

TEST(LedgerOnAServer, NoMessageHoldsThePassword) {
  if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
  std::string url = postgres_url();
  url.insert(url.find('@'), ":s3cret-w0rd");
  url = url.substr(0, url.rfind('/')) + "/no_such_database";
  try {
    Ledger::open(url);
    FAIL() << "it was opened";
  } catch (const pipeline::Fault& fault) {
    const std::string text = fault.what();
    EXPECT_EQ(text.find("s3cret"), text.npos) << text;
    EXPECT_NE(text.find("no_such_database"), text.npos) << text;
  }
}

TEST(LedgerOnAServer, AServerThatIsAwayIsAFaultThatMayPass) {
  try {
    Ledger::open("postgresql://dossier@%2Fno%2Fsuch%2Ffolder/x");
    FAIL() << "it was opened";
  } catch (const pipeline::Fault& fault) {
    EXPECT_EQ(fault.kind, pipeline::FaultKind::Retry);
  }
}

TEST(LedgerOnAServer, AConnectionThatIsCutIsAFaultThatMayPass) {
  if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
  const PostgresDatabase server;
  const auto ledger = Ledger::open(server.url());
  Transaction transaction(*ledger);
  pipeline::Database(postgres_url())
      .execute("SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE datname = '" +
               server.url().substr(server.url().rfind('/') + 1) + "'");
  try {
    ledger->set_meta("a", "b");
    FAIL() << "it went on";
  } catch (const pipeline::Fault& fault) {
    EXPECT_EQ(fault.kind, pipeline::FaultKind::Retry) << fault.what();
  }
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
