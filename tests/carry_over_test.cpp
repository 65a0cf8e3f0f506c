#include <gtest/gtest.h>

#include <sstream>

#include "pipeline/books.hpp"
#include "pipeline/database.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/lines.hpp"
#include "pipeline/text.hpp"
#include "tests/either_engine.hpp"

// Ledgers that an earlier release made, on both engines.

namespace {

using pipeline::Ledger;
using pipeline::Outcome;
using pipeline::Time;
using pipeline::Transaction;
using pipeline::Value;

// As the first released program made it.
constexpr const char* kSchemaOne = R"(
CREATE TABLE meta (name VARCHAR PRIMARY KEY, content VARCHAR NOT NULL);
CREATE TABLE bundle (id INTEGER PRIMARY KEY, sha256 VARCHAR NOT NULL, size BIGINT NOT NULL, folder VARCHAR NOT NULL,
  name VARCHAR NOT NULL, path VARCHAR NOT NULL, inode BIGINT NOT NULL, modified_ns BIGINT NOT NULL,
  received_at BIGINT NOT NULL, kind VARCHAR NOT NULL, result VARCHAR NOT NULL, case_id VARCHAR NOT NULL,
  round BIGINT NOT NULL, queue VARCHAR NOT NULL, state VARCHAR NOT NULL, findings TEXT NOT NULL,
  stem VARCHAR NOT NULL, taken BIGINT NOT NULL);
CREATE INDEX bundle_sha256 ON bundle (sha256);
CREATE INDEX bundle_stem ON bundle (stem);
CREATE INDEX bundle_untaken ON bundle (id) WHERE taken = 0;
CREATE TABLE event (seq INTEGER PRIMARY KEY, at BIGINT NOT NULL, bundle BIGINT NOT NULL, name VARCHAR NOT NULL,
  case_id VARCHAR NOT NULL, body TEXT NOT NULL, rules VARCHAR NOT NULL, previous VARCHAR NOT NULL,
  digest VARCHAR NOT NULL);
CREATE INDEX event_case ON event (case_id);
CREATE TABLE document (space VARCHAR NOT NULL, name VARCHAR NOT NULL, body TEXT NOT NULL, PRIMARY KEY (space, name));
CREATE TABLE document_index (space VARCHAR NOT NULL, field VARCHAR NOT NULL, content VARCHAR NOT NULL,
  name VARCHAR NOT NULL, PRIMARY KEY (space, field, content, name));
CREATE INDEX document_index_name ON document_index (space, name);
CREATE TABLE effect (id INTEGER PRIMARY KEY, bundle BIGINT NOT NULL, maker VARCHAR NOT NULL, path VARCHAR NOT NULL,
  payload TEXT NOT NULL, subject_space VARCHAR NOT NULL, subject_name VARCHAR NOT NULL, done BIGINT NOT NULL);
CREATE INDEX effect_pending ON effect (id) WHERE done = 0;
CREATE INDEX effect_removes ON effect (path) WHERE maker = 'remove';
CREATE TABLE timer (id INTEGER PRIMARY KEY, due BIGINT NOT NULL, name VARCHAR NOT NULL, body TEXT NOT NULL,
  fired BIGINT NOT NULL);
CREATE INDEX timer_due ON timer (due, id) WHERE fired = 0;
INSERT INTO meta VALUES ('schema', '1');
INSERT INTO bundle VALUES (1, 'abc', 5, 'unit-X', 'a.zip', 'inbox/unit-X/a.zip', 9, 7, 1000, 'unit_registration',
  'accepted', 'R-1', 1, 'agency-430102-pt', 'in_review', '[]', 'receipts/unit-X/a.zip.abc', 0);
INSERT INTO event VALUES (1, 1000, 1, 'registration_received', 'R-1', '{"what":null,"puts":[
  {"space":"case","key":"R-1","body":{"n":1},"index":[["queue","agency-430102-pt"],["uscc","u"]]},
  {"space":"form","key":"R-1-r1","body":{"f":1},"index":[
    ["scan","aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]]}]}', 'rules', '', 'd1');
INSERT INTO document VALUES ('case', 'R-1', '{"n":1}');
INSERT INTO document VALUES ('form', 'R-1-r1', '{"f":1}');
INSERT INTO document_index VALUES ('case', 'queue', 'agency-430102-pt', 'R-1');
INSERT INTO document_index VALUES ('case', 'uscc', 'u', 'R-1');
INSERT INTO document_index VALUES ('form', 'scan',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'R-1-r1');
INSERT INTO effect VALUES (4, 1, 'receipt', 'receipts/unit-X/a.zip.abc', '{"x":1}', '', '', 0);
INSERT INTO timer VALUES (3, 5000, 'later', '{}', 0);
)";

/// On PostgreSQL keys are compared by their bytes.
void make_first_schema(const std::string& place) {
  pipeline::Database database(place);
  std::istringstream statements(kSchemaOne);
  for (std::string statement; std::getline(statements, statement, ';');)
    if (statement.find_first_not_of(" \n") != statement.npos)
      database.execute(database.is_server()
                           ? pipeline::replace_all(statement, "VARCHAR", "VARCHAR COLLATE \"C\"")
                           : statement);
}

class CarriedOver : public EitherEngine {
 protected:
  void SetUp() override {
    EitherEngine::SetUp();
    if (!IsSkipped()) make_first_schema(place);
  }
};

TEST_P(CarriedOver, ALedgerOfTheFirstSchemaIsCarriedOver) {
  try {
    Ledger::open(place, false);
    FAIL() << "who only asks has carried it over";
  } catch (const pipeline::Fault& fault) {
    EXPECT_NE(fault.why.find("dossier run"), fault.why.npos) << fault.why;
  }
  for (int opened = 0; opened < 2; ++opened) {
    ledger = Ledger::open(place);
    EXPECT_NE(ledger->meta("schema"), "1");
    EXPECT_EQ(ledger->find("case", "queue", "agency-430102-pt"), std::vector<std::string>{"R-1"});
    ASSERT_EQ(ledger->untaken().size(), 1U);
    EXPECT_EQ(ledger->untaken()[0].delivery.path, "inbox/unit-X/a.zip");
    ASSERT_EQ(ledger->pending_effects(10).size(), 1U);
    EXPECT_EQ(ledger->pending_effects(10)[0].id, 4);
    ASSERT_EQ(ledger->due_timers(Time{5000}, 10).size(), 1U);
    EXPECT_EQ(ledger->events_of("R-1").size(), 1U);
    EXPECT_EQ(ledger->earlier("abc")->case_id, "R-1");
  }

  ledger = Ledger::open(place);
  Transaction transaction(*ledger);
  Outcome outcome;
  outcome.events.push_back({"approved", "R-1", Value(), {}});
  outcome.timers.push_back({Time{9000}, "later still", Value()});
  ledger->commit_timer(3, outcome, "rules", Time{6000});
  transaction.commit();
  EXPECT_EQ(ledger->events_of("R-1").back().previous, "d1");
  EXPECT_EQ(ledger->next_timer()->us, 9000);
}

TEST_P(CarriedOver, WhatAnEarlierReleasePutIsFoundChangedAndMadeAnewOfItsEvents) {
  ledger = Ledger::open(place);
  const std::string scan(64, 'a');
  EXPECT_EQ(ledger->find("form", "scan", scan), std::vector<std::string>{"R-1-r1"});
  EXPECT_TRUE(pipeline::Books(*ledger).compare_projections(10).empty());
  {
    Transaction transaction(*ledger);
    Outcome outcome;
    outcome.events.push_back({"put", "", Value(), {}});
    outcome.events[0].puts.push_back({"case", "R-1", Value(2), {{"queue", "b"}, {"uscc", "u"}}});
    ledger->commit_deed(1, outcome, "rules", Time{6000});
    transaction.commit();
  }
  EXPECT_TRUE(ledger->find("case", "queue", "agency-430102-pt").empty());
  EXPECT_EQ(ledger->find("case", "queue", "b"), std::vector<std::string>{"R-1"});
  EXPECT_EQ(ledger->find("case", "uscc", "u"), std::vector<std::string>{"R-1"});
  EXPECT_TRUE(pipeline::Books(*ledger).compare_projections(10).empty());
  pipeline::Database(place).execute("DELETE FROM document");
  {
    Transaction transaction(*ledger);
    EXPECT_EQ(pipeline::Books(*ledger).compare_projections(10).size(), 2U);
    pipeline::Books(*ledger).replace_projections();
    transaction.commit();
  }
  EXPECT_EQ(ledger->document("form", "R-1-r1"), Value::object({{"f", 1}}));
  EXPECT_EQ(ledger->document("case", "R-1"), Value(2));
}

/// Why it could not be opened; empty if it could.
std::string refusal(const std::string& place) {
  try {
    Ledger::open(place);
    return {};
  } catch (const pipeline::Fault& fault) {
    return fault.why;
  }
}

TEST(CarriedOverOnAServer, OlderProgramsAtWorkAreWaitedFor) {
  if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
  const PostgresDatabase server;
  const auto older = Ledger::open(server.url());
  constexpr double kLeaseSeconds = 600;
  older->lines().join("host-1", {}, kLeaseSeconds);
  const std::string current = older->meta("schema");
  const std::string before = std::to_string(std::stoi(current) - 1);
  pipeline::Database database(server.url());
  database.execute("UPDATE meta SET content = '" + before + "' WHERE name = 'schema'");
  EXPECT_NE(refusal(server.url()).find("older programs are at work"), std::string::npos);
  EXPECT_EQ(older->meta("schema"), before);
  older->lines().leave();
  // Its tables are there already, but now it has been tried.
  EXPECT_EQ(refusal(server.url()).find("older programs are at work"), std::string::npos);
  EXPECT_EQ(older->meta("schema"), before) << "half of it was carried over";
}

INSTANTIATE_TEST_SUITE_P(On, CarriedOver, testing::Values("SQLite", "PostgreSQL"),
                         [](const auto& engine) { return engine.param; });

}  // namespace
