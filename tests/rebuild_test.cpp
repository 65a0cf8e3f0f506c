#include <gtest/gtest.h>

#include <filesystem>

#include "pipeline/text.hpp"
#include "tests/ledger_reading.hpp"
#include "tests/program.hpp"
#include "tests/registration_samples.hpp"
#include "tests/trees.hpp"

// `dossier rebuild` and `dossier backup`: what can be made again, and what must be kept.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;
using Tree = std::map<std::string, std::string>;

class Rebuild : public testing::Test {
 protected:
  Rebuild() : at("rebuild") {}

  void sample(int count, const std::string& seed = "7") const {
    ASSERT_EQ(at.run({"sample", std::to_string(count), at.path("inbox"), "--seed", seed}), 0);
  }
  void run() const { ASSERT_EQ(at.run_here({"run"}), 0) << at.err(); }
  Tree outbox() const { return tests::tree(at.path("outbox")); }
  void sql(const std::string& statement) const {
    tests::ask_ledger(at.path("state/ledger.sqlite"), statement, {});
  }
  std::vector<std::vector<std::string>> projections() const {
    auto all =
        tests::ask_ledger(at.path("state/ledger.sqlite"),
                          "SELECT space, name, body || found_by FROM document ORDER BY 1, 2", {});
    for (auto& row : tests::ask_ledger(
             at.path("state/ledger.sqlite"),
             "SELECT space, field, content, name FROM document_index ORDER BY 1, 2, 3, 4", {}))
      all.push_back(std::move(row));
    return all;
  }

  Program at;
};

TEST_F(Rebuild, TheWholeOutboxAgainIsWhatTheLineHadMadeByteForByte) {
  sample(40);
  run();
  sample(20, "8");
  run();
  const Tree made = outbox();
  ASSERT_GT(made.size(), 120U);
  fs::remove_all(at.path("outbox"));
  ASSERT_EQ(at.run_here({"rebuild", "--json"}), 0) << at.out() << at.err();
  EXPECT_EQ(at.json()["different"].size(), 0U) << at.out();
  EXPECT_EQ(at.json()["restored"].size(), made.size());
  EXPECT_EQ(outbox(), made);
  ASSERT_EQ(at.run_here({"audit", "--deep"}), 0) << at.out();
}

TEST_F(Rebuild, RestoresWhatWasTakenOrChangedAndLeavesTheRestAlone) {
  at.write("inbox/登记.zip", tests::zip_of(tests::registration()));
  at.write("inbox/坏包.zip", "PK and nothing");
  run();
  const Tree made = outbox();
  std::string form, receipt;
  for (const auto& [name, digest] : made) {
    if (name.ends_with("审批单.pdf")) form = name;
    if (name.starts_with("receipts/") && name.ends_with(".pdf")) receipt = name;
  }
  fs::remove(at.path("outbox/" + form));
  tests::flip(at.path("outbox/" + receipt));
  const std::string changed = outbox()[receipt];
  at.write("outbox/queues/笔记.txt", "a reviewer's own");
  ASSERT_EQ(at.run_here({"rebuild", "--check", "--json"}), 3) << at.out();
  EXPECT_EQ(at.json()["restored"][0].string(), form);
  EXPECT_EQ(at.json()["replaced"][0].string(), receipt);
  EXPECT_FALSE(fs::exists(at.path("outbox/" + form))) << "it was to compare only";
  ASSERT_EQ(at.run_here({"rebuild"}), 0) << at.err();
  Tree expected = made;
  const std::string stem = receipt.substr(0, receipt.size() - 4);
  EXPECT_NE(at.out().find(stem + "（重建前）.pdf"), std::string::npos) << at.out();
  expected[stem + "（重建前）.pdf"] = changed;
  expected["queues/笔记.txt"] = pipeline::sha256("a reviewer's own");
  EXPECT_EQ(outbox(), expected);
  ASSERT_EQ(at.run_here({"rebuild", "--check"}), 0) << at.out();
  tests::flip(at.path("outbox/" + receipt));
  ASSERT_EQ(at.run_here({"rebuild"}), 0) << at.err();
  expected[stem + "（重建前 2）.pdf"] = changed;
  EXPECT_EQ(outbox(), expected);
}

TEST_F(Rebuild, AFormThatWasTakenAwayByADecisionDoesNotComeBack) {
  at.write("inbox/登记.zip", tests::zip_of(tests::registration()));
  run();
  at.write("inbox/agency-431382-pt/decision.json", tests::approval(at.path("state/ledger.sqlite")));
  run();
  const Tree made = outbox();
  fs::remove_all(at.path("outbox"));
  ASSERT_EQ(at.run_here({"rebuild"}), 0) << at.err();
  EXPECT_EQ(outbox(), made);
  for (const auto& [name, digest] : made) EXPECT_EQ(name.find("审批单.pdf"), name.npos) << name;
}

TEST_F(Rebuild, ProjectionsFromTheEventsEqualThoseKept) {
  sample(30);
  run();
  const auto kept = projections();
  ASSERT_EQ(at.run_here({"rebuild", "--projections", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["differences"].size(), 0U) << at.out();
  EXPECT_EQ(projections(), kept);
  sql("DELETE FROM document_index");
  sql("UPDATE document SET body = '{}' WHERE space = 'case'");
  sql("INSERT INTO document (space, name, body) VALUES ('case', 'R-0', '{}')");
  ASSERT_EQ(at.run_here({"rebuild", "--projections"}), 0) << at.err();
  EXPECT_NE(at.out().find("case/R-0  没有任何事件产生过它"), std::string::npos) << at.out();
  EXPECT_NE(at.out().find("内容与事件不符"), std::string::npos) << at.out();
  EXPECT_NE(at.out().find("检索项与事件不符"), std::string::npos) << at.out();
  EXPECT_EQ(projections(), kept);
  ASSERT_EQ(at.run_here({"audit"}), 0) << at.out();
}

TEST_F(Rebuild, WhatACaseReceivedIsNotMadeOfTheEventsAndItsLossIsTold) {
  sample(10);
  run();
  sql("UPDATE document SET body = '{}' WHERE space = 'case'");
  sql("UPDATE document SET body = '{}' WHERE space = 'form'");
  ASSERT_EQ(at.run_here({"rebuild", "--projections"}), 3) << at.err();
  EXPECT_NE(at.out().find("-r1  不见了或被改动过，按事件不能重建：请从备份恢复"), std::string::npos)
      << at.out();
  ASSERT_EQ(at.run_here({"rebuild", "--projections", "--json"}), 3) << at.err();
  const Value answer = at.json();
  ASSERT_GT(answer["differences"].size(), 0U);
  for (const Value& d : answer["differences"].items())
    EXPECT_EQ(d["space"].string() + ' ' + d["difference"].string(), "form lost");
}

TEST_F(Rebuild, ProjectionsAreLeftAloneWhenAnEventCannotBeRead) {
  at.write("inbox/登记.zip", tests::zip_of(tests::registration()));
  run();
  const auto kept = projections();
  ASSERT_FALSE(kept.empty());
  sql("UPDATE event SET body = '{' WHERE seq = 1");
  EXPECT_EQ(at.run_here({"rebuild", "--projections"}), 3) << at.out();
  EXPECT_NE(at.err().find("event 1 cannot be read"), std::string::npos) << at.err();
  EXPECT_EQ(projections(), kept);
  EXPECT_EQ(at.run_here({"audit"}), 3);
  EXPECT_NE(at.out().find("第 1 个事件读不出来"), std::string::npos) << at.out();
  EXPECT_EQ(at.out().find("没有任何事件产生过它"), std::string::npos) << at.out();
}

TEST_F(Rebuild, OfANewerTemplateKeepsWhatPeopleWereGiven) {
  at.write("inbox/登记.zip", tests::zip_of(tests::registration()));
  run();
  const Tree made = outbox();
  fs::copy(at.templates, at.path("templates"), fs::copy_options::recursive);
  const std::string words = at.read("templates/common/dictionary.csv");
  at.write("templates/common/dictionary.csv",
           pipeline::replace_all(words, "单位注册", "单位登记注册"));
  at.templates = at.path("templates");
  ASSERT_EQ(at.run_here({"rebuild", "--json"}), 0) << at.err();
  EXPECT_GT(at.json()["renewed"].size(), 0U) << at.out();
  EXPECT_EQ(at.json()["replaced"].size(), 0U) << at.out();
  EXPECT_EQ(outbox(), made);
}

}  // namespace
