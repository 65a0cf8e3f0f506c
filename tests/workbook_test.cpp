#include "stages/produce/workbook.hpp"

#include <set>

#include "pipeline/fault.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "tests/statistics_samples.hpp"
#include "tests/xlsx_reading.hpp"

namespace {

using namespace statistics_samples;
using xlsx::Book;
using xlsx::Calculator;
using xlsx::Cell;

class WorkbookTest : public Ledger {
 protected:
  Book write(const produce::Period& period = {}, int sheet_rows = produce::kSheetRows) {
    const std::string path = (folder_ / "统计汇总.xlsx").string();
    produce::write_workbook(path, view_, terms(), now_, period, sheet_rows);
    return Book(path);
  }
};

TEST_F(WorkbookTest, EveryFormulaCarriesTheValueThatItGives) {
  fill();
  Book book = write();
  int formulas = 0;
  for (const auto& [name, cells] : book.sheets) {
    for (const auto& [where, cell] : cells) {
      if (cell.formula.empty() || cell.type == "str") continue;
      ++formulas;
      EXPECT_NEAR(Calculator(cells, cell.formula).value(), cell.number(), 1e-9)
          << name << " row " << where.first + 1 << ": " << cell.formula;
    }
  }
  EXPECT_GT(formulas, 500);
}

TEST_F(WorkbookTest, AnEmptyLedgerStillGivesAllRowsWithZeros) {
  Book book = write();
  EXPECT_EQ(book.names.size(), 22U);
  const int total = book.row_of("系列×级别", 1, "合计");
  ASSERT_GT(total, 0);
  EXPECT_EQ(book.cell("系列×级别", total - 1, 1).text, "其他");
  EXPECT_EQ(book.cell("系列×级别", total - 1, 0).text, "28");
  EXPECT_EQ(book.cell("系列×级别", total - 28, 1).text, "高等学校教师");
  EXPECT_EQ(book.cell("系列×级别", total, 2).text, "0");
  for (const auto& [name, cells] : book.sheets)
    for (const auto& [where, cell] : cells)
      EXPECT_EQ(cell.formula.empty() || cell.type == "str" ? 0 : cell.number(), 0)
          << name << ' ' << cell.formula;
}

TEST_F(WorkbookTest, ResultsOfDeliveriesAddUpToWhatWasReceived) {
  fill();
  Book book = write();
  const std::string sheet = "总体情况", section = "一、收到的投递";
  for (const auto& [code, label] : dictionary_.words("result"))
    EXPECT_EQ(book.number(sheet, section, "合计", label), 1) << label;
  EXPECT_EQ(book.number(sheet, section, "合计", "合计"), 5);
  EXPECT_EQ(book.number(sheet, section, "无法识别", "合计"), 1);
  const int check = book.row_of(sheet, 0, "核对：逐件计数");
  EXPECT_EQ(book.cell(sheet, check, 1).text, "5");
  EXPECT_EQ(book.cell(sheet, check, 3).text, "0");
  EXPECT_EQ(book.cell(sheet, check, 4).text, "相符");
}

TEST_F(WorkbookTest, ALevelThatIsMissingGetsAColumnSoThatTotalsHold) {
  application("A-000000000001");
  EXPECT_EQ(write().row_of("系列×级别", 7, "未注明"), -1);
  application("A-000000000002").set("level", "");
  Book book = write();
  EXPECT_GT(book.row_of("系列×级别", 7, "未注明"), 0);
  EXPECT_EQ(book.number("申报类型", "", "合计", "合计"), 2);
}

TEST_F(WorkbookTest, RegionsRollUpFromCountyToProvince) {
  fill();
  Book book = write();
  const std::string sheet = "地区";
  EXPECT_EQ(book.number(sheet, "", "阿克苏市", "申报"), 3);
  EXPECT_EQ(book.number(sheet, "", "阿克苏地区（本级）", "申报"), 1);
  EXPECT_EQ(book.number(sheet, "", "阿克苏地区", "申报"), 4);
  EXPECT_EQ(book.number(sheet, "", "新疆维吾尔自治区", "申报"), 4);
  EXPECT_EQ(book.number(sheet, "", "湖南省", "单位注册"), 2);
  EXPECT_EQ(book.number(sheet, "", "湖南省", "注册通过"), 1);
  EXPECT_EQ(book.number(sheet, "", "区划不明", "申报"), 1);
  EXPECT_EQ(book.number(sheet, "", "合计", "申报"), 5);
  EXPECT_GT(book.row_of(sheet, 0, "张家界市"), 0) << "a division without a case is kept";
}

TEST_F(WorkbookTest, PeopleAreCountedInTheOfficialCategories) {
  fill();
  Book book = write();
  const std::string sheet = "人员结构";
  EXPECT_EQ(book.number(sheet, "性别", "女", "合计"), 1);
  EXPECT_EQ(book.number(sheet, "民族", "少数民族", "合计"), 4);
  EXPECT_EQ(book.number(sheet, "民族明细（按人数）", "维吾尔族", "合计"), 4);
  EXPECT_EQ(book.number(sheet, "最高学历", "大学本科", "合计"), 5);
  EXPECT_EQ(book.number(sheet, "年龄（申报年度12月31日）", "36—40岁", "合计"), 4);
  EXPECT_EQ(book.number(sheet, "年龄（申报年度12月31日）", "55岁及以上", "合计"), 1)
      << "born in December 1971";
  for (const char* table : {"性别", "民族", "最高学历", "学位", "政治面貌"})
    EXPECT_EQ(book.number(sheet, table, "合计", "合计"), 5) << table;
}

TEST_F(WorkbookTest, RegistrationsShowChosenAndEffectiveReviewerAndMistakes) {
  fill();
  Book book = write();
  const std::string sheet = "单位注册";
  EXPECT_EQ(book.number(sheet, "三、所选与实际的审核单位", "主管单位", "主管机构"), 1);
  EXPECT_EQ(book.number(sheet, "三、所选与实际的审核单位", "主管机构", "主管机构"), 1);
  EXPECT_EQ(book.number(sheet, "", "因勾选人力资源市场改由主管机构审核", "件数"), 1);
  EXPECT_EQ(book.number(sheet, "", "主管单位选了本单位", "投递件数"), 1);
  EXPECT_EQ(book.number(sheet, "", "所选主管单位没有单位网厅账号", "投递件数"), 0);
  EXPECT_EQ(book.number(sheet, "一、按单位性质", "事业单位", "审核通过"), 1);
}

TEST_F(WorkbookTest, FindingsAreCountedOnceAFindingAndOnceABundle) {
  fill();
  Book book = write();
  const std::string sheet = "问题分析";
  EXPECT_EQ(book.number(sheet, "", "FIELD_REQUIRED", "出现次数"), 2);
  EXPECT_EQ(book.number(sheet, "", "FIELD_REQUIRED", "涉及投递"), 1);
  EXPECT_DOUBLE_EQ(book.number(sheet, "", "FIELD_REQUIRED", "占投递比例"), 0.2);
  EXPECT_EQ(book.number(sheet, "", "合计", "出现次数"), 4);
  const int row = book.row_of(sheet, 0, "FIELD_REQUIRED");
  EXPECT_EQ(catalogue_.all().find("FIELD_REQUIRED")->second.message, "必填项未填写：{field}");
  EXPECT_EQ(book.cell(sheet, row, 2).text, "必填项未填写：…");
}

TEST_F(WorkbookTest, NewCorrectedAndResubmittedCasesStandApart) {
  fill();
  application("A-000000000006").set("round", 3);
  Value& recalled = application("A-000000000007");
  recalled.set("state", "recalled");
  recalled.set("queue", "");
  registration("R-000000000003").set("kind", "unit_info_correction");
  registration("R-000000000004").set("reregistration", true);
  Book book = write();
  const std::string sheet = "提交与轮次", ways = "一、新报、信息修正和再次提交（按现在的状态）";
  EXPECT_EQ(book.number(sheet, ways, "单位注册：首次注册", "待审"), 1);
  EXPECT_EQ(book.number(sheet, ways, "单位注册：首次注册", "通过或受理"), 1);
  EXPECT_EQ(book.number(sheet, ways, "单位注册：再次注册", "待审"), 1);
  EXPECT_EQ(book.number(sheet, ways, "单位信息修正", "合计"), 1);
  EXPECT_EQ(book.number(sheet, ways, "职称申报：首次提交", "合计"), 6);
  EXPECT_EQ(book.number(sheet, ways, "职称申报：首次提交", "撤回或收回"), 1);
  EXPECT_EQ(book.number(sheet, ways, "职称申报：退回后再次提交", "待审"), 1);
  EXPECT_EQ(book.number(sheet, ways, "职称申报：退回后再次提交", "提交次数"), 3);
  EXPECT_EQ(book.number(sheet, ways, "合计", "合计"), 2 + 1 + 1 + 7);
  const std::string rounds = "二、申请书所在的轮次";
  EXPECT_EQ(book.number(sheet, rounds, "第1轮（首次提交）", "合计"), 6);
  EXPECT_EQ(book.number(sheet, rounds, "第1轮（首次提交）", "收回"), 1);
  EXPECT_EQ(book.number(sheet, rounds, "第2轮", "合计"), 0);
  EXPECT_EQ(book.number(sheet, rounds, "第3轮", "副高级"), 1);
  EXPECT_EQ(book.number("申报类型", "", "正常", "收回"), 1);
}

TEST_F(WorkbookTest, CodesAreTextAndIdNumbersAreMasked) {
  application("A-000000000001").set("uscc", "12430000400000000E");
  registration("R-000000000001").set("uscc", "=1+1");
  Received& told = delivery(Result::Refused, "", "2026-11-20T09:00:00+08:00");
  told.bundle = "1652901198801200032.zip";
  told.findings = Value::array(
      {Value::object({{"code", "ID_CHECK"}, {"message", "证件号431382199007150021校验码错误。"}})});
  Book book = write();
  const Cell& uscc = book.cell("明细（申请）", 3, 12);
  EXPECT_EQ(uscc.type, "inlineStr");
  EXPECT_EQ(uscc.text, "12430000400000000E");
  EXPECT_EQ(book.cell("明细（注册）", 3, 3).text, "=1+1");
  EXPECT_EQ(book.cell("明细（注册）", 3, 3).type, "inlineStr");
  EXPECT_EQ(book.cell("明细（申请）", 3, 3).text, pipeline::mask_id("652901198801200032"));
  EXPECT_EQ(book.cell("明细（投递）", 3, 11).text,
            "证件号" + pipeline::mask_id("431382199007150021") + "校验码错误");
  for (const auto& [name, xml] : book.parts) {
    EXPECT_EQ(xml.find("652901198801200032"), std::string::npos) << name;
    EXPECT_EQ(xml.find("431382199007150021"), std::string::npos) << name;
  }
}

TEST_F(WorkbookTest, TimesAreRealDatesInBeijing) {
  application("A-000000000001");
  Book book = write();
  const int header = 2;
  const int received = book.column_of("明细（申请）", header, "收到时间");
  const int due = book.column_of("明细（申请）", header, "应办日期");
  // 2026-11-20 is day 46346 of Excel's calendar.
  EXPECT_DOUBLE_EQ(book.cell("明细（申请）", 3, received).number(), 46346 + 9.0 / 24);
  EXPECT_DOUBLE_EQ(book.cell("明细（申请）", 3, due).number(), 46353);
}

TEST_F(WorkbookTest, ChartsShowTheRowsOfTheirTables) {
  fill();
  Book book = write();
  const auto chart = [&](const char* title) {
    for (const auto& [name, xml] : book.parts)
      if (name.starts_with("xl/charts/") && xml.find(title) != std::string::npos) return xml;
    return std::string();
  };
  const std::string series = chart("申报数（系列×级别）"), queues = chart("待办件数，按应办日期");
  for (const char* title :
       {"每周收到和办出（件次）", "已办用时（件次）", "待办已等（件）", "退回原因（项次）"})
    EXPECT_FALSE(chart(title).empty()) << title;
  EXPECT_NE(series.find("<c:f>'系列×级别'!$B$6:$B$33</c:f>"), std::string::npos);
  EXPECT_EQ(book.cell("系列×级别", 5, 1).text, "高等学校教师");
  EXPECT_EQ(book.cell("系列×级别", 32, 1).text, "其他");
  EXPECT_NE(queues.find("<c:f>'队列与时效'!$B$5:$B$7</c:f>"), std::string::npos);
  EXPECT_EQ(book.cell("队列与时效", 4, 0).text, count().queues.front().queue);
  EXPECT_EQ(book.cell("队列与时效", 7, 0).text, "合计");
}

TEST_F(WorkbookTest, ForeignTextNeverBreaksTheFile) {
  Value& broken = application("A-000000000001");
  broken.set("applicant", "张\xFF\xFE三");
  broken.set("specialty", std::string("制图\x0B与\xEF\xBF\xBF测量"));
  broken.set("title", "<b>&\"高级\"</b>");
  std::string endless;
  for (int i = 0; i < 20000; ++i) endless += "𠮷";
  delivery(Result::Refused, "", "2026-11-20T09:00:00+08:00").bundle = endless;
  Book book = write();
  const std::string sheet = "明细（申请）";
  EXPECT_EQ(book.cell(sheet, 3, 2).text, "张\uFFFD\uFFFD三");
  EXPECT_EQ(book.cell(sheet, 3, 15).text, "制图_x000B_与\uFFFD测量");
  EXPECT_EQ(book.cell(sheet, 3, 17).text, "<b>&\"高级\"</b>");
  int units = 0;
  for (const char32_t c : pipeline::code_points(book.cell("明细（投递）", 3, 3).text))
    units += c > 0xFFFF ? 2 : 1;
  EXPECT_EQ(units, 32767 - 1) << "a pair is never divided";
}

TEST_F(WorkbookTest, AListThatIsTooLongGoesOnInAnotherSheet) {
  for (int i = 0; i < 5; ++i) application("A-00000000000" + std::to_string(i));
  Book book = write({}, 5);
  EXPECT_EQ(book.names.size(), 15U + 4 * 3 + 3) << "of four lists, three sheets each";
  std::set<std::string> cases;
  for (const char* sheet : {"明细（申请）", "明细（申请）2", "明细（申请）3"}) {
    EXPECT_EQ(book.cell(sheet, 2, 0).text, "案件号");
    for (int row = 3; row < 5; ++row)
      if (!book.cell(sheet, row, 0).text.empty()) cases.insert(book.cell(sheet, row, 0).text);
  }
  EXPECT_EQ(cases.size(), 5U);
  EXPECT_GT(book.row_of("总体情况", 4, "明细（申请）3"), 0);
}

TEST_F(WorkbookTest, AWordThatManyRowsHoldStandsInTheFileOnce) {
  fill();
  const Book book = write();
  const auto times = [&](const std::string& part, const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = part.find(text, at)) != std::string::npos; ++at) ++found;
    return found;
  };
  EXPECT_EQ(times(book.parts.at("xl/sharedStrings.xml"), "<si><t>否</t></si>"), 1U);
  for (const auto& [name, part] : book.parts) EXPECT_EQ(times(part, "<is><t>否</t>"), 0U) << name;
  EXPECT_EQ(book.sheets.at("明细（申请）").at({3, 26}).type, "s");
  EXPECT_EQ(book.sheets.at("明细（申请）").at({3, 26}).text, "否");
}

TEST_F(WorkbookTest, TheSameViewAndTimeGiveTheSameBytes) {
  fill();
  EXPECT_EQ(write().bytes, write().bytes);
}

TEST_F(WorkbookTest, NoClockButTheOneGivenIsInTheFile) {
  fill();
  Book book = write();
  const prepare::Zip zip = prepare::read_zip(book.bytes, prepare::Limits{});
  for (const prepare::ZipEntry& entry : zip.entries) {
    // Time and date of a local header: 1980-01-01 00:00.
    EXPECT_EQ(book.bytes.substr(entry.header + 10, 4), std::string("\0\0\x21\0", 4)) << entry.name;
  }
  const std::string& core = book.parts["docProps/core.xml"];
  EXPECT_NE(core.find("2026-11-25T02:00:00Z</dcterms:created>"), std::string::npos);
  EXPECT_NE(core.find("2026-11-25T02:00:00Z</dcterms:modified>"), std::string::npos);
}

TEST_F(WorkbookTest, EverySheetPrintsOnePageWideOnLandscapeA4WithItsHeaderRepeated) {
  fill();
  Book book = write();
  for (std::size_t i = 1; i <= book.names.size(); ++i) {
    pugi::xml_document sheet;
    const std::string& xml = book.parts["xl/worksheets/sheet" + std::to_string(i) + ".xml"];
    ASSERT_TRUE(sheet.load_string(xml.c_str()));
    const pugi::xml_node setup = sheet.child("worksheet").child("pageSetup");
    EXPECT_STREQ(setup.attribute("orientation").value(), "landscape");
    EXPECT_STREQ(setup.attribute("paperSize").value(), "9");
    EXPECT_EQ(setup.attribute("fitToWidth").as_int(1), 1);
    EXPECT_LE(setup.attribute("fitToHeight").as_int(1), 1) << "0: as many as it needs";
    EXPECT_NE(xml.find("<pageSetUpPr fitToPage=\"1\"/>"), std::string::npos);
    EXPECT_NE(xml.find("state=\"frozen\""), std::string::npos) << book.names[i - 1];
    EXPECT_NE(xml.find("第 &amp;P 页 / 共 &amp;N 页"), std::string::npos);
    EXPECT_NE(book.parts["xl/workbook.xml"].find("_xlnm.Print_Titles\" localSheetId=\"" +
                                                 std::to_string(i - 1) + "\""),
              std::string::npos)
        << book.names[i - 1];
  }
}

TEST_F(WorkbookTest, APathThatCannotBeWrittenIsAFault) {
  EXPECT_THROW(
      produce::write_workbook((folder_ / "none" / "x.xlsx").string(), view_, terms(), now_, {}),
      pipeline::Fault);
}

}  // namespace
