#include <xlsxwriter.h>

#include <algorithm>
#include <cassert>
#include <chrono>

#include "pipeline/text.hpp"
#include "stages/produce/spreadsheet_book.hpp"

namespace produce {

namespace {

lxw_worksheet* library(void* sheet) {
  return static_cast<lxw_worksheet*>(sheet);
}

lxw_row_t row_number(int row) {
  return static_cast<lxw_row_t>(row);
}
lxw_col_t column_number(int column) {
  return static_cast<lxw_col_t>(column);
}

}  // namespace

Worksheet::Worksheet(Spreadsheet& book, std::string name, void* sheet)
    : book_(book), name_(std::move(name)), sheet_(sheet) {}

void Worksheet::reach(int row) {
  assert(row >= row_ && row < kSheetRows);
  row_ = row;
  ++book_.book_->cells;
}

void Worksheet::text(int row, int column, std::string_view text, CellStyle style) {
  reach(row);
  const std::string shown = cell_text(text);
  lxw_format* format = book_.book_->format(style);
  check(shown.empty()
            ? worksheet_write_blank(library(sheet_), row_number(row), column_number(column), format)
            : worksheet_write_string(library(sheet_), row_number(row), column_number(column),
                                     shown.c_str(), format),
        "write " + name_);
}

void Worksheet::number(int row, int column, double value, CellStyle style) {
  reach(row);
  check(worksheet_write_number(library(sheet_), row_number(row), column_number(column), value,
                               book_.book_->format(style)),
        "write " + name_);
}

void Worksheet::number(int row, int column, std::int64_t value, CellStyle style) {
  number(row, column, static_cast<double>(value), style);
}

/// The library writes a link with a text; what is written to the cell afterwards takes the place of the text, not of the link.
void Worksheet::attach(int row, int column, const Link& link) {
  constexpr std::size_t kTip = 80;  // characters of three bytes: well within the library's 255
  const std::string target = "internal:'" + link.sheet->name_ + "'!" +
                             range_name(link.row, link.column, link.last_row, link.last_column);
  std::string tip;
  for (const char32_t c : pipeline::code_points(cell_text(link.tip)))
    if (tip.size() < 3 * kTip) pipeline::append_utf8(tip, c);
  check(worksheet_write_url_opt(library(sheet_), row_number(row), column_number(column),
                                target.c_str(), nullptr, "-", tip.c_str()),
        "write " + name_);
  ++links_;
}

void Worksheet::number(int row, int column, std::int64_t value, CellStyle style, const Link& link) {
  if (value == 0 || !link.sheet || links_ >= kSheetLinks) return number(row, column, value, style);
  reach(row);
  attach(row, column, link);
  check(worksheet_write_number(library(sheet_), row_number(row), column_number(column),
                               static_cast<double>(value), book_.book_->format(style, true)),
        "write " + name_);
}

void Worksheet::formula(int row, int column, const std::string& formula, double value,
                        CellStyle style, const Link& link) {
  reach(row);
  const bool linked = link.sheet && value != 0 && links_ < kSheetLinks;
  if (linked) attach(row, column, link);
  check(worksheet_write_formula_num(library(sheet_), row_number(row), column_number(column),
                                    formula.c_str(), book_.book_->format(style, linked), value),
        "write " + name_);
}

void Worksheet::formula(int row, int column, const std::string& formula, const std::string& text,
                        CellStyle style) {
  reach(row);
  check(worksheet_write_formula_str(library(sheet_), row_number(row), column_number(column),
                                    formula.c_str(), book_.book_->format(style),
                                    cell_text(text).c_str()),
        "write " + name_);
}

double excel_day(pipeline::Day day) {
  // Excel counts days from the last of 1899.
  const pipeline::Day first = std::chrono::sys_days(std::chrono::year(1899) / 12 / 30);
  return static_cast<double>((day - first).count());
}

double excel_moment(pipeline::Time time) {
  constexpr std::int64_t kMinute = 60'000'000, kMinutesPerDay = 24 * 60;
  constexpr std::int64_t kBeijing = 8 * 60, kEpoch = 25569;  // 1970-01-01 in Excel's count of days
  const std::int64_t minutes = time.us / kMinute + kBeijing;
  return static_cast<double>(kEpoch) + static_cast<double>(minutes) / kMinutesPerDay;
}

void Worksheet::day(int row, int column, pipeline::Day day) {
  number(row, column, excel_day(day), CellStyle::Day);
}

void Worksheet::moment(int row, int column, pipeline::Time time, CellStyle style) {
  number(row, column, excel_moment(time), style);
}

void Worksheet::link(int row, int column, const Worksheet& to) {
  reach(row);
  const std::string target = "internal:'" + to.name_ + "'!A1";
  lxw_format* format = book_.book_->format(CellStyle::Link);
  check(worksheet_write_url_opt(library(sheet_), row_number(row), column_number(column),
                                target.c_str(), format, to.name_.c_str(), nullptr),
        "write " + name_);
}

void Worksheet::merge(int row, int column, int last_column, std::string_view text,
                      CellStyle style) {
  merge({row, column, row, last_column}, text, style);
}

void Worksheet::merge(const Area& area, std::string_view text, CellStyle style) {
  if (area.last_row == area.row && area.last_column <= area.column)
    return this->text(area.row, area.column, text, style);
  // Blank cells of the rows below are written at once.
  assert(area.last_row == area.row || !book_.book_->streams());
  reach(area.row);
  check(worksheet_merge_range(library(sheet_), row_number(area.row), column_number(area.column),
                              row_number(area.last_row), column_number(area.last_column),
                              cell_text(text).c_str(), book_.book_->format(style)),
        "write " + name_);
}

void Worksheet::row_height(int row, double points, int outline) {
  reach(row);
  lxw_row_col_options options{};
  options.level = static_cast<std::uint8_t>(outline);
  check(worksheet_set_row_opt(library(sheet_), row_number(row), points, nullptr, &options),
        "write " + name_);
}

void Worksheet::widths(const std::vector<double>& characters) {
  for (std::size_t i = 0; i < characters.size(); ++i) {
    const auto column = static_cast<lxw_col_t>(i);
    check(worksheet_set_column(library(sheet_), column, column, characters[i], nullptr),
          "write " + name_);
  }
}

void Worksheet::portrait() {
  worksheet_set_portrait(library(sheet_));
}

void Worksheet::one_page() {
  worksheet_fit_to_pages(library(sheet_), 1, 1);
}

void Worksheet::hide_row(int row) {
  reach(row);
  lxw_row_col_options options{};
  options.hidden = LXW_TRUE;
  check(worksheet_set_row_opt(library(sheet_), row_number(row), LXW_DEF_ROW_HEIGHT, nullptr,
                              &options),
        "write " + name_);
}

void Worksheet::hide_column(int column) {
  lxw_row_col_options options{};
  options.hidden = LXW_TRUE;
  check(worksheet_set_column_opt(library(sheet_), column_number(column), column_number(column),
                                 LXW_DEF_COL_WIDTH, nullptr, &options),
        "write " + name_);
}

void Worksheet::hide() {
  worksheet_hide(library(sheet_));
}

void Worksheet::choices(const Area& area, const Choices& choices) {
  lxw_data_validation rule{};
  rule.validate =
      choices.source.empty() ? LXW_VALIDATION_TYPE_LIST : LXW_VALIDATION_TYPE_LIST_FORMULA;
  std::string source = choices.source, title = choices.title, message = choices.message;
  std::vector<std::string> values = choices.values;
  std::vector<char*> list;
  for (std::string& value : values) list.push_back(value.data());
  list.push_back(nullptr);
  if (choices.source.empty())
    rule.value_list = list.data();
  else
    rule.value_formula = source.data();
  rule.ignore_blank = LXW_VALIDATION_ON;
  std::string error_title = "不在可选范围内", error = "请从下拉列表中选择，或者留空。";
  rule.error_title = error_title.data();
  rule.error_message = error.data();
  if (!title.empty()) rule.input_title = title.data();
  if (!message.empty()) rule.input_message = message.data();
  check(worksheet_data_validation_range(library(sheet_), row_number(area.row),
                                        column_number(area.column), row_number(area.last_row),
                                        column_number(area.last_column), &rule),
        "write " + name_);
}

void Worksheet::highlight(const Area& area, const std::string& formula, Highlight highlight) {
  lxw_conditional_format rule{};
  std::string condition = formula;
  rule.type = LXW_CONDITIONAL_TYPE_FORMULA;
  rule.value_string = condition.data();
  rule.format = book_.book_->format(highlight);
  rule.stop_if_true = LXW_TRUE;
  check(worksheet_conditional_format_range(library(sheet_), row_number(area.row),
                                           column_number(area.column), row_number(area.last_row),
                                           column_number(area.last_column), &rule),
        "write " + name_);
}

void Worksheet::bars(const Area& area, std::uint32_t colour) {
  lxw_conditional_format rule{};
  rule.type = LXW_CONDITIONAL_DATA_BAR;
  rule.bar_color = colour;
  rule.bar_solid = LXW_TRUE;
  rule.data_bar_2010 = LXW_TRUE;
  rule.min_rule_type = LXW_CONDITIONAL_RULE_TYPE_NUMBER;
  rule.max_rule_type = LXW_CONDITIONAL_RULE_TYPE_MAXIMUM;
  check(worksheet_conditional_format_range(library(sheet_), row_number(area.row),
                                           column_number(area.column), row_number(area.last_row),
                                           column_number(area.last_column), &rule),
        "write " + name_);
}

void Worksheet::follow(int row, const RowSpool& spool, std::size_t first, std::size_t end,
                       int columns, std::vector<FileLink> links) {
  assert(row > row_ && end - first <= static_cast<std::size_t>(kSheetRows - row));
  assert(links_ == 0 || links.empty());
  const auto& sheets = book_.book_->sheets;
  const auto self = std::find_if(sheets.begin(), sheets.end(),
                                 [&](const auto& sheet) { return sheet.get() == this; });
  book_.book_->long_sheets.push_back({static_cast<std::size_t>(self - sheets.begin()) + 1,
                                      &spool,
                                      {first, end},
                                      static_cast<std::size_t>(row) + 1,
                                      columns,
                                      std::move(links)});
}

void Worksheet::headline(const std::string& left, const std::string& right) {
  std::string text = "&L&9";
  const auto append = [&](const std::string& part) {
    for (const char c : cell_text(part)) text += c == '&' ? "&&" : std::string(1, c);
  };
  append(left);
  text += "&R&9";
  append(right);
  worksheet_set_margins(library(sheet_), 0.5, 0.5, 0.65, 0.55);
  // The library takes 255 characters; a name that is longer is not worth a fault.
  if (worksheet_set_header(library(sheet_), text.c_str()) != LXW_NO_ERROR)
    check(worksheet_set_header(library(sheet_), "&R&9&D"), "write " + name_);
}

void Worksheet::freeze(int rows, int columns) {
  worksheet_freeze_panes(library(sheet_), row_number(rows), column_number(columns));
}

void Worksheet::print_rows_on_each_page(int first, int last) {
  check(worksheet_repeat_rows(library(sheet_), row_number(first), row_number(last)),
        "write " + name_);
}

void Worksheet::filter(int header_row, int last_row, int last_column) {
  check(worksheet_autofilter(library(sheet_), row_number(header_row), 0, row_number(last_row),
                             column_number(last_column)),
        "write " + name_);
}

void Worksheet::chart(const Chart& chart) {
  const bool bars = chart.kind == Chart::Kind::Bars;
  lxw_workbook* workbook = book_.book_->workbook;
  const bool lines = chart.kind == Chart::Kind::Lines;
  lxw_chart* drawn = workbook_add_chart(workbook, bars    ? LXW_CHART_BAR_STACKED
                                                  : lines ? LXW_CHART_LINE
                                                          : LXW_CHART_COLUMN_STACKED);
  const auto range = [&](int column) {
    return "='" + (chart.data ? chart.data->name_ : name_) + "'!" +
           cell_name(chart.first_row, column, true) + ":" + cell_name(chart.last_row, column, true);
  };
  for (const Chart::Series& each : chart.series) {
    lxw_chart_series* series =
        chart_add_series(drawn, range(chart.label_column).c_str(), range(each.column).c_str());
    chart_series_set_name(series, each.name.c_str());
    if (lines) {
      lxw_chart_line line{};
      line.color = each.colour;
      line.width = 2;
      chart_series_set_line(series, &line);
      continue;
    }
    lxw_chart_fill fill{};
    fill.color = each.colour;
    chart_series_set_fill(series, &fill);
  }
  chart_title_set_name(drawn, chart.title.c_str());
  lxw_chart_font title{}, small{};
  title.size = 12;
  small.size = 9;
  chart_title_set_name_font(drawn, &title);
  chart_axis_set_num_font(drawn->x_axis, &small);
  chart_axis_set_num_font(drawn->y_axis, &small);
  chart_axis_set_num_format(bars ? drawn->x_axis : drawn->y_axis, "#,##0");
  if (lines) {
    chart_axis_set_num_format(drawn->x_axis, "mm-dd");
    chart_axis_set_interval_unit(drawn->x_axis, 2);
  }
  if (bars) chart_axis_set_reverse(drawn->y_axis);
  chart_legend_set_position(drawn, LXW_CHART_LEGEND_BOTTOM);

  // The library's default chart is 480 by 288 pixels.
  lxw_chart_options options{};
  options.x_scale = chart.width / 480.0;
  options.y_scale = chart.height / 288.0;
  options.object_position = LXW_OBJECT_MOVE_DONT_SIZE;
  check(worksheet_insert_chart_opt(library(sheet_), row_number(chart.row),
                                   column_number(chart.column), drawn, &options),
        "write " + name_);
}

}  // namespace produce
