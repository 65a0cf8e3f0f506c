#include <gtest/gtest.h>
#include <xlsxwriter.h>

#include <filesystem>
#include <map>

#include "pipeline/sha256.hpp"
#include "tests/pdf_reading.hpp"
#include "tests/program.hpp"
#include "tests/story_reading.hpp"

// `dossier explain` on bundles of every kind that somebody decides about: it says what would become of them and why, and
// changes nothing.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;

std::map<std::string, std::string> tree(const tests::Program& at) {
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

class ExplainKinds : public testing::Test {
 protected:
  ExplainKinds() : at("explain-kinds") {}

  std::string bundle(const std::vector<std::string>& lines) const {
    return tests::bundle_of(tests::steps_of(lines).front(), "name",
                            [](std::string words) { return words; });
  }
  /// Drops a bundle and runs the line; gives the case it opened.
  std::string take(const std::string& drop, const std::string& name, const std::string& bytes) {
    const std::string folder = drop == "public" ? "" : drop + "/";
    at.write("inbox/" + folder + name, bytes);
    EXPECT_EQ(at.run_here({"run", "--jobs", "1"}), 0) << at.err();
    for (const auto& entry : fs::directory_iterator(at.path("outbox/receipts/" + drop))) {
      const std::string file = entry.path().filename().string();
      if (!file.starts_with(name + ".") || !file.ends_with(".json")) continue;
      const Value receipt =
          pipeline::parse_json(at.read("outbox/receipts/" + drop + "/" + file)).value;
      EXPECT_EQ(receipt["result"].string(), "accepted") << receipt.dump(true);
      return receipt["case"].string();
    }
    ADD_FAILURE() << "no receipt for " << name;
    return {};
  }
  std::string approved_school() {
    const std::string id =
        take("public", "登记.zip", bundle({"put public xinjiang", "  files U01"}));
    take("unit-11652901PDY000116H", "通过.zip",
         bundle({"put public decision", "  case = \"" + id + "\""}));
    return id;
  }

  /// The answer as JSON and as text; nothing has changed by either.
  Value explain(const std::string& drop, const std::string& name, const std::string& bytes) {
    at.write("inbox/" + (drop == "public" ? "" : drop + "/") + name, bytes);
    const std::string file = at.path("inbox/" + (drop == "public" ? "" : drop + "/") + name);
    const auto before = tree(at);
    EXPECT_EQ(at.run_here({"explain", file}), 0) << at.err();
    text = at.out();
    EXPECT_EQ(at.run_here({"explain", file, "--json"}), 0) << at.err();
    EXPECT_EQ(tree(at), before);
    return at.json();
  }
  void expect_said(const std::vector<std::string>& words) const {
    for (const std::string& word : words)
      EXPECT_NE(text.find(word), text.npos) << word << "\nis not said in\n" << text;
  }
  void expect_not_said(const std::vector<std::string>& words) const {
    for (const std::string& word : words)
      EXPECT_EQ(text.find(word), text.npos) << word << "\nis said in\n" << text;
  }

  tests::Program at;
  std::string text;
};

std::string makers(const Value& answer) {
  std::string all;
  for (const Value& paper : answer["papers"].items()) all += paper["maker"].string() + " ";
  return all;
}

TEST_F(ExplainKinds, AProvisionIsReviewedByNobodyAndSaysWhy) {
  const Value a = explain("unit-11652901PDY000116H", "分配.zip", bundle({"put x provision"}));
  EXPECT_EQ(a["result"].string(), "accepted");
  EXPECT_TRUE(a["review"].is_null());
  EXPECT_EQ(makers(a), "notice receipt ");
  expect_said({"下级单位开通", "阿克苏市某乡政府",
               "provision XJ-P01  县市人社局分配本县市的乡镇区政府",
               "不需要审核：由分配（建立）单位自行办理"});
  expect_not_said({"430102198503120018"});
  ASSERT_EQ(at.run_here({"run", "--jobs", "1"}), 0) << at.err();
  ASSERT_EQ(at.run_here({"explain", a["case"].string()}), 0) << at.err();
  text = at.out();
  expect_said({"已开通", "办理人    阿克苏市人力资源和社会保障局", "provision XJ-P01"});
}

TEST_F(ExplainKinds, ACorrectionIsReviewedByWhoReviewedTheRegistration) {
  const std::string id =
      take("public", "登记.zip", bundle({"put public hunan", "  files U03 U05 U06"}));
  take("unit-11431382PDY000028C", "通过.zip",
       bundle({"put public decision", "  case = \"" + id + "\""}));
  const Value a = explain("unit-12431382PDY0000364", "修正.zip", bundle({"put x correction"}));
  EXPECT_EQ(a["review"]["queue"].string(), "unit-11431382PDY000028C");
  expect_said({"“单位电话”由“0738-4400000”改为“0738-4411111”", "主管单位 涟源市林业局",
               "因为：信息修正由审核该单位注册的部门审核（H21）", "待审清单  queues/"});
  expect_not_said({"见“系统检查”", "worklist"});
}

TEST_F(ExplainKinds, AWithdrawalNamesTheUnitThatIsNotRegisteredYet) {
  take("public", "登记.zip", bundle({"put public hunan", "  files U03 U05 U06"}));
  const Value a = explain("public", "撤回.zip", bundle({"put x withdrawal"}));
  EXPECT_EQ(a["unit"]["name"].string(), "涟源市某国有林场");
  EXPECT_EQ(makers(a), "remove remove worklist archive receipt ");
  expect_said({"注册撤回", "由本单位自行撤回（H20）", "已撤回"});
}

TEST_F(ExplainKinds, AnApplicationIsReviewedByItsOwnUnitFirst) {
  approved_school();
  const Value a = explain("unit-12652901PDY0001249", "申请.zip", bundle({"put x application"}));
  EXPECT_EQ(a["review"]["queue"].string(), "unit-12652901PDY0001249");
  expect_said({"因为：申请书先由申报单位（基层单位）审核、推荐", "CM-A01  身份证正反面",
               "花名册  reports/", "申报资格名称：高级教师"});
  expect_not_said({"652901198801200032", "roster", "  \n"});
}

/// The pending application of the school, as its queue shows it.
class ExplainDecisions : public ExplainKinds {
 protected:
  ExplainDecisions() {
    approved_school();
    id = take("unit-12652901PDY0001249", "申请.zip", bundle({"put x application"}));
    EXPECT_EQ(at.run_here({"queue", "unit-12652901PDY0001249", "--json"}), 0) << at.err();
    listed = at.json()["cases"][0];
    EXPECT_EQ(listed["case"].string(), id);
  }
  std::string id;
  Value listed;
};

TEST_F(ExplainDecisions, AFilledFormGoesOnToTheReceivingUnit) {
  const std::string filled = at.path("填好.pdf");
  papers::run("/usr/bin/python3 " DOSSIER_SOURCE_DIR "/tests/fill_form.py '" +
              at.path("outbox/" + listed["form"].string()) + "' '" + filled +
              "' action=上报 recommendation_opinion=同意推荐 reviewer.name=王一 confirmed=on "
              "checks.truthful=on checks.complete=on checks.valid=on");
  const Value a = explain("unit-12652901PDY0001249", "审批单.pdf", at.read("填好.pdf"));
  EXPECT_EQ(a["result"].string(), "accepted") << text;
  EXPECT_EQ(a["review"]["queue"].string(), "unit-11652901PDY000116H");
  expect_said({"审核决定", id, "阿克苏市某中学", "actions ", "因为：",
               "阿克苏市人力资源和社会保障局（unit-11652901PDY000116H）", "收走  queues/"});
}

TEST_F(ExplainDecisions, AWorklistIsToldLineByLine) {
  const std::vector<std::vector<std::string>> cells{
      {"case", "round", "queue", "token", "form_version", "action", "recommendation_opinion",
       "reviewer.name", "confirmed"},
      {"案件编号", "轮次", "队列", "校验码", "版本", "办理", "推荐意见", "审核人", "确认转交"},
      {id, "1", "unit-12652901PDY0001249", listed["token"].string(),
       listed["form_version"].string(), "上报", "同意推荐", "王一", "是"},
      {"A-000000000000", "1", "unit-12652901PDY0001249", "00", "1.1", "上报", "同意推荐", "王一",
       "是"}};
  lxw_workbook* book = workbook_new(at.path("list.xlsx").c_str());
  lxw_worksheet* sheet = workbook_add_worksheet(book, "待审清单");
  for (std::size_t r = 0; r < cells.size(); ++r)
    for (std::size_t c = 0; c < cells[r].size(); ++c)
      worksheet_write_string(sheet, static_cast<lxw_row_t>(r), static_cast<lxw_col_t>(c),
                             cells[r][c].c_str(), nullptr);
  ASSERT_EQ(workbook_close(book), LXW_NO_ERROR);
  const Value a = explain("unit-12652901PDY0001249", "待审清单.xlsx", at.read("list.xlsx"));
  EXPECT_EQ(a["result"].string(), "accepted") << text;
  ASSERT_EQ(a["lines"].size(), 2U) << a.dump(true);
  EXPECT_EQ(a["lines"][0]["queue"].string(), "unit-11652901PDY000116H");
  EXPECT_EQ(a["lines"][1]["result"].string(), "refused");
  EXPECT_TRUE(a["rows"][0].has("table")) << a["rows"].dump(true);
  expect_said({"逐行结果", "第 3 行  " + id, "第 4 行  A-000000000000", "CASE_UNKNOWN"});
}

}  // namespace
