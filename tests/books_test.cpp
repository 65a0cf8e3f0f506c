#include "pipeline/books.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "pipeline/database.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/lines.hpp"
#include "tests/either_engine.hpp"

// What an auditor reads, on both engines.

namespace {

using pipeline::Books;
using pipeline::Ledger;
using pipeline::Outcome;
using pipeline::Proof;
using pipeline::Result;
using pipeline::StoredDelivery;
using pipeline::StoredEffect;
using pipeline::StoredPaper;
using pipeline::Time;
using pipeline::Transaction;
using pipeline::Value;

class BooksTest : public EitherEngine {
 protected:
  void SetUp() override {
    EitherEngine::SetUp();
    if (!IsSkipped()) ledger = Ledger::open(place);
  }

  void commit(const std::string& sha256, const std::string& key) {
    pipeline::Submission submission;
    submission.sha256 = sha256;
    Outcome outcome;
    outcome.result = Result::Accepted;
    outcome.events.push_back({"changed",
                              key,
                              Value(),
                              {{"case", key, Value::object({{"case", key}}), {{"queue", "q"}}}}});
    outcome.effects.push_back({"receipt", "receipts/" + sha256, Value("paper"), std::nullopt});
    Transaction transaction(*ledger);
    ledger->commit_outcome({"public", "a.zip", "inbox/\xFF.zip", 5, 7, 9}, submission, outcome,
                           "stem", "rules", Time{1000});
    transaction.commit();
  }
  void sql(const std::string& statement) { pipeline::Database(place).execute(statement); }
  std::vector<std::string> differences() {
    std::vector<std::string> out;
    for (const auto& d : Books(*ledger).compare_projections(10))
      out.push_back(std::to_string(static_cast<int>(d.kind)) + d.space + "/" + d.key);
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(On, BooksTest, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& engine) { return engine.param; });

TEST_P(BooksTest, EachDeliveryIsALinkOfTheChain) {
  commit("a", "R-1");
  commit("b", "R-2");
  const Books books(*ledger);
  std::vector<StoredDelivery> deliveries;
  std::vector<std::string> events, effects;
  std::vector<Proof> proofs;
  books.each_delivery([&](const StoredDelivery& d) { deliveries.push_back(d); });
  books.each_effect([&](const StoredEffect& e) { effects.push_back(effect_digest(e)); });
  books.each_proof([&](const Proof& p) { proofs.push_back(p); });
  ledger->each_event([&](const pipeline::StoredEvent& e) {
    EXPECT_EQ(event_digest(e), e.digest);
    events.push_back(e.digest);
  });
  ASSERT_EQ(deliveries.size(), 2U);
  ASSERT_EQ(proofs.size(), 2U);
  EXPECT_EQ(proofs[0].digest,
            pipeline::proof_digest({}, delivery_digest(deliveries[0]), events[0], {effects[0]}));
  EXPECT_EQ(proofs[1].digest,
            proof_digest(proofs[0], delivery_digest(deliveries[1]), events[1], {effects[1]}));
}

TEST_P(BooksTest, APaperIsKeptByItsPath) {
  Transaction transaction(*ledger);
  ledger->keep_paper({"receipts/甲.pdf", 1, "aa", 7});
  ledger->keep_paper({"receipts/甲.pdf", 2, "bb", 8});
  transaction.commit();
  std::vector<StoredPaper> papers;
  Books(*ledger).each_paper([&](const StoredPaper& p) { papers.push_back(p); });
  ASSERT_EQ(papers.size(), 1U);
  EXPECT_EQ(papers[0].effect, 2);
  EXPECT_EQ(papers[0].sha256, "bb");
}

TEST_P(BooksTest, ProjectionsAreComparedWithTheEventsAndReplaced) {
  commit("a", "R-1");
  commit("b", "R-2");
  EXPECT_EQ(differences(), std::vector<std::string>());
  sql("UPDATE document SET body = '{}' WHERE name = 'R-1'");
  sql("DELETE FROM document WHERE name = 'R-2'");
  sql("DELETE FROM document_index WHERE name = 'R-2'");
  sql("INSERT INTO document (space, name, body) VALUES ('case', 'R-0', '{}')");
  const std::vector<std::string> expected{"0case/R-1", "1case/R-2", "2case/R-0", "3case/R-2"};
  EXPECT_EQ(differences(), expected);
  {
    Transaction transaction(*ledger);
    EXPECT_EQ(differences(), expected);
    Books(*ledger).replace_projections();
    transaction.commit();
  }
  EXPECT_EQ(differences(), std::vector<std::string>());
  EXPECT_EQ(ledger->find("case", "queue", "q"), (std::vector<std::string>{"R-1", "R-2"}));
}

TEST_P(BooksTest, WhatWasPutOnceIsProvenByItsDigestAndNeverReplaced) {
  for (const std::string key : {"R-1", "R-2", "R-3"}) {
    Outcome outcome;
    outcome.events.push_back(
        {"received", key, Value(), {{"form", key, Value(key), {{"scan", key}}, true}}});
    Transaction transaction(*ledger);
    ledger->commit_deed(0, outcome, "rules", Time{1000});
    transaction.commit();
  }
  EXPECT_EQ(differences(), std::vector<std::string>());
  sql("UPDATE document SET body = '\"R-9\"' WHERE name = 'R-1'");
  sql("DELETE FROM document WHERE name = 'R-2'");
  sql("DELETE FROM document_index WHERE name = 'R-3'");
  const std::vector<std::string> lost{"5form/R-1", "5form/R-2"};
  EXPECT_EQ(differences(), (std::vector<std::string>{"5form/R-1", "5form/R-2", "3form/R-3"}));
  {
    Transaction transaction(*ledger);
    differences();
    Books(*ledger).replace_projections();
    transaction.commit();
  }
  EXPECT_EQ(differences(), lost);
  EXPECT_EQ(ledger->document("form", "R-1"), Value("R-9"));
  EXPECT_EQ(ledger->document("form", "R-3"), Value("R-3"));
  EXPECT_EQ(ledger->find("form", "scan", "R-3"), std::vector<std::string>{"R-3"});
}

TEST_P(BooksTest, WhatNestsDeeplyAndWhatHasALongNameIsComparedAsItWasKept) {
  Value deep = Value::array();
  for (int i = 0; i < 100; ++i) deep = Value::array({deep});
  const std::string name(5000, 'n');
  Outcome outcome;
  outcome.events.push_back(
      {"changed", "R-1", Value(), {{"case", name, Value::object({{"any", deep}}), {{"q", name}}}}});
  Transaction transaction(*ledger);
  ledger->commit_deed(0, outcome, "rules", Time{1000});
  transaction.commit();
  EXPECT_EQ(differences(), std::vector<std::string>());
}

TEST_P(BooksTest, AnEventThatCannotBeReadIsNamedAndNothingIsReplaced) {
  commit("a", "R-1");
  commit("b", "R-2");
  sql("UPDATE event SET body = '{' WHERE seq = 2");
  EXPECT_EQ(differences(), std::vector<std::string>{"4event/2"});
  {
    Transaction transaction(*ledger);
    EXPECT_EQ(differences(), std::vector<std::string>{"4event/2"});
    EXPECT_THROW(Books(*ledger).replace_projections(), pipeline::Fault);
  }
  EXPECT_TRUE(ledger->document("case", "R-2"));
}

TEST_P(BooksTest, ASnapshotIsOfOneMomentWhateverOthersWrite) {
  commit("a", "R-1");
  const auto reader = Ledger::open(place);
  const auto count = [&] {
    int deliveries = 0;
    Books(*reader).each_delivery([&](const StoredDelivery&) { ++deliveries; });
    return deliveries;
  };
  {
    const pipeline::Snapshot snapshot(*reader);
    commit("b", "R-2");
    EXPECT_EQ(count(), 1);
    EXPECT_EQ(Books(*reader).compare_projections(10).size(), 0U);
  }
  EXPECT_EQ(count(), 2);
}

TEST_P(BooksTest, ADeedOfAnAdministratorIsAnEventOfItsDelivery) {
  commit("a", "R-1");
  Outcome deed;
  deed.events.push_back({"released", "", Value(), {}});
  deed.effects.push_back({"remove", "quarantine/x", Value(), std::nullopt});
  {
    Transaction transaction(*ledger);
    ledger->commit_deed(1, deed, "rules", Time{2000});
    transaction.commit();
  }
  EXPECT_EQ(Books(*ledger).pending_effects(), 2);
  std::vector<std::string> names;
  ledger->each_event([&](const pipeline::StoredEvent& e) {
    names.push_back(e.name + " " + std::to_string(e.bundle));
  });
  EXPECT_EQ(names, (std::vector<std::string>{"changed 1", "released 1"}));
}

TEST_P(BooksTest, OnlyALineWhoseLeaseRunsIsAlive) {
  EXPECT_EQ(Books(*ledger).live_lines(), std::vector<std::string>());
  if (GetParam() != "PostgreSQL") return;
  sql("INSERT INTO line (id, seat, expires) VALUES (7, 'gone-1', 5)");
  ledger->lines().join("here-1", {}, 60);
  EXPECT_EQ(Books(*ledger).live_lines(), std::vector<std::string>{"here-1"});
  ledger->lines().leave();
  EXPECT_EQ(Books(*ledger).live_lines(), std::vector<std::string>());
}

TEST_P(BooksTest, OnlyAFileIsCopied) {
  commit("a", "R-1");
  const std::string copy = testing::TempDir() + "copy-" + std::to_string(getpid()) + ".sqlite";
  std::filesystem::remove(copy);
  if (GetParam() == "PostgreSQL") {
    EXPECT_THROW(Books(*ledger).copy_to(copy), pipeline::Fault);
    return;
  }
  Books(*ledger).copy_to(copy);
  EXPECT_EQ(Ledger::open(copy)->last_bundle(), 1);
  std::filesystem::remove(copy);
}

}  // namespace
