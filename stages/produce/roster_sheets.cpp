#include "stages/produce/roster_sheets.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "pipeline/time.hpp"
#include "stages/produce/workbook_table.hpp"

namespace produce {

using pipeline::Time;
using pipeline::Value;

namespace {

constexpr int kTitle = 0, kOffice = 1, kHeaders = kRosterHeaders;

}  // namespace

std::string roster_line(const Value& payload) {
  const std::string gap = "　　　　　　";
  return "填报单位（盖章）：" + payload["label"].text() + gap + "填表人：" + gap + "联系电话：" +
         gap + "填报日期：" +
         pipeline::chinese_date(pipeline::beijing_day(Time{payload["at"].integer()}));
}

void write_roster_head(Worksheet& sheet, const Value& payload, const std::string& title,
                       const std::string& line, int last) {
  std::set<std::string> years;
  for (const Value& person : payload["people"].items())
    if (!person["year"].text().empty()) years.insert(person["year"].text());
  const std::string year = years.size() == 1 ? *years.begin() + "年度" : "";
  sheet.row_height(kTitle, 36);
  sheet.merge(kTitle, 0, last, year + "职称申报人员" + title, CellStyle::FormTitle);
  sheet.row_height(kOffice, 26);
  sheet.merge(kOffice, 0, last, line, CellStyle::FormLine);
}

void write_roster_foot(Worksheet& sheet, int row, int last, double width, const std::string& note) {
  sheet.row_height(row, wrapped_height(note, width) + 6);
  sheet.merge(row, 0, last, note, CellStyle::Paragraph);
}

namespace {

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

}  // namespace

void write_roster_summary(Worksheet& sheet, const Value& payload, const Kit& kit) {
  const Value::Array& people = payload["people"].items();
  const std::vector<std::string> series = ordered(people, "series", kit, "series", false);
  const std::vector<std::string> levels = ordered(people, "level", kit, "title_level", true);
  constexpr int kFirstNumber = 3;
  const int last = std::max(9, kFirstNumber + static_cast<int>(levels.size()));
  std::vector<double> widths = {5, 34, 21};
  widths.resize(static_cast<std::size_t>(last) + 1, 10);
  sheet.widths(widths);
  write_roster_head(sheet, payload, "汇总表", roster_line(payload), last);
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
  write_header(sheet, row++,
               {"序号", "单位名称", "统一社会信用代码", "申报", "上报", "退回", "受理", "不予受理",
                "收回", "在办"},
               24);
  const std::vector<std::string> counted = {"submitted",    "reported", "returned",   "accepted",
                                            "not_accepted", "recalled", "in_progress"};
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
  write_roster_foot(
      sheet, row++, last, 110,
      "注：按申报件数计，申报 = 受理 + 不予受理 + 收回 + 在办（含退回修改中的）。上报、退回不分轮"
      "次，一件只计一次，同一件可既上报又退回。收回后又重新提交的，按重新提交的计。");

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

void write_roster_circulation(Worksheet& sheet, const Value& payload) {
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
  write_roster_head(sheet, payload, "申请书流转情况", roster_line(payload), last);
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

}  // namespace produce
