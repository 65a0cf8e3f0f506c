#include "stages/produce/roster.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "pipeline/time.hpp"
#include "stages/produce/spreadsheet.hpp"
#include "stages/produce/workbook_table.hpp"

namespace produce {

using pipeline::Time;
using pipeline::Value;

namespace {

constexpr int kTitle = 0, kOffice = 1, kHeaders = 2;

/// "1988.01" of "1988-01-20" and "1988-01" (domain §5.4); anything else as it is.
std::string month(const Value& day) {
  const std::string& text = day.string();
  constexpr std::size_t kMonth = 7;
  if (text.size() < kMonth || text[4] != '-') return text;
  return text.substr(0, 4) + "." + text.substr(5, 2);
}

std::string both(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + "\n" + b;
}

/// What is listed, some items a line: programs would break the line within an item.
std::string in_lines(const std::string& list, std::size_t a_line) {
  constexpr std::string_view kComma = "、";
  std::string out;
  std::size_t items = 0;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(kComma, at), list.size());
    const std::size_t next = std::min(end + kComma.size(), list.size());
    out += list.substr(at, next - at);
    at = next;
    if (++items % a_line == 0 && at < list.size()) out += '\n';
  }
  return out;
}

struct Column {
  const char* group;  ///< above several columns; "" for one that stands alone
  const char* header;
  double width;
  CellStyle style;
  std::function<std::string(const Value& person)> text;
};

std::function<std::string(const Value&)> field(const char* path) {
  return [path](const Value& person) { return person.at_path(path).text(); };
}
std::function<std::string(const Value&)> month_of(const char* path) {
  return [path](const Value& person) { return month(person.at_path(path)); };
}
std::function<std::string(const Value&)> school_of(const char* education) {
  return [education](const Value& person) {
    return both(person[education]["school"].text(), person[education]["major"].text());
  };
}

std::vector<Column> full_columns() {
  using enum CellStyle;
  return {
      {"", "姓名", 9, CentredWrapped, field("name")},
      {"", "性别", 4.5, Centred, field("sex")},
      {"", "民族", 7.5, CentredWrapped, field("ethnicity")},
      {"", "出生年月", 8, Centred, month_of("birth_date")},
      {"", "身份证号", 19.5, Centred, field("id_number")},
      {"", "工作单位", 17, Wrapped, field("unit")},
      {"", "单位性质", 8, CentredWrapped, field("unit_nature")},
      {"", "参加工作时间", 8, Centred, month_of("work_start")},
      {"第一学历", "学历", 7, CentredWrapped, field("first_education.level")},
      {"第一学历", "毕业院校及专业", 15, Wrapped, school_of("first_education")},
      {"第一学历", "毕业时间", 8, Centred, month_of("first_education.end")},
      {"最高学历（学位）", "学历（学位）", 9, CentredWrapped,
       [](const Value& person) {
         const Value& highest = person["highest_education"];
         const std::string degree = highest["degree"].text();
         return highest["level"].text() + (degree.empty() ? "" : "\n（" + degree + "）");
       }},
      {"最高学历（学位）", "毕业院校及专业", 15, Wrapped, school_of("highest_education")},
      {"最高学历（学位）", "毕业时间", 8, Centred, month_of("highest_education.end")},
      {"现任专业技术职务（职称）", "名称", 10, CentredWrapped, field("current_title")},
      {"现任专业技术职务（职称）", "取得时间", 8, Centred, month_of("current_date")},
      {"现任专业技术职务（职称）", "聘任时间", 8, Centred, month_of("appointed_date")},
      {"申报情况", "系列", 9, CentredWrapped, field("series")},
      {"申报情况", "专业", 9, CentredWrapped, field("specialty")},
      {"申报情况", "级别", 7, CentredWrapped, field("level")},
      {"申报情况", "资格名称", 10, CentredWrapped, field("title")},
      {"申报情况", "类型", 7, CentredWrapped, field("application_type")},
      {"", "年度考核", 21.5, Wrapped,
       [](const Value& person) { return in_lines(person["appraisals"].text(), 2); }},
      {"", "继续教育学时", 23.5, Wrapped,
       [](const Value& person) {
         // The header names the unit.
         return in_lines(pipeline::replace_all(person["ce_hours"].text(), "学时", ""), 2);
       }},
      {"", "公示情况", 14, Wrapped,
       [](const Value& person) {
         return pipeline::replace_all(person["publicity"].text(), "至", "至\n");
       }},
      {"", "审核状态", 9, CentredWrapped, field("state_label")},
      {"", "备注", 10, Wrapped, field("remark")},
  };
}

/// What may hang on a notice board: who applies for what, on which grounds.
std::vector<Column> public_columns() {
  const std::set<std::string> kLeftOut = {"单位性质", "公示情况", "审核状态", "备注"};
  std::vector<Column> columns;
  for (Column& column : full_columns()) {
    if (kLeftOut.contains(column.header) || column.group == std::string("第一学历")) continue;
    if (column.header == std::string("身份证号"))
      column.text = [](const Value& person) {
        return pipeline::mask_id(person["id_number"].string());
      };
    columns.push_back(std::move(column));
  }
  return columns;
}

/// Title and the line of who fills it in; `last` is the last column.
void write_head(Worksheet& sheet, const Value& payload, const std::string& title, int last) {
  std::set<std::string> years;
  for (const Value& person : payload["people"].items())
    if (!person["year"].text().empty()) years.insert(person["year"].text());
  const std::string year = years.size() == 1 ? *years.begin() + "年度" : "";
  sheet.row_height(kTitle, 36);
  sheet.merge(kTitle, 0, last, year + "职称申报人员" + title, CellStyle::FormTitle);
  sheet.row_height(kOffice, 26);
  const std::string gap = "　　　　　　";
  sheet.merge(kOffice, 0, last,
              "填报单位（盖章）：" + payload["label"].text() + gap + "填表人：" + gap +
                  "联系电话：" + gap + "填报日期：" +
                  pipeline::chinese_date(pipeline::beijing_day(Time{payload["at"].integer()})),
              CellStyle::FormLine);
}

void write_foot(Worksheet& sheet, int row, int last, double width, const std::string& note) {
  sheet.row_height(row, wrapped_height(note, width) + 6);
  sheet.merge(row, 0, last, note, CellStyle::Paragraph);
}

/// Two rows of headers: what has no group stands in both.
void write_headers(Worksheet& sheet, const std::vector<Column>& columns) {
  const int low = kHeaders + 1;
  sheet.row_height(kHeaders, 20);
  sheet.merge({kHeaders, 0, low, 0}, "序号", CellStyle::Header);
  for (std::size_t i = 0; i < columns.size();) {
    const std::string group = columns[i].group;
    std::size_t end = i + 1;
    while (!group.empty() && end < columns.size() && group == columns[end].group) ++end;
    const int first = static_cast<int>(i) + 1, last = static_cast<int>(end);
    if (group.empty())
      sheet.merge({kHeaders, first, low, first}, columns[i].header, CellStyle::Header);
    else
      sheet.merge({kHeaders, first, kHeaders, last}, group, CellStyle::Header);
    i = end;
  }
  sheet.row_height(low, 30);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (*columns[i].group != '\0')
      sheet.text(low, static_cast<int>(i) + 1, columns[i].header, CellStyle::Header);
}

void write_people(Worksheet& sheet, const Value& payload, const std::vector<Column>& columns,
                  const std::string& title, const std::string& note) {
  constexpr double kLowest = 30;
  const int last = static_cast<int>(columns.size());
  std::vector<double> widths = {4.5};
  for (const Column& column : columns) widths.push_back(column.width);
  sheet.widths(widths);
  write_head(sheet, payload, title, last);
  write_headers(sheet, columns);
  int row = kHeaders + 2;
  sheet.freeze(row, 2);
  sheet.print_rows_on_each_page(kHeaders, kHeaders + 1);
  const Value::Array& people = payload["people"].items();
  if (people.empty()) return;
  sheet.filter(kHeaders + 1, row + static_cast<int>(people.size()) - 1, last);
  std::int64_t number = 0;
  for (const Value& person : people) {
    std::vector<std::string> texts;
    double height = kLowest;
    for (const Column& column : columns) {
      texts.push_back(column.text(person));
      if (column.style == CellStyle::Wrapped || column.style == CellStyle::CentredWrapped)
        height = std::max(height, wrapped_height(texts.back(), column.width));
    }
    sheet.row_height(row, height);
    sheet.number(row, 0, ++number, CellStyle::Count);
    for (std::size_t i = 0; i < columns.size(); ++i)
      sheet.text(row, static_cast<int>(i) + 1, texts[i], columns[i].style);
    ++row;
  }
  sheet.row_height(row, 24);
  sheet.merge(row, 0, 1, "合计", CellStyle::TotalText);
  sheet.merge(row, 2, last, "共 " + std::to_string(number) + " 人", CellStyle::TotalText);
  write_foot(sheet, row + 1, last, std::accumulate(widths.begin(), widths.end(), 0.0), note);
}

/// The labels in the dictionary's order; last what is not in it.
std::vector<std::string> ordered(const Value::Array& people, const char* member, const Kit& kit,
                                 const char* dictionary, bool all) {
  std::vector<std::string> order;
  for (const auto& [code, label] : kit.dictionary.words(dictionary)) order.push_back(label);
  std::set<std::string> named;
  for (const Value& person : people) named.insert(person[member].text());
  std::vector<std::string> labels;
  for (const std::string& label : order)
    if (named.erase(label) > 0 || all) labels.push_back(label);
  labels.insert(labels.end(), named.begin(), named.end());
  return labels;
}

void write_summary(Worksheet& sheet, const Value& payload, const Kit& kit) {
  const Value::Array& people = payload["people"].items();
  const std::vector<std::string> series = ordered(people, "series", kit, "series", false);
  const std::vector<std::string> levels = ordered(people, "level", kit, "title_level", true);
  constexpr int kFirstNumber = 3;
  const int last = std::max(8, kFirstNumber + static_cast<int>(levels.size()));
  std::vector<double> widths = {5, 34, 21};
  widths.resize(static_cast<std::size_t>(last) + 1, 10);
  sheet.widths(widths);
  write_head(sheet, payload, "汇总表", last);
  sheet.freeze(kHeaders, 0);
  sheet.print_rows_on_each_page(kTitle, kOffice);

  int row = kHeaders;
  const auto number_row = [&](std::int64_t number, const std::string& name,
                              const std::string& code) {
    sheet.row_height(row, std::max(20.0, wrapped_height(name, widths[1])));
    sheet.number(row, 0, number, CellStyle::Count);
    sheet.merge(row, 1, code.empty() ? 2 : 1, name, CellStyle::Wrapped);
    if (!code.empty()) sheet.text(row, 2, code, CellStyle::Centred);
  };
  const auto total_row = [&](int first, int end, const std::vector<std::int64_t>& sums) {
    sheet.row_height(row, 22);
    sheet.merge(row, 0, 2, "合计", CellStyle::TotalText);
    for (std::size_t i = 0; i < sums.size(); ++i)
      write_column_sum(sheet, row, kFirstNumber + static_cast<int>(i), first, end - 1, sums[i]);
    ++row;
  };

  sheet.row_height(row, 24);
  sheet.merge(row++, 0, last, "一、按单位", CellStyle::Section);
  write_header(
      sheet, row++,
      {"序号", "单位名称", "统一社会信用代码", "申报", "上报", "退回", "受理", "不予受理", "在办"},
      24);
  const std::vector<std::string> counted = {"submitted", "reported",     "returned",
                                            "accepted",  "not_accepted", "in_progress"};
  std::vector<std::int64_t> sums(counted.size());
  int first = row;
  for (const Value& unit : payload["units"].items()) {
    number_row(row - first + 1, unit["name"].text(), unit["uscc"].text());
    for (std::size_t i = 0; i < counted.size(); ++i) {
      const std::int64_t number = unit[counted[i]].integer();
      sheet.number(row, kFirstNumber + static_cast<int>(i), number);
      sums[i] += number;
    }
    ++row;
  }
  total_row(first, row, sums);
  write_foot(
      sheet, row++, last, 110,
      "注：按申报件数计。上报、退回不分轮次，一件只计一次，同一件可既上报又退回；在办为尚未办结、"
      "也未收回的。");

  sheet.row_height(row, 24);
  sheet.merge(row++, 0, last, "二、按系列和级别", CellStyle::Section);
  std::vector<std::string> header = {"序号", "申报系列", ""};
  for (const std::string& level : levels) header.push_back(level.empty() ? "未注明" : level);
  header.push_back("合计");
  write_header(sheet, row, header, 24);
  sheet.merge(row, 1, 2, header[1], CellStyle::Header);
  ++row;
  std::vector<std::int64_t> level_sums(levels.size() + 1);
  first = row;
  for (const std::string& each : series) {
    number_row(row - first + 1, each.empty() ? "未注明" : each, "");
    for (std::size_t i = 0; i < levels.size(); ++i) {
      const std::int64_t number =
          std::count_if(people.begin(), people.end(), [&](const Value& person) {
            return person["series"].text() == each && person["level"].text() == levels[i];
          });
      sheet.number(row, kFirstNumber + static_cast<int>(i), number);
      level_sums[i] += number;
    }
    const std::int64_t all = std::count_if(people.begin(), people.end(), [&](const Value& person) {
      return person["series"].text() == each;
    });
    const int sum_column = kFirstNumber + static_cast<int>(levels.size());
    sheet.formula(row, sum_column,
                  "=SUM(" + range_name(row, kFirstNumber, row, sum_column - 1) + ")",
                  static_cast<double>(all), CellStyle::SubtotalNumber);
    level_sums.back() += all;
    ++row;
  }
  total_row(first, row, level_sums);
}

void write_circulation(Worksheet& sheet, const Value& payload) {
  struct Step {
    const char* header;
    double width;
  };
  const std::vector<Step> columns = {{"序号", 5},      {"案件编号", 17}, {"姓名", 13},
                                     {"工作单位", 26}, {"申报资格", 12}, {"现在状态", 10},
                                     {"轮次", 5},      {"时间", 16},     {"事项", 36},
                                     {"经办", 27},     {"办理部门", 26}};
  const int last = static_cast<int>(columns.size()) - 1;
  std::vector<double> widths;
  std::vector<std::string> headers;
  for (const Step& column : columns) {
    widths.push_back(column.width);
    headers.push_back(column.header);
  }
  sheet.widths(widths);
  write_head(sheet, payload, "申请书流转情况", last);
  write_header(sheet, kHeaders, headers, 26);
  sheet.freeze(kHeaders + 1, 3);
  sheet.print_rows_on_each_page(kHeaders, kHeaders);
  int row = kHeaders;
  std::int64_t number = 0;
  for (const Value& person : payload["people"].items()) {
    ++number;
    for (const Value& step : person["history"].items()) {
      ++row;
      const std::vector<std::pair<std::size_t, std::string>> texts = {
          {2, person["name"].text()},      {3, person["unit"].text()},
          {4, person["title"].text()},     {5, person["state_label"].text()},
          {8, step["what"].text()},        {9, step["by"].text()},
          {10, step["queue_label"].text()}};
      double height = 20;
      for (const auto& [column, text] : texts)
        height = std::max(height, wrapped_height(text, columns[column].width));
      sheet.row_height(row, height);
      sheet.number(row, 0, number, CellStyle::Count);
      sheet.text(row, 1, person["case"].text(), CellStyle::Centred);
      for (const auto& [column, text] : texts)
        sheet.text(row, static_cast<int>(column), text,
                   column == 3 || column > 7 ? CellStyle::Wrapped : CellStyle::CentredWrapped);
      sheet.number(row, 6, step["round"].integer(), CellStyle::Count);
      sheet.moment(row, 7, Time{step["at"].integer()});
    }
  }
  if (row > kHeaders) sheet.filter(kHeaders, row, last);
}

}  // namespace

std::string roster(const Value& payload, const Kit& kit) {
  Spreadsheet book("申报人员花名册 " + payload["label"].text(), Time{payload["at"].integer()});
  write_people(
      book.add("花名册", PaperSize::A3), payload, full_columns(), "花名册",
      "注：本表含居民身份证号码，只供本单位办理使用，不得张贴或外传；张贴公示请用“公示版”。审核"
      "状态为填报日期当日的情况。");
  write_people(book.add("公示版"), payload, public_columns(), "公示名单",
               "注：身份证号码已作脱敏处理。");
  write_summary(book.add("汇总表"), payload, kit);
  write_circulation(book.add("流转情况"), payload);
  return book.bytes();
}

}  // namespace produce
