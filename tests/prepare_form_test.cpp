#include <gtest/gtest.h>

#include <algorithm>

#include "pipeline/text.hpp"
#include "tests/preparing.hpp"

namespace {

using namespace preparing;
using pipeline::Role;

std::size_t count_of(const Submission& s, const std::string& code) {
  return static_cast<std::size_t>(std::count_if(s.findings.begin(), s.findings.end(),
                                                [&](const auto& f) { return f.code == code; }));
}

std::string repeated(std::size_t times, const std::string& item) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += (i ? "," : "") + item;
  return out;
}

const pipeline::Finding& last_of(const Submission& s, const std::string& code) {
  return *std::find_if(s.findings.rbegin(), s.findings.rend(),
                       [&](const auto& f) { return f.code == code; });
}

const std::string kWithdrawalBegun = kSmallForms[1].substr(0, kSmallForms[1].rfind('}')) + ",";

TEST(Prepare, FormsInEveryEncodingReadTheSame) {
  const std::string text = kSmallForms[1];
  const auto expected = form_alone(text).form;
  ASSERT_FALSE(expected.is_null());
  std::string little = "\xFF\xFE";
  std::string big = "\xFE\xFF";
  for (const char32_t c : pipeline::code_points(text)) {
    zip_builder::put(little, c, 2);
    big += static_cast<char>(c >> 8), big += static_cast<char>(c & 0xFF);
  }
  for (const std::string& bytes : {"\xEF\xBB\xBF" + text, pipeline::to_gb18030(text).value(),
                                   little, big, little.substr(2), big.substr(2)}) {
    const Submission s = form_alone(bytes);
    EXPECT_EQ(codes(s), "");
    EXPECT_EQ(s.form, expected);
  }
}

TEST(Prepare, AFormThatCannotBeReadSaysWhy) {
  for (const std::string& bytes :
       {std::string(), std::string("{"), std::string("[1]"), std::string("null"),
        std::string(200, '['), std::string("{\"a\":\"\xFF\xFF\"}")}) {
    const Submission s = prepared(Builder().add("form.json", bytes).end());
    EXPECT_EQ(codes(s), "FORM_UNREADABLE") << bytes;
    EXPECT_EQ(fates(s), "form.json=rejected");
    EXPECT_TRUE(s.opened);
  }
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{\"a\":";
  const Submission s = form_alone(deep + "1" + std::string(100, '}'));
  ASSERT_EQ(codes(s), "FORM_UNREADABLE");
  EXPECT_NE(s.findings[0].message.find("64"), std::string::npos) << s.findings[0].message;
}

TEST(Prepare, AKeyThatStandsTwiceIsTold) {
  EXPECT_EQ(
      codes(form_alone(
          R"({"kind":"status_query","uscc":"12431382PDY0000364","uscc":"12431382PDY0000364"})")),
      "FORM_DUPLICATE_KEY");
}

TEST(Prepare, TheFormIsFoundAtTheRootOrInOneFolderBelow) {
  EXPECT_EQ(codes(prepared(hunan_bundle("材料/"))), "");
  EXPECT_EQ(fates(prepared(hunan_bundle("材料/"))).substr(0, 22), "材料/form.json=form ");
  EXPECT_EQ(codes(prepared(Builder().add("a.jpg", jpeg()).end())), "FORM_MISSING");
  EXPECT_EQ(
      codes(prepared(Builder().add("a/b/form.json", kSmallForms[0]).end()), "ATTACHMENT_TYPE"),
      "FORM_MISSING");
  EXPECT_EQ(codes(prepared(Builder().end())), "FORM_MISSING");
  const Submission two =
      prepared(Builder().add("form.json", kSmallForms[1]).add("x/FORM.json", kSmallForms[1]).end());
  EXPECT_EQ(codes(two), "FORM_AMBIGUOUS");
  EXPECT_EQ(fates(two), "form.json=rejected x/FORM.json=rejected");
}

TEST(Prepare, SheetsAndPdfAloneAreToldToBeUnreadableForms) {
  const std::string sheet =
      Builder().add("[Content_Types].xml", "x").add("xl/workbook.xml", "x").end();
  for (const Submission& s : {prepared(sheet, "表.xlsx"), prepared(pdf(1), "审批单.pdf"),
                              prepared(Builder().add("表.xlsx", sheet).end())}) {
    EXPECT_TRUE(s.opened);
    EXPECT_EQ(codes(s), "FORM_UNREADABLE");
    ASSERT_EQ(s.entries.size(), 1u);
    EXPECT_EQ(s.entries[0].role, Role::Rejected);
  }
}

TEST(Prepare, AFormAloneThatIsStillBeingWrittenIsIncomplete) {
  const auto incomplete = [](const std::string& bytes, const std::string& name) {
    const Submission s = prepared(bytes, name);
    EXPECT_TRUE(pipeline::has_error(s.findings)) << name;
    return s.incomplete;
  };
  const std::string sheet =
      Builder().add("[Content_Types].xml", "x").add("xl/workbook.xml", "x").end();
  EXPECT_TRUE(incomplete("", "form.json"));
  EXPECT_TRUE(incomplete(kHunan.substr(0, kHunan.size() / 2), "form.json"));
  EXPECT_TRUE(incomplete("{", "form.json"));
  EXPECT_TRUE(incomplete(std::string(5000, '\0'), "form.json"));
  EXPECT_TRUE(incomplete("", "审批单.pdf"));
  EXPECT_TRUE(incomplete(pdf(1, {}, false), "审批单.pdf"));
  EXPECT_TRUE(incomplete(pdf(1) + std::string(1024, ' '), "审批单.pdf"));
  EXPECT_TRUE(incomplete("", "表.xlsx"));
  EXPECT_TRUE(incomplete(sheet.substr(0, sheet.size() - 30), "表.xlsx"));

  EXPECT_FALSE(incomplete("{}", "form.json"));
  EXPECT_FALSE(incomplete("[1]", "form.json"));
  EXPECT_FALSE(incomplete(std::string(100, '[') + std::string(100, ']'), "form.json"));
  EXPECT_FALSE(incomplete(pdf(1), "审批单.pdf"));
  EXPECT_FALSE(incomplete(sheet, "表.xlsx"));
  EXPECT_FALSE(incomplete(Builder().add("form.json", "{").end(), "a.zip"));
}

TEST(Prepare, AnUnfinishedFormAloneIsRefusedAsBeforeOnceItsTimeIsOver) {
  for (const Submission& s : {form_alone("{"), form_alone(""), prepared(pdf(1, {}, false))}) {
    EXPECT_TRUE(s.opened);
    EXPECT_EQ(codes(s), "FORM_UNREADABLE");
  }
}

TEST(Prepare, OfALongListAThousandItemsAreLookedAt) {
  const auto items = [](std::size_t n) {
    return form_alone(kHunan.substr(0, kHunan.rfind('}')) + R"(,"attachments":[)" +
                      repeated(n, R"({"slot":"U03"})") + "]}");
  };
  const auto told_long = [](const Submission& s) {
    return std::count_if(s.findings.begin(), s.findings.end(), [](const auto& f) {
      return f.code == "FIELD_INVALID" && f.where == "attachments" &&
             f.message.find("共 1001 项") != std::string::npos &&
             f.message.find("其余未查看") != std::string::npos;
    });
  };
  EXPECT_EQ(told_long(items(1000)), 0);
  EXPECT_EQ(told_long(items(1001)), 1);
  const Submission s =
      form_alone(R"({"kind":"title_application","resubmits":"A-3F9A2C1B77D0","awards":[)" +
                 repeated(1001, R"({"name":"x","date":"2020"})") + "]}");
  EXPECT_EQ(s.form["awards"].size(), 1000u);
  EXPECT_TRUE(told(s).contains("FIELD_INVALID@awards"));
}

TEST(Prepare, OfManyUnknownOrRepeatedKeysTheLastFindingSaysHowManyMore) {
  const auto keys = [](int n, bool same) {
    std::string out = kWithdrawalBegun;
    for (int i = 0; i < n; ++i)
      out += std::string(i ? "," : "") + "\"" + (same ? "odd" : "odd" + std::to_string(i)) + "\":1";
    return form_alone(out + "}");
  };
  EXPECT_EQ(count_of(keys(20, false), "FIELD_UNKNOWN"), 20u);
  EXPECT_EQ(last_of(keys(20, false), "FIELD_UNKNOWN").message.find("另有"), std::string::npos);
  const Submission unknown = keys(150'000, false);
  EXPECT_EQ(count_of(unknown, "FIELD_UNKNOWN"), 20u);
  EXPECT_NE(last_of(unknown, "FIELD_UNKNOWN").message.find("另有 149981 项"), std::string::npos);
  const Submission twice = keys(150'000, true);
  EXPECT_EQ(count_of(twice, "FORM_DUPLICATE_KEY"), 20u);
  EXPECT_NE(last_of(twice, "FORM_DUPLICATE_KEY").message.find("另有 149980 项"), std::string::npos);
}

TEST(Prepare, TwoHundredFindingsAreToldErrorsFirstAndEveryCodeOnce) {
  std::string rows;
  for (int i = 0; i < 900; ++i)
    rows += std::string(i ? "," : "") + R"({"name":"买买提•吐尔逊","date":"昨天"})";
  const Submission s = form_alone(
      R"({"kind":"title_application","resubmits":"A-3F9A2C1B77D0","year":"明年","odd":1,"applicant":{"name":"张?"},"awards":[)" +
      rows + "]}");
  ASSERT_EQ(s.findings.size(), 201u);
  for (const char* code :
       {"DATE_INVALID", "FIELD_INVALID", "FIELD_UNKNOWN", "NAME_UNCERTAIN_CHARACTER"})
    EXPECT_GE(count_of(s, code), 1u) << code;
  EXPECT_EQ(s.findings.back().severity, pipeline::Severity::Error);
  EXPECT_EQ(s.findings.back().where, "");
  EXPECT_EQ(s.findings.back().message.find("另有 "), 0u) << s.findings.back().message;
}

TEST(Prepare, WhatIsQuotedFromASubmissionIsCut) {
  const std::string long_text(80'000, 'k');
  const std::vector<Submission> all{
      form_alone(R"({"kind":")" + long_text + R"("})"),
      form_alone(kWithdrawalBegun + "\"" + long_text + "\":1,\"" + long_text + "\":2}"),
      form_alone(R"({"kind":"status_query","uscc":")" + long_text + R"("})"),
      form_alone(R"({"kind":"unit_info_correction","uscc":"12431382PDY0000364","attachments":[")" +
                 long_text + R"("]})"),
      prepared(
          Builder().add("form.json", kSmallForms[2]).add(long_text.substr(0, 60'000), "x").end())};
  for (const Submission& s : all) {
    EXPECT_FALSE(s.findings.empty());
    for (const auto& finding : s.findings) {
      EXPECT_LE(pipeline::count_code_points(finding.where), 100u) << finding.code;
      EXPECT_LE(finding.message.size() + finding.hint.size(), 2000u) << finding.code;
    }
  }
  EXPECT_TRUE(told(all[1]).contains("FIELD_UNKNOWN@" + std::string(99, 'k') + "…"));
}

TEST(Prepare, AnAnswerFarTooLongIsRefusedBeforeItIsNormalised) {
  std::string longest;
  for (int i = 0; i < 300'000; ++i) longest += "\uFDFA";
  const auto said = told(form_alone(R"({"kind":"status_query","uscc":")" + longest + "\"}"));
  EXPECT_TRUE(said.contains("FIELD_INVALID@uscc"));
  EXPECT_FALSE(said.contains("USCC_LENGTH@uscc"));
}

}  // namespace
