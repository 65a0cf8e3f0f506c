#include <fstream>
#include <sstream>

#include "pipeline/text.hpp"
#include "stages/produce/workbook.hpp"
#include "tests/statistics_samples.hpp"
#include "tests/xlsx_reading.hpp"

// From a figure to its cases, and what changed; and the whole workbook as text.

namespace {

using namespace statistics_samples;
using xlsx::Book;
using xlsx::Target;

class WorkbookLinks : public Ledger {
 protected:
  Book write(Time now, int sheet_rows = produce::kSheetRows) {
    const std::string path = (folder_ / "统计汇总.xlsx").string();
    produce::Terms words = terms();
    words.items = {{"S1", "基本信息"}, {"S3", "学历学位"}, {"S10", "业绩成果"}};
    produce::write_workbook(path, view_, words, now, {}, sheet_rows);
    return Book(path);
  }
  Book write() { return write(now_); }

  static int rows_of(const Book& book, const std::string& sheet, int row, int column) {
    const auto& links = book.links.at(sheet);
    const auto at_cell = links.find({row, column});
    if (at_cell == links.end()) return 0;
    const Target& target = at_cell->second;
    return target.from.first < 3 ? 0 : target.to.first - target.from.first + 1;
  }
  static void decide(Value& body, const char* when, const char* action, const char* what,
                     const std::string& queue) {
    body.member("decisions")
        .push(Value::object(
            {{"at", at(when).us}, {"round", body["round"]}, {"queue", queue}, {"action", action}}));
    body.member("history").push(Value::object({{"at", at(when).us},
                                               {"round", body["round"]},
                                               {"queue", queue},
                                               {"what", what},
                                               {"by", "审核人"}}));
  }
  static std::string base() { return "unit-12652901PDY0001249"; }
};

TEST_F(WorkbookLinks, EveryLinkLeadsToCellsThatAreThere) {
  fill();
  const Book book = write();
  int links = 0;
  for (const auto& [sheet, targets] : book.links) {
    for (const auto& [from, target] : targets) {
      ++links;
      const auto cells = book.sheets.find(target.sheet);
      ASSERT_NE(cells, book.sheets.end()) << sheet << " leads to " << target.sheet;
      EXPECT_TRUE(cells->second.contains({target.to.first, 0}))
          << sheet << " row " << from.first + 1 << " leads to row " << target.to.first + 1;
      EXPECT_LE(pipeline::count_code_points(target.tip), 255U);
    }
  }
  EXPECT_GT(links, 150);
}

TEST_F(WorkbookLinks, AFigureOfSeriesAndLevelLeadsToItsVeryApplications) {
  fill();
  const Book book = write();
  const std::string sheet = "系列×级别";
  int figures = 0;
  for (const auto& [where, target] : book.links.at(sheet)) {
    const int block = (where.second - 2) / 7;
    if (block == 2 || (where.second - 2) % 7 == 6) continue;  // 退回, and the sums, are filtered
    const double figure = book.sheets.at(sheet).at(where).number();
    EXPECT_EQ(rows_of(book, sheet, where.first, where.second), figure)
        << where.first << ',' << where.second;
    for (int row = target.from.first; figure > 0 && row <= target.to.first; ++row)
      EXPECT_EQ(book.sheets.at(target.sheet).at({row, 0}).text,
                where.first == 32 ? "unheard_of" : book.sheets.at(sheet).at({where.first, 1}).text);
    figures += figure > 0;
  }
  EXPECT_EQ(figures, 3 + 2 + 2) << "申报, 上报, 办结 of series and levels with applications";
}

TEST_F(WorkbookLinks, UnitsRegionsQueuesAndDeliveriesLeadToTheirVeryRows) {
  fill();
  Book book = write();
  const auto expect_rows = [&](const std::string& sheet, int column) {
    int figures = 0;
    const int end = book.row_of(sheet, sheet == "单位" ? 1 : 0, "合计");
    for (const auto& [where, target] : book.links.at(sheet)) {
      if (where.second != column || where.first >= end) continue;
      const double figure = book.sheets.at(sheet).at(where).number();
      EXPECT_EQ(rows_of(book, sheet, where.first, column), figure) << sheet << where.first;
      figures += figure > 0;
    }
    EXPECT_GT(figures, 0) << sheet << column;
  };
  expect_rows("单位", 6);
  expect_rows("地区", 4);
  for (const int column : {2, 4, 6}) expect_rows("队列与时效", column);
  for (int column = 1; column <= 5; ++column) expect_rows("总体情况", column);
}

TEST_F(WorkbookLinks, ALinkIntoAListOfSeveralSheetsLeadsToTheRightOne) {
  for (int i = 1; i <= 5; ++i) application("A-00000000000" + std::to_string(i));
  application("A-000000000009").set("uscc", "99999999PDY0000001");
  const Book book = write(now_, 5);
  bool found = false;
  for (const auto& [where, target] : book.links.at("单位")) {
    if (where.second != 7 || book.sheets.at("单位").at({where.first, 2}).text[0] != '9') continue;
    found = true;
    EXPECT_EQ(target.sheet, "明细（申请）3");
    EXPECT_EQ(target.from.first, 4);
    EXPECT_EQ(book.sheets.at(target.sheet).at({4, 0}).text, "A-000000000009");
  }
  EXPECT_TRUE(found);
}

TEST_F(WorkbookLinks, AFigureWhoseRowsFillMoreThanASheetSaysWhereTheyGoOn) {
  for (int i = 1; i <= 5; ++i) application("A-00000000000" + std::to_string(i));
  const auto tip = [](const Book& book) {
    for (const auto& [where, target] : book.links.at("单位"))
      if (where.second == 7) return target.tip;
    return std::string("no link");
  };
  EXPECT_TRUE(tip(write(now_, 6)).ends_with("；接下一张表")) << tip(write(now_, 6));
  EXPECT_EQ(tip(write()).find("下一张"), std::string::npos) << tip(write());
}

TEST_F(WorkbookLinks, AListSaysHowManyRowsTheFilterLeaves) {
  fill();
  const Book book = write();
  const xlsx::Cell& cell = book.sheets.at("明细（申请）").at({1, 0});
  EXPECT_EQ(cell.formula.find("\"显示 \"&SUBTOTAL(103,A4:A8)"), 0U) << cell.formula;
  EXPECT_EQ(cell.text.find("显示 5 行"), 0U) << cell.text;
}

/// How many rows of a list a tip's filter leaves; -1: it names a column that the list has not.
int rows_left(Book& book, const Target& list, const std::string& filter) {
  const std::string parts = pipeline::replace_all(filter, "，", "\n");
  int left = 0;
  for (int row = 3; row <= list.to.first; ++row) {
    bool fits = true;
    for (const std::string_view piece : pipeline::split(parts, '\n')) {
      const std::string part(piece);
      std::size_t at = std::string::npos;
      std::string sign;
      for (const char* each : {"＝", "＞", "≥", "≠", "包含", "在2"})
        if (const std::size_t found = part.find(each); found < at) at = found, sign = each;
      const int column = book.column_of(list.sheet, 2, part.substr(0, at));
      if (sign.empty() || column < 0) return -1;
      const xlsx::Cell& cell = book.cell(list.sheet, row, column);
      const std::string value = part.substr(at + sign.size());
      fits = fits && (sign == "＝"     ? cell.text == value
                      : sign == "≠"    ? cell.text != value
                      : sign == "包含" ? cell.text.find(value) != std::string::npos
                      : sign == "＞"   ? cell.number() > std::stod(value)
                      : sign == "≥"    ? cell.number() >= std::stod(value)
                                       : true);
    }
    left += fits;
  }
  return left;
}

TEST_F(WorkbookLinks, WhatATipSaysToFilterIsThereAndOfThoseWhoWaitItLeavesAsManyAsAreCounted) {
  fill();
  Book book = write();
  int filters = 0;
  for (const auto& [sheet, targets] : book.links)
    for (const auto& [from, target] : targets) {
      const std::size_t at = target.tip.find("中筛选：");
      if (at == std::string::npos) continue;
      ++filters;
      const std::string filter = target.tip.substr(at + std::string("中筛选：").size());
      const int left = rows_left(book, target, filter);
      EXPECT_GE(left, 0) << sheet << ": " << target.tip;
      if (sheet == "时效分析") {
        EXPECT_EQ(left, book.sheets.at(sheet).at(from).number()) << sheet << ": " << target.tip;
      }
    }
  EXPECT_GT(filters, 100);
}

TEST_F(WorkbookLinks, WhatIsTypedLikeAnEscapedCharacterIsShownAsTyped) {
  application("A-000000000001").set("specialty", "a_x000D_b_x00_");
  Book book = write();
  EXPECT_EQ(book.cell("明细（申请）", 3, 15).text, "a_x005F_x000D_b_x00_");
}

TEST_F(WorkbookLinks, NoListGivesTheDayOfBirthBesideTheMaskedIdNumber) {
  Value& body = application("A-000000000001");
  body.set("applicant_id", "652901198801200032");
  body.set("birth_date", "1988-01-20");
  Book book = write();
  const std::string sheet = "明细（申请）";
  const int row = book.row_of(sheet, 0, "A-000000000001");
  EXPECT_EQ(book.cell(sheet, row, book.column_of(sheet, 2, "证件号")).text, "652901********0032");
  EXPECT_EQ(book.cell(sheet, row, book.column_of(sheet, 2, "出生年份")).text, "1988");
  for (const auto& [name, cells] : book.sheets)
    for (const auto& [where, cell] : cells)
      for (const char* day : {"1988-01", "1988.01", "198801"})
        EXPECT_EQ(cell.text.find(day), std::string::npos) << name << ": " << cell.text;
}

TEST_F(WorkbookLinks, ReturnsAreCountedByTheirItemsAndLeadToThem) {
  Value& twice = application("A-000000000001");
  twice.set("state", "returned");
  twice.set("returns", 1);
  twice.set("last_return",
            Value::object({{"queue", base()}, {"items", Value::array({"S3", "S10"})}}));
  Value& whole = application("A-000000000002");
  whole.set("returns", 1);
  whole.set("last_return",
            Value::object({{"queue", "unit-11652901PDY000116H"}, {"items", Value::array()}}));
  Book book = write();
  const std::string sheet = "退回原因";
  EXPECT_EQ(book.number(sheet, "", "学历学位", "基层单位"), 1);
  EXPECT_EQ(book.number(sheet, "", "业绩成果", "合计"), 1);
  EXPECT_EQ(book.number(sheet, "", "基本信息", "合计"), 0);
  EXPECT_EQ(book.number(sheet, "", "整体退回或其他项目", "材料接收单位"), 1);
  EXPECT_EQ(book.number(sheet, "", "合计", "合计"), 3);
  const int row = book.row_of(sheet, 0, "业绩成果");
  const Target& target = book.links.at(sheet).at({row, 4});
  EXPECT_EQ(target.sheet, "明细（退回）");
  EXPECT_EQ(book.cell(target.sheet, target.from.first, 0).text, "业绩成果");
  EXPECT_EQ(target.from.first, target.to.first);
}

TEST_F(WorkbookLinks, ChangesOfTodayYesterdayAndTheWeekStandApartAndLeadToTheirSteps) {
  Value& moved = application("A-000000000001");  // 20 November
  decide(moved, "2026-11-24T09:00:00+08:00", "return", "退回修改", base());
  moved.set("round", 2);
  step(moved, "2026-11-25T00:00:00+08:00", base());
  decide(moved, "2026-11-25T09:00:00+08:00", "report_up", "上报", base());
  moved.set("state", "at_receiving_unit");
  Value& old = application("A-000000000002");
  old.erase("history");
  step(old, "2026-11-12T09:00:00+08:00", base());
  Book book = write();  // on 25 November, 10:00
  const std::string sheet = "变化";
  const auto figures = [&](const char* label) {
    const int row = book.row_of(sheet, 0, label);
    std::vector<double> all;
    for (int column = 1; column <= 4; ++column) {
      all.push_back(book.cell(sheet, row, column).number());
      EXPECT_EQ(rows_of(book, sheet, row, column), all.back()) << label << column;
    }
    return all;
  };
  using Figures = std::vector<double>;
  EXPECT_EQ(figures("职称申报：首次提交"), (Figures{0, 0, 1, 1}));
  EXPECT_EQ(figures("职称申报：退回修改"), (Figures{0, 1, 1, 0}));
  EXPECT_EQ(figures("职称申报：退回后再次提交"), (Figures{1, 0, 1, 0}));
  EXPECT_EQ(figures("职称申报：上报"), (Figures{1, 0, 1, 0}));
  EXPECT_EQ(figures("职称申报：收回"), (Figures{0, 0, 0, 0}));
}

TEST_F(WorkbookLinks, WhatStoodAtTheEndOfTheDayIsWhatTheReportOfThenShowed) {
  application("A-000000000001");
  Value& moving = application("A-000000000002");
  decide(moving, "2026-11-23T09:00:00+08:00", "return", "退回修改", base());
  moving.set("state", "returned");
  registration("R-000000000001");
  Book then = write(at("2026-11-24T23:59:59+08:00"));

  moving.set("round", 2);
  moving.set("state", "at_base_unit");
  step(moving, "2026-11-25T08:00:00+08:00", base());
  moving.member("history").push(Value::object({{"at", at("2026-11-25T09:00:00+08:00").us},
                                               {"round", 2},
                                               {"queue", base()},
                                               {"what", "收回申请书"}}));
  moving.set("state", "recalled");
  application("A-000000000003").erase("history");
  step(view_.spaces["case"]["A-000000000003"], "2026-11-25T09:30:00+08:00", base());
  Book now = write(at("2026-11-25T10:00:00+08:00"));

  const std::string sheet = "变化";
  const int header = then.row_of(sheet, 0, "种类和状态");
  int rows = 0;
  for (int row = header + 1; !then.cell(sheet, row, 0).text.empty(); ++row, ++rows) {
    EXPECT_EQ(now.cell(sheet, row, 0).text, then.cell(sheet, row, 0).text);
    EXPECT_EQ(now.cell(sheet, row, 2).text, then.cell(sheet, row, 1).text)
        << now.cell(sheet, row, 0).text;
    if (then.cell(sheet, row, 0).text == "合计") break;
  }
  EXPECT_EQ(rows, 28);
  EXPECT_EQ(now.number(sheet, "", "职称申报（退回后再次提交）：撤回或收回", "现在"), 1);
  EXPECT_EQ(now.number(sheet, "", "职称申报（首次提交）：待审", "较昨日"), 1);
  EXPECT_EQ(now.number(sheet, "", "职称申报（首次提交）：退回修改中", "较昨日"), -1);
}

TEST_F(WorkbookLinks, WeeksBeginOnMondayInBeijing) {
  application("A-000000000001").erase("history");
  Value& sunday = application("A-000000000002");
  sunday.erase("history");
  step(view_.spaces["case"]["A-000000000001"], "2026-11-23T00:00:00+08:00", base());
  step(sunday, "2026-11-22T23:59:59+08:00", base());
  delivery(Result::Quarantined, "", "2026-11-22T23:59:59+08:00");
  Book book = write();
  const std::string sheet = "每周趋势";
  const int total = book.row_of(sheet, 0, "合计");
  const int first = book.column_of(sheet, total - 27, "申报：首次");
  EXPECT_EQ(book.cell(sheet, total - 1, 0).number(), 46349) << "Monday, 23 November 2026";
  EXPECT_EQ(book.cell(sheet, total - 1, first).text, "1");
  EXPECT_EQ(book.cell(sheet, total - 2, first).text, "1");
  EXPECT_EQ(book.number(sheet, "", "合计", "其中未受理、隔离"), 1);
}

/// A row a line: what is shown, what is calculated, where it leads.
std::string dump(const Book& book) {
  std::ostringstream out;
  for (std::size_t i = 0; i < book.names.size(); ++i) {
    const std::string& name = book.names[i];
    out << "== " << name << "\n";
    int last = -1;
    const auto links = book.links.find(name);
    for (const auto& [where, cell] : book.sheets.at(name)) {
      if (where.first != last) out << (last < 0 ? "" : "\n") << where.first + 1 << ':';
      last = where.first;
      out << " | " << cell.text;
      if (!cell.formula.empty()) out << " {" << cell.formula << "}";
      if (links == book.links.end() || !links->second.contains(where)) continue;
      const Target& to = links->second.at(where);
      out << " -> " << to.sheet << ' ' << to.from.first + 1 << '-' << to.to.first + 1 << ' '
          << to.tip;
    }
    out << "\n";
  }
  return out.str();
}

TEST_F(WorkbookLinks, TheWorkbookOfASmallLedgerReadsAsItDid) {
  fill();
  Value& returned = view_.spaces["case"]["A-000000000003"];
  returned.set("last_return", Value::object({{"queue", base()}, {"items", Value::array({"S3"})}}));
  decide(returned, "2026-11-21T22:00:00+08:00", "return", "退回修改", base());
  const std::string file = std::string(DOSSIER_SOURCE_DIR) + "/tests/golden/workbook.txt";
  const std::string text = dump(write());
  if (std::getenv("UPDATE")) std::ofstream(file) << text;
  std::ifstream in(file);
  const std::string golden{std::istreambuf_iterator<char>(in), {}};
  std::istringstream shown(text), expected(golden);
  int line = 0;
  for (std::string a, b; std::getline(shown, a); ++line) {
    ASSERT_TRUE(std::getline(expected, b)) << "line " << line + 1 << " is new: " << a;
    ASSERT_EQ(a, b) << "line " << line + 1 << "; UPDATE=1 rewrites the file";
  }
  std::string more;
  EXPECT_FALSE(std::getline(expected, more)) << "missing: " << more;
}

}  // namespace
