#include "stages/produce/workbook.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <pugixml.hpp>
#include <set>
#include <string>
#include <vector>

#include "pipeline/fault.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/zip.hpp"

namespace {

using pipeline::Received;
using pipeline::Result;
using pipeline::Time;
using pipeline::Value;

Time at(const char* text) {
  return *pipeline::parse_time(text);
}

class MemoryView : public pipeline::View {
 public:
  std::map<std::string, std::map<std::string, Value>> spaces;
  std::vector<Received> received;

  std::optional<Value> document(std::string_view space, std::string_view key) const override {
    const auto documents = spaces.find(std::string(space));
    if (documents == spaces.end()) return std::nullopt;
    const auto found = documents->second.find(std::string(key));
    if (found == documents->second.end()) return std::nullopt;
    return found->second;
  }
  std::vector<std::string> find(std::string_view, std::string_view,
                                std::string_view) const override {
    return {};
  }
  void each(std::string_view space,
            const std::function<void(const std::string&, const Value&)>& visit) const override {
    const auto documents = spaces.find(std::string(space));
    if (documents == spaces.end()) return;
    for (const auto& [key, body] : documents->second) visit(key, body);
  }
  void each_received(const std::function<void(const Received&)>& visit) const override {
    for (const Received& each : received) visit(each);
  }
};

struct Cell {
  std::string type, text, formula;
  int style = 0;
  double number() const { return text.empty() ? 0 : std::stod(text); }
};

using Cells = std::map<std::pair<int, int>, Cell>;  ///< by row, column from 0

std::pair<int, int> place(const std::string& name) {
  int row = 0, column = 0;
  for (const char c : name) {
    if (c == '$') continue;
    if (std::isalpha(static_cast<unsigned char>(c)))
      column = column * 26 + (c - 'A' + 1);
    else
      row = row * 10 + (c - '0');
  }
  return {row - 1, column - 1};
}

/// The workbook as Excel would read it, by the strict ZIP reader and an XML parser.
struct Book {
  std::string bytes;
  std::map<std::string, std::string> parts;
  std::vector<std::string> names;
  std::map<std::string, Cells> sheets;

  explicit Book(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(file), {});
    const prepare::Zip zip = prepare::read_zip(bytes, prepare::Limits{});
    EXPECT_EQ(zip.verdict, prepare::ZipVerdict::Sound) << zip.why;
    prepare::Inflater inflater;
    for (const prepare::ZipEntry& entry : zip.entries)
      parts[entry.name] = std::string(inflater.read(bytes, entry).value_or("damaged"));
    pugi::xml_document workbook;
    EXPECT_TRUE(workbook.load_string(parts["xl/workbook.xml"].c_str()));
    for (const pugi::xml_node sheet : workbook.child("workbook").child("sheets")) {
      names.push_back(sheet.attribute("name").value());
      read(names.back(), parts["xl/worksheets/sheet" + std::to_string(names.size()) + ".xml"]);
    }
  }

  void read(const std::string& name, const std::string& xml) {
    pugi::xml_document sheet;
    const auto parsed =
        sheet.load_buffer(xml.data(), xml.size(), pugi::parse_default | pugi::parse_ws_pcdata);
    ASSERT_TRUE(parsed) << name << ": " << parsed.description();
    for (const pugi::xml_node row : sheet.child("worksheet").child("sheetData")) {
      for (const pugi::xml_node c : row.children("c")) {
        Cell cell;
        cell.type = c.attribute("t").value();
        cell.style = c.attribute("s").as_int();
        cell.text = cell.type == "inlineStr" ? c.child("is").child("t").text().get()
                                             : c.child("v").text().get();
        cell.formula = c.child("f").text().get();
        sheets[name][place(c.attribute("r").value())] = cell;
      }
    }
  }

  const Cell& cell(const std::string& sheet, int row, int column) {
    return sheets.at(sheet)[{row, column}];
  }
  /// The first row at or below `from` whose cell in that column reads so; -1 if there is none.
  int row_of(const std::string& sheet, int column, const std::string& text, int from = 0) {
    for (const auto& [at_cell, cell] : sheets.at(sheet))
      if (at_cell.first >= from && at_cell.second == column && cell.text == text)
        return at_cell.first;
    return -1;
  }
  int column_of(const std::string& sheet, int row, const std::string& text, int from = 0) {
    for (const auto& [at_cell, cell] : sheets.at(sheet))
      if (at_cell.first == row && at_cell.second >= from && cell.text == text)
        return at_cell.second;
    return -1;
  }
  /// The number in the row that begins with `label` below the heading `section`, in the column
  /// headed so.
  double number(const std::string& sheet, const std::string& section, const std::string& label,
                const std::string& header, int label_column = 0) {
    const int from = section.empty() ? 0 : row_of(sheet, 0, section);
    const int row = row_of(sheet, label_column, label, from);
    for (int above = row - 1; above >= from; --above) {
      const int column = column_of(sheet, above, header, label_column + 1);
      if (column >= 0) return cell(sheet, row, column).number();
    }
    ADD_FAILURE() << sheet << ": no " << label << " / " << header;
    return -1;
  }
};

/// Calculates the formulas of the workbook: + - / , SUM MAX SUMPRODUCT IF and cells.
class Calculator {
 public:
  Calculator(const Cells& cells, std::string formula) : cells_(cells), text_(std::move(formula)) {}
  double value() {
    const double result = comparison();
    EXPECT_EQ(at_, text_.size()) << text_;
    return result;
  }

 private:
  bool take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  double comparison() {
    const double left = difference();
    return take('=') ? (left == difference() ? 1 : 0) : left;
  }
  double difference() {
    double left = quotient();
    while (take('-')) left -= quotient();
    return left;
  }
  double quotient() {
    double left = term();
    while (take('/')) {
      const double right = term();
      left = right == 0 ? 0 : left / right;
    }
    return left;
  }
  std::string word() {
    std::string out;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '$'))
      out += text_[at_++];
    return out;
  }
  double look(std::pair<int, int> where) const {
    const auto found = cells_.find(where);
    EXPECT_NE(found, cells_.end()) << text_ << " refers to an empty cell";
    return found == cells_.end() ? 0 : found->second.number();
  }
  std::vector<double> range() {
    const auto from = place(word());
    const auto to = take(':') ? place(word()) : from;
    std::vector<double> values;
    for (int row = from.first; row <= to.first; ++row)
      for (int column = from.second; column <= to.second; ++column)
        values.push_back(look({row, column}));
    return values;
  }
  double term() {
    if (std::isdigit(static_cast<unsigned char>(text_[at_]))) return std::stod(word());
    const std::size_t start = at_;
    const std::string name = word();
    if (!take('(')) {
      at_ = start;
      return range().front();
    }
    double result = 0;
    if (name == "IF") {
      const bool condition = comparison() != 0;
      EXPECT_TRUE(take(','));
      const double yes = difference();
      EXPECT_TRUE(take(','));
      const double no = difference();
      result = condition ? yes : no;
    } else {
      std::vector<std::vector<double>> ranges;
      do ranges.push_back(range());
      while (take(','));
      for (const auto& each : ranges)
        for (std::size_t i = 0; i < each.size(); ++i) {
          if (name == "SUM") result += each[i];
          if (name == "MAX") result = std::max(result, each[i]);
          if (name == "SUMPRODUCT" && &each == &ranges.front()) result += each[i] * ranges[1][i];
        }
    }
    EXPECT_TRUE(take(')')) << text_;
    return result;
  }

  const Cells& cells_;
  std::string text_;
  std::size_t at_ = 0;
};

class WorkbookTest : public testing::Test {
 protected:
  WorkbookTest()
      : folder_(std::filesystem::temp_directory_path() / ("workbook-" + std::to_string(getpid()))),
        dictionary_(pipeline::Dictionary::load(common("dictionary.csv"))),
        regions_(pipeline::Regions::load(common("regions.csv"))),
        catalogue_(pipeline::Catalogue::load(common("findings.csv"))) {
    std::filesystem::create_directories(folder_);
  }
  ~WorkbookTest() override { std::filesystem::remove_all(folder_); }

  static std::string common(const std::string& name) {
    return std::string(DOSSIER_SOURCE_DIR) + "/templates/common/" + name;
  }

  Book write(const produce::Period& period = {}, int sheet_rows = produce::kSheetRows) {
    const std::string path = (folder_ / "统计汇总.xlsx").string();
    produce::write_workbook(path, view_, terms(), now_, period, sheet_rows);
    return Book(path);
  }
  produce::Statistics count(const produce::Period& period = {}) {
    return produce::count(view_, terms(), now_, period);
  }
  produce::Terms terms() const { return {dictionary_, regions_, catalogue_}; }

  Value& application(const std::string& id) {
    Value& body = view_.spaces["case"][id];
    body = Value::object({{"case", id},
                          {"kind", "title_application"},
                          {"state", "at_base_unit"},
                          {"round", 1},
                          {"queue", "unit-12652901PDY0001249"},
                          {"uscc", "12652901PDY0001249"},
                          {"unit", "阿克苏市某中学"},
                          {"unit_nature", "public_institution"},
                          {"unit_level", "county"},
                          {"region", "652901"},
                          {"reviewer", "阿克苏市某中学"},
                          {"received_at", at("2026-11-20T09:00:00+08:00").us},
                          {"due", "2026-11-27"},
                          {"returns", 0},
                          {"applicant", "阿卜杜热合曼·阿卜杜拉"},
                          {"applicant_id", "652901198801200032"},
                          {"sex", "male"},
                          {"birth_date", "1988-01-20"},
                          {"ethnicity", "维吾尔"},
                          {"political_status", "群众"},
                          {"education", "本科"},
                          {"degree", "学士"},
                          {"series", "primary_secondary_teacher"},
                          {"specialty", "中学数学"},
                          {"level", "senior_associate"},
                          {"title", "高级教师"},
                          {"application_type", "NORMAL"},
                          {"year", 2026}});
    step(body, "2026-11-20T09:00:00+08:00", body["queue"].string());
    return body;
  }
  Value& registration(const std::string& id) {
    Value& body = view_.spaces["case"][id];
    body = Value::object({{"case", id},
                          {"kind", "unit_registration"},
                          {"state", "pending_review"},
                          {"round", 1},
                          {"queue", "agency-431382-pt"},
                          {"uscc", "12431382PDY0000364"},
                          {"unit", "涟源市某国有林场"},
                          {"unit_nature", "public_institution"},
                          {"unit_level", "county"},
                          {"region", "431382"},
                          {"pooling_region", "431382"},
                          {"handler", "李四"},
                          {"handler_id", "431382199007150021"},
                          {"business_types", Value::array({"pt"})},
                          {"requested_target", Value::object({{"kind", "competent_agency"}})},
                          {"reviewer_kind", "competent_agency"},
                          {"reviewer_label", "主管机构"},
                          {"reviewer", "涟源市人力资源和社会保障局专技股"},
                          {"hr_override", false},
                          {"received_at", at("2026-11-18T09:00:00+08:00").us},
                          {"due", "2026-11-25"},
                          {"rows", Value::array({"HN-R03"})},
                          {"returns", 0}});
    step(body, "2026-11-18T09:00:00+08:00", body["queue"].string());
    return body;
  }
  static void step(Value& body, const char* when, const std::string& queue) {
    body.member("history").push(
        Value::object({{"at", at(when).us}, {"round", body["round"]}, {"queue", queue}}));
  }
  Received& delivery(Result result, const char* kind, const char* when) {
    Received each;
    each.id = static_cast<std::int64_t>(view_.received.size()) + 1;
    each.drop = "public";
    each.bundle = "申报" + std::to_string(each.id) + ".zip";
    each.kind = kind;
    each.received_at = at(when);
    each.result = result;
    view_.received.push_back(each);
    return view_.received.back();
  }
  static Value finding(const char* code, const char* severity, const char* rule) {
    return Value::object(
        {{"code", code}, {"severity", severity}, {"rule", rule}, {"message", code}});
  }

  /// A bit of everything.
  void fill() {
    application("A-000000000001");
    Value& reported = application("A-000000000002");
    reported.set("state", "at_receiving_unit");
    reported.set("queue", "unit-11652901PDY000116H");
    reported.set("level", "intermediate");
    reported.set("series", "engineering");
    reported.set("sex", "female");
    step(reported, "2026-11-22T09:00:00+08:00", "unit-12652901PDY0001249");
    Value& returned = application("A-000000000003");
    returned.set("state", "returned");
    returned.set("queue", "");
    returned.set("returns", 2);
    returned.set("ethnicity", "汉族");
    returned.set("application_type", "EXCEPTIONAL");
    step(returned, "2026-11-21T21:00:00+08:00", "unit-12652901PDY0001249");
    Value& accepted = application("A-000000000004");
    accepted.set("state", "accepted");
    accepted.set("queue", "");
    accepted.set("series", "unheard_of");
    accepted.set("level", nullptr);
    accepted.set("region", "652900");
    accepted.set("birth_date", "1971-12");
    Value& elsewhere = application("A-000000000005");
    elsewhere.set("state", "not_accepted");
    elsewhere.set("queue", "");
    elsewhere.set("region", "999999");
    registration("R-000000000001");
    Value& override_case = registration("R-000000000002");
    override_case.set("hr_override", true);
    override_case.set("uscc", "12430102PDY000044C");
    override_case.set("unit", "芙蓉区某小学");
    override_case.set("region", "430102");
    override_case.set("requested_target", Value::object({{"kind", "supervising_unit"}}));
    override_case.set("state", "approved");
    override_case.set("queue", "");
    override_case.set("due", "2026-11-21");
    step(override_case, "2026-11-19T09:00:00+08:00", "agency-431382-pt");

    delivery(Result::Accepted, "title_application", "2026-11-20T09:00:00+08:00");
    delivery(Result::NotSubmitted, "unit_registration", "2026-11-20T09:01:00+08:00");
    Received& refused = delivery(Result::Refused, "unit_registration", "2026-11-21T00:00:00+08:00");
    refused.findings = Value::array({finding("SELF_SUPERVISION", "error", "H18"),
                                     finding("FIELD_REQUIRED", "error", "X20"),
                                     finding("FIELD_REQUIRED", "error", "X20")});
    delivery(Result::Quarantined, "", "2026-11-21T23:59:59+08:00");
    Received& twice = delivery(Result::Duplicate, "title_application", "2026-11-22T00:00:00+08:00");
    twice.findings = Value::array({finding("DUPLICATE_BUNDLE", "info", "§6.1")});
  }

  std::filesystem::path folder_;
  pipeline::Dictionary dictionary_;
  pipeline::Regions regions_;
  pipeline::Catalogue catalogue_;
  MemoryView view_;
  Time now_ = at("2026-11-25T10:00:00+08:00");
};

TEST_F(WorkbookTest, EveryFormulaCarriesTheValueThatItGives) {
  fill();
  Book book = write();
  int formulas = 0;
  for (const auto& [name, cells] : book.sheets) {
    for (const auto& [where, cell] : cells) {
      if (cell.formula.empty()) continue;
      ++formulas;
      EXPECT_NEAR(Calculator(cells, cell.formula).value(), cell.number(), 1e-9)
          << name << " row " << where.first + 1 << ": " << cell.formula;
    }
  }
  EXPECT_GT(formulas, 500);
}

TEST_F(WorkbookTest, AnEmptyLedgerStillGivesAllRowsWithZeros) {
  Book book = write();
  EXPECT_EQ(book.names.size(), 13U);
  const int total = book.row_of("系列×级别", 1, "合计");
  ASSERT_GT(total, 0);
  EXPECT_EQ(book.cell("系列×级别", total - 1, 1).text, "其他");
  EXPECT_EQ(book.cell("系列×级别", total - 1, 0).text, "28");
  EXPECT_EQ(book.cell("系列×级别", total - 28, 1).text, "高等学校教师");
  EXPECT_EQ(book.cell("系列×级别", total, 2).text, "0");
  for (const auto& [name, cells] : book.sheets)
    for (const auto& [where, cell] : cells)
      EXPECT_EQ(cell.formula.empty() ? 0 : cell.number(), 0) << name << ' ' << cell.formula;
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

TEST_F(WorkbookTest, AnUnknownKindOfDeliveryIsCountedAsUnrecognised) {
  delivery(Result::Refused, "holiday_request", "2026-11-20T09:00:00+08:00");
  const produce::Statistics statistics = count();
  EXPECT_EQ(statistics.deliveries.back().by_result[static_cast<std::size_t>(Result::Refused)], 1);
  EXPECT_EQ(statistics.received, 1);
}

TEST_F(WorkbookTest, ApplicationsAreCountedBySeriesLevelAndProgress) {
  fill();
  const produce::Statistics statistics = count();
  const auto series = [&](const std::string& code) {
    for (const auto& row : statistics.series)
      if (row.code == code) return row.count;
    return statistics.series.back().count;
  };
  const auto teachers = series("primary_secondary_teacher");
  EXPECT_EQ(teachers[produce::Submitted][1], 3);
  EXPECT_EQ(teachers[produce::Returned][1], 1);
  EXPECT_EQ(teachers[produce::Closed][1], 1);
  EXPECT_EQ(teachers[produce::Reported][1], 0)
      << "what the base unit itself does not accept was never reported";
  EXPECT_EQ(series("engineering")[produce::Reported][2], 1);
  EXPECT_EQ(series("unheard_of")[produce::Submitted][5], 1) << "no level: counted as 未注明";
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

TEST_F(WorkbookTest, AgeBandsEndWhereTheOfficialTablesEnd) {
  const std::vector<std::pair<int, std::size_t>> bands = {
      {35, 0}, {36, 1}, {40, 1}, {41, 2}, {45, 2}, {46, 3}, {50, 3}, {51, 4}, {54, 4}, {55, 5}};
  for (const auto& [age, row] : bands) {
    view_.spaces.clear();
    application("A-000000000001").set("birth_date", std::to_string(2026 - age) + "-12-31");
    const produce::PeopleTable table = count().people[4];
    EXPECT_EQ(produce::sum(table.rows[row].count), 1) << age;
  }
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

TEST_F(WorkbookTest, QueuesShowWhatIsDueWhenAndHowLongItTook) {
  registration("R-000000000001");                           // due today
  registration("R-000000000002").set("due", "2026-11-26");  // tomorrow
  registration("R-000000000003").set("due", "2026-11-24");  // overdue
  registration("R-000000000004").set("due", "2026-11-27");  // later
  Value& handled = registration("R-000000000005");
  handled.set("state", "approved");
  handled.set("queue", "");
  step(handled, "2026-11-19T21:00:00+08:00", "agency-431382-pt");
  const produce::Statistics statistics = count();
  ASSERT_EQ(statistics.queues.size(), 1U);
  const produce::QueueRow& queue = statistics.queues.front();
  EXPECT_EQ(queue.today, 1);
  EXPECT_EQ(queue.tomorrow, 1);
  EXPECT_EQ(queue.overdue, 1);
  EXPECT_EQ(queue.later, 1);
  EXPECT_EQ(queue.oldest_days, 7);
  EXPECT_EQ(queue.handled, 1);
  EXPECT_DOUBLE_EQ(queue.handling_days, 1.5);
  EXPECT_EQ(queue.name, "涟源市人力资源和社会保障局专技股");
}

TEST_F(WorkbookTest, AHopBetweenQueuesIsTimedInEachOfThem) {
  const std::string base = "unit-12652901PDY0001249", above = "unit-11652901PDY000116H";
  Value& hopping = application("A-000000000001");     // 11-20 09:00 submitted
  step(hopping, "2026-11-21T09:00:00+08:00", base);   // reported up
  step(hopping, "2026-11-23T09:00:00+08:00", above);  // returned
  hopping.set("round", 2);
  step(hopping, "2026-11-24T09:00:00+08:00", base);  // submitted again
  step(hopping, "2026-11-24T21:00:00+08:00", base);  // a step that moves nothing
  std::map<std::string, produce::QueueRow> queues;
  for (const auto& row : count().queues) queues[row.queue] = row;
  EXPECT_EQ(queues[base].handled, 1);
  EXPECT_DOUBLE_EQ(queues[base].handling_days, 1);
  EXPECT_EQ(queues[above].handled, 1);
  EXPECT_DOUBLE_EQ(queues[above].handling_days, 2);
  EXPECT_EQ(queues[base].pending(), 1);
  EXPECT_EQ(queues[base].oldest_days, 1) << "since it was submitted again";
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

TEST_F(WorkbookTest, ThePeriodIncludesItsFirstAndLastDayInBeijing) {
  fill();
  const pipeline::Day day = *pipeline::parse_iso_date("2026-11-21");
  EXPECT_EQ(count({day, day}).received, 2) << "00:00:00 and 23:59:59 of that day";
  EXPECT_EQ(count({day, std::nullopt}).received, 3);
  EXPECT_EQ(count({std::nullopt, day}).received, 4);
  EXPECT_EQ(produce::sum(count({day, std::nullopt}).application_states), 0);
  EXPECT_EQ(produce::sum(count({std::nullopt, day}).application_states), 5);
}

TEST_F(WorkbookTest, PendingCasesFromBeforeThePeriodStillWaitInTheirQueue) {
  registration("R-000000000001");
  const produce::Statistics statistics = count({*pipeline::parse_iso_date("2026-11-25"), {}});
  EXPECT_EQ(produce::sum(statistics.registration_states), 0);
  ASSERT_EQ(statistics.queues.size(), 1U);
  EXPECT_EQ(statistics.queues.front().pending(), 1);
}

TEST_F(WorkbookTest, AUnitThatWasCreatedForItIsNotCalledUnregistered) {
  application("A-000000000001");
  EXPECT_EQ(count().units.front().registration, "未注册");
  view_.spaces["unit"]["12652901PDY0001249"] =
      Value::object({{"uscc", "12652901PDY0001249"}, {"mode", "ASSIGNED"}});
  EXPECT_EQ(count().units.front().registration, "注册分配");
  Value& changed = registration("R-000000000001");
  changed.set("uscc", "12652901PDY0001249");
  changed.set("state", "approved");
  EXPECT_EQ(count().units.front().registration, "审核通过");
}

TEST_F(WorkbookTest, CodesAreTextAndIdNumbersAreMasked) {
  application("A-000000000001").set("uscc", "12430000400000000E");
  registration("R-000000000001").set("uscc", "=1+1");
  Book book = write();
  const Cell& uscc = book.cell("明细（申请）", 3, 12);
  EXPECT_EQ(uscc.type, "inlineStr");
  EXPECT_EQ(uscc.text, "12430000400000000E");
  EXPECT_EQ(book.cell("明细（注册）", 3, 3).text, "=1+1");
  EXPECT_EQ(book.cell("明细（注册）", 3, 3).type, "inlineStr");
  EXPECT_EQ(book.cell("明细（申请）", 3, 3).text, pipeline::mask_id("652901198801200032"));
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
  const std::string& series = book.parts["xl/charts/chart1.xml"];
  const std::string& queues = book.parts["xl/charts/chart2.xml"];
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
  EXPECT_EQ(book.names.size(), 15U);
  std::set<std::string> cases;
  for (const char* sheet : {"明细（申请）", "明细（申请）2", "明细（申请）3"}) {
    EXPECT_EQ(book.cell(sheet, 2, 0).text, "案件号");
    for (int row = 3; row < 5; ++row)
      if (!book.cell(sheet, row, 0).text.empty()) cases.insert(book.cell(sheet, row, 0).text);
  }
  EXPECT_EQ(cases.size(), 5U);
  EXPECT_GT(book.row_of("总体情况", 4, "明细（申请）3"), 0);
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
    EXPECT_EQ(book.bytes.substr(entry.header + 10, 4), std::string("\0\0\x21\0", 4))
        << entry.name;
  }
  const std::string& core = book.parts["docProps/core.xml"];
  EXPECT_NE(core.find("2026-11-25T02:00:00Z</dcterms:created>"), std::string::npos);
  EXPECT_NE(core.find("2026-11-25T02:00:00Z</dcterms:modified>"), std::string::npos);
}

TEST_F(WorkbookTest, APathThatCannotBeWrittenIsAFault) {
  EXPECT_THROW(
      produce::write_workbook((folder_ / "none" / "x.xlsx").string(), view_, terms(), now_, {}),
      pipeline::Fault);
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
    EXPECT_STREQ(setup.attribute("fitToHeight").value(), "0");
    EXPECT_NE(xml.find("state=\"frozen\""), std::string::npos) << book.names[i - 1];
    EXPECT_NE(xml.find("第 &amp;P 页 / 共 &amp;N 页"), std::string::npos);
    EXPECT_NE(book.parts["xl/workbook.xml"].find("_xlnm.Print_Titles\" localSheetId=\"" +
                                                 std::to_string(i - 1) + "\""),
              std::string::npos)
        << book.names[i - 1];
  }
}

}  // namespace
