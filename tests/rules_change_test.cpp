#include <gtest/gtest.h>

#include <filesystem>

#include "pipeline/text.hpp"
#include "tests/ledger_reading.hpp"
#include "tests/program.hpp"
#include "tests/registration_samples.hpp"

// Tables that change while cases are in flight: nothing is dropped, and one can ask beforehand what would differ.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;
using tests::registration;
using tests::zip_of;

const std::string kQueue = "agency-431382-pt";

/// A registration lies with the section of Lianyuan; `changed` is a copy of the templates that no longer knows that agency.
class RulesChange : public testing::Test {
 protected:
  RulesChange() : at("rules-change"), changed(at.path("changed")) {
    fs::copy(at.templates, changed, fs::copy_options::recursive);
    const std::string kept = at.read("changed/hunan/agencies.csv");
    const auto row = kept.find("\n431382,") + 1;
    at.write("changed/hunan/agencies.csv",
             std::string(kept).erase(row, kept.find('\n', row) + 1 - row));
    at.write("inbox/登记.zip", zip_of(registration()));
    EXPECT_EQ(at.run_here({"run"}), 0) << at.err();
  }

  std::string decision() const { return tests::approval(at.path("state/ledger.sqlite")); }
  std::string case_number() const {
    return tests::ask_ledger(at.path("state/ledger.sqlite"),
                             "SELECT name FROM document WHERE space = 'case'", {})
        .at(0)
        .at(0);
  }

  Program at;
  const std::string changed;
};

TEST_F(RulesChange, ACaseWhoseQueueHasLeftTheTablesStaysInSightAndIsDecided) {
  at.templates = changed;
  ASSERT_EQ(at.run_here({"status", case_number(), "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["cases"][0]["queue"].string(), kQueue);
  EXPECT_EQ(at.json()["cases"][0]["state"].string(), "pending_review");
  ASSERT_EQ(at.run_here({"queue", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["queues"][0]["queue"].string(), kQueue);
  EXPECT_EQ(at.json()["queues"][0]["pending"].integer(), 1);
  ASSERT_EQ(at.run_here({"queue", kQueue, "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["cases"][0]["case"].string(), case_number());

  at.write("inbox/" + kQueue + "/decision.json", decision());
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["accepted"].integer(), 1) << at.out();
  ASSERT_EQ(at.run_here({"queue", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["queues"].size(), 0U) << at.out();
}

TEST_F(RulesChange, PeopleAreToldThatAQueueHasLeftTheTables) {
  ASSERT_EQ(at.run_here({"queue"}), 0) << at.err();
  EXPECT_EQ(at.out().find("已不在"), std::string::npos) << at.out();
  at.templates = changed;
  ASSERT_EQ(at.run_here({"queue"}), 0) << at.err();
  EXPECT_NE(at.out().find(kQueue), std::string::npos) << at.out();
  EXPECT_NE(at.out().find("已不在现行目录中"), std::string::npos) << at.out();
}

TEST_F(RulesChange, ADecisionThatNoRowCoversAnyMoreIsAnsweredAndTheCaseStays) {
  const std::string kept = at.read("changed/common/actions.csv");
  const auto row = kept.find("\nCM-M01,") + 1;
  at.write("changed/common/actions.csv",
           std::string(kept).erase(row, kept.find('\n', row) + 1 - row));
  at.write("inbox/" + kQueue + "/decision.json", decision());
  at.templates = changed;
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["refused"].integer(), 1) << at.out();
  const auto told = tests::ask_ledger(at.path("state/ledger.sqlite"),
                                      "SELECT findings FROM bundle ORDER BY id DESC LIMIT 1", {});
  EXPECT_NE(told[0][0].find("ACTION_NOT_ALLOWED"), std::string::npos) << told[0][0];
  ASSERT_EQ(at.run_here({"queue", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["queues"][0]["pending"].integer(), 1) << at.out();
}

TEST_F(RulesChange, ARegistrationThatNoRowRoutesAnyMoreIsAnswered) {
  const std::string kept = at.read("changed/hunan/routing.csv");
  const auto row = kept.find("\nHN-R01,") + 1;
  at.write("changed/hunan/routing.csv",
           std::string(kept).erase(row, kept.find('\n', row) + 1 - row));
  fs::remove(at.path("state/ledger.sqlite"));  // nobody has registered yet
  at.write("inbox/登记.zip", zip_of(registration()));
  at.templates = changed;
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["refused"].integer(), 1) << at.out();
  const auto told = tests::ask_ledger(at.path("state/ledger.sqlite"),
                                      "SELECT findings FROM bundle ORDER BY id DESC LIMIT 1", {});
  EXPECT_NE(told[0][0].find("AGENCY_NOT_CONFIGURED"), std::string::npos) << told[0][0];
}

TEST_F(RulesChange, AnEventKeepsTheDigestOfTheTablesItWasDecidedUnder) {
  at.write("inbox/" + kQueue + "/decision.json", decision());
  at.templates = changed;
  ASSERT_EQ(at.run_here({"run"}), 0) << at.err();
  const auto digests = tests::ask_ledger(at.path("state/ledger.sqlite"),
                                         "SELECT DISTINCT rules FROM event ORDER BY seq", {});
  ASSERT_EQ(digests.size(), 2U);
  EXPECT_EQ(digests[0][0].size(), 64U);
}

TEST_F(RulesChange, DiffListsWhoseOutcomeWouldChangeAndWhatFollowsAndWritesNothing) {
  at.write("inbox/" + kQueue + "/decision.json", decision());
  at.write("inbox/not a zip.zip", "PK and nothing");
  ASSERT_EQ(at.run_here({"run"}), 0) << at.err();
  const auto events = tests::ask_ledger(at.path("state/ledger.sqlite"),
                                        "SELECT count(*) FROM event, bundle, effect", {});
  const std::string old = at.templates;
  ASSERT_EQ(at.run_here({"rules", "diff", old, old, "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["replayed"].integer(), 3);
  EXPECT_EQ(at.json()["changed"].integer(), 0) << at.out();
  EXPECT_EQ(at.json()["as_recorded"].integer(), 3) << at.out();

  ASSERT_EQ(at.run_here({"rules", "diff", old, changed, "--json"}), 0) << at.err();
  const Value a = at.json();
  EXPECT_EQ(a["replayed"].integer(), 3);
  EXPECT_EQ(a["same"].integer(), 1);
  EXPECT_EQ(a["changed"].integer(), 2);
  EXPECT_EQ(a["direct"].integer(), 1);
  const Value& first = a["differences"][0];
  EXPECT_EQ(first["bundle"].string(), "登记.zip");
  EXPECT_FALSE(first["follows"].boolean(true));
  EXPECT_EQ(first["old"]["queue"].string(), kQueue);
  EXPECT_EQ(first["new"]["result"].string(), "refused");
  EXPECT_EQ(first["new"]["findings"][0].string(), "AGENCY_NOT_CONFIGURED pooling_region");
  const Value& second = a["differences"][1];
  EXPECT_TRUE(second["follows"].boolean()) << "refused only because the case is not there";
  EXPECT_EQ(second["new"]["findings"][0].string(), "CASE_UNKNOWN case");
  ASSERT_EQ(a["cases"].size(), 1U);
  EXPECT_EQ(a["cases"][0]["old"]["state"].string(), "approved");
  EXPECT_TRUE(a["cases"][0]["new"].is_null());

  ASSERT_EQ(at.run_here({"rules", "diff", old, changed}), 0) << at.err();
  EXPECT_NE(at.out().find("新增提示  AGENCY_NOT_CONFIGURED"), std::string::npos) << at.out();
  EXPECT_NE(at.out().find("重放 3 件：结果相同 1 件，不同 2 件"), std::string::npos) << at.out();
  EXPECT_EQ(tests::ask_ledger(at.path("state/ledger.sqlite"),
                              "SELECT count(*) FROM event, bundle, effect", {}),
            events);
}

TEST_F(RulesChange, DiffSaysWhichSubmissionsItCouldNotReplay) {
  fs::remove_all(at.path("state/vault"));
  ASSERT_EQ(at.run_here({"rules", "diff", at.templates, changed, "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["replayed"].integer(), 0);
  EXPECT_EQ(at.json()["left_out"][0]["bundle"].string(), "登记.zip");
  EXPECT_EQ(at.run_here({"rules", "diff", at.templates, at.path("nowhere")}), 3);
  EXPECT_NE(at.err().find("there is no such folder"), std::string::npos) << at.err();
}

}  // namespace
