#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "pipeline/sha256.hpp"
#include "tests/program.hpp"
#include "tests/registration_samples.hpp"

// What `dossier explain` says, through the real program.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;
using tests::registration;
using tests::zip_of;

/// Every file below the program's folder but what it printed, with its digest.
std::map<std::string, std::string> tree(const Program& at) {
  std::map<std::string, std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(at.path(""))) {
    const std::string name = fs::relative(entry.path(), at.path("")).string();
    if (!entry.is_regular_file() || name == "stdout" || name == "stderr") continue;
    // SQLite's own scratch files come and go with every reader.
    if (name.ends_with("-shm") || name.ends_with("-wal")) continue;
    files[name] = pipeline::sha256(at.read(name));
  }
  return files;
}

const Value* row(const Value& rows, const std::string& id) {
  for (const Value& each : rows.items())
    if (each["row"].string() == id) return &each;
  return nullptr;
}

TEST(Explain, SaysOfABundleWhatWouldBeDecidedAndChangesNothing) {
  const Program at("explain-bundle");
  at.write("inbox/登记.zip", zip_of(registration()));
  const auto before = tree(at);
  ASSERT_EQ(at.run_here({"explain", at.path("inbox/登记.zip"), "--json"}), 0) << at.err();
  EXPECT_EQ(tree(at), before);
  const Value a = at.json();
  EXPECT_TRUE(a["dry_run"].boolean());
  EXPECT_EQ(a["drop"].string(), "public");
  EXPECT_EQ(a["kind"].string(), "unit_registration");
  EXPECT_EQ(a["result"].string(), "accepted");
  EXPECT_EQ(a["unit"]["name"].string(), "涟源市某国有林场");
  EXPECT_EQ(a["entries"].size(), 2U);
  EXPECT_EQ(a["review"]["queue"].string(), "agency-431382-pt");
  EXPECT_EQ(a["review"]["reviewer"].string(), "涟源市人力资源和社会保障局专技股");
  const Value* route = row(a["rows"], "HN-R01");
  ASSERT_NE(route, nullptr) << at.out();
  EXPECT_EQ((*route)["table"].string(), "routing");
  EXPECT_EQ((*route)["rules"][0]["rule"].string(), "H05");
  EXPECT_FALSE((*route)["rules"][0]["gist"].string().empty());
  EXPECT_EQ((*route)["note"].string(), "只勾专技、选主管机构：统筹区的专技科（股）");
  EXPECT_NE(row(a["rows"], "CM-F01"), nullptr);
  EXPECT_NE(row(a["rows"], "HN-A01"), nullptr);
  EXPECT_EQ(row(a["rows"], "HN-A02"), nullptr);  // the strict switch is off
  std::string papers;
  for (const Value& paper : a["papers"].items()) papers += paper["maker"].string() + " ";
  EXPECT_EQ(papers, "registration_form dossier worklist receipt ");
}

TEST(Explain, PrintsInChineseWithoutSecrets) {
  const Program at("explain-text");
  at.write("inbox/登记.zip", zip_of(registration()));
  ASSERT_EQ(at.run_here({"explain", at.path("inbox/登记.zip")}), 0) << at.err();
  const std::string text = at.out();
  for (const char* words :
       {"只是试算，没有改动任何记录", "业务      单位注册", "单位性质：事业单位",
        "U03 事业单位法人证书", "routing HN-R01", "依据 H05", "由谁审核", "agency-431382-pt",
        "会产生的文书", "审批单  queues/"})
    EXPECT_NE(text.find(words), text.npos) << words << "\n" << text;
  EXPECT_EQ(text.find("431382199007150021"), text.npos);
  EXPECT_EQ(text.find("00112233"), text.npos);
  EXPECT_NE(text.find("431382********0021"), text.npos) << text;
}

TEST(Explain, GoesByTheDropFolderTheFileLiesIn) {
  const Program at("explain-drop");
  const std::string bytes = zip_of(registration());
  const std::string own = "unit-12431382PDY0000364";
  const std::string foreign = "unit-11431382PDY000028C";
  at.write("inbox/" + own + "/a.zip", bytes);
  at.write("elsewhere/" + own + "/a.zip", bytes);
  const auto drop = [&](std::vector<std::string> words) {
    words.insert(words.begin(), "explain");
    words.emplace_back("--json");
    EXPECT_EQ(at.run_here(words), 0) << at.err();
    return at.json()["drop"].string() + " " + at.json()["result"].string();
  };
  EXPECT_EQ(drop({at.path("inbox/" + own + "/a.zip")}), own + " accepted");
  EXPECT_EQ(drop({at.path("elsewhere/" + own + "/a.zip")}), "public accepted");
  EXPECT_EQ(drop({at.path("elsewhere/" + own + "/a.zip"), "--drop", foreign}),
            foreign + " refused");
}

TEST(Explain, TellsEveryFindingAndThatNobodyReviewsWhatIsRefused) {
  const Program at("explain-refused");
  Value form = registration();
  form.set("review_target", pipeline::parse_json(R"({"kind": "supervising_unit",
      "uscc": "12431382PDY0000364", "name": "涟源市某国有林场"})")
                                .value);
  at.write("b.zip", zip_of(form));
  ASSERT_EQ(at.run_here({"explain", at.path("b.zip"), "--json"}), 0) << at.err();
  const Value a = at.json();
  EXPECT_EQ(a["result"].string(), "refused");
  EXPECT_TRUE(a["review"].is_null());
  EXPECT_NE(row(a["rows"], "HN-R03"), nullptr);
  EXPECT_NE(row(a["rows"], "HN-S05"), nullptr);
  std::string codes;
  for (const Value& f : a["findings"].items()) codes += f["code"].string() + " ";
  EXPECT_NE(codes.find("SELF_SUPERVISION"), codes.npos) << codes;
  EXPECT_NE(codes.find("SUPERVISING_UNIT_NO_PORTAL_ACCOUNT"), codes.npos) << codes;
}

TEST(Explain, SaysOfWhatIsNoBundleThatItGoesToQuarantine) {
  const Program at("explain-broken");
  at.write("b.zip", "PK\x03\x04 and then nothing");
  ASSERT_EQ(at.run_here({"explain", at.path("b.zip"), "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["result"].string(), "quarantined");
  EXPECT_EQ(at.json()["papers"][0]["maker"].string(), "quarantine");
}

class ExplainCase : public testing::Test {
 protected:
  ExplainCase() : at("explain-case") {
    at.write("inbox/登记.zip", zip_of(registration()));
    EXPECT_EQ(at.run_here({"run", "--jobs", "1"}), 0) << at.err();
    EXPECT_EQ(at.run_here({"status", "12431382PDY0000364", "--json"}), 0);
    id = at.json()["cases"][0]["case"].string();
    at.write(
        "inbox/agency-431382-pt/决定.json",
        R"({"kind": "review_decision", "case": ")" + id +
            R"(", "round": 1, "reviewer": {"name": "王一"}, "action": "reject", "confirmed": true,
                 "modification_opinion": "单位名称与证照不一致"})");
    at.now = "2026-11-20T11:00:00+08:00";
    EXPECT_EQ(at.run_here({"run", "--jobs", "1"}), 0) << at.err();
    at.now = "2026-11-20T12:00:00+08:00";
    EXPECT_EQ(at.run_here({"run", "--jobs", "1"}), 0) << at.err();
  }
  Value explain(const std::string& key) {
    EXPECT_EQ(at.run_here({"explain", key, "--json"}), 0) << at.err();
    return at.json();
  }

  Program at;
  std::string id;
};

TEST_F(ExplainCase, TellsEachStepFromTheLedgerAlone) {
  const Value a = explain(id);
  EXPECT_TRUE(a["found"].boolean());
  EXPECT_EQ(a["state"].string(), "rejected");
  ASSERT_EQ(a["events"].size(), 3U) << at.out();
  const Value& received = a["events"][0];
  EXPECT_EQ(received["at"].string(), "2026-11-20T10:00:00+08:00");
  EXPECT_EQ(received["by"].string(), "李四");
  EXPECT_EQ(received["queue"].string(), "agency-431382-pt");
  EXPECT_EQ(received["delivery"]["bundle"].string(), "登记.zip");
  EXPECT_TRUE(received["tables_unchanged"].boolean());
  ASSERT_NE(row(received["rows"], "HN-R01"), nullptr) << at.out();
  EXPECT_EQ((*row(received["rows"], "HN-R01"))["rules"][0]["rule"].string(), "H05");
  const Value& rejected = a["events"][1];
  EXPECT_EQ(rejected["label"].string(), "注册审核不通过");
  EXPECT_EQ(rejected["opinion"].string(), "单位名称与证照不一致");
  EXPECT_NE(rejected["by"].string().find("王一"), std::string::npos) << rejected["by"].string();
  EXPECT_NE(row(rejected["rows"], "CM-M02"), nullptr);
  const Value& effective = a["events"][2];
  EXPECT_EQ(effective["event"].string(), "decision_effective");
  EXPECT_TRUE(effective["delivery"].is_null());
}

TEST_F(ExplainCase, NamesOnlyTheRowsOnceTheTablesHaveChanged) {
  const Value before = explain(id)["events"][0];
  const std::string copy = at.path("templates");
  fs::copy(at.templates, copy, fs::copy_options::recursive);
  at.templates = copy;
  at.write("templates/hunan/routing.csv", at.read("templates/hunan/routing.csv") + "# changed\n");
  const Value after = explain(id)["events"][0];
  EXPECT_FALSE(after["tables_unchanged"].boolean());
  EXPECT_EQ(after["rules_digest"].string(), before["rules_digest"].string());
  ASSERT_NE(row(after["rows"], "HN-R01"), nullptr);
  EXPECT_TRUE((*row(after["rows"], "HN-R01"))["rules"].is_null());
  EXPECT_TRUE((*row(after["rows"], "HN-R01"))["note"].is_null());
  ASSERT_EQ(at.run_here({"explain", id}), 0);
  EXPECT_NE(
      at.out().find(before["rules_digest"].string().substr(0, 12) + "（规则表或设置此后已修改"),
      std::string::npos)
      << at.out();
}

TEST_F(ExplainCase, TakesTheNumberAsPeopleTypeIt) {
  std::string typed = id;
  for (char& c : typed) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  EXPECT_EQ(explain(typed)["case"].string(), id);
}

TEST_F(ExplainCase, KnowsABundleThatWasDecidedAlready) {
  at.write("again.zip", zip_of(registration()));
  EXPECT_EQ(explain(at.path("again.zip"))["result"].string(), "duplicate");
}

TEST(Explain, SaysThatItKnowsNeitherFileNorCase) {
  const Program at("explain-nothing");
  EXPECT_EQ(at.run_here({"explain", "R-000000000000", "--json"}), 1);
  EXPECT_FALSE(at.json()["found"].boolean(true));
  EXPECT_EQ(at.run_here({"explain", "没有.zip"}), 1);
  EXPECT_NE(at.out().find("没有这个文件，也没有这个案件编号"), std::string::npos);
  EXPECT_FALSE(fs::exists(at.path("state")));
}

}  // namespace
