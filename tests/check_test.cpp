#include <gtest/gtest.h>

#include <filesystem>

#include "app/sample_zip.hpp"
#include "tests/form_pdf.hpp"
#include "tests/program.hpp"

// What `dossier check` says before a bundle is dropped, through the real program.

namespace {

using pipeline::Value;
using tests::Program;

std::string registration(const std::string& uscc, bool scan) {
  const std::string form = R"({"kind": "unit_registration", "submit": true,
    "unit": {"name": "涟源市某国有林场", "uscc": ")" +
                           uscc + R"(", "nature": "事业单位", "level": "county",
             "region": "431382", "legal_rep": "刘一", "phone": "0738-4400000"},
    "handler": {"name": "李四", "id_number": "431382199007150021", "phone": "13800000002"},
    "account": {"username": "lylinchang", "password_digest": "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
    "business_types": ["pt"], "pooling_region": "431382", "review_target": {"kind": "主管机构"}})";
  std::vector<app::ZipEntry> entries{{"form.json", app::own(form)}};
  if (scan) entries.push_back({"U03.pdf", app::own(form_pdf::scan("U03"))});
  return app::zip_bytes(entries, {}, 0);
}

const std::string kGood = "12431382PDY0000364";

bool has(const Value& one, const std::string& code) {
  for (const Value& finding : one["findings"].items())
    if (finding["code"].string() == code) return true;
  return false;
}

TEST(Check, SaysOfSeveralFilesWhatIsWrongWithEach) {
  const Program at("check-several");
  at.write("好.zip", registration(kGood, true));
  at.write("错.zip", registration("12431382PDY0000365", true));
  at.write("坏.zip", "PK\x03\x04 cut off");
  const std::vector<std::string> words{"check", at.path("好.zip"), at.path("错.zip"),
                                       at.path("坏.zip")};
  ASSERT_EQ(at.run_here({words[0], words[1], words[2], words[3], "--json"}), 0) << at.err();
  const Value a = at.json();
  EXPECT_FALSE(a["ledger"].boolean(true));
  ASSERT_EQ(a["bundles"].size(), 3U);
  EXPECT_EQ(a["bundles"][0]["result"].string(), "accepted");
  EXPECT_EQ(a["bundles"][0]["kind"].string(), "unit_registration");
  EXPECT_EQ(a["bundles"][0]["entries"].size(), 2U);
  EXPECT_EQ(a["bundles"][1]["result"].string(), "refused");
  EXPECT_TRUE(has(a["bundles"][1], "USCC_CHECK"));
  EXPECT_EQ(a["bundles"][2]["result"].string(), "quarantined");
  EXPECT_EQ(a["counts"]["accepted"], Value(1));
  EXPECT_EQ(a["counts"]["quarantined"], Value(1));
  EXPECT_FALSE(std::filesystem::exists(at.path("state"))) << "nothing is made";
  EXPECT_FALSE(std::filesystem::exists(at.path("outbox")));

  ASSERT_EQ(at.run_here(words), 0);
  for (const char* text :
       {"文件", "好.zip", "可以投递", "投了会被退回", "打不开", "USCC_CHECK", "→"})
    EXPECT_NE(at.out().find(text), std::string::npos) << text << "\n" << at.out();
}

TEST(Check, StrictEndsWithTwoIfOneWouldNotBeTaken) {
  const Program at("check-strict");
  at.write("好.zip", registration(kGood, true));
  at.write("错.zip", registration("12431382PDY0000365", true));
  EXPECT_EQ(at.run_here({"check", at.path("好.zip"), "--strict"}), 0) << at.err();
  EXPECT_EQ(at.run_here({"check", at.path("好.zip"), at.path("错.zip"), "--strict"}), 2);
  EXPECT_EQ(at.run_here({"check"}), 1);
  EXPECT_EQ(at.run_here({"check", at.path("没有.zip"), at.path("好.zip")}), 3);
  EXPECT_NE(at.out().find("没有这个文件"), std::string::npos) << at.out();
  EXPECT_NE(at.out().find("可以投递"), std::string::npos)
      << "the others are looked at all the same";
}

TEST(Check, WithALedgerItSaysWhatWouldBeDecided) {
  const Program at("check-ledger");
  at.write("缺.zip", registration(kGood, false));
  // What must be attached, the tables say without one.
  ASSERT_EQ(at.run_here({"check", at.path("缺.zip"), "--json"}), 0) << at.err();
  EXPECT_FALSE(at.json()["ledger"].boolean(true));
  EXPECT_TRUE(has(at.json()["bundles"][0], "ATTACHMENT_MISSING"));
  at.write("inbox/首次.zip", registration(kGood, true));
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  ASSERT_EQ(at.run_here({"check", at.path("缺.zip"), "--json"}), 0) << at.err();
  const Value one = at.json()["bundles"][0];
  EXPECT_TRUE(at.json()["ledger"].boolean());
  EXPECT_EQ(one["result"].string(), "refused");
  EXPECT_TRUE(has(one, "ALREADY_PENDING")) << at.out();
  at.write("又.zip", registration(kGood, true));
  ASSERT_EQ(at.run_here({"check", at.path("又.zip"), "--json", "--strict"}), 0) << at.err();
  EXPECT_EQ(at.json()["bundles"][0]["result"].string(), "duplicate");
}

TEST(Check, AFilledSheetIsToldByItsCells) {
  const Program at("check-sheet");
  ASSERT_EQ(at.run_here({"forms", at.path("空白表")}), 0) << at.err();
  ASSERT_EQ(at.run_here({"check", at.path("空白表/申请书收回表.xlsx"), "--json"}), 0) << at.err();
  const Value one = at.json()["bundles"][0];
  EXPECT_EQ(one["kind_label"].string(), "申请书收回");
  EXPECT_EQ(one["result"].string(), "refused");
  ASSERT_EQ(one["findings"].size(), 1U);
  EXPECT_EQ(one["findings"][0]["where"].string(), "C7");
}

}  // namespace
