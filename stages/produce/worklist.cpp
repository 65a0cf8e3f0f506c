#include "stages/produce/worklist.hpp"

#include <algorithm>
#include <vector>

#include "pipeline/time.hpp"
#include "stages/produce/row_spool.hpp"
#include "stages/produce/spreadsheet.hpp"
#include "stages/produce/worklist_columns.hpp"
#include "stages/produce/worklist_guide.hpp"

namespace produce {

using pipeline::Time;
using pipeline::Value;

namespace {

constexpr const char* kSheet = "待审清单";
constexpr const char* kOptions = "选项";
constexpr int kCodes = 0, kHeaders = 1, kFirst = 2;
/// Room for two lines of handwriting.
constexpr double kLowestRow = 32;

class Placed {
 public:
  Placed(const std::vector<WorklistColumn>& columns, int last_row)
      : columns_(columns), last_row_(last_row) {}
  int column(const std::string& code) const {
    const auto found = std::find_if(columns_.begin(), columns_.end(),
                                    [&](const WorklistColumn& c) { return c.code == code; });
    return static_cast<int>(found - columns_.begin());
  }
  /// "$C3": that column in the row of the cell.
  std::string cell(const std::string& code) const { return "$" + cell_name(kFirst, column(code)); }
  Area area(const std::string& code) const {
    return {kFirst, column(code), last_row_, column(code)};
  }

 private:
  const std::vector<WorklistColumn>& columns_;
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

void write_headers(Worksheet& sheet, const std::vector<WorklistColumn>& columns) {
  std::vector<double> widths;
  for (const WorklistColumn& column : columns) widths.push_back(column.width);
  sheet.widths(widths);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (columns[i].hidden) sheet.hide_column(static_cast<int>(i));

  sheet.hide_row(kCodes);
  for (std::size_t i = 0; i < columns.size(); ++i)
    sheet.text(kCodes, static_cast<int>(i), columns[i].code);
  double height = 34;
  for (const WorklistColumn& column : columns)
    if (column.code == "info.due")
      height = std::max(height, wrapped_height(column.header, column.width));
  sheet.row_height(kHeaders, height);
  for (std::size_t i = 0; i < columns.size(); ++i)
    sheet.text(kHeaders, static_cast<int>(i), columns[i].header,
               columns[i].input ? CellStyle::InputHeader : CellStyle::Header);
}

void write_nothing(Worksheet& sheet, const std::vector<WorklistColumn>& columns) {
  const auto shown = std::count_if(columns.begin(), columns.end(),
                                   [](const WorklistColumn& column) { return !column.hidden; });
  sheet.row_height(kFirst, kLowestRow);
  sheet.merge(kFirst, 0, static_cast<int>(shown) - 1, "无待审案件", CellStyle::Centred);
}

/// The library spends two microseconds and 400 bytes of memory a cell: a queue of thousands is spooled.
void write_cases(Spreadsheet& book, Worksheet& sheet, const std::vector<WorklistColumn>& columns,
                 const Value::Array& cases, RowSpool& rows) {
  std::vector<FileLink> links;
  int at = kFirst;
  for (const Value& one : cases) {
    WorklistRow row(book, at++, links);
    row.cells.points = kLowestRow;
    for (const WorklistColumn& column : columns) {
      if (!column.hidden && column.wrapped)
        row.cells.points =
            std::max(row.cells.points, wrapped_height(column.wrapped(one), column.width));
      column.write(row, one);
    }
    rows.add(row.cells);
  }
  rows.sort();
  sheet.follow(kFirst, rows, 0, rows.size(), static_cast<int>(columns.size()), std::move(links));
}

}  // namespace

std::string worklist(const Value& payload) {
  const Time now{payload["at"].integer()};
  const Value::Array& cases = payload["cases"].items();
  WorklistOptions options;
  const std::vector<WorklistColumn> columns = worklist_columns(payload, options);

  Spreadsheet book("待审清单 " + payload["label"].text(), now);
  Worksheet& sheet = book.add(kSheet);
  Worksheet& guide = book.add("填写说明");
  write_headers(sheet, columns);
  RowSpool rows(book.folder());
  if (cases.empty())
    write_nothing(sheet, columns);
  else
    write_cases(book, sheet, columns, cases, rows);
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
  write_worklist_guide(guide, payload);
  Worksheet& lists = book.add(kOptions);
  options.write(lists);
  lists.hide();
  return book.bytes();
}

}  // namespace produce
