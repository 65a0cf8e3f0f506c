#include <gtest/gtest.h>

#include <set>

#include "pipeline/json.hpp"
#include "pipeline/line.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/sheet_filling.hpp"

// The blank forms come back: filled in, moved about, saved by other programs, or spoilt.

namespace {

using filling::Book;
using pipeline::Submission;
using pipeline::Value;
using prepare::Field;
using prepare::FieldType;

using Set = std::set<std::string>;

const prepare::Rules& rules() {
  static const prepare::Rules kLoaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return kLoaded;
}

const std::string& blank(const std::string& name) {
  static const std::vector<app::BlankFile> kForms =
      app::blank_forms(std::string(DOSSIER_SOURCE_DIR) + "/templates", rules());
  for (const app::BlankFile& form : kForms)
    if (form.name == name + ".xlsx") return form.bytes;
  ADD_FAILURE() << "no form " << name;
  return kForms[0].bytes;
}

Submission prepared(const std::string& bytes, const std::string& name) {
  pipeline::Delivery delivery;
  delivery.name = name;
  return prepare::prepare(delivery, bytes, rules());
}

/// code@where, as the receipt has it.
Set told(const Submission& s) {
  std::vector<pipeline::Finding> findings = s.findings;
  pipeline::name_cells(findings, s);
  Set out;
  for (const auto& finding : findings) out.insert(finding.code + "@" + finding.where);
  return out;
}

Set told(const Book& book) {
  return told(prepared(book.bytes(), "表.xlsx"));
}

/// The same with places of the form in place of cells.
Set places(const Submission& s) {
  Set out;
  for (const auto& finding : s.findings) out.insert(finding.code + "@" + finding.where);
  return out;
}

/// What is empty is left out: a sheet cannot tell an empty list from none.
Value without_nothing(const Value& value) {
  if (!value.is_object()) return value;
  Value out = Value::object();
  for (const auto& [key, member] : value.members())
    if (!member.is_null() && !(member.is_array() && member.size() == 0))
      out.set(key, without_nothing(member));
  return out;
}

/// As a person chooses it: the label of an enumeration.
std::string chosen(const Field& field, const Value& value) {
  if (field.type == FieldType::Boolean) return value.boolean() ? "是" : "否";
  if (field.type != FieldType::Enum) return value.text();
  const auto code = rules().dictionary.code(field.dictionary, value.text());
  return rules().dictionary.label(field.dictionary, code.value_or(value.text()));
}

void fill(Book& book, const Field& field, const Value& value, const std::string& path) {
  if (value.is_null() || path == "kind") return;
  if (field.type == FieldType::Attachments) {
    for (std::size_t i = 0; i < value.size(); ++i) {
      const std::string at = path + "[" + std::to_string(i) + "].";
      const prepare::Slot* slot = rules().slots.find(value[i]["slot"].string());
      ASSERT_NE(slot, nullptr);
      book.fill(at + "slot", slot->code + " " + slot->name);
      book.fill(at + "file", value[i]["file"].string());
    }
  } else if (field.list && field.type == FieldType::Object) {
    Field one = field;
    one.list = false;
    for (std::size_t i = 0; i < value.size(); ++i)
      fill(book, one, value[i], path + "[" + std::to_string(i) + "]");
  } else if (field.list) {
    std::vector<std::string> texts;
    for (const Value& item : value.items()) texts.push_back(chosen(field, item));
    book.fill(path, pipeline::join(texts, "、"));
  } else if (field.type == FieldType::Object) {
    for (const auto& [name, member] : value.members()) {
      ASSERT_NE(field.member(name), nullptr) << path << "." << name;
      fill(book, *field.member(name), member, path.empty() ? name : path + "." + name);
    }
  } else {
    book.fill(path, chosen(field, value));
  }
}

Book filled(const std::string& name, const Value& form) {
  Book book(blank(name));
  Field root = *rules().fields.form(form["kind"].string());
  fill(book, root, form, "");
  return book;
}

Value parsed(const std::string& json) {
  const pipeline::Json document = pipeline::parse_json(json);
  EXPECT_EQ(document.error, "");
  return document.value;
}

const std::string kHunan =
    R"({ "kind": "unit_registration", "submit": true,
  "unit": { "name": "涟源市某国有林场", "uscc": "12431382PDY0000364", "nature": "public_institution", "level": "county",
            "region": "431382", "address": "涟源市人民路1号", "legal_rep": "刘一", "phone": "0738-4400000" },
  "handler": { "name": "李四", "id_number": "431382199007150021", "phone": "13800000002", "email": "lisi@example.org" },
  "account": { "username": "lylinchang", "password_digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" },
  "business_types": ["pt", "hr_market"], "pooling_region": "431382",
  "review_target": { "kind": "supervising_unit", "uscc": "11431382PDY000028C", "name": "涟源市林业局" },
  "attachments": [ { "slot": "U03", "file": "事业单位法人证书.pdf" }, { "slot": "U05", "file": "授权书.jpg" }, { "slot": "U06", "file": "经办人身份证.jpg" } ] })";
const std::string kXinjiang =
    R"({ "kind": "unit_registration", "submit": true,
  "unit": { "name": "阿克苏市某中学", "uscc": "12652901PDY0001249", "nature": "public_institution", "level": "county", "region": "652901", "legal_rep": "王一", "phone": "0997-2100000" },
  "handler": { "name": "买买提·吐尔逊", "id_number": "652901198801200032", "phone": "13900000003" },
  "account": { "username": "akszx" },
  "receiving_units": [ { "uscc": "11652901PDY000116H", "default": true } ],
  "attachments": [ { "slot": "U01", "file": "组织机构代码证.jpg" } ] })";
const std::string kApplication =
    R"({ "kind": "title_application", "submit": true, "unit_uscc": "12652901PDY0001249", "year": 2026,
  "applicant": { "name": "阿卜杜热合曼·阿卜杜拉", "sex": "男", "birth_date": "1988-01-20", "ethnicity": "维吾尔", "id_type": "居民身份证", "id_number": "652901198801200032",
                 "political_status": "群众", "work_start": "2010-07", "phone": "13900000003" },
  "target": { "series": "primary_secondary_teacher", "specialty": "中学数学", "level": "senior_associate", "title": "高级教师", "application_type": "NORMAL" },
  "current": { "title": "一级教师", "series": "primary_secondary_teacher", "level": "intermediate", "date": "2018-12-01", "certificate_no": "XJ2018-0001", "appointed_date": "2019-01-01" },
  "education": [ { "level": "本科", "degree": "学士", "school": "新疆师范大学", "major": "数学", "mode": "全日制", "start": "2006-09", "end": "2010-07", "cert_no": "107621201005000001" } ],
  "career": [ { "start": "2010-07", "end": null, "unit": "阿克苏市某中学", "duty": "教师", "title": "一级教师" } ],
  "appraisals": [ { "year": 2021, "grade": "合格" }, { "year": 2022, "grade": "合格" }, { "year": 2023, "grade": "优秀" } ],
  "continuing_education": [ { "year": 2025, "public_hours": 30, "professional_hours": 60 } ],
  "achievements": [ { "period": "2023", "name": "市级公开课", "role": "主持", "level": "市厅级" } ],
  "publications": [ { "title": "中学数学教学研究", "venue": "数学教学", "issn": "0488-7395", "date": "2024-05", "author_rank": 1 } ],
  "awards": [], "licences": [ { "name": "教师资格证", "no": "20106520000000001", "date": "2010-06" } ],
  "summary": "……\n第二段 <&>", "pledge": { "signed": true, "date": "2026-10-20" },
  "publicity": { "start": "2026-10-12", "end": "2026-10-16", "place": "学校公示栏", "objections": "无异议" },
  "attachments": [ { "slot": "A01", "file": "身份证.jpg" }, { "slot": "A02", "file": "毕业证.jpg" } ] })";

/// The examples of the contract, and the sheet that asks for each.
const std::vector<std::pair<std::string, std::string>>& examples() {
  static const std::vector<std::pair<std::string, std::string>> kExamples{
      {"单位注册表（湖南）", kHunan},
      {"单位注册表（新疆）", kXinjiang},
      {"职称申请书", kApplication},
      {"注册撤回表",
       R"({ "kind": "registration_withdrawal", "uscc": "12431382PDY0000364", "username": "lylinchang", "handler": { "name": "李四", "id_number": "431382199007150021" } })"},
      {"单位信息修正表",
       R"({ "kind": "unit_info_correction", "submit": true, "uscc": "12431382PDY0000364", "unit": { "phone": "0738-4411111" }, "attachments": [] })"},
      {"下级单位开通表",
       R"({ "kind": "unit_provision", "by_uscc": "11652901PDY000116H", "units": [ { "mode": "ASSIGNED", "unit": { "name": "阿克苏市某乡政府", "uscc": "11652901PDY0001327", "nature": "administrative_organ", "level": "township", "region": "652901" }, "account": { "username": "aksxz" }, "handler": { "name": "张三", "id_number": "430102198503120018", "phone": "13800000001" } } ] })"},
      {"材料接收部门变更表",
       R"({ "kind": "receiving_department_change", "uscc": "12652901PDY0001249", "receiving_unit": { "uscc": "11652900PDY0001088" }, "default": true })"},
      {"申请书收回表", R"({ "kind": "application_recall", "case": "A-3F9A2C1B7101" })"},
      {"公示照片表",
       R"({ "kind": "publicity_photo", "unit_uscc": "12652901PDY0001249", "year": 2026, "cases": ["A-3F9A2C1B7101", "A-3F9A2C1B7102"], "period": { "start": "2026-10-12", "end": "2026-10-16" }, "attachments": [ { "slot": "A19", "file": "公示照片1.jpg" } ] })"},
      {"审核信息查询表", R"({ "kind": "status_query", "uscc": "12431382PDY0000364" })"}};
  return kExamples;
}

TEST(ExcelForm, EachKindComesBackAsTheJsonThatItStandsFor) {
  for (const auto& [name, json] : examples()) {
    const Submission wanted = prepared(json, "form.json");
    ASSERT_NE(wanted.kind, "") << name;
    const Book book = filled(name, parsed(json));
    for (const auto texts : {Book::Texts::Inline, Book::Texts::Shared}) {
      const Submission s = prepared(book.bytes(texts), name + ".xlsx");
      EXPECT_EQ(s.kind, wanted.kind) << name;
      EXPECT_EQ(without_nothing(s.form).dump(true), without_nothing(wanted.form).dump(true))
          << name;
      EXPECT_EQ(places(s), places(wanted)) << name;
      EXPECT_EQ(s.entries.at(0).role, pipeline::Role::Form);
      EXPECT_TRUE(s.opened);
    }
  }
}

TEST(ExcelForm, ABlankFormAsksForAllThatIsRequiredEachAtItsCell) {
  const Submission s = prepared(blank("申请书收回表"), "申请书收回表.xlsx");
  EXPECT_EQ(s.kind, "application_recall");
  EXPECT_EQ(told(s), Set{"FIELD_REQUIRED@C7"});
  EXPECT_EQ(Book(blank("申请书收回表")).sheet("申请书收回表").find("case").first, 6);
}

TEST(ExcelForm, LabelsAreEnoughWhereTheHiddenRowsAndColumnsWereDeleted) {
  for (const auto& [name, json] : examples()) {
    const Submission wanted = prepared(json, "form.json");
    Book book = filled(name, parsed(json));
    for (filling::Sheet& sheet : book.sheets) {
      sheet.delete_row(0);
      if (sheet.name == name) sheet.delete_column(0);
    }
    const Submission s = prepared(book.bytes(), name + ".xlsx");
    EXPECT_EQ(without_nothing(s.form).dump(true), without_nothing(wanted.form).dump(true)) << name;
    EXPECT_EQ(places(s), places(wanted)) << name;
  }
}

TEST(ExcelForm, RowsAndColumnsMayBeInsertedAnywhere) {
  for (const auto& [name, json] : examples()) {
    const Submission wanted = prepared(json, "form.json");
    for (const int column : {0, 1, 2, 3})
      for (const int row : {0, 1, 3, 4, 6}) {
        Book book = filled(name, parsed(json));
        for (filling::Sheet& sheet : book.sheets) {
          sheet.insert_column(column);
          sheet.insert_row(row);
        }
        const Submission s = prepared(book.bytes(), name + ".xlsx");
        EXPECT_EQ(without_nothing(s.form).dump(true), without_nothing(wanted.form).dump(true))
            << name << " " << row << " " << column;
        EXPECT_EQ(places(s), places(wanted)) << name;
      }
  }
}

TEST(ExcelForm, AnAnswerMayBeMovedWithItsLabel) {
  Book book = filled("审核信息查询表", parsed(examples().back().second));
  filling::Sheet& sheet = book.sheets[0];
  const int row = sheet.find("统一社会信用代码").first;
  for (const int column : {0, 1, 2, 3}) sheet.cells.erase({row, column});
  sheet.set(20, 6, "统一社会信用代码：");
  sheet.set(20, 7, "12431382PDY0000364");
  const Submission s = prepared(book.bytes(), "查询.xlsx");
  EXPECT_EQ(s.form["uscc"].string(), "12431382PDY0000364");
  EXPECT_EQ(told(s), Set{});
}

TEST(ExcelForm, WhatTheLabelSaysCountsNotTheHiddenPath) {
  // Cells of the visible columns moved down by one: the paths stayed.
  Book book = filled("审核信息查询表", parsed(examples().back().second));
  filling::Sheet& sheet = book.sheets[0];
  const int row = sheet.find("uscc").first;
  std::map<std::pair<int, int>, filling::Written> moved;
  for (const auto& [at, cell] : sheet.cells)
    moved[{at.first + (at.second > 0 && at.first >= row ? 1 : 0), at.second}] = cell;
  sheet.cells = moved;
  const Submission s = prepared(book.bytes(), "查询.xlsx");
  EXPECT_EQ(s.form.dump(), R"({"uscc":"12431382PDY0000364","kind":"status_query"})");
}

TEST(ExcelForm, AChangedLabelIsKnownByItsPath) {
  Book book = filled("审核信息查询表", parsed(examples().back().second));
  filling::Sheet& sheet = book.sheets[0];
  const auto at = sheet.find("统一社会信用代码");
  sheet.set(at.first, at.second, "我单位的代码");
  EXPECT_EQ(prepared(book.bytes(), "查询.xlsx").form["uscc"].string(), "12431382PDY0000364");
  EXPECT_EQ(told(book), Set{});
}

TEST(ExcelForm, ListsMayHaveGapsAndAnyOrder) {
  Book book(blank("职称申请书"));
  book.fill("appraisals[7].year", "2021");
  book.fill("appraisals[7].grade", "合格");
  book.fill("appraisals[2].year", "2023年");
  book.fill("appraisals[2].grade", "优秀");
  const std::string wrong = book.fill("appraisals[25].year", "去年");
  book.fill("appraisals[25].grade", "称职");
  // A sheet copied for more rows, with its header repeated where a page begins.
  filling::Sheet copy = book.sheet("年度考核");
  copy.name = "年度考核 (2)";
  copy.set(9, 1, "考核年度 *");
  copy.set(9, 2, "考核等次 *");
  book.sheets.push_back(copy);
  const Submission s = prepared(book.bytes(), "申请书.xlsx");
  ASSERT_EQ(s.form["appraisals"].size(), 6U);
  EXPECT_EQ(s.form["appraisals"][0].dump(), R"({"year":2023,"grade":"excellent"})");
  EXPECT_EQ(s.form["appraisals"][1].dump(), R"({"year":2021,"grade":"competent"})");
  EXPECT_EQ(s.form["appraisals"][3]["year"], Value(2023));
  EXPECT_EQ(wrong, "年度考核!B30");
  EXPECT_TRUE(told(s).contains("FIELD_INVALID@" + wrong));
  EXPECT_TRUE(told(s).contains("FIELD_INVALID@年度考核 (2)!B30"));
}

TEST(ExcelForm, FindingsNameTheCell) {
  Book book = filled("单位注册表（湖南）", parsed(kHunan));
  const std::string uscc = book.fill("unit.uscc", "12431382PDY0000365");
  const std::string name = book.fill("unit.name", "");
  const std::string types = book.fill("business_types", "专技、别的");
  const std::string slot = book.fill("attachments[1].slot", "不知道");
  const std::string file = book.fill("attachments[4].slot", "U07 其他材料");
  EXPECT_EQ(uscc, "C10");
  EXPECT_EQ(slot, "附件清单!B6");
  const Set all = told(book);
  EXPECT_TRUE(all.contains("USCC_CHECK@" + uscc)) << testing::PrintToString(all);
  EXPECT_TRUE(all.contains("FIELD_REQUIRED@" + name));
  EXPECT_TRUE(all.contains("FIELD_INVALID@" + types));
  EXPECT_TRUE(all.contains("FIELD_INVALID@" + slot));
  EXPECT_TRUE(all.contains("FIELD_REQUIRED@附件清单!C9")) << file;
  EXPECT_TRUE(all.contains("ATTACHMENT_MISSING@附件清单!C5"));
}

TEST(ExcelForm, NumbersDatesAndTruthAreReadAsMeant) {
  Book book = filled("职称申请书", parsed(kApplication));
  book.fill("year", "2026", "n");
  book.fill("submit", "1", "b");
  book.fill("applicant.birth_date", "32162", "n");
  book.fill("applicant.phone", "13900000003", "n");
  book.fill("pledge.date", "2026年10月20日");
  book.fill("continuing_education[0].public_hours", "30.0");
  book.fill("career[0].end", "至今");
  const Submission wanted = prepared(kApplication, "form.json");
  const Submission s = prepared(book.bytes(), "a.xlsx");
  EXPECT_EQ(without_nothing(s.form).dump(true), without_nothing(wanted.form).dump(true));
  EXPECT_EQ(places(s), places(wanted));
}

TEST(ExcelForm, DigitsThatExcelDroppedAreTold) {
  Book book = filled("职称申请书", parsed(kApplication));
  const std::string id = book.fill("applicant.id_number", "6.5290119880120E+17", "n");
  const std::string number = book.fill("education[0].cert_no", "107621201005000000", "n");
  const Submission s = prepared(book.bytes(), "a.xlsx");
  EXPECT_TRUE(told(s).contains("FIELD_INVALID@" + number));
  // No check digit of what nobody typed, be it wrong or right by chance.
  for (const char* rounded : {"6.5290119880120E+17", "652901198801200000", "430102196001016000"}) {
    book.fill("applicant.id_number", rounded, "n");
    const std::set<std::string> all = told(book);
    EXPECT_TRUE(all.contains("FIELD_INVALID@" + id)) << testing::PrintToString(all);
    EXPECT_FALSE(all.contains("ID_CHECK@" + id) || all.contains("ID_FORMAT@" + id)) << rounded;
  }
  book.fill("education[0].cert_no", "107621201005000000");
  EXPECT_FALSE(told(book).contains("FIELD_INVALID@" + number)) << "typed as text, it is whole";
}

TEST(ExcelForm, AFormulaThatFailedIsNoAnswer) {
  Book book = filled("职称申请书", parsed(kApplication));
  const std::string name = book.fill("applicant.name", "#N/A", "e");
  const std::string school = book.fill("education[0].school", "#DIV/0!", "e");
  EXPECT_TRUE(told(book).contains("FIELD_INVALID@" + name)) << testing::PrintToString(told(book));
  EXPECT_TRUE(told(book).contains("FIELD_INVALID@" + school));
}

TEST(ExcelForm, WhatNobodyAskedIsTold) {
  Book book = filled("职称申请书", parsed(kApplication));
  filling::Sheet& main = book.sheets[0];
  main.set(90, 1, "微信号");
  main.set(90, 2, "wx1");
  main.set(91, 1, "以下空白");
  filling::Sheet& list = book.sheet("学历学位");
  list.set(3, 14, "导师");
  list.set(4, 14, "某人");
  filling::Sheet extra;
  extra.name = "草稿";
  extra.set(1, 1, "随手记");
  book.sheets.push_back(extra);
  const Submission before = prepared(filled("职称申请书", parsed(kApplication)).bytes(), "a.xlsx");
  Set fresh = told(book);
  for (const std::string& known : told(before)) fresh.erase(known);
  EXPECT_EQ(fresh,
            (Set{"FIELD_UNKNOWN@C91", "FIELD_UNKNOWN@学历学位!O5", "FIELD_UNKNOWN@草稿!B2"}));
}

TEST(ExcelForm, TwoAnswersToOneQuestionAreTold) {
  Book book = filled("审核信息查询表", parsed(examples().back().second));
  book.sheets[0].set(30, 1, "统一社会信用代码");
  book.sheets[0].set(30, 2, "12652901PDY0001249");
  const Submission s = prepared(book.bytes(), "a.xlsx");
  EXPECT_EQ(told(s), Set{"FORM_DUPLICATE_KEY@C31"});
  EXPECT_EQ(s.form["uscc"].string(), "12652901PDY0001249");
}

TEST(ExcelForm, TheKindComesFromTheForm) {
  Book book = filled("审核信息查询表", parsed(examples().back().second));
  const std::string kind = book.fill("kind", "查询");
  EXPECT_EQ(prepared(book.bytes(), "a.xlsx").kind, "status_query");
  book.fill("kind", "别的业务");
  EXPECT_EQ(told(book), Set{"KIND_UNKNOWN@" + kind});
  book = filled("单位注册表（湖南）", parsed(kHunan));
  filling::Sheet& sheet = book.sheets[0];
  sheet.delete_row(sheet.find("kind").first);
  EXPECT_TRUE(told(book).contains("KIND_UNKNOWN@kind"));
  // Two forms copied into one workbook.
  book = filled("审核信息查询表", parsed(examples().back().second));
  const Book other(blank("申请书收回表"));
  book.sheets.push_back(other.sheets[0]);
  const Submission s = prepared(book.bytes(), "a.xlsx");
  EXPECT_EQ(told(s), Set{"FORM_AMBIGUOUS@申请书收回表!C6"});
  EXPECT_EQ(s.kind, "");
}

TEST(ExcelForm, AListWithoutEndIsToldNotRead) {
  // Once as rows of a list, once as anybody's table.
  for (const bool list : {true, false}) {
    Book book(blank("职称申请书"));
    if (!list) book.sheets[0].delete_row(5);
    filling::Sheet& sheet = book.sheet("工作经历");
    if (!list)
      for (const int row : {3, 0}) sheet.delete_row(row);
    for (int row = 10; row < 6'000; ++row)
      for (int column = 1; column <= 5; ++column) sheet.set(row, column, "某某单位某某部门");
    const Submission s = prepared(book.bytes(), "a.xlsx");
    EXPECT_LE(s.form["career"].size(), 1000U);
    EXPECT_LE(s.findings.size(), 201U);
    EXPECT_TRUE(told(s).contains(list ? "FIELD_INVALID@工作经历!B4" : "FIELD_UNKNOWN@工作经历!A1"))
        << testing::PrintToString(told(s));
  }
}

std::string zip_of(const std::vector<std::pair<std::string, std::string>>& files) {
  zip_builder::Builder zip;
  for (const auto& [name, bytes] : files) zip.add(name, bytes);
  return zip.end();
}

TEST(ExcelForm, InABundleItIsTheFormAndARosterBesideItIsNot) {
  const std::string form = filled("单位注册表（湖南）", parsed(kHunan)).bytes();
  Book roster(blank("审核信息查询表"));
  roster.sheets.resize(1);
  roster.sheets[0].cells.clear();
  int column = 0;
  for (const char* header : {"姓名", "性别", "民族", "身份证号", "申报系列", "申报级别"})
    roster.sheets[0].set(0, column++, header);
  const std::string pdf = "%PDF-1.4\n%%EOF\n";
  const Submission s = prepared(
      zip_of({{"甲/花名册.xlsx", roster.bytes()}, {"甲/表.xlsx", form}, {"甲/授权书.jpg", pdf}}),
      "a.zip");
  EXPECT_EQ(s.kind, "unit_registration");
  EXPECT_EQ(s.form_name, "甲/表.xlsx");
  EXPECT_NE(s.entries.at(0).role, pipeline::Role::Form);
  EXPECT_EQ(s.entries.at(2).slot, "U05");
  const Submission two = prepared(zip_of({{"一.xlsx", form}, {"二.xlsx", form}}), "a.zip");
  EXPECT_EQ(told(two), Set{"FORM_AMBIGUOUS@二.xlsx"});
  const Submission none = prepared(roster.bytes(), "花名册.xlsx");
  EXPECT_EQ(told(none), Set{"FORM_UNREADABLE@花名册.xlsx"});
}

}  // namespace
