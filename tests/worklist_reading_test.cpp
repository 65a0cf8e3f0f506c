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
#include "tests/zip_builder.hpp"

// The worklist comes back: filled in Excel, WPS or LibreOffice, moved about, or spoilt.

namespace {

using pipeline::Role;
using pipeline::Submission;
using pipeline::Value;

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

/// A workbook by libxlsxwriter, as the program writes it.
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

/// A workbook by hand: each part as it is given, and the parts that find it.
struct Parts {
  std::string sheet, strings;
  std::string workbook =
      R"(<workbook xmlns:r="x"><sheets><sheet name="待审清单" sheetId="7" r:id="rId9"/></sheets></workbook>)";
  std::string relations =
      R"(<Relationships><Relationship Id="rId9" Type="http://x/relationships/worksheet" Target="worksheets/blatt.xml"/><Relationship Id="rId1" Type="http://x/relationships/sharedStrings" Target="/xl/texts.xml"/></Relationships>)";

  std::string bytes(const std::vector<std::pair<std::string, std::string>>& more = {}) const {
    zip_builder::Builder book;
    for (const auto& [name, xml] : more) book.add(name, xml);
    return book.add("[Content_Types].xml", "<Types/>")
        .add(
            "_rels/.rels",
            R"(<Relationships><Relationship Id="a" Type="http://x/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>)")
        .add("xl/workbook.xml", workbook)
        .add("xl/_rels/workbook.xml.rels", relations)
        .add("xl/texts.xml", strings)
        .add("xl/worksheets/blatt.xml", sheet)
        .end();
  }
};

/// All cells of the first sheet, "B2=text".
std::set<std::string> cells(const std::string& xlsx) {
  const prepare::Workbook book = prepare::read_workbook(xlsx, {});
  EXPECT_EQ(book.refusal, "");
  std::set<std::string> out;
  if (!book.sheets.empty())
    for (const prepare::Cell& cell : book.sheets[0].cells)
      out.insert(prepare::cell_name(cell.row, cell.column) + "=" + cell.text);
  return out;
}

std::string why_not(const std::string& xlsx, const prepare::Limits& limits = {}) {
  return prepare::read_workbook(xlsx, limits).refusal;
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

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

TEST(XlsxCells, EveryKindOfCellIsText) {
  Parts parts;
  parts.strings =
      R"(<sst><si><t xml:space="preserve"> a b </t></si><si><r><t>王</t></r><r><rPr/><t>一</t></r><rPh><t>wang</t></rPh></si><si><t>x_x000D_&#10;y&lt;<![CDATA[z]]></t></si></sst>)";
  parts.sheet =
      R"(<worksheet><sheetData><row r="2"><c r="B2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c r="D2" t="s"><v>2</v></c></row>)"
      R"(<row><c><v>5</v></c><c><v>5.0</v></c><c><v>0.30000000000000004</v></c><c><v>1.2E3</v></c><c><v>4.3138219900715002E17</v></c><c s="3"><v>46272</v></c></row>)"
      R"(<row r="9"><c r="AA9" t="b"><v>1</v></c><c t="str"><f>A1&amp;"x"</f><v>last</v></c><c t="inlineStr"><is><t>in</t></is></c><c t="e"><v>#N/A</v></c><c/><c t="s"><v></v></c></row>)"
      R"(</sheetData><mergeCells><mergeCell ref="B2:B3"/></mergeCells></worksheet>)";
  EXPECT_EQ(cells(parts.bytes()),
            (std::set<std::string>{"B2=a b", "C2=王一", "D2=x\r\ny<z", "A3=5", "B3=5", "C3=0.3",
                                   "D3=1200", "E3=431382199007150016", "F3=46272", "AA9=TRUE",
                                   "AB9=last", "AC9=in", "AD9=#N/A"}));
}

TEST(XlsxCells, PrefixedNamesReadTheSame) {
  Parts parts;
  parts.workbook =
      R"(<?xml version="1.0"?><x:workbook xmlns:x="m" xmlns:q="r"><x:sheets><x:sheet name="a" sheetId="1" q:id="rId9"/></x:sheets></x:workbook>)";
  parts.strings = "<x:sst xmlns:x='m'><x:si><x:t>甲</x:t></x:si></x:sst>";
  parts.sheet =
      R"(<x:worksheet xmlns:x="m"><x:sheetData><x:row r="1"><x:c r="A1" t="s"><x:v>0</x:v></x:c></x:row></x:sheetData></x:worksheet>)";
  EXPECT_EQ(cells(parts.bytes()), std::set<std::string>{"A1=甲"});
}

TEST(XlsxCells, WhatIsSpoiltOrTooLargeIsRefused) {
  const auto sheet = [](const std::string& xml, const std::string& strings = "<sst/>") {
    Parts parts;
    parts.sheet = xml;
    parts.strings = strings;
    return parts.bytes();
  };
  const std::string good =
      "<worksheet><sheetData><row><c><v>1</v></c><c><v>2</v></c></row></sheetData></worksheet>";
  EXPECT_EQ(why_not(sheet(good)), "");
  EXPECT_TRUE(holds(why_not(sheet("<!DOCTYPE a>" + good)), "DOCTYPE"));
  EXPECT_TRUE(holds(why_not(sheet(good, "<!DOCTYPE a [<!ENTITY b 'c'>]><sst/>")), "DOCTYPE"));
  std::string wide = "\xFF\xFE";
  for (const char c : "<!DOCTYPE a>" + good) wide += c, wide += '\0';
  EXPECT_TRUE(holds(why_not(sheet(wide)), "DOCTYPE"));
  EXPECT_NE(why_not(sheet("<worksheet><sheetData>")), "");
  EXPECT_NE(why_not(sheet("")), "");
  EXPECT_NE(why_not("PK\x03\x04"), "");
  EXPECT_NE(why_not(zip_builder::Builder().add("word/document.xml", "<w/>").end()), "");
  const auto cell = [&](const std::string& c) {
    return why_not(sheet("<worksheet><sheetData><row>" + c + "</row></sheetData></worksheet>"));
  };
  EXPECT_NE(cell("<c t='s'><v>0</v></c>"), "") << "a shared text that is not there";
  EXPECT_NE(cell("<c t='s'><v>-1</v></c>"), "");
  EXPECT_NE(cell("<c r='A9999999'><v>1</v></c>"), "");
  EXPECT_NE(cell("<c r='ZZZZ1'><v>1</v></c>"), "");
  EXPECT_NE(cell("<c t='str'><v>\xFF\xFE</v></c>"), "") << "no UTF-8";
  EXPECT_NE(cell("<c t='str'><v>&#xD800;</v></c>"), "");
  EXPECT_EQ(cell("<c r='?'><v>1</v></c>"), "");
  for (const char* row : {"2147483647", "-2147483648", "99999999999999999999", "0", "x"})
    EXPECT_NE(why_not(sheet("<worksheet><sheetData><row r='" + std::string(row) +
                            "'/><row/></sheetData></worksheet>")),
              "")
        << row;
  prepare::Limits one;
  one.sheet_cells = 1;
  EXPECT_TRUE(holds(why_not(sheet(good), one), "1 个单元格"));
  one = {};
  one.sheet_mb = 0;
  EXPECT_TRUE(holds(why_not(sheet(good), one), "MB"));
  // Elements are dear in memory even where no cell is.
  std::string empty = "<worksheet>";
  for (int i = 0; i < 3'000'000; ++i) empty += "<a/>";
  EXPECT_TRUE(holds(why_not(sheet(empty + "</worksheet>")), "单元格"));
}

TEST(XlsxCells, OneTextInEveryCellIsCountedInEach) {
  Parts parts;
  parts.strings = "<sst><si><t>" + std::string(40'000, 'x') + "</t></si></sst>";
  const auto rows = [](int n) {
    std::string out = "<worksheet><sheetData>";
    for (int i = 0; i < n; ++i) out += "<row><c t='s'><v>0</v></c></row>";
    return out + "</sheetData></worksheet>";
  };
  prepare::Limits limits;
  limits.sheet_text_mb = 1;
  // Of each cell 32,767 characters are left: 32 of them are just less than 1 MB.
  parts.sheet = rows(32);
  EXPECT_EQ(why_not(parts.bytes(), limits), "");
  EXPECT_EQ(prepare::read_workbook(parts.bytes(), limits).sheets.at(0).cells.at(0).text.size(),
            32'767U);
  parts.sheet = rows(33);
  EXPECT_TRUE(holds(why_not(parts.bytes(), limits), "文字超过 1 MB"));
  parts.sheet = rows(150'000);
  EXPECT_TRUE(holds(why_not(parts.bytes()), "文字超过 8 MB"));
}

TEST(XlsxCells, BlankTextsInEveryCellCostNothing) {
  Parts parts;
  parts.strings = "<sst><si><t>" + std::string(8u << 20, ' ') + "</t></si></sst>";
  parts.sheet = "<worksheet><sheetData><row>";
  for (int i = 0; i < 10'000; ++i) parts.sheet += "<c t='s'><v>0</v></c>";
  parts.sheet += "</row></sheetData></worksheet>";
  const prepare::Workbook book = prepare::read_workbook(parts.bytes(), {});
  EXPECT_EQ(book.refusal, "");
  EXPECT_TRUE(book.sheets.at(0).cells.empty());
}

TEST(XlsxCells, NoPartIsReadTwice) {
  Parts parts;
  parts.strings = "<sst><si><t>甲</t></si></sst>";
  parts.sheet = "<worksheet><sheetData><row><c t='s'><v>0</v></c></row></sheetData></worksheet>";
  // Many relations to the one table of texts are one.
  std::string more;
  for (int i = 0; i < 8'000; ++i)
    more += "<Relationship Id=\"s" + std::to_string(i) +
            R"(" Type="http://x/relationships/sharedStrings" Target="/xl/texts.xml"/>)";
  const std::string relations = parts.relations;
  parts.relations.insert(parts.relations.rfind("</"), more);
  EXPECT_EQ(cells(parts.bytes()), std::set<std::string>{"A1=甲"});
  parts.relations = relations;
  const std::string twice = R"(<sheet name="b" sheetId="8" r:id="rId9"/></sheets>)";
  parts.workbook.replace(parts.workbook.find("</sheets>"), 9, twice);
  EXPECT_TRUE(holds(why_not(parts.bytes()), "损坏")) << "two sheets that are one part";
}

TEST(XlsxCells, LimitsAreOfTheWholeBook) {
  Parts parts;
  parts.workbook = "<workbook xmlns:r='x'><sheets>";
  parts.relations = "<Relationships>";
  std::vector<std::pair<std::string, std::string>> sheets;
  const auto add = [&](int n, const std::string& cells) {
    const std::string id = std::to_string(n);
    parts.workbook += "<sheet name='s" + id + "' r:id='r" + id + "'/>";
    parts.relations +=
        "<Relationship Id='r" + id + "' Type='x/worksheet' Target='" + id + ".xml'/>";
    sheets.emplace_back("xl/" + id + ".xml",
                        "<worksheet><sheetData><row>" + cells + "</row></sheetData></worksheet>");
  };
  const auto why = [&](const prepare::Limits& limits) {
    Parts whole = parts;
    whole.workbook += "</sheets></workbook>";
    whole.relations += "</Relationships>";
    return prepare::read_workbook(whole.bytes(sheets), limits).refusal;
  };
  std::string ten, empty;
  for (int i = 0; i < 10; ++i) ten += "<c><v>1</v></c>";
  for (int i = 0; i < 100; ++i) empty += "<c/>";
  prepare::Limits limits;
  limits.sheet_cells = 20;
  add(1, ten);
  EXPECT_EQ(why(limits), "");
  add(2, ten);
  EXPECT_EQ(why(limits), "");
  add(3, "<c><v>1</v></c>");
  EXPECT_TRUE(holds(why(limits), "20 个单元格"));
  limits.sheet_cells = 30;
  EXPECT_EQ(why(limits), "");
  for (int n = 4; n < 8; ++n) add(n, empty);
  EXPECT_TRUE(holds(why(limits), "30 个单元格")) << "cells in which nothing is are work as well";
  for (int n = 8; n < 65; ++n) add(n, "");
  EXPECT_EQ(why({}), "");
  add(65, "");
  EXPECT_TRUE(holds(why({}), "64 张工作表"));
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
