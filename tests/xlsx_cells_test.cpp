#include "stages/prepare/xlsx_cells.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "tests/workbook_parts.hpp"

namespace {

using workbook_parts::holds;
using workbook_parts::Parts;

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

}  // namespace
