#include <gtest/gtest.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <vector>

#include "stages/prepare/prepare.hpp"
#include "stages/prepare/xlsx_cells.hpp"
#include "tests/workbook_parts.hpp"
#include "tests/zip_builder.hpp"

// The worklist comes back: filled in Excel, WPS or LibreOffice, moved about, or spoilt.

namespace {

using pipeline::Role;
using pipeline::Submission;
using pipeline::Value;
using workbook_parts::holds;
using workbook_parts::Parts;

using Row = std::vector<std::string>;

const Row kNames{"case",
                 "info.unit",
                 "info.applicant",
                 "round",
                 "queue",
                 "token",
                 "form_version",
                 "action",
                 "target",
                 "recommendation_opinion",
                 "modification_opinion",
                 "reviewer.name",
                 "confirmed"};
const Row kHeaders{"业务编号", "单位",   "申请人",   "轮次",     "队列",   "校验码",  "审批单版本",
                   "办理结果", "上报至", "推荐意见", "修改意见", "审核人", "确认转交"};

/// A case as the program lists it.
Row listed(int n) {
  const std::string digits = std::to_string(100 + n);
  return {"A-3F9A2C1B7" + digits,    "某中学",           "王一", "1",
          "unit-12652901PDY0001249", "0123456789abcdef", "1.2"};
}

/// The same with what a reviewer writes: action, target, recommendation, modification, name, confirmed.
Row filled(int n, const Row& with) {
  Row row = listed(n);
  row.insert(row.end(), with.begin(), with.end());
  return row;
}

/// A workbook as other programs save it: texts once, cells by number.
std::string workbook(const std::vector<Row>& rows, const std::string& sheet = "待审清单") {
  const std::string path =
      (std::filesystem::temp_directory_path() / ("worklist-" + std::to_string(getpid()) + ".xlsx"))
          .string();
  lxw_workbook* book = workbook_new(path.c_str());
  lxw_worksheet* page = workbook_add_worksheet(book, sheet.c_str());
  for (std::size_t r = 0; r < rows.size(); ++r)
    for (std::size_t c = 0; c < rows[r].size(); ++c) {
      const std::string& text = rows[r][c];
      const auto row = static_cast<lxw_row_t>(r);
      const auto column = static_cast<lxw_col_t>(c);
      if (text == "1")
        worksheet_write_number(page, row, column, 1, nullptr);
      else if (!text.empty())
        worksheet_write_string(page, row, column, text.c_str(), nullptr);
    }
  lxw_row_col_options hidden{};
  hidden.hidden = 1;
  worksheet_set_row_opt(page, 0, 15, nullptr, &hidden);
  EXPECT_EQ(workbook_close(book), LXW_NO_ERROR);
  std::ifstream in(path, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove(path);
  return bytes;
}

prepare::Rules& rules() {
  static prepare::Rules loaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return loaded;
}

Submission prepared(const std::string& bytes, const std::string& name = "待审清单.xlsx",
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

/// "第 3 行:return 第 5 行:".
std::string decisions(const Submission& s) {
  std::string out;
  for (const Submission& part : s.parts)
    out += (out.empty() ? "" : " ") + part.form_name + ":" + part.form["action"].text();
  return out;
}

TEST(WorklistReading, EachFilledRowIsADecision) {
  const Submission s = prepared(
      workbook({kNames, kHeaders, filled(1, {"退回申请人", "", "", "学历证书不清晰", "王一", "是"}),
                listed(2),
                filled(3, {"report_up", "阿克苏市人社局（11652901PDY000116H）", "同意上报", "",
                           "王一", "是"}),
                filled(4, {"", "", "", "", "", "是"})}));
  EXPECT_EQ(told(s), std::set<std::string>{});
  EXPECT_TRUE(s.opened);
  EXPECT_EQ(s.kind, "review_decision");
  EXPECT_EQ(s.form.dump(), R"({"kind":"review_decision","rows":4})");
  EXPECT_EQ(s.entries.at(0).role, Role::Form);
  EXPECT_EQ(decisions(s), "第 3 行:return 第 5 行:report_up 第 6 行:");
  ASSERT_EQ(s.parts.size(), 3U);
  const Submission& part = s.parts[0];
  EXPECT_TRUE(part.opened);
  EXPECT_EQ(part.kind, "review_decision");
  EXPECT_EQ(part.findings.size(), 0U);
  const Value expected = Value::object({{"case", "A-3F9A2C1B7101"},
                                        {"round", 1},
                                        {"token", "0123456789abcdef"},
                                        {"queue", "unit-12652901PDY0001249"},
                                        {"form_version", "1.2"},
                                        {"reviewer", Value::object({{"name", "王一"}})},
                                        {"action", "return"},
                                        {"confirmed", true},
                                        {"modification_opinion", "学历证书不清晰"},
                                        {"kind", "review_decision"},
                                        {"info_applicant", "王一"},
                                        {"info_unit", "某中学"}});
  EXPECT_EQ(part.form.dump(true), expected.dump(true));
  EXPECT_EQ(s.parts[1].form["target"].string(), "11652901PDY000116H");
}

TEST(WorklistReading, AListInWhichNothingIsFilledHasNoParts) {
  const Submission s = prepared(workbook({kNames, kHeaders, listed(1), listed(2)}));
  EXPECT_EQ(told(s), std::set<std::string>{});
  EXPECT_EQ(s.form["rows"], Value(2));
  EXPECT_TRUE(s.parts.empty());
}

TEST(WorklistReading, RowsAndColumnsMayBeMoved) {
  const Row decision{"退回申请人", "", "", "不清晰", "王一", "是"};
  const auto shifted = [](Row row) {
    row.insert(row.begin() + 3, "我的备注");
    return row;
  };
  const Submission s = prepared(workbook({{"我的清单"},
                                          shifted(kNames),
                                          {},
                                          shifted(kHeaders),
                                          shifted(filled(2, decision)),
                                          {},
                                          shifted(listed(1))}));
  EXPECT_EQ(decisions(s), "第 5 行:return");
  EXPECT_EQ(s.form["rows"], Value(2));
  // Sorted with everything that has a value: names and headers last.
  const Submission sorted = prepared(workbook({filled(2, decision), listed(1), kHeaders, kNames}));
  EXPECT_EQ(decisions(sorted), "第 1 行:return");
  EXPECT_EQ(sorted.form["rows"], Value(2));
}

TEST(WorklistReading, AListSavedByLibreOfficeReadsTheSame) {
  // Its shape: each text shared and marked to keep its blanks, types and styles written out, a filter's hidden name.
  Parts parts;
  parts.workbook =
      R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><fileVersion appName="Calc"/><sheets><sheet name="待审清单" sheetId="1" state="visible" r:id="rId2"/></sheets><definedNames><definedName hidden="true" localSheetId="0" name="_xlnm._FilterDatabase">待审清单!$A$2:$F$3</definedName></definedNames><extLst><ext xmlns:loext="http://schemas.libreoffice.org/" uri="{7626C862}"><loext:extCalcPr/></ext></extLst></workbook>)";
  parts.relations =
      R"(<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/blatt.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="texts.xml"/>
</Relationships>)";
  std::string strings, rows;
  int shared = 0;
  const auto row = [&](int number, const std::vector<std::string>& texts) {
    rows += "<row r=\"" + std::to_string(number) +
            R"(" customFormat="false" ht="15" hidden="false" collapsed="false">)";
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::string at = prepare::cell_name(number - 1, static_cast<int>(i));
      if (texts[i] == "1") {
        rows += "<c r=\"" + at + R"(" s="0" t="n"><v>1</v></c>)";
        continue;
      }
      rows += "<c r=\"" + at + "\" s=\"1\" t=\"s\"><v>" + std::to_string(shared++) + "</v></c>";
      strings += "<si><t xml:space=\"preserve\">" + texts[i] + "</t></si>";
    }
    rows += "</row>";
  };
  row(1, {"case", "round", "token", "action", "modification_opinion", "confirmed"});
  row(2, {"业务编号", "轮次", "校验码", "办理结果", "修改意见", "确认转交"});
  row(3, {"A-3F9A2C1B7101", "1", "0123456789abcdef", "退回申请人",
          "第一行\n第二行 &lt;&amp;&gt; 尾 ", "是"});
  parts.strings =
      R"(<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">)" +
      strings + "</sst>";
  parts.sheet =
      R"(<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheetPr filterMode="false"/><dimension ref="A1:F3"/><sheetData>)" +
      rows + R"(</sheetData><autoFilter ref="A2:F3"/><dataValidations count="1"/></worksheet>)";
  const Submission s = prepared(parts.bytes());
  EXPECT_EQ(decisions(s), "第 3 行:return");
  EXPECT_EQ(s.parts.at(0).form["modification_opinion"].string(), "第一行\n第二行 <&> 尾");
  EXPECT_EQ(s.parts.at(0).form["round"], Value(1));
  EXPECT_EQ(s.parts.at(0).form["confirmed"], Value(true));
  EXPECT_EQ(s.parts.at(0).findings.size(), 0U);
}

TEST(WorklistReading, FindingsNameTheCell) {
  Row row = filled(1, {"再说", "", "", "", "王一?", "大概"});
  row[3] = "x1";
  const Submission s = prepared(workbook({kNames, kHeaders, listed(2), row}));
  ASSERT_EQ(s.parts.size(), 1U);
  EXPECT_EQ(told(s.parts[0]),
            (std::set<std::string>{"FIELD_INVALID@D4", "FIELD_INVALID@H4", "FIELD_INVALID@M4",
                                   "NAME_UNCERTAIN_CHARACTER@L4"}));
  EXPECT_EQ(told(s), std::set<std::string>{});
}

TEST(WorklistReading, ADecisionThatNamesNoCaseIsToldNotDropped) {
  Row row = filled(1, {"退回申请人", "", "", "不清晰", "王一", "是"});
  row[0] = row[3] = row[5] = "";
  const Submission s = prepared(workbook({kNames, kHeaders, row}));
  ASSERT_EQ(s.parts.size(), 1U);
  EXPECT_TRUE(told(s.parts[0]).contains("FIELD_REQUIRED@A3"));
  EXPECT_EQ(s.form["rows"], Value(0));
}

TEST(WorklistReading, ATargetThatIsANameIsKeptAsText) {
  const auto target = [](const std::string& written) {
    const Submission s =
        prepared(workbook({kNames, kHeaders, filled(1, {"上报", written, "", "", "王一", "是"})}));
    EXPECT_EQ(told(s.parts.at(0)), std::set<std::string>{}) << written;
    return s.parts.at(0).form["target"].string();
  };
  EXPECT_EQ(target("阿克苏市人社局"), "阿克苏市人社局");
  EXPECT_EQ(target("六个汉字正好"), "六个汉字正好") << "as many bytes as a USCC has characters";
  EXPECT_EQ(target("某某中学(东校区)"), "某某中学（东校区）");
  EXPECT_EQ(target("自治区中小学教师评委会（xj-school）"), "xj-school");
  EXPECT_EQ(target("评委会(committee-XJ-school)"), "committee-xj-school");
  EXPECT_EQ(target("人社局（１１６５２９０１PDY000116H）"), "11652901PDY000116H");
  EXPECT_EQ(target("11652901pdy000116h-02"), "11652901PDY000116H-02");
}

TEST(WorklistReading, BeyondTheLimitRowsAreToldNotRead) {
  std::vector<Row> rows{kNames, kHeaders};
  for (int i = 0; i < 5; ++i) rows.push_back(filled(i, {"退回", "", "", "x", "王一", "是"}));
  rules().limits.worklist_rows = 3;
  const Submission s = prepared(workbook(rows));
  rules().limits = {};
  EXPECT_EQ(s.parts.size(), 3U);
  EXPECT_EQ(told(s), std::set<std::string>{"FIELD_INVALID@H7"});
  EXPECT_FALSE(has_error(s.findings));
  EXPECT_TRUE(holds(s.findings[0].message, "5 行"));
}

TEST(WorklistReading, AnotherSheetOrDocumentIsToldWhatToDo) {
  const auto refusal = [](const std::string& bytes, const std::string& name) {
    const Submission s = prepared(bytes, name);
    EXPECT_EQ(told(s), std::set<std::string>{"FORM_UNREADABLE@" + name});
    EXPECT_EQ(s.entries.at(0).role, Role::Rejected);
    return s.findings.empty() ? "" : s.findings[0].message;
  };
  EXPECT_TRUE(holds(refusal(workbook({{"姓名"}, {"王一"}}), "名单.xlsx"), "待审清单"));
  EXPECT_TRUE(holds(refusal(workbook({kHeaders, listed(1)}), "a.xlsx"), "隐藏的第一行"));
  EXPECT_TRUE(holds(refusal(zip_builder::Builder()
                                .add("[Content_Types].xml", "<Types/>")
                                .add("word/document.xml", "<w/>")
                                .end(),
                            "a.docx"),
                    "不是本系统发出的待审清单"));
  Parts parts;
  parts.sheet = "<worksheet>";
  EXPECT_TRUE(holds(refusal(parts.bytes(), "a.xlsx"), "损坏"));
}

TEST(WorklistReading, WhatARowShowsIsPassedOnWhereItShowsIt) {
  Row row = filled(1, {"退回", "", "", "x", "王一", "是"});
  row[1] = "";
  const Value nameless = prepared(workbook({kNames, kHeaders, row})).parts.at(0).form;
  EXPECT_FALSE(nameless.has("info_unit"));
  EXPECT_EQ(nameless["info_applicant"].string(), "王一");
  Row names = kNames;
  names[2] = "note";
  const Submission s = prepared(workbook({names, kHeaders, row}));
  EXPECT_FALSE(s.parts.at(0).form.has("info_applicant"));
  EXPECT_EQ(told(s.parts.at(0)), std::set<std::string>{});
}

TEST(WorklistReading, TwoSheetsThatHoldAListAreRefusedByName) {
  const auto with = [&](const std::string& second) {
    Parts parts;
    parts.strings = "<sst/>";
    const auto sheet = [](const std::string& opinion) {
      std::string rows;
      for (const Row& row : {kNames, filled(1, {"退回", "", "", opinion, "王一", "是"})}) {
        rows += "<row>";
        for (const std::string& text : row)
          rows += text.empty() ? "<c/>" : "<c t='inlineStr'><is><t>" + text + "</t></is></c>";
        rows += "</row>";
      }
      return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>";
    };
    parts.sheet = sheet("a");
    parts.workbook.replace(parts.workbook.find("</sheets>"), 9,
                           R"(<sheet name="备份" sheetId="8" r:id="rId2"/></sheets>)");
    parts.relations.insert(
        parts.relations.rfind("</"),
        R"(<Relationship Id="rId2" Type="http://x/worksheet" Target="worksheets/two.xml"/>)");
    return prepared(parts.bytes({{"xl/worksheets/two.xml", second.empty() ? sheet("b") : second}}));
  };
  const Submission two = with("");
  EXPECT_EQ(told(two), std::set<std::string>{"FORM_AMBIGUOUS@工作表“备份”"});
  EXPECT_TRUE(holds(two.findings.at(0).message, "工作表“待审清单”、工作表“备份”"));
  EXPECT_EQ(two.kind, "");
  EXPECT_TRUE(two.parts.empty());
  const Submission one = with("<worksheet><sheetData/></worksheet>");
  EXPECT_EQ(told(one), std::set<std::string>{});
  EXPECT_EQ(one.parts.size(), 1U);
}

TEST(WorklistReading, OnlyAReviewersOwnFolderTakesAList) {
  const std::string list =
      workbook({kNames, kHeaders, filled(1, {"退回", "", "", "x", "王一", "是"})});
  for (const char* drop : {"agency-431382-pt", "committee-xj-school", "unit-12652901PDY0001249"})
    EXPECT_EQ(told(prepared(list, "a.xlsx", drop)), std::set<std::string>{}) << drop;
  for (const char* drop : {"public", "", "units", "其他"}) {
    const Submission s = prepared(list, "a.xlsx", drop);
    EXPECT_EQ(told(s), std::set<std::string>{"FORM_UNREADABLE@a.xlsx"}) << drop;
    EXPECT_TRUE(holds(s.findings.at(0).message, "自己的文件夹")) << s.findings[0].message;
    EXPECT_EQ(s.kind, "");
    EXPECT_TRUE(s.parts.empty());
    EXPECT_EQ(s.entries.at(0).role, Role::Rejected);
  }
}

TEST(WorklistReading, InABundleTheListIsTheForm) {
  const std::string list =
      workbook({kNames, kHeaders, filled(1, {"退回", "", "", "x", "王一", "是"})});
  const Submission s = prepared(
      zip_builder::Builder().add("清单/待审清单.xlsx", list).add("清单/a.pdf", "%PDF-").end(),
      "a.zip");
  EXPECT_EQ(decisions(s), "第 3 行:return");
  EXPECT_EQ(s.form_name, "清单/待审清单.xlsx");
  EXPECT_EQ(s.entries.at(0).role, Role::Form);
}

TEST(WorklistReading, SheetsThatAreAttachedAreNoForms) {
  using zip_builder::Builder;
  const std::string list =
      workbook({kNames, kHeaders, filled(1, {"退回", "", "", "x", "王一", "是"})});
  const std::string roster = workbook({{"姓名"}, {"王一"}});
  const Submission both = prepared(
      Builder().add("名单.xlsx", roster).add("待审清单（已填）.xlsx", list).end(), "a.zip");
  EXPECT_EQ(decisions(both), "第 3 行:return");
  EXPECT_EQ(both.form_name, "待审清单（已填）.xlsx");
  EXPECT_NE(both.entries.at(0).role, Role::Form);
  // Of the only sheet there is, people want to know why it is no form.
  EXPECT_TRUE(told(prepared(Builder().add("名单.xlsx", roster).add("a.txt", "x").end(), "a.zip"))
                  .contains("FORM_UNREADABLE@名单.xlsx"));
  EXPECT_TRUE(
      told(prepared(Builder().add("名单.xlsx", roster).add("b.xlsx", roster).end(), "a.zip"))
          .contains("FORM_MISSING@"));
  EXPECT_EQ(decisions(prepared(Builder().add("a.xlsx", list).end(), "a.zip")), "第 3 行:return");
}

}  // namespace
