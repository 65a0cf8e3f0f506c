#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "pipeline/dictionary.hpp"
#include "pipeline/finding.hpp"
#include "pipeline/text.hpp"

namespace {

using pipeline::Catalogue;
using pipeline::Dictionary;

const std::string kCommon = DOSSIER_SOURCE_DIR "/templates/common/";

std::vector<std::string> words(std::string_view text, char by) {
  std::vector<std::string> out;
  for (const std::string_view each : pipeline::split(text, by)) {
    if (!pipeline::trim(each).empty()) out.emplace_back(pipeline::trim(each));
  }
  return out;
}

TEST(Dictionary, AcceptsCodeLabelAndAliasHoweverTheyAreWritten) {
  const Dictionary words = Dictionary::load(kCommon + "dictionary.csv");
  EXPECT_EQ(words.code("nature", "事业单位"), "public_institution");
  EXPECT_EQ(words.code("nature", " 事 业　单位 "), "public_institution");
  EXPECT_EQ(words.code("sex", "１"), "male");
  EXPECT_EQ(words.code("sex", "女"), "female");
  EXPECT_EQ(words.code("application_type", "normal"), "NORMAL");
  EXPECT_EQ(words.code("ethnicity", "维吾尔"), words.code("ethnicity", "维吾尔族"));
  EXPECT_EQ(words.code("series", "工程"), "engineering");
  EXPECT_EQ(words.code("state", "附件已接收(未注册)"), "attachments_received");
  EXPECT_EQ(words.code("section", "专技股"), words.code("section", "专技科"));  // H44
  EXPECT_EQ(words.code("nature", "单位"), std::nullopt);
  EXPECT_EQ(words.code("no such name", "x"), std::nullopt);
  EXPECT_EQ(words.label("action", "return"), "退回申请人");
  EXPECT_EQ(words.label("action", "fly"), "fly");
  EXPECT_EQ(words.words("kind").size(), 10u);
  EXPECT_EQ(words.words("series").size(), 28u);  // 27 and the rest
  EXPECT_EQ(words.words("application_type").size(), 10u);
  EXPECT_EQ(words.words("state").size(), 12u);
  EXPECT_EQ(words.words("ethnicity").size(), 58u);
  EXPECT_EQ(words.words("title_level").size(), 5u);
}

TEST(Dictionary, HoldsEveryEnumerationOfTheForms) {
  const Dictionary dictionary = Dictionary::load(kCommon + "dictionary.csv");
  const std::map<std::string, std::string> forms{
      {"nature", "administrative_organ public_institution enterprise social_organisation other"},
      {"unit_level", "central province prefecture county township other"},
      {"business_type", "pt hr_market"},
      {"review_target", "competent_agency supervising_unit"},
      {"registration_mode", "SELF ASSIGNED CREATED_BY_PARENT"},
      {"title_level", "senior_full senior_associate intermediate assistant junior"},
      {"action", "approve reject report_up return send_back not_accept accept"},
      {"result", "accepted not_submitted refused quarantined duplicate"},
      {"role", "form attachment ignored rejected"},
      {"severity", "error warning info"},
      {"state",
       "attachments_received pending_review approved rejected withdrawn at_base_unit returned "
       "at_receiving_unit at_committee accepted recalled not_accepted"}};
  for (const auto& [name, codes] : forms) {
    std::vector<std::string> shipped;
    for (const auto& [code, label] : dictionary.words(name)) shipped.push_back(code);
    EXPECT_EQ(shipped, words(codes, ' ')) << name;
  }
}

TEST(Catalogue, HoldsEveryFindingCodeOfTheContract) {
  const Catalogue catalogue = Catalogue::load(kCommon + "findings.csv");
  const std::string codes =
      "FORM_MISSING FORM_UNREADABLE FIELD_REQUIRED USCC_LENGTH USCC_CHARSET USCC_CHECK "
      "USCC_ORG_CHECK "
      "USCC_NATURE_MISMATCH USCC_REGION_UNKNOWN ID_FORMAT ID_DATE ID_CHECK ID_SEX_MISMATCH "
      "ID_BIRTH_MISMATCH ID_REGION_HISTORICAL ID_REGION_UNKNOWN NAME_SEPARATOR_NORMALISED "
      "NAME_UNCERTAIN_CHARACTER NAME_PUA BUSINESS_TYPE_REQUIRED REVIEW_TARGET_REQUIRED "
      "SUPERVISING_UNIT_UNKNOWN SUPERVISING_UNIT_NO_PORTAL_ACCOUNT SELF_SUPERVISION HR_OVERRIDE "
      "POOLING_REGION_REQUIRED AGENCY_NOT_CONFIGURED ALREADY_PENDING SYNC_NOT_ELAPSED "
      "USERNAME_TAKEN_BY_OTHER_HANDLER PERSON_HAS_OTHER_ACCOUNT CREDENTIAL_MISMATCH NOT_SUBMITTED "
      "NOT_PENDING AGENCY_MUST_REJECT REGISTRATION_NOT_REQUIRED UNIT_NOT_REGISTERED "
      "UNIT_NOT_APPROVED "
      "RECEIVING_UNIT_REQUIRED RECEIVING_UNIT_LEVEL RECEIVING_UNIT_REGION "
      "NO_DEFAULT_RECEIVING_DEPARTMENT TARGET_NOT_PARENT TARGET_NOT_ALLOWED NOT_OWN_STAFF "
      "SELF_REVIEW "
      "LOCKED_ITEM_CHANGED REVIEW_MODIFIED_CONTENT DECISION_INCOMPLETE DECISION_NOT_CONFIRMED "
      "RECALL_NOT_ALLOWED ATTACHMENT_MISSING ATTACHMENT_TYPE ATTACHMENT_SIZE ATTACHMENT_EMPTY "
      "ATTACHMENT_DUPLICATE ATTACHMENT_UNCLASSIFIED ATTACHMENT_CORRUPT ATTACHMENT_ENCRYPTED "
      "TITLE_UNKNOWN TITLE_LEVEL_MISMATCH TITLE_NAME_NORMALISED LEVEL_NOT_IN_SERIES "
      "EXAM_ONLY_LEVEL "
      "COMMITTEE_UNRESOLVED INELIGIBLE_NORMAL TRANSFER_SAME_LEVEL APPRAISAL_FAILED CE_HOURS_SHORT "
      "PUBLICITY_TOO_SHORT PUBLICITY_MISSING LATE DUPLICATE_BUNDLE DUPLICATE_APPLICATION "
      "ZIP_UNSAFE "
      "ZIP_ENCRYPTED ZIP_CORRUPT NOT_A_ZIP ZIP_NAME_RECODED "
      "WRONG_FOLDER WRONG_QUEUE TOKEN_INVALID FORM_OUTDATED CASE_UNKNOWN CASE_CLOSED KIND_UNKNOWN "
      "FIELD_UNKNOWN ACTION_NOT_ALLOWED PROVISION_NOT_ALLOWED ID_NAME_MISMATCH FORM_AMBIGUOUS "
      "ENTRY_NAME_UNSAFE ATTACHMENT_UNREADABLE";
  for (const std::string& code : words(codes, ' '))
    EXPECT_TRUE(catalogue.all().contains(code)) << code;

  const std::set<std::string> placeholders{"field",    "value", "allowed", "candidate", "unit",
                                           "expected", "file",  "entry",   "detail",    "round",
                                           "time",     "queue", "kinds"};
  for (const auto& [code, row] : catalogue.all()) {
    EXPECT_FALSE(row.hint.empty()) << code << " gives no way out";
    EXPECT_FALSE(row.rule.empty()) << code;
    for (const std::string& text : {row.message, row.hint}) {
      for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
        EXPECT_TRUE(placeholders.contains(text.substr(at + 1, text.find('}', at) - at - 1)))
            << code << ": " << text;
      }
    }
    const pipeline::Finding bare = catalogue.make(code);
    EXPECT_FALSE(bare.message.empty()) << code;
    EXPECT_EQ((bare.message + bare.hint).find('{'), std::string::npos) << code;
  }
}

TEST(Catalogue, SaysWhatTheSourcesSayWordForWord) {
  const Catalogue catalogue = Catalogue::load(kCommon + "findings.csv");
  EXPECT_EQ(catalogue.make("USERNAME_TAKEN_BY_OTHER_HANDLER").message,
            "该账号已经注册，如需使用同一个账号，身份证信息必须保持一致");  // H34
  EXPECT_EQ(catalogue.make("PERSON_HAS_OTHER_ACCOUNT", "", {{"value", "a"}}).message,
            "您在本系统已有账号[a，新注册单位账号和密码必须和已有账号密码保持一致");  // H35
  EXPECT_EQ(catalogue.make("NO_DEFAULT_RECEIVING_DEPARTMENT").message,
            "如不能提交上报，请检查材料接收部门是否选择默认。");  // X60
  // H36: what was uploaded is not registered, and the receipt must not sound as if it were.
  const auto not_submitted = catalogue.make("NOT_SUBMITTED");
  EXPECT_EQ((not_submitted.message + not_submitted.hint).find("注册成功"), std::string::npos);
}

TEST(Catalogue, FillsInArgumentsAndLeavesOutWhatHasNone) {
  const Catalogue catalogue = Catalogue::load(kCommon + "findings.csv");
  const auto full =
      catalogue.make("USCC_CHECK", "unit.uscc", {{"value", "X{field}"}, {"candidate", "Y"}});
  EXPECT_EQ(full.message, "统一社会信用代码校验码错误：X{field}（建议：Y）");
  EXPECT_EQ(full.where, "unit.uscc");
  EXPECT_EQ(catalogue.make("USCC_CHECK", "", {{"value", "X"}}).message,
            "统一社会信用代码校验码错误：X");
  EXPECT_EQ(catalogue.make("KIND_UNKNOWN", "", {{"kinds", "甲、乙"}}).message,
            "不认识的业务类别。可以办理的业务：甲、乙。");
  EXPECT_EQ(catalogue.make("FIELD_REQUIRED").message, "必填项未填写");
  EXPECT_EQ(catalogue.make("RECEIVING_UNIT_REQUIRED").message,
            "请选择材料接收单位（即推荐单位）。");
  EXPECT_EQ(catalogue.make("FIELD_INVALID", "", {{"field", "年"}, {"allowed", "甲"}}).hint,
            "可以填：甲。请按表单说明重新填写“年”后再投递。");
  EXPECT_EQ(catalogue.make("FIELD_INVALID", "", {{"field", "年"}}).hint,
            "请按表单说明重新填写“年”后再投递。");
  EXPECT_EQ(catalogue.make("ATTACHMENT_TYPE", pipeline::Severity::Warning, "x").severity,
            pipeline::Severity::Warning);
}

}  // namespace
