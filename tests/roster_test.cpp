#include "stages/produce/roster.hpp"

#include <filesystem>

#include "stages/produce/make.hpp"
#include "tests/golden_sheets.hpp"
#include "tests/roster_samples.hpp"
#include "tests/xlsx_reading.hpp"

namespace {

using papers::Value;
using xlsx::Book;
using xlsx::Calculator;

constexpr int kLow = 3, kFirst = 4;  ///< the lower row of headers; the first person

class Roster : public testing::Test {
 protected:
  static const produce::Kit& kit() {
    static const produce::Kit the_kit(std::string(DOSSIER_SOURCE_DIR) + "/templates");
    return the_kit;
  }
  static Book read(const Value& payload) {
    return Book(Book::From{produce::roster(payload, kit())});
  }
  static Book read_public(const Value& payload) {
    return Book(Book::From{produce::public_roster(payload)});
  }
  /// The column of a header that stands in the upper or the lower row.
  static int column(Book& book, const std::string& sheet, const std::string& header) {
    const int upper = book.column_of(sheet, kLow - 1, header);
    return upper >= 0 ? upper : book.column_of(sheet, kLow, header);
  }
};

TEST_F(Roster, ListsEveryPersonWithIdNumbersAsText) {
  Book book = read(papers::roster_payload(5));
  EXPECT_EQ(book.names, (std::vector<std::string>{"花名册", "汇总表", "流转情况"}));
  EXPECT_EQ(book.cell("花名册", 0, 0).text, "2026年度职称申报人员花名册");
  EXPECT_TRUE(book.cell("花名册", 1, 0).text.starts_with("填报单位（盖章）：阿克苏市某中学"));
  const std::vector<std::pair<std::string, std::string>> shown = {
      {"姓名", "张三1"},
      {"出生年月", "1988.01"},
      {"单位性质", "事业单位"},
      {"参加工作时间", "2010.07"},
      {"学历", "大学专科"},
      {"学历（学位）", "研究生\n（硕士）"},
      {"取得时间", "2018.12"},
      {"聘任时间", "2019.01"},
      {"资格名称", "工程师"},
      {"类型", "正常"},
      {"年度考核", "2021合格、2022合格、\n2023优秀、2024合格、\n2025合格"},
      {"公示情况", "2026-10-12至\n2026-10-16，无异议"},
      {"审核状态", "已上报"},
      {"备注", "第1轮退回修改后再次提交"}};
  for (const auto& [header, text] : shown)
    EXPECT_EQ(book.cell("花名册", kFirst + 1, column(book, "花名册", header)).text, text) << header;
  const auto& id = book.cell("花名册", kFirst, column(book, "花名册", "身份证号"));
  EXPECT_EQ(id.text, "652901198801200032");
  EXPECT_EQ(id.type, "s");
  EXPECT_EQ(book.cell("花名册", kFirst + 5, 0).text, "合计");
  EXPECT_EQ(book.cell("花名册", kFirst + 5, 2).text, "共 5 人：副高级 4 人，中级 1 人");
  EXPECT_TRUE(book.cell("花名册", kFirst + 6, 0).text.starts_with("注："));
}

TEST_F(Roster, TheFileThatIsPostedHoldsNoIdNumberAndTellsNoState) {
  const Value payload = papers::roster_payload(3);
  Book book = read_public(payload);
  const std::string sheet = "公示名单";
  EXPECT_EQ(book.names, std::vector<std::string>{sheet});
  EXPECT_EQ(book.cell(sheet, kFirst, column(book, sheet, "身份证号")).text, "652901********0032");
  EXPECT_EQ(column(book, sheet, "审核状态"), -1);
  EXPECT_EQ(column(book, sheet, "备注"), -1);
  EXPECT_EQ(column(book, sheet, "出生年月"), -1)
      << "beside a masked ID number it leaves some three candidates for the whole";
  EXPECT_EQ(column(book, sheet, "民族"), -1);
  for (const auto& [name, part] : book.parts)
    for (const Value& person : payload["people"].items())
      EXPECT_EQ(part.find(person["id_number"].string()), std::string::npos) << name;
}

TEST_F(Roster, NobodyIsPostedWhoGaveItUpOrWasTurnedDown) {
  Value payload = papers::roster_payload(4);
  Value::Array& people = payload.member("people").items_mutable();
  people[1].set("state", "recalled");
  people[2].set("state", "not_accepted");
  Book book = read_public(payload);
  const std::string sheet = "公示名单";
  EXPECT_EQ(book.cell(sheet, kFirst + 1, column(book, sheet, "姓名")).text,
            people[3]["name"].string());
  EXPECT_TRUE(book.cell(sheet, kFirst + 2, 2).text.starts_with("共 2 人"));
  EXPECT_TRUE(read(payload).cell("花名册", kFirst + 4, 2).text.starts_with("共 4 人"));
}

TEST_F(Roster, BothFilesLieInTheFolderOfTheDrop) {
  const auto made = produce::make(
      {"roster", "reports/unit-1/申报人员花名册", papers::roster_payload(1), std::nullopt}, nullptr,
      kit());
  ASSERT_EQ(made.size(), 2U);
  EXPECT_EQ(made[0].path, "reports/unit-1/申报人员花名册.xlsx");
  EXPECT_EQ(made[1].path, "reports/unit-1/公示名单.xlsx");
}

TEST_F(Roster, TheSummaryAddsUpByUnitAndBySeriesAndLevel) {
  Book book = read(papers::roster_payload(12));
  const std::string sheet = "汇总表";
  EXPECT_EQ(book.number(sheet, "一、按单位", "合计", "申报"), 12);
  EXPECT_EQ(book.number(sheet, "一、按单位", "合计", "在办"), 8);
  EXPECT_EQ(book.number(sheet, "一、按单位", "合计", "收回"), 1);
  const auto sum = [&](const std::string& header) {
    return book.number(sheet, "一、按单位", "合计", header);
  };
  EXPECT_EQ(sum("申报"), sum("受理") + sum("不予受理") + sum("收回") + sum("在办"));
  EXPECT_EQ(book.number(sheet, "二、按系列和级别", "合计", "副高级"), 9);
  EXPECT_EQ(book.number(sheet, "二、按系列和级别", "合计", "中级"), 3);
  const int from = book.row_of(sheet, 0, "二、按系列和级别");
  EXPECT_LT(book.row_of(sheet, 1, "工程技术人员", from), book.row_of(sheet, 1, "中小学教师", from))
      << "in the order of the official list of series";
  int formulas = 0;
  for (const auto& [where, cell] : book.sheets.at(sheet)) {
    if (cell.formula.empty()) continue;
    ++formulas;
    EXPECT_EQ(Calculator(book.sheets.at(sheet), cell.formula).value(), cell.number());
  }
  EXPECT_EQ(formulas, 7 + 6 + 2);
}

TEST_F(Roster, EveryStepOfEveryApplicationIsARowOfItsCirculation) {
  Book book = read(papers::roster_payload(2));
  const std::string sheet = "流转情况";
  const int header = 2;
  for (int step = 1; step <= 8; ++step)
    EXPECT_EQ(book.cell(sheet, header + step, 1).text,
              step <= 4 ? "A-000000000000" : "A-000000000001");
  EXPECT_EQ(book.cell(sheet, header + 2, book.column_of(sheet, header, "经办")).text, "王一");
  EXPECT_EQ(book.cell(sheet, header + 3, book.column_of(sheet, header, "轮次")).text, "2");
  EXPECT_EQ(book.cell(sheet, header + 4, book.column_of(sheet, header, "办理部门")).text,
            "阿克苏市教育局");
  EXPECT_EQ(book.row_of(sheet, 0, "3"), -1);
}

TEST_F(Roster, AnEmptyRosterHasHeadingsOnly) {
  Book book = read(papers::roster_payload(0));
  EXPECT_EQ(book.cell("花名册", 0, 0).text, "职称申报人员花名册");
  for (const auto& [where, cell] : book.sheets.at("花名册"))
    EXPECT_LE(where.first, kLow) << cell.text;
}

TEST_F(Roster, HeadersAreRepeatedOnEachPageWhichIsLandscapeAndOnePageWide) {
  Book book = read(papers::roster_payload(40));
  golden::keep("roster_40.xlsx", book.bytes);
  golden::keep("public_roster_40.xlsx", read_public(papers::roster_payload(40)).bytes);
  for (std::size_t i = 1; i <= book.names.size(); ++i) {
    pugi::xml_document sheet;
    ASSERT_TRUE(
        sheet.load_string(book.parts["xl/worksheets/sheet" + std::to_string(i) + ".xml"].c_str()));
    const pugi::xml_node setup = sheet.child("worksheet").child("pageSetup");
    EXPECT_STREQ(setup.attribute("orientation").value(), "landscape");
    EXPECT_STREQ(setup.attribute("paperSize").value(), i == 1 ? "8" : "9");
    EXPECT_STREQ(setup.attribute("fitToHeight").value(), "0");
  }
  EXPECT_NE(book.parts["xl/workbook.xml"].find("'花名册'!$3:$4"), std::string::npos);
}

TEST_F(Roster, WhatIsTypedLikeAFormulaIsShownAndNotCalculated) {
  Value payload = papers::roster_payload(4);
  const char* const typed[] = {"=HYPERLINK(\"http://a\")", "+1", "-1", "@SUM(1)"};
  for (std::size_t i = 0; i < 4; ++i)
    payload.member("people").items_mutable()[i].set("name", typed[i]);
  for (Book book : {read(payload), read_public(payload)})
    for (int i = 0; i < 4; ++i) {
      const std::string sheet = book.names.front();
      const auto& cell = book.cell(sheet, kFirst + i, column(book, sheet, "姓名"));
      EXPECT_EQ(cell.text, typed[i]);
      EXPECT_EQ(cell.type, "s");
      EXPECT_EQ(cell.formula, "");
    }
}

TEST_F(Roster, EveryCellIsAsItWas) {
  Book book = read(papers::roster_payload(2));
  golden::keep("roster_2.xlsx", book.bytes);
  Book posted = read_public(papers::roster_payload(2));
  golden::compare("roster.txt", golden::cells(book) + golden::cells(posted));
}

TEST_F(Roster, TheSamePayloadGivesTheSameBytes) {
  const Value payload = papers::roster_payload(20);
  EXPECT_EQ(produce::roster(payload, kit()), produce::roster(payload, kit()));
  EXPECT_EQ(produce::public_roster(payload), produce::public_roster(payload));
}

}  // namespace
