#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "stages/prepare/prepare.hpp"
#include "tests/form_pdf.hpp"
#include "tests/zip_builder.hpp"

// The approval form comes back: filled by any program, or spoilt.

namespace {

using namespace form_pdf;
using pipeline::Role;
using pipeline::Submission;
using pipeline::Value;

const prepare::Rules& rules() {
  static const prepare::Rules loaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return loaded;
}

Submission prepared(const std::string& bytes, const std::string& name = "审批单.pdf",
                    const std::string& drop = "unit-12652901PDY0001249") {
  pipeline::Delivery delivery;
  delivery.drop = drop;
  delivery.name = name;
  return prepare::prepare(delivery, bytes, rules());
}

std::set<std::string> told(const Submission& s) {
  std::set<std::string> out;
  for (const auto& finding : s.findings) out.insert(finding.code + "@" + finding.where);
  return out;
}

/// The one finding of a PDF that is no form.
std::string refusal(const std::string& bytes) {
  const Submission s = prepared(bytes);
  EXPECT_TRUE(s.opened);
  EXPECT_EQ(s.kind, "");
  EXPECT_EQ(s.findings.size(), 1U);
  EXPECT_EQ(s.entries.at(0).role, Role::Rejected);
  return s.findings.empty() ? "" : s.findings[0].code + " " + s.findings[0].message;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

TEST(ApprovalFormReading, AFilledFormIsADecision) {
  const Submission s = prepared(filled_form().bytes());
  EXPECT_EQ(told(s), std::set<std::string>{});
  EXPECT_TRUE(s.opened);
  EXPECT_EQ(s.kind, "review_decision");
  EXPECT_EQ(s.form_name, "审批单.pdf");
  ASSERT_EQ(s.entries.size(), 1U);
  EXPECT_EQ(s.entries[0].role, Role::Form);
  EXPECT_EQ(s.entries[0].type, "pdf");
  const Value expected = Value::object(
      {{"case", "A-3F9A2C1B77D0"},
       {"round", 1},
       {"token", "0123456789abcdef"},
       {"queue", "unit-12652901PDY0001249"},
       {"form_version", "1.2"},
       {"reviewer", Value::object({{"name", "阿卜杜热合曼·买买提"}})},
       {"action", "return"},
       {"confirmed", true},
       {"modification_opinion", "学历证书不清晰，\n请𬭎重新扫描"},
       {"checks", Value::object({{"truthful", true}, {"complete", false}, {"valid", false}})},
       {"items", Value::array({Value::object({{"item", "S1"}, {"passed", true}}),
                               Value::object({{"item", "S3"},
                                              {"passed", false},
                                              {"opinion", "毕业证扫描件不清晰"}})})},
       {"kind", "review_decision"}});
  EXPECT_EQ(s.form.dump(true), expected.dump(true));
}

TEST(ApprovalFormReading, ABlankFormIsADecisionNotConfirmed) {
  const Submission s = prepared(blank_form().bytes());
  EXPECT_EQ(told(s), std::set<std::string>{});
  EXPECT_EQ(s.kind, "review_decision");
  EXPECT_EQ(s.form["confirmed"], Value(false));
  EXPECT_FALSE(s.form.has("action"));
  EXPECT_FALSE(s.form.has("items"));
  EXPECT_FALSE(s.form.has("recommendation_opinion"));
  EXPECT_FALSE(s.form.has("reviewer"));
}

TEST(ApprovalFormReading, LabelsOfChoicesAreTakenForWhatTheyStandFor) {
  Form form = filled_form();
  form.set(choice("action", "退回申请人"));
  EXPECT_EQ(prepared(form.bytes()).form["action"].string(), "return");
  form = blank_form();
  form.set(choice(
      "target", "阿克苏市人社局（默认）",
      "[" + text_string("11652901PDY000116H") + text_string("阿克苏市人社局（默认）") + "]"));
  EXPECT_EQ(prepared(form.bytes()).form["target"].string(), "11652901PDY000116H");
}

TEST(ApprovalFormReading, ButtonsAreReadFromWhatTheyShowWhereTheValueIsMissing) {
  Form form = blank_form();
  form.set({"confirmed", "/FT /Btn /AS /On"});
  form.set({"checks.valid", "/FT /Btn /AS /Off"});
  form.set({"items.S1.passed",
            "/FT /Btn /Ff 49152 /Kids [<< /AS /Off /Subtype /Widget >> << /AS /no /Subtype /Widget "
            ">>]"});
  const Submission s = prepared(form.bytes());
  EXPECT_EQ(told(s), std::set<std::string>{});
  EXPECT_EQ(s.form["confirmed"], Value(true));
  EXPECT_EQ(s.form["checks"]["valid"], Value(false));
  EXPECT_EQ(s.form["items"][0]["passed"], Value(false));
}

TEST(ApprovalFormReading, FindingsNameTheFieldOfTheForm) {
  Form form = filled_form();
  form.set(text("round", "第一轮"));
  form.set(choice("action", "再说"));
  form.set(text("items.S3.opinion", std::string(3 * 2001, '.')));
  EXPECT_EQ(told(prepared(form.bytes())),
            (std::set<std::string>{"FIELD_INVALID@round", "FIELD_INVALID@action",
                                   "FIELD_INVALID@items.S3.opinion"}));
}

TEST(ApprovalFormReading, AFieldThatIsNotOursIsToldAndASignatureOrPushButtonIsNot) {
  Form form = filled_form();
  form.set(text("批注", "x"));
  form.set(text("items.S18x.passed", "x"));
  form.set({"Signature1", "/FT /Sig /V << /Type /Sig >>"});
  form.set({"print", "/FT /Btn /Ff 65536"});
  const Submission s = prepared(form.bytes());
  EXPECT_EQ(told(s),
            (std::set<std::string>{"FIELD_UNKNOWN@批注", "FIELD_UNKNOWN@items.S18x.passed"}));
  EXPECT_FALSE(has_error(s.findings));
}

TEST(ApprovalFormReading, APaperWhoseTextWasEditedIsRefused) {
  Form form = filled_form();
  form.page = "BT (something else) Tj ET";
  const Submission s = prepared(form.bytes());
  EXPECT_EQ(told(s), std::set<std::string>{"REVIEW_MODIFIED_CONTENT@content"});
  EXPECT_TRUE(has_error(s.findings));
  EXPECT_EQ(s.form["action"].string(), "return") << "the rest is read all the same";
}

TEST(ApprovalFormReading, WhatElseThePageHoldsDoesNotCount) {
  Form form = filled_form();
  form.page = "q /P <</MCID (0)>> BDC BI /W 1 /H 1 /BPC 8 /CS /G ID (x) EI " + form.page +
              " (left over) EMC Q % (comment) Tj\n";
  EXPECT_EQ(told(prepared(form.bytes())), std::set<std::string>{});
}

TEST(ApprovalFormReading, EachKindOfPdfThatIsNoFormIsToldInItsOwnWords) {
  Form form = filled_form();
  form.with_form = false;
  EXPECT_TRUE(holds(refusal(form.bytes()), "没有填写项")) << "printed, scanned or flattened";
  form.with_form = true;
  form.fields = {text("name", "x")};
  EXPECT_TRUE(holds(refusal(form.bytes()), "不是本系统发出的审批单"));
  form.form_entries = "/XFA [(template) 4 0 R]";
  EXPECT_TRUE(holds(refusal(form.bytes()), "XFA"));
  EXPECT_TRUE(holds(refusal(filled_form().drop("token").drop("content").bytes()),
                    "缺少系统写入的标识（token、content）"));
  EXPECT_TRUE(holds(refusal(filled_form().set(text("case", " ")).bytes()), "标识（case）"));
  form = filled_form();
  form.trailer = "/Encrypt << /Filter /Adobe.PubSec /V 4 >> /ID [<00> <00>]";
  EXPECT_TRUE(holds(refusal(form.bytes()), "密码"));
  EXPECT_TRUE(holds(refusal("%PDF-1.7\n\n%%EOF\n"), "损坏"));
}

TEST(ApprovalFormReading, AFieldThatStandsTwiceWithTwoValuesIsRefused) {
  Form form = filled_form();
  form.fields.push_back(choice("action", "report_up"));
  EXPECT_TRUE(holds(refusal(form.bytes()), "两个不同的值"));
  form.fields.back() = choice("action", "return");
  EXPECT_EQ(told(prepared(form.bytes())), std::set<std::string>{});
}

TEST(ApprovalFormReading, AFormWithoutItsEndMayStillBeOnItsWay) {
  const std::string whole = filled_form().bytes();
  const std::string cut = whole.substr(0, whole.size() - 7);
  EXPECT_TRUE(holds(refusal(cut), "不完整"));
  EXPECT_TRUE(prepared(cut).incomplete);
  EXPECT_FALSE(prepared(whole).incomplete);
}

TEST(ApprovalFormReading, OnlyAReviewersOwnFolderHasFormsOpened) {
  const prepare::Rules own =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  const std::string form = filled_form().bytes();
  const auto drop = [&](const std::string& folder, const std::string& bytes,
                        const std::string& name) {
    pipeline::Delivery delivery;
    delivery.drop = folder;
    delivery.name = name;
    return prepare::prepare(delivery, bytes, own);
  };
  for (const char* folder : {"public", "", "units"}) {
    const Submission s = drop(folder, form, "审批单.pdf");
    EXPECT_EQ(told(s), std::set<std::string>{"FORM_UNREADABLE@审批单.pdf"}) << folder;
    EXPECT_TRUE(holds(s.findings.at(0).message, "自己的文件夹")) << s.findings[0].message;
    EXPECT_EQ(s.kind, "");
    EXPECT_EQ(s.entries.at(0).role, Role::Rejected);
  }
  EXPECT_TRUE(own.foreign->processes().empty()) << "no reader was even started";
  for (const char* folder : {"public", "", "units"})
    EXPECT_TRUE(told(drop(folder, zip_builder::Builder().add("审批单.pdf", form).end(), "a.zip"))
                    .contains("FORM_UNREADABLE@审批单.pdf"));
  EXPECT_EQ(drop("agency-431382-pt", form, "审批单.pdf").kind, "review_decision");
}

TEST(ApprovalFormReading, InABundleAFormThatIsAloneOrSoNamedIsTheForm) {
  const std::string form = filled_form().bytes();
  Form other = filled_form();
  other.page += " (scan) Tj";
  const Submission alone = prepared(
      zip_builder::Builder().add("批/答复.pdf", form).add("批/Thumbs.db", "x").end(), "a.zip");
  EXPECT_EQ(alone.kind, "review_decision");
  EXPECT_EQ(alone.form_name, "批/答复.pdf");
  const Submission named = prepared(
      zip_builder::Builder().add("扫描件.pdf", other.bytes()).add("审批单（已填）.pdf", form).end(),
      "a.zip");
  EXPECT_EQ(named.kind, "review_decision");
  EXPECT_EQ(named.form_name, "审批单（已填）.pdf");
  EXPECT_EQ(named.entries[0].role, Role::Ignored);
  const Submission two = prepared(
      zip_builder::Builder().add("1审批单.pdf", form).add("2审批单.pdf", form).end(), "a.zip");
  EXPECT_EQ(told(two), std::set<std::string>{"FORM_AMBIGUOUS@2审批单.pdf"});
  const Submission neither =
      prepared(zip_builder::Builder().add("1.pdf", form).add("2.pdf", form).end(), "a.zip");
  EXPECT_EQ(told(neither), std::set<std::string>{"FORM_MISSING@"});
}

}  // namespace
