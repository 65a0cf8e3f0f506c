#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "pipeline/text.hpp"
#include "tests/ledger_reading.hpp"
#include "tests/program.hpp"
#include "tests/registration_samples.hpp"
#include "tests/trees.hpp"

// What `dossier audit` proves: that it holds after honest work, and names whatever was changed behind the program's back.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;

const std::string kUnit = "unit-12431382PDY0000364";

class Audit : public testing::Test {
 protected:
  Audit() : at("audit") {}

  void run() const { ASSERT_EQ(at.run_here({"run"}), 0) << at.err(); }
  /// One of each result, and a case with its papers.
  void work() const {
    at.write("inbox/1 登记.zip", tests::zip_of(tests::registration()));
    at.write("inbox/2 坏包.zip", "PK\x03\x04 and then nothing");
    at.write("inbox/" + kUnit + "/3 查询.json",
             R"({"kind": "status_query", "uscc": "12431382PDY0000364"})");
    at.write("inbox/4 不明.json", R"({"kind": "something"})");
    run();
    at.write("inbox/5 再来.zip", tests::zip_of(tests::registration()));
    Value draft = tests::registration();
    draft.set("submit", false);
    draft.member("unit").set("uscc", "11431382PDY0001598");
    at.write("inbox/6 草稿.json", draft.dump());
    run();
  }
  Value audit(int expected, std::vector<std::string> more = {}) const {
    more.insert(more.begin(), "audit");
    more.emplace_back("--json");
    EXPECT_EQ(at.run_here(more), expected) << at.out() << at.err();
    return at.json();
  }
  void sql(const std::string& statement) const {
    tests::ask_ledger(at.path("state/ledger.sqlite"), statement, {});
  }
  std::string asked(const std::string& question) const {
    return tests::ask_ledger(at.path("state/ledger.sqlite"), question, {}).at(0).at(0);
  }
  /// The first file below the outbox whose path begins and ends so.
  std::string paper(const std::string& end, const std::string& begin = {}) const {
    for (const auto& [name, digest] : tests::tree(at.path("outbox")))
      if (name.starts_with(begin) && name.ends_with(end)) return name;
    ADD_FAILURE() << "no paper " << end;
    return {};
  }

  Program at;
};

/// "check subject" of every problem.
std::string problems(const Value& audit) {
  std::string all;
  for (const Value& p : audit["problems"].items())
    all += p["check"].string() + " " + p["subject"].string() + "\n";
  return all;
}

TEST_F(Audit, HoldsAfterBundlesOfEveryKindAndCountsThem) {
  at.run({"sample", "40", at.path("inbox"), "--seed", "7"});
  const auto dropped = static_cast<std::int64_t>(tests::tree(at.path("inbox")).size());
  run();
  at.write("inbox/later.zip", "waits");
  const Value a = audit(0, {"--deep"});
  EXPECT_TRUE(a["holds"].boolean());
  const Value& bundles = a["bundles"];
  EXPECT_EQ(bundles["received"].integer(), dropped + 1);
  EXPECT_EQ(bundles["in_work"].integer(), 1);
  EXPECT_EQ(bundles["accepted"].integer() + bundles["not_submitted"].integer() +
                bundles["refused"].integer() + bundles["duplicate"].integer() +
                bundles["quarantined"].integer() + 1,
            bundles["received"].integer());
  EXPECT_GT(bundles["accepted"].integer(), 0);
  EXPECT_GT(bundles["refused"].integer(), 0);
  const Value& entries = a["entries"];
  EXPECT_GT(entries["received"].integer(), dropped);
  EXPECT_EQ(entries["form"].integer() + entries["attachment"].integer() +
                entries["ignored"].integer() + entries["rejected"].integer(),
            entries["received"].integer());
  EXPECT_EQ(problems(a), "");
  for (const Value& check : a["checks"].items()) EXPECT_EQ(check["failed"].integer(), 0);
}

TEST_F(Audit, SpeaksChineseToTheDirector) {
  work();
  ASSERT_EQ(at.run_here({"audit", "verify"}), 0) << at.out();
  EXPECT_NE(
      at.out().find("材料  收到 6 件 = 受理 2 + 未提交 1 + 未受理 1 + 重复 1 + 隔离 1 + 办理中 "
                    "0    相符"),
      std::string::npos)
      << at.out();
  EXPECT_NE(at.out().find("全部相符：没有丢失，没有重复，没有改动"), std::string::npos) << at.out();
  fs::remove(at.path("outbox/" + paper("审批单.pdf")));
  ASSERT_EQ(at.run_here({"audit"}), 3) << at.out();
  EXPECT_NE(at.out().find("发件箱里少了：queues/"), std::string::npos) << at.out();
  EXPECT_NE(at.out().find("怎么办：执行 dossier rebuild"), std::string::npos) << at.out();
}

struct Tampering {
  std::string what;
  std::function<void()> done;
  std::string found;  ///< "check subject", or its beginning
};

TEST_F(Audit, NamesWhateverWasChangedBehindItsBack) {
  work();
  const std::string sha = asked("SELECT sha256 FROM bundle WHERE id = 1");
  const std::string vault = "state/vault/" + sha.substr(0, 2) + "/" + sha;
  const std::string form = paper("审批单.pdf"), receipt = paper(".pdf", "receipts/");
  const std::string json = paper(".json", "receipts/public/");
  const std::string case_id = asked("SELECT case_id FROM bundle WHERE id = 1");
  const std::vector<Tampering> all{
      {"a byte of a vault file", [&] { tests::flip(at.path(vault)); }, "vault " + vault.substr(12)},
      {"a vault file", [&] { fs::remove(at.path(vault)); }, "vault " + vault.substr(12)},
      {"a byte of an event",
       [&] { sql("UPDATE event SET body = replace(body, '0364', '0365') WHERE seq = 1"); },
       "events event 1\n"},
      {"the time of an event", [&] { sql("UPDATE event SET at = at + 1 WHERE seq = 1"); },
       "events event 1\n"},
      {"an event taken away", [&] { sql("DELETE FROM event WHERE seq = 1"); },
       "proofs delivery 1\n"},
      {"the result of a delivery",
       [&] { sql("UPDATE bundle SET result = 'refused' WHERE id = 1"); }, "receipts delivery 1\n"},
      {"what a delivery was told", [&] { sql("UPDATE bundle SET findings = '[]' WHERE id = 4"); },
       "proofs delivery 4\n"},
      {"a delivery taken away", [&] { sql("DELETE FROM bundle WHERE id = 3"); },
       "deliveries delivery 3\n"},
      {"the words of a paper still to be made or remade",
       [&] { sql("UPDATE effect SET payload = payload || ' ' WHERE id = 1"); },
       "proofs delivery 1\n"},
      {"a document",
       [&] { sql("UPDATE document SET body = replace(body, 'pending_review', 'approved')"); },
       "projections case/" + case_id + "\n"},
      {"a document taken away", [&] { sql("DELETE FROM document WHERE space = 'case'"); },
       "projections case/" + case_id + "\n"},
      {"what a case received",
       [&] {
         sql("UPDATE document SET body = replace(body, '0364', '0365') WHERE space = 'form'");
       },
       "projections form/" + case_id + "-r1\n"},
      {"what a case received, taken away",
       [&] { sql("DELETE FROM document WHERE space = 'form'"); },
       "projections form/" + case_id + "-r1\n"},
      {"that a document is found by something",
       [&] { sql("UPDATE document SET found_by = '' WHERE space = 'case'"); },
       "projections case/" + case_id + "\n"},
      {"what a document is found by", [&] { sql("UPDATE document SET found_by = '[]'"); },
       "projections case/" + case_id + "\n"},
      {"a document that no event made",
       [&] { sql("INSERT INTO document (space, name, body) VALUES ('case', 'R-0', '{}')"); },
       "projections case/R-0\n"},
      {"an index", [&] { sql("DELETE FROM document_index WHERE field = 'queue'"); },
       "projections case/" + case_id + "\n"},
      {"a byte of a receipt", [&] { tests::flip(at.path("outbox/" + receipt)); },
       "papers " + receipt + "\n"},
      {"a byte of a form", [&] { tests::flip(at.path("outbox/" + form)); },
       "papers " + form + "\n"},
      {"a byte of the workbook", [&] { tests::flip(at.path("outbox/reports/统计汇总.xlsx")); },
       "papers reports/统计汇总.xlsx\n"},
      {"a receipt, and its digest with it",
       [&] {
         const std::string other =
             pipeline::replace_all(at.read("outbox/" + json), "public", "pxblic");
         at.write("outbox/" + json, other);
         sql("UPDATE paper SET sha256 = '" + pipeline::sha256(other) + "' WHERE path = '" + json +
             "'");
       },
       "papers " + json + "\n"},
      {"a receipt that nobody gave",
       [&] {
         at.write("outbox/receipts/public/x.json",
                  R"({"sha256":")" + std::string(64, 'a') + R"(","drop":"public","bundle":"x"})");
       },
       "papers receipts/public/x.json\n"}};
  fs::create_directories(at.path("kept"));
  fs::copy(at.path("state"), at.path("kept/state"),
           fs::copy_options::recursive | fs::copy_options::copy_symlinks);
  fs::copy(at.path("outbox"), at.path("kept/outbox"), fs::copy_options::recursive);
  for (const Tampering& t : all) {
    t.done();
    const Value a = audit(3, {"--deep"});
    EXPECT_NE(problems(a).find(t.found), std::string::npos) << t.what << "\n" << problems(a);
    for (const Value& p : a["problems"].items()) {
      EXPECT_FALSE(p["message"].string().empty()) << t.what;
      EXPECT_FALSE(p["todo"].text().empty()) << t.what;
    }
    for (const char* folder : {"state", "outbox"}) {
      fs::remove_all(at.path(folder));
      fs::copy(at.path(std::string("kept/") + folder), at.path(folder),
               fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    }
  }
  EXPECT_EQ(problems(audit(0, {"--deep"})), "");
}

TEST_F(Audit, AHeadThatWasWrittenDownFindsAChainThatWasCutShort) {
  at.write("inbox/1 登记.zip", tests::zip_of(tests::registration()));
  run();
  at.write("inbox/2 坏包.zip", "PK and nothing");
  run();
  const Value before = audit(0);
  const std::string delivery = before["delivery_head"].string();
  ASSERT_TRUE(delivery.starts_with("D2:")) << delivery;
  EXPECT_EQ(problems(audit(0, {"--head", delivery, "--head", before["event_head"].string()})), "");
  // Somebody who can write everywhere takes the last delivery away without a trace.
  const std::string sha = asked("SELECT sha256 FROM bundle WHERE id = 2");
  fs::remove(at.path("state/vault/" + sha.substr(0, 2) + "/" + sha));
  for (const auto& [name, digest] : tests::tree(at.path("outbox")))
    if (name.find("坏包") != name.npos) fs::remove(at.path("outbox/" + name));
  fs::remove_all(at.path("outbox/quarantine"));
  for (const char* table : {"bundle WHERE id", "proof WHERE bundle", "effect WHERE bundle"})
    sql(std::string("DELETE FROM ") + table + " = 2");
  EXPECT_EQ(problems(audit(0)), "");
  EXPECT_EQ(problems(audit(3, {"--head", delivery})), "heads " + delivery + "\n");
}

TEST_F(Audit, SaysOfAClockThatWentBackwardsThatTheOrderStands) {
  at.write("inbox/1 登记.zip", tests::zip_of(tests::registration()));
  run();
  at.now = "2026-11-20T09:00:00+08:00";
  at.write("inbox/agency-431382-pt/2 审核.json", tests::approval(at.path("state/ledger.sqlite")));
  run();
  const Value a = audit(0);
  ASSERT_EQ(a["notes"].size(), 1U);
  EXPECT_EQ(a["notes"][0]["subject"].string(), "event 2");
  EXPECT_NE(a["notes"][0]["message"].string().find("时钟被拨回过"), std::string::npos);
}

TEST_F(Audit, OfNothingHolds) {
  EXPECT_EQ(audit(0)["bundles"]["received"].integer(), 0);
  EXPECT_FALSE(fs::exists(at.path("state/ledger.sqlite"))) << "asking must not make anything";
}

TEST_F(Audit, AWorkbookThatWasAskedForTakesThePlaceOfTheLines) {
  work();
  at.now = "2026-11-25T10:00:00+08:00";
  const auto before = at.read("outbox/reports/统计汇总.xlsx");
  ASSERT_EQ(at.run_here({"report"}), 0) << at.err();
  EXPECT_NE(at.read("outbox/reports/统计汇总.xlsx"), before);
  EXPECT_EQ(problems(audit(0)), "");
}

TEST_F(Audit, StrangersInTheOutboxAreNotedOnly) {
  work();
  at.write("outbox/queues/agency-431382-pt/我的笔记.txt", "note");
  const Value a = audit(0);
  EXPECT_EQ(a["notes"][0]["subject"].string(), "queues/agency-431382-pt/我的笔记.txt");
}

}  // namespace
