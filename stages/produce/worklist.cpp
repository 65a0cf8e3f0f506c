#include "stages/produce/worklist.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "pipeline/time.hpp"
#include "stages/produce/spreadsheet.hpp"

namespace produce {

using pipeline::Time;
using pipeline::Value;

namespace {

constexpr const char* kSheet = "待审清单";
constexpr const char* kOptions = "选项";
constexpr const char* kNextWorkday = "下一工作日到期";
constexpr int kCodes = 0, kHeaders = 1, kFirst = 2;
/// Room for two lines of handwriting.
constexpr double kLowestRow = 32;

using List = std::vector<std::string>;

/// The lists to choose from, each once; columns of a hidden sheet.
class Options {
 public:
  std::int64_t place(List list) {
    const auto found = std::find(lists_.begin(), lists_.end(), list);
    if (found != lists_.end()) return found - lists_.begin();
    lists_.push_back(std::move(list));
    return static_cast<std::int64_t>(lists_.size()) - 1;
  }
  void write(Worksheet& sheet) const {
    std::size_t longest = 0;
    for (const List& list : lists_) longest = std::max(longest, list.size());
    for (std::size_t row = 0; row < longest; ++row)
      for (std::size_t column = 0; column < lists_.size(); ++column)
        if (row < lists_[column].size())
          sheet.text(static_cast<int>(row), static_cast<int>(column), lists_[column][row]);
  }

 private:
  std::vector<List> lists_;
};

struct Column {
  std::string code, header;
  double width;
  bool hidden = false;
  bool input = false;
  /// What makes its row higher.
  std::function<std::string(const Value&)> wrapped{};
  std::function<void(Worksheet&, int row, int column, const Value&)> write{};
};

bool is_application(const Value& one) {
  return one["kind"].string() == "title_application";
}

List action_names(const Value& one) {
  List names;
  for (const Value& each : one["actions"].items())
    names.push_back(each["label"].string().empty() ? each["action"].string()
                                                   : each["label"].string());
  return names;
}

/// The default one first. A name that two of them bear would not say which: there the id stands.
List target_names(const Value& one) {
  std::map<std::string, int> bearers;
  for (const Value& each : one["targets"].items()) ++bearers[each["name"].string()];
  List names;
  for (const bool first : {true, false})
    for (const Value& each : one["targets"].items())
      if (each["default"].boolean() == first)
        names.push_back(bearers[each["name"].string()] == 1 ? each["name"].string()
                                                            : each["id"].string());
  return names;
}

std::string overdue_text(const Value& one) {
  const std::string& state = one["overdue_state"].string();
  if (state == "overdue") return "已逾期";
  if (state == "today") return "今天到期";
  return state == "tomorrow" ? kNextWorkday : "未到期";
}

Column words(std::string code, std::string header, double width, const char* field,
             CellStyle style = CellStyle::Wrapped) {
  Column column{"info." + std::move(code), std::move(header), width};
  column.wrapped = [field](const Value& one) { return one[field].text(); };
  column.write = [field, style](Worksheet& sheet, int row, int at, const Value& one) {
    sheet.text(row, at, one[field].text(), style);
  };
  return column;
}

Column hidden(std::string code, std::string header, const char* field) {
  Column column = words("", std::move(header), 8, field, CellStyle::Text);
  column.code = std::move(code);
  column.hidden = true;
  column.wrapped = {};
  return column;
}

Column hidden_number(std::string code, std::string header,
                     std::function<std::int64_t(const Value&)> number) {
  Column column{std::move(code), std::move(header), 8};
  column.hidden = true;
  column.write = [number = std::move(number)](Worksheet& sheet, int row, int at, const Value& one) {
    sheet.number(row, at, number(one), CellStyle::Count);
  };
  return column;
}

Column count(std::string code, std::string header, double width, const char* field) {
  Column column{std::move(code), std::move(header), width};
  column.write = [field](Worksheet& sheet, int row, int at, const Value& one) {
    sheet.number(row, at, one[field].integer(), CellStyle::Count);
  };
  return column;
}

Column input(std::string code, std::string header, double width, CellStyle style,
             const std::function<bool(const Value&)>& open = {}) {
  Column column{std::move(code), std::move(header), width};
  column.input = true;
  column.write = [style, open](Worksheet& sheet, int row, int at, const Value& one) {
    sheet.text(row, at, "", !open || open(one) ? style : CellStyle::Closed);
  };
  return column;
}

std::vector<Column> columns_of(const Value& payload, Options& options) {
  std::vector<Column> columns;
  const std::string note = payload["calendar_note"].text();
  columns.push_back({"info.due", "办理期限" + (note.empty() ? "" : "\n（" + note + "）"), 10.5});
  columns.back().write = [](Worksheet& sheet, int row, int at, const Value& one) {
    if (const auto day = pipeline::parse_iso_date(one["due"].string()))
      sheet.day(row, at, *day);
    else
      sheet.text(row, at, one["due"].text(), CellStyle::Centred);
  };
  const Time now{payload["at"].integer()};
  const std::string today = pipeline::iso_date(pipeline::beijing_day(now)).substr(5);
  columns.push_back({"info.overdue", "期限情况\n（" + today + "）", 8});
  columns.back().wrapped = overdue_text;
  columns.back().write = [](Worksheet& sheet, int row, int at, const Value& one) {
    sheet.text(row, at, overdue_text(one), CellStyle::CentredWrapped);
  };
  columns.push_back({"case", "案件编号", 15.5});
  columns.back().write = [](Worksheet& sheet, int row, int at, const Value& one) {
    sheet.link(row, at, one["folder"].string() + "/审批单.pdf", one["case"].string());
  };
  columns.push_back(words("kind", "业务", 7, "kind_label", CellStyle::CentredWrapped));
  columns.push_back(words("unit", "单位", 17, "unit"));
  columns.push_back(words("applicant", "申请人", 8.5, "applicant", CellStyle::CentredWrapped));
  columns.push_back(words("series", "系列", 8.5, "series", CellStyle::CentredWrapped));
  columns.push_back(words("level", "级别", 6.5, "level", CellStyle::CentredWrapped));
  columns.push_back(words("title", "申报职称", 9, "title", CellStyle::CentredWrapped));
  columns.push_back(
      words("application_type", "类型", 6.5, "application_type", CellStyle::CentredWrapped));
  columns.push_back({"info.received_at", "收件时间", 10.5});
  columns.back().write = [](Worksheet& sheet, int row, int at, const Value& one) {
    sheet.moment(row, at, Time{one["received_at"].integer()}, CellStyle::ShortMoment);
  };
  columns.push_back(count("round", "轮次", 4.5, "round"));
  columns.push_back(count("info.warnings", "提示数", 4.5, "warnings"));

  const bool applications =
      std::any_of(payload["cases"].items().begin(), payload["cases"].items().end(), is_application);
  columns.push_back(input("action", "办理", 9.5, CellStyle::CentredInput));
  columns.push_back(input("target", "转交部门", 14, CellStyle::Input,
                          [](const Value& one) { return one["targets"].size() > 0; }));
  columns.push_back(
      input("recommendation_opinion", "推荐意见", 19, CellStyle::Input, is_application));
  columns.push_back(
      input("modification_opinion", applications ? "修改意见" : "审核意见", 19, CellStyle::Input));
  columns.push_back(input("reviewer.name", "审核人", 7.5, CellStyle::CentredInput));
  columns.push_back(input("confirmed", "确认转交", 5.5, CellStyle::CentredInput));

  columns.push_back(hidden("queue", "队列", "queue"));
  columns.push_back(hidden("token", "校验码", "token"));
  columns.push_back(hidden("form_version", "表单版本", "form_version"));
  const auto place = [&options](List (*names)(const Value&)) {
    return [&options, names](const Value& one) { return options.place(names(one)); };
  };
  const auto size = [](List (*names)(const Value&)) {
    // An empty list offers one empty cell.
    return [names](const Value& one) {
      return std::max<std::int64_t>(1, static_cast<std::int64_t>(names(one).size()));
    };
  };
  columns.push_back(hidden_number("info.action_list", "办理选项", place(action_names)));
  columns.push_back(hidden_number("info.action_count", "办理选项数", size(action_names)));
  columns.push_back(hidden_number("info.target_list", "部门选项", place(target_names)));
  columns.push_back(hidden_number("info.target_count", "部门选项数", size(target_names)));
  return columns;
}

/// What no case of this queue has is not shown; the code names stay.
void hide_what_is_empty(std::vector<Column>& columns, const Value::Array& cases) {
  if (cases.empty()) return;
  for (Column& column : columns) {
    if (column.code.starts_with("info.") && column.wrapped)
      column.hidden = std::all_of(cases.begin(), cases.end(),
                                  [&](const Value& one) { return column.wrapped(one).empty(); });
    if (column.code == "recommendation_opinion")
      column.hidden = std::none_of(cases.begin(), cases.end(), is_application);
    if (column.code == "target")
      column.hidden = std::all_of(cases.begin(), cases.end(),
                                  [](const Value& one) { return one["targets"].size() == 0; });
  }
}

class Placed {
 public:
  Placed(const std::vector<Column>& columns, int last_row)
      : columns_(columns), last_row_(last_row) {}
  int column(const std::string& code) const {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const Column& c) { return c.code == code; });
    return static_cast<int>(found - columns_.begin());
  }
  /// "$C3": that column in the row of the cell.
  std::string cell(const std::string& code) const { return "$" + cell_name(kFirst, column(code)); }
  Area area(const std::string& code) const {
    return {kFirst, column(code), last_row_, column(code)};
  }

 private:
  const std::vector<Column>& columns_;
  int last_row_;
};

void offer_choices(Worksheet& sheet, const Placed& placed) {
  const auto list = [&](const std::string& what) {
    return std::string("=OFFSET(") + kOptions + "!$A$1,0," + placed.cell("info." + what + "_list") +
           "," + placed.cell("info." + what + "_count") + ",1)";
  };
  sheet.choices(placed.area("action"),
                {{}, list("action"), "办理", "从下拉列表中选择；不办理的案件整行留空。"});
  sheet.choices(
      placed.area("target"),
      {{}, list("target"), "转交部门", "只在上报时需要；留空则转交默认部门，即列表中的第一个。"});
  sheet.choices(placed.area("confirmed"),
                {{"是"}, "", "确认转交", "选“是”后本行的决定才生效；没有选“是”的行不办理。"});
}

void colour(Worksheet& sheet, const Placed& placed, Time now) {
  const std::string due = placed.cell("info.due"), is_due = "=AND(ISNUMBER(" + due + "),";
  const std::chrono::year_month_day day(pipeline::beijing_day(now));
  const std::string written = "DATE(" + std::to_string(static_cast<int>(day.year())) + "," +
                              std::to_string(static_cast<unsigned>(day.month())) + "," +
                              std::to_string(static_cast<unsigned>(day.day())) + ")";
  const Area area = placed.area("info.due");
  sheet.highlight(area, is_due + due + "<TODAY())", Highlight::Red);
  sheet.highlight(area, is_due + due + "=TODAY())", Highlight::Orange);
  // Excel knows weekends only; what the holidays make the next working day is known for the day of the file.
  sheet.highlight(area,
                  is_due + "OR(" + due + "<=WORKDAY(TODAY(),1),AND(TODAY()=" + written + "," +
                      placed.cell("info.overdue") + "=\"" + kNextWorkday + "\")))",
                  Highlight::Yellow);
  for (const char* needed : {"reviewer.name", "confirmed"})
    sheet.highlight(placed.area(needed),
                    "=AND(" + placed.cell("action") + "<>\"\"," + placed.cell(needed) + "=\"\")",
                    Highlight::Orange);
}

void write_cases(Worksheet& sheet, const std::vector<Column>& columns, const Value& payload) {
  const Value::Array& cases = payload["cases"].items();
  std::vector<double> widths;
  for (const Column& column : columns) widths.push_back(column.width);
  sheet.widths(widths);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].hidden) sheet.hide_column(static_cast<int>(i));

  sheet.hide_row(kCodes);
  for (std::size_t i = 0; i < columns.size(); ++i)
    sheet.text(kCodes, static_cast<int>(i), columns[i].code);
  double height = 34;
  for (const Column& column : columns)
    if (column.code == "info.due")
      height = std::max(height, wrapped_height(column.header, column.width));
  sheet.row_height(kHeaders, height);
  for (std::size_t i = 0; i < columns.size(); ++i)
    sheet.text(kHeaders, static_cast<int>(i), columns[i].header,
               columns[i].input ? CellStyle::InputHeader : CellStyle::Header);
  int row = kFirst;
  for (const Value& one : cases) {
    height = kLowestRow;
    for (const Column& column : columns)
      if (!column.hidden && column.wrapped)
        height = std::max(height, wrapped_height(column.wrapped(one), column.width));
    sheet.row_height(row, height);
    for (std::size_t i = 0; i < columns.size(); ++i)
      columns[i].write(sheet, row, static_cast<int>(i), one);
    ++row;
  }
  if (cases.empty()) {
    const auto shown = std::count_if(columns.begin(), columns.end(),
                                     [](const Column& column) { return !column.hidden; });
    sheet.row_height(kFirst, kLowestRow);
    sheet.merge(kFirst, 0, static_cast<int>(shown) - 1, "无待审案件", CellStyle::Centred);
  }
}

void write_guide(Worksheet& sheet, const Value& payload) {
  const std::string& queue = payload["queue"].string();
  const Time now{payload["at"].integer()};
  const std::vector<std::pair<std::string, std::vector<std::string>>> parts = {
      {"一、怎样办理",
       {"每行一个案件。点击“案件编号”打开该案的审批单，同一文件夹里还有申报材料。",
        "在浅黄色的单元格里填写：“办理”从下拉列表中选择；“转交部门”只在上报时需要，留空则转交默认部"
        "门"
        "（列表中的第一个）；按需要填写“推荐意见”“修改意见”（单位注册和信息修正只有“审核意见”）；填"
        "写“审核"
        "人”姓名；最后在“确认转交”中选“是”。灰色的单元格不用填写。",
        "不办理的案件整行留空。可以先办理一部分，余下的以后再办：投递后会生成新的待审清单。"}},
      {"二、怎样交回",
       {"保存文件（名称可以更改，格式仍为 .xlsx），放入收件箱中本部门的文件夹：inbox/" + queue +
            "/",
        "几分钟内会在 outbox/receipts/" + queue +
            "/ 中生成回执，逐行说明办理结果。有问题的行不影响其他各行，改正后再次投递即可。"}},
      {"三、什么算数",
       {"“确认转交”不选“是”的行，不办理，案件仍在原处待审。",
        "退回、不予受理，必须在修改意见中写明原因；审核不通过，请在审核意见中写明原因。对方会收到"
        "。",
        "只有浅黄色各列算数：改动其他各列不影响案件，也不会被采纳；申报内容不能在这里修改。",
        "已由审批单或另一份清单办结、转走或重新提交的案件，本清单中的那一行不再有效，回执中会说明"
        "。",
        "需要逐项审核（各审核项目分别通过或退回）的，请填写该案的审批单。"}},
      {"四、其他",
       {"可以排序、筛选、调整列宽和打印；请不要增加、删除各列，不要改动隐藏的行和列。",
        "办理期限的颜色随打开文件的日期变化：红色为已逾期，橙色为今天到期，黄色为下一工作日到期。“"
        "期限情况”"
        "一列是清单生成当日的情况。",
        "选了“办理”以后，还没有填写的“审核人”“确认转交”显示为橙色。"}},
  };
  constexpr double kWidth = 118;
  sheet.widths({4, kWidth});
  sheet.row_height(0, 30);
  sheet.merge(0, 0, 1, "待审清单填写说明", CellStyle::Title);
  sheet.row_height(1, 18);
  sheet.merge(1, 0, 1,
              payload["label"].text() + "（" + queue + "）　截至 " + pipeline::chinese_time(now) +
                  "，待审 " + std::to_string(payload["cases"].size()) + " 件",
              CellStyle::Note);
  int row = 2;
  for (const auto& [title, paragraphs] : parts) {
    sheet.row_height(row, 26);
    sheet.merge(row++, 0, 1, title, CellStyle::Section);
    int number = 0;
    for (const std::string& paragraph : paragraphs) {
      sheet.row_height(row, wrapped_height(paragraph, kWidth) + 4);
      sheet.text(row, 0, std::to_string(++number) + ".", CellStyle::Paragraph);
      sheet.text(row++, 1, paragraph, CellStyle::Paragraph);
    }
  }
}

}  // namespace

std::string worklist(const Value& payload) {
  const Time now{payload["at"].integer()};
  const Value::Array& cases = payload["cases"].items();
  Options options;
  std::vector<Column> columns = columns_of(payload, options);
  hide_what_is_empty(columns, cases);

  Spreadsheet book("待审清单 " + payload["label"].text(), now);
  Worksheet& sheet = book.add(kSheet);
  Worksheet& guide = book.add("填写说明");
  write_cases(sheet, columns, payload);
  const int last_row = kFirst + std::max(0, static_cast<int>(cases.size()) - 1);
  const Placed placed(columns, last_row);
  sheet.freeze(kFirst, placed.column("case") + 1);
  sheet.print_rows_on_each_page(kHeaders, kHeaders);
  sheet.filter(kHeaders, last_row, static_cast<int>(columns.size()) - 1);
  sheet.headline(
      "待审清单　" + payload["label"].text(),
      "截至 " + pipeline::chinese_time(now) + "　共 " + std::to_string(cases.size()) + " 件");
  if (!cases.empty()) {
    offer_choices(sheet, placed);
    colour(sheet, placed, now);
  }
  write_guide(guide, payload);
  Worksheet& lists = book.add(kOptions);
  options.write(lists);
  lists.hide();
  return book.bytes();
}

}  // namespace produce
