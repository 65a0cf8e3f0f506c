#include "stages/produce/worklist.hpp"

#include <map>
#include <set>
#include <sstream>
#include <tuple>

#include "stages/prepare/filled_form.hpp"
#include "stages/prepare/zip.hpp"
#include "stages/produce/spreadsheet.hpp"
#include "tests/golden_sheets.hpp"
#include "tests/worklist_samples.hpp"
#include "tests/xlsx_reading.hpp"
#include "tests/zip_builder.hpp"

namespace {

using papers::Value;
using xlsx::Book;

constexpr int kCodes = 0, kHeaders = 1, kFirst = 2;
const std::string kSheet = "待审清单";

Book read(const Value& payload) {
  return Book(Book::From{produce::worklist(payload)});
}

std::string at(Book& book, int row, const std::string& code) {
  const int column = book.column_of(kSheet, kCodes, code);
  EXPECT_GE(column, 0) << code;
  return book.cell(kSheet, row, column).text;
}

pugi::xml_node sheet_of(Book& book, pugi::xml_document& document, int number = 1) {
  const std::string& xml = book.parts["xl/worksheets/sheet" + std::to_string(number) + ".xml"];
  EXPECT_TRUE(document.load_string(xml.c_str()));
  return document.child("worksheet");
}

std::set<std::string> hidden_columns(Book& book) {
  std::set<std::string> hidden;
  pugi::xml_document document;
  for (const pugi::xml_node col : sheet_of(book, document).child("cols"))
    if (col.attribute("hidden").as_bool())
      for (int i = col.attribute("min").as_int(); i <= col.attribute("max").as_int(); ++i)
        hidden.insert(book.cell(kSheet, kCodes, i - 1).text);
  return hidden;
}

/// What Excel would offer in that row: what the formula of the column's choices comes to.
std::vector<std::string> offered(Book& book, int row, const std::string& what) {
  const std::string list = "info." + what + "_list", count = "info." + what + "_count";
  const auto column = [&](const std::string& code) {
    return "$" + produce::cell_name(kFirst, book.column_of(kSheet, kCodes, code));
  };
  const std::string formula = "OFFSET(选项!$A$1,0," + column(list) + "," + column(count) + ",1)";
  pugi::xml_document document;
  bool ruled = false;
  for (const pugi::xml_node rule : sheet_of(book, document).child("dataValidations"))
    ruled = ruled || formula == rule.child_value("formula1");
  EXPECT_TRUE(ruled) << formula;
  std::vector<std::string> names;
  for (int i = 0; i < std::stoi(at(book, row, count)); ++i)
    names.push_back(book.cell("选项", i, std::stoi(at(book, row, list))).text);
  return names;
}

TEST(Worklist, CodeNamesStandInAHiddenRowAboveTheHeadersAndCasesFollow) {
  Book book = read(papers::worklist_payload(3));
  EXPECT_EQ(book.names, (std::vector<std::string>{"待审清单", "填写说明", "选项"}));
  std::set<std::string> codes;
  for (const auto& [where, cell] : book.sheets.at(kSheet))
    if (where.first == kCodes) codes.insert(cell.text);
  for (const char* code :
       {"case", "round", "queue", "token", "form_version", "action", "target",
        "recommendation_opinion", "modification_opinion", "reviewer.name", "confirmed"})
    EXPECT_EQ(codes.erase(code), 1U) << code;
  for (const std::string& code : codes) EXPECT_TRUE(code.starts_with("info.")) << code;

  EXPECT_EQ(book.cell(kSheet, kHeaders, 2).text, "案件编号");
  EXPECT_EQ(at(book, kFirst, "case"), "A-000000000000");
  EXPECT_EQ(at(book, kFirst + 2, "case"), "A-000000000002");
  EXPECT_EQ(at(book, kFirst + 2, "round"), "1");
  EXPECT_EQ(at(book, kFirst + 2, "token"), "tok000000000002");
  EXPECT_EQ(at(book, kFirst + 2, "queue"), "unit-11652901PDY000116H");
  EXPECT_EQ(at(book, kFirst + 2, "info.overdue"), "下一工作日到期");
  for (const char* empty : {"action", "target", "recommendation_opinion", "modification_opinion",
                            "reviewer.name", "confirmed"})
    EXPECT_EQ(at(book, kFirst, empty), "") << empty;
  const auto& version = book.cell(kSheet, kFirst, book.column_of(kSheet, kCodes, "form_version"));
  EXPECT_EQ(version.text, "1.2");
  EXPECT_EQ(version.type, "inlineStr") << "as a number 1.10 would be read as 1.1";

  pugi::xml_document document;
  const pugi::xml_node rows = sheet_of(book, document).child("sheetData");
  EXPECT_TRUE(rows.find_child_by_attribute("r", "1").attribute("hidden").as_bool());
  EXPECT_FALSE(rows.find_child_by_attribute("r", "2").attribute("hidden").as_bool());
}

/// The book after somebody typed into a cell.
void fill(Book& book, int row, const std::string& code, const std::string& text) {
  const int column = book.column_of(kSheet, kCodes, code);
  const std::string name = produce::cell_name(row, column);
  pugi::xml_document document;
  std::string& xml = book.parts["xl/worksheets/sheet1.xml"];
  ASSERT_TRUE(document.load_string(xml.c_str(), Book::kKeepBlanks));
  pugi::xml_node cell =
      document.child("worksheet").child("sheetData").find_node([&](const pugi::xml_node& node) {
        return name == node.attribute("r").value() && std::string_view(node.name()) == "c";
      });
  ASSERT_TRUE(cell) << name;
  cell.append_attribute("t") = "inlineStr";
  cell.append_child("is").append_child("t").text() = text.c_str();
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  xml = out.str();
}

std::string bytes_of(const Book& book) {
  zip_builder::Builder zip;
  for (const auto& [name, part] : book.parts) zip.add(name, part);
  return zip.end();
}

TEST(Worklist, WhatIsFilledInIsReadBackRowByRow) {
  static const prepare::Rules rules =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  Value payload = papers::worklist_payload(3);
  payload.member("cases").push(papers::worklist_registration(7));
  Book book = read(payload);
  EXPECT_TRUE(prepare::read_filled_workbook(bytes_of(book), rules).parts.empty())
      << "nothing filled in";

  const std::string target = offered(book, kFirst, "target")[1];
  fill(book, kFirst, "action", "上报");
  fill(book, kFirst, "target", target);
  fill(book, kFirst, "recommendation_opinion", "同意上报");
  fill(book, kFirst, "reviewer.name", "王一");
  fill(book, kFirst, "confirmed", "是");
  fill(book, kFirst + 3, "action", "审核不通过");
  const prepare::FilledForm form = prepare::read_filled_workbook(bytes_of(book), rules);
  EXPECT_EQ(form.refusal, "");
  EXPECT_EQ(form.form["rows"].integer(), 4);
  ASSERT_EQ(form.parts.size(), 2U);
  const Value& first = form.parts[0].form;
  EXPECT_EQ(first["case"].string(), "A-000000000000");
  EXPECT_EQ(first["round"].integer(), 1);
  EXPECT_EQ(first["token"].string(), "tok000000000000");
  EXPECT_EQ(first["queue"].string(), "unit-11652901PDY000116H");
  EXPECT_EQ(first["form_version"].text(), "1.2");
  EXPECT_EQ(first["action"].string(), "report_up");
  EXPECT_EQ(first["target"].string(), target);
  EXPECT_EQ(first["recommendation_opinion"].string(), "同意上报");
  EXPECT_EQ(first["reviewer"]["name"].string(), "王一");
  EXPECT_TRUE(first["confirmed"].boolean());
  EXPECT_EQ(form.parts[1].form["action"].string(), "reject");
  EXPECT_EQ(form.parts[1].form_name, "第 6 行");

  EXPECT_TRUE(prepare::read_filled_workbook(produce::worklist(papers::worklist_payload(0)), rules)
                  .parts.empty())
      << "无待审案件 is no decision";
}

TEST(Worklist, EachRowOffersItsOwnActionsAndTargetsTheDefaultOneFirst) {
  Value payload = papers::worklist_payload(2);
  payload.member("cases").push(papers::worklist_registration(7));
  Book book = read(payload);
  EXPECT_EQ(offered(book, kFirst, "action"),
            (std::vector<std::string>{"上报", "回退", "退回申请人", "不予受理"}));
  EXPECT_EQ(offered(book, kFirst, "target"),
            (std::vector<std::string>{"阿克苏市教育局", "阿克苏地区人力资源和社会保障局"}));
  EXPECT_EQ(offered(book, kFirst + 2, "action"),
            (std::vector<std::string>{"审核通过", "审核不通过"}));
  EXPECT_EQ(offered(book, kFirst + 2, "target"), std::vector<std::string>{""});
}

TEST(Worklist, AListOfAnyLengthIsOffered) {
  Value payload = papers::worklist_payload(1);
  Value targets = Value::array();
  for (int i = 0; i < 100; ++i)
    targets.push(Value::object({{"id", "committee-" + std::to_string(i)},
                                {"name", "第" + std::to_string(i) + "评审委员会，工程"},
                                {"default", i == 99}}));
  payload.member("cases").items_mutable()[0].set("targets", targets);
  Book book = read(payload);
  const std::vector<std::string> names = offered(book, kFirst, "target");
  ASSERT_EQ(names.size(), 100U);
  EXPECT_EQ(names[0], "第99评审委员会，工程");
  EXPECT_EQ(names[99], "第98评审委员会，工程");
}

TEST(Worklist, ANameThatTwoTargetsBearIsReplacedByTheirIds) {
  Value payload = papers::worklist_payload(1);
  payload.member("cases").items_mutable()[0].set(
      "targets", papers::json(R"([{"id":"committee-a","name":"工程评委会","default":false},
        {"id":"committee-b","name":"工程评委会","default":true},{"id":"committee-c","name":"卫生评委会","default":false}])"));
  Book book = read(payload);
  EXPECT_EQ(offered(book, kFirst, "target"),
            (std::vector<std::string>{"committee-b", "committee-a", "卫生评委会"}));
}

TEST(Worklist, WhatNoCaseOfTheQueueNeedsIsHiddenButThere) {
  Value payload = papers::worklist_payload(0);
  payload.member("cases").push(papers::worklist_registration(1));
  Book registrations = read(payload);
  const std::set<std::string> hidden = hidden_columns(registrations);
  for (const char* code : {"info.applicant", "info.series", "info.title", "target",
                           "recommendation_opinion", "token", "queue", "form_version"})
    EXPECT_TRUE(hidden.contains(code)) << code;
  EXPECT_FALSE(hidden.contains("modification_opinion"));
  EXPECT_EQ(at(registrations, kHeaders, "modification_opinion"), "审核意见");

  payload.member("cases").push(papers::worklist_case(2));
  Book mixed = read(payload);
  EXPECT_FALSE(hidden_columns(mixed).contains("target"));
  const int target = mixed.column_of(kSheet, kCodes, "target");
  EXPECT_NE(mixed.cell(kSheet, kFirst, target).style, mixed.cell(kSheet, kFirst + 1, target).style)
      << "a registration has nowhere to go";
}

TEST(Worklist, AnEmptyQueueSaysSo) {
  Book book = read(papers::worklist_payload(0));
  EXPECT_EQ(book.cell(kSheet, kFirst, 0).text, "无待审案件");
  EXPECT_GE(book.column_of(kSheet, kCodes, "case"), 0);
  pugi::xml_document document;
  EXPECT_FALSE(sheet_of(book, document).child("dataValidations"));
}

TEST(Worklist, EachCaseOpensItsOwnFormItsDossierAndTheirFolder) {
  Book book = read(papers::worklist_payload(12));
  EXPECT_EQ(book.files[kSheet].size(), 36U);
  for (int n = 0; n < 12; ++n) {
    const int row = kFirst + n;
    const std::string folder = at(book, row, "case") + "-r1";
    for (const auto& [code, file, shown] :
         {std::tuple{"case", "/审批单.pdf", at(book, row, "case").c_str()},
          std::tuple{"info.dossier", "/卷宗.pdf", "卷宗"},
          std::tuple{"info.folder", "/", "打开"}}) {
      EXPECT_EQ((book.files[kSheet][{row, book.column_of(kSheet, kCodes, code)}]), folder + file);
      EXPECT_EQ(at(book, row, code), shown);
    }
  }
}

TEST(Worklist, TheLinksStandWhereExcelLooksForThem) {
  Book book = read(papers::worklist_payload(2));
  pugi::xml_document document;
  std::string order;
  for (const pugi::xml_node part : sheet_of(book, document))
    order += std::string(part.name()) + ' ';
  EXPECT_NE(order.find("sheetData autoFilter conditionalFormatting "), order.npos) << order;
  EXPECT_NE(order.find(" dataValidations hyperlinks printOptions "), order.npos) << order;
}

TEST(Worklist, AListOfThousandsIsReadBack) {
  // Some 9,000 rows are what prepare's limits let in.
  const std::string bytes = produce::worklist(papers::worklist_payload(7000));
  const prepare::Rules rules =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  const prepare::FilledForm form = prepare::read_filled_workbook(bytes, rules);
  EXPECT_EQ(form.refusal, "");
  EXPECT_EQ(form.form["rows"].integer(), 7000);
}

TEST(Worklist, WhatIsTypedLikeAFormulaIsShownAndNotCalculated) {
  Value payload = papers::worklist_payload(1);
  Value& one = payload.member("cases").items_mutable()[0];
  one.set("applicant", "=1+1");
  one.set("unit", "@SUM(1)");
  Book book = read(payload);
  for (const auto& [code, text] :
       {std::pair{"info.applicant", "=1+1"}, std::pair{"info.unit", "@SUM(1)"}}) {
    const auto& cell = book.cell(kSheet, kFirst, book.column_of(kSheet, kCodes, code));
    EXPECT_EQ(cell.text, text);
    EXPECT_EQ(cell.type, "inlineStr");
    EXPECT_EQ(cell.formula, "");
  }
}

TEST(Worklist, FiveHundredRowsAreListedFilteredAndPrintedWithTheirHeader) {
  Book book = read(papers::worklist_payload(500));
  golden::keep("worklist_500.xlsx", book.bytes);
  EXPECT_EQ(at(book, kFirst + 499, "case"), "A-000000000499");
  pugi::xml_document document;
  const pugi::xml_node sheet = sheet_of(book, document);
  EXPECT_TRUE(std::string(sheet.child("autoFilter").attribute("ref").value()).ends_with("502"));
  const pugi::xml_node pane = sheet.child("sheetViews").child("sheetView").child("pane");
  EXPECT_STREQ(pane.attribute("state").value(), "frozen");
  EXPECT_STREQ(pane.attribute("ySplit").value(), "2");
  EXPECT_NE(book.parts["xl/workbook.xml"].find("$2:$2"), std::string::npos);
}

TEST(Worklist, MoreCasesThanExcelHasLinksForAreAllListed) {
  constexpr int kCases = produce::kSheetLinks / 3 + 10;  // three links each
  const std::string bytes = produce::worklist(papers::worklist_payload(kCases));
  std::map<std::string, std::string> parts;
  prepare::Inflater inflater;
  for (const prepare::ZipEntry& entry : prepare::read_zip(bytes, {}).entries)
    parts[entry.name] = inflater.read(bytes, entry).value_or("damaged");
  const auto count = [&](const std::string& part, const std::string& text) {
    const std::string& xml = parts["xl/worksheets/" + part];
    int times = 0;
    for (auto at = xml.find(text); at != xml.npos; at = xml.find(text, at + 1)) ++times;
    return times;
  };
  EXPECT_EQ(count("sheet1.xml", "<row "), kFirst + kCases);
  EXPECT_EQ(count("_rels/sheet1.xml.rels", "TargetMode=\"External\""), produce::kSheetLinks);
  EXPECT_EQ(count("sheet1.xml", "<hyperlink "), produce::kSheetLinks);
}

TEST(Worklist, EveryCellIsAsItWas) {
  Value payload = papers::worklist_payload(2);
  payload.member("cases").push(papers::worklist_registration(7));
  const Book book = read(payload);
  golden::keep("worklist_3.xlsx", book.bytes);
  golden::compare("worklist.txt", golden::cells(book));
}

TEST(Worklist, TheDueDayIsARealDateWhoseColourGoesByTheDayOnWhichItIsOpened) {
  Book book = read(papers::worklist_payload(4));
  EXPECT_EQ(at(book, kFirst, "info.due"), "46346") << "2026-11-20";
  pugi::xml_document document;
  std::vector<std::string> formulas;
  for (const pugi::xml_node format : sheet_of(book, document).children("conditionalFormatting"))
    if (std::string(format.attribute("sqref").value()) == "A3:A6")
      for (const pugi::xml_node rule : format) formulas.push_back(rule.child_value("formula"));
  ASSERT_EQ(formulas.size(), 3U);
  EXPECT_EQ(formulas[0], "AND(ISNUMBER($A3),$A3<TODAY())");
  EXPECT_EQ(formulas[1], "AND(ISNUMBER($A3),$A3=TODAY())");
  EXPECT_EQ(formulas[2],
            "AND(ISNUMBER($A3),OR($A3<=WORKDAY(TODAY(),1),AND(TODAY()=DATE(2026,11,22),"
            "$B3=\"下一工作日到期\")))");
}

TEST(Worklist, FiltersReachTheHiddenColumnsSoThatSortingKeepsRowsTogether) {
  Book book = read(papers::worklist_payload(3));
  pugi::xml_document document;
  const pugi::xml_node sheet = sheet_of(book, document);
  int last = 0;
  for (const auto& [where, cell] : book.sheets.at(kSheet)) last = std::max(last, where.second);
  const std::string range = sheet.child("autoFilter").attribute("ref").value();
  const auto end = xlsx::place(range.substr(range.find(':') + 1));
  EXPECT_EQ(end, std::make_pair(kFirst + 2, last));
  EXPECT_FALSE(sheet.child("sheetProtection")) << "Excel sorts no protected cells";
}

TEST(Worklist, NothingOfAPersonButTheNameStandsInIt) {
  Value payload = papers::worklist_payload(1);
  payload.member("cases").items_mutable()[0].set("id_number", "652901198801200032");
  Book book = read(payload);
  for (const auto& [name, xml] : book.parts)
    EXPECT_EQ(xml.find("652901198801200032"), std::string::npos) << name;
}

TEST(Worklist, TheSamePayloadGivesTheSameBytes) {
  const Value payload = papers::worklist_payload(40);
  EXPECT_EQ(produce::worklist(payload), produce::worklist(payload));
}

TEST(Worklist, TheGuideNamesTheFolderWhereItGoes) {
  Book book = read(papers::worklist_payload(1));
  EXPECT_GE(book.row_of("填写说明", 1,
                        "保存文件（名称可以更改，格式仍为 .xlsx），放入收件箱中本部门的文件夹："
                        "inbox/unit-11652901PDY000116H/"),
            0);
}

}  // namespace
