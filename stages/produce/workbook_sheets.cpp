#include "stages/produce/workbook_sheets.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "stages/produce/workbook_table.hpp"

namespace produce {

namespace {

constexpr std::array<const char*, kProgress> kProgressNames = {"申报", "上报", "退回", "办结"};

/// "级别＝正高级" …, as level_names gives them.
std::vector<std::string> level_filters(const Statistics& statistics) {
  std::vector<std::string> filters;
  for (const std::string& level : level_names(statistics)) filters.push_back("级别＝" + level);
  return filters;
}

/// Applications by level, and what became of them.
Grid type_grid(const char* label, const Statistics& statistics, const Details& details,
               const std::vector<TypeRow>& rows) {
  Grid grid;
  grid.labels = {label};
  grid.numbers = level_names(statistics);
  grid.further = {"上报", "退回", "受理", "不予受理", "收回"};
  for (const TypeRow& each : rows) {
    // The list has the number of the round.
    const std::size_t row = grid.rows.size() + 1;
    const std::string own =
        label == std::string_view("轮次")
            ? "轮次" + (row < rows.size() ? "＝" : std::string("≥")) + std::to_string(row)
            : label + ("＝" + each.label);
    grid.rows.push_back(
        {{each.label},
         level_numbers(statistics, each.count),
         {each.reported, each.returned, each.accepted, each.not_accepted, each.recalled},
         filtered(details, &Details::applications, own, level_filters(statistics)),
         filtered(details, &Details::applications, own,
                  {"上报＝是", "退回＝是", "状态＝已受理", "状态＝不予受理", "状态＝已收回"}),
         details.applications(own)});
  }
  return grid;
}

/// With 合计 and 占比.
int last_column_of(const Grid& grid) {
  return static_cast<int>(grid.labels.size() + grid.numbers.size() + grid.further.size()) + 1;
}

/// Two tables of states beside each other; gives the next row.
int write_states(Worksheet& sheet, int row, const Details& details,
                 const std::vector<Category>& left, const std::vector<Category>& right) {
  constexpr int kRight = 4;
  const std::array<std::pair<int, const std::vector<Category>*>, 2> tables = {
      {{0, &left}, {kRight, &right}}};
  sheet.row_height(row, 22);
  for (const auto& [column, states] : tables) {
    sheet.text(row, column, "状态", CellStyle::Header);
    sheet.text(row, column + 1, "件数", CellStyle::Header);
    sheet.text(row, column + 2, "占比", CellStyle::Header);
  }
  const int first = row + 1;
  const int last = row + static_cast<int>(std::max(left.size(), right.size()));
  for (row = first; row <= last + 1; ++row) {
    for (const auto& [column, states] : tables) {
      const int end = first + static_cast<int>(states->size());
      if (row > end) continue;
      const std::int64_t all = sum(*states);
      const bool total = row == end;
      const Category& state =
          total ? Category{"", "合计", all} : (*states)[static_cast<std::size_t>(row - first)];
      sheet.text(row, column, state.label, total ? CellStyle::TotalText : CellStyle::Text);
      if (total)
        write_column_sum(sheet, row, column + 1, first, end - 1, all);
      else
        sheet.number(row, column + 1, state.count, CellStyle::Number,
                     column == 0 ? details.registrations("种类＝单位注册，状态＝" + state.label)
                                 : details.applications("状态＝" + state.label));
      write_share(sheet, row, column + 2, cell_name(row, column + 1), state.count,
                  cell_name(end, column + 1, true), all,
                  total ? CellStyle::TotalShare : CellStyle::Share);
    }
  }
  return row;
}

/// Says whether the sum of a table is the number that was counted one by one.
int write_check(Worksheet& sheet, int row, const GridPlace& table, std::int64_t counted) {
  const bool equal = table.all == counted;
  const std::string sum_cell = cell_name(table.next - 1, table.sum_column);
  sheet.text(row, 0, "核对：逐件计数", CellStyle::SubtotalText);
  sheet.number(row, 1, counted, CellStyle::SubtotalNumber);
  sheet.text(row, 2, "与合计相差", CellStyle::SubtotalText);
  sheet.formula(row, 3, "=" + cell_name(row, 1) + "-" + sum_cell,
                static_cast<double>(counted - table.all), CellStyle::SubtotalNumber);
  sheet.text(row, 4, equal ? "相符" : "不符", CellStyle::SubtotalText);
  return row + 1;
}

}  // namespace

void write_overview(Worksheet& sheet, const Statistics& statistics, const Details& details,
                    const std::vector<Contents>& contents) {
  constexpr int kLast = 7;
  constexpr double kGap = 4;
  sheet.one_page();
  sheet.widths({26, 13, 13, 13, 17, 13, 13, 13});
  int row = write_heading(sheet, statistics, "统计汇总　总体情况", kLast);
  sheet.print_rows_on_each_page(0, 1);
  sheet.freeze(row, 0);

  row = write_section(sheet, row, kLast, "一、收到的投递");
  Grid grid;
  grid.labels = {"种类"};
  grid.numbers.assign(statistics.results.begin(), statistics.results.end());
  for (const KindRow& kind : statistics.deliveries) {
    Grid::Row each{{kind.label}, {kind.by_result.begin(), kind.by_result.end()}, {}};
    for (std::size_t i = 0; i < kResults; ++i)
      each.links.push_back(details.delivered(kind.code, i));
    each.sum_link = details.delivered(kind.code, kResults);
    grid.rows.push_back(std::move(each));
  }
  const GridPlace table = write_grid(sheet, row, grid);
  row = write_check(sheet, table.next, table, statistics.received);
  sheet.row_height(row++, kGap);

  sheet.row_height(row, 24);
  sheet.merge(row, 0, 2, "二、单位注册（按现在的状态）", CellStyle::Section);
  sheet.merge(row, 4, 6, "三、职称申报（按现在的状态）", CellStyle::Section);
  row = write_states(sheet, row + 1, details, statistics.registration_states,
                     statistics.application_states);
  sheet.row_height(row++, kGap);
  row = write_section(sheet, row, kLast, "四、各表（点击名称打开）");
  const std::size_t half = (contents.size() + 1) / 2;
  for (std::size_t i = 0; i < half; ++i) {
    sheet.link(row, 0, *contents[i].sheet);
    sheet.merge(row, 1, 3, contents[i].about, CellStyle::Text);
    if (half + i < contents.size()) {
      sheet.link(row, 4, *contents[half + i].sheet);
      sheet.merge(row, 5, kLast, contents[half + i].about, CellStyle::Text);
    }
    ++row;
  }
}

void write_series(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  const std::vector<std::string> levels = level_names(statistics);
  const int shown = static_cast<int>(levels.size());
  const int block = shown + 1;
  constexpr int kFirst = 2;
  const int last_column = kFirst + block * static_cast<int>(kProgress) - 1;
  std::vector<double> widths = {5, 23};
  widths.resize(static_cast<std::size_t>(last_column) + 1, 6.6);
  sheet.one_page();
  sheet.widths(widths);
  const int top = write_heading(
      sheet, statistics, "职称申报　系列×级别", last_column,
      "申报：收到的申请；上报：现在基层单位以上；退回：现在退回或曾经退回；办结：已受理和不予受理。"
      "一件申请可计入几栏。");
  sheet.row_height(top, 20);
  sheet.text(top, 0, "序号", CellStyle::Header);
  sheet.text(top, 1, "系列", CellStyle::Header);
  for (std::size_t i = 0; i < kProgress; ++i) {
    const int from = kFirst + static_cast<int>(i) * block;
    sheet.merge(top, from, from + shown, kProgressNames[i], CellStyle::Header);
  }
  sheet.row_height(top + 1, 20);
  sheet.text(top + 1, 0, "", CellStyle::Header);
  sheet.text(top + 1, 1, "", CellStyle::Header);
  for (int column = kFirst; column <= last_column; ++column) {
    const int place = (column - kFirst) % block;
    sheet.text(top + 1, column, place < shown ? levels[static_cast<std::size_t>(place)] : "合计",
               CellStyle::Header);
  }
  sheet.print_rows_on_each_page(top, top + 1);
  sheet.freeze(top + 2, kFirst);

  const int first = top + 2;
  const int last = first + static_cast<int>(statistics.series.size()) - 1;
  std::array<Levels, kProgress> sums{};
  int row = first;
  for (const SeriesRow& series : statistics.series) {
    const auto place = static_cast<std::size_t>(row - first);
    sheet.number(row, 0, std::int64_t{row - first + 1});
    sheet.text(row, 1, series.label);
    int column = kFirst;
    for (std::size_t i = 0; i < kProgress; ++i) {
      const int from = column;
      const auto progress = static_cast<Progress>(i);
      const std::string only =
          i == Submitted ? series.label : std::string("其中筛选：") + kProgressNames[i] + "＝是";
      for (const std::int64_t number : level_numbers(statistics, series.count[i])) {
        const auto level = static_cast<std::size_t>(column - from);
        const std::string tip = i == Returned ? only : "这些申请书，逐件";
        sheet.number(row, column++, number, CellStyle::Number,
                     details.series(place, level, progress, tip));
      }
      sheet.formula(row, column, "=SUM(" + range_name(row, from, row, column - 1) + ")",
                    static_cast<double>(sum(series.count[i])), CellStyle::SubtotalNumber,
                    details.series(place, kLevels, progress, only));
      ++column;
      for (std::size_t level = 0; level < kLevels; ++level)
        sums[i][level] += series.count[i][level];
    }
    ++row;
  }
  sheet.text(row, 0, "", CellStyle::TotalText);
  sheet.text(row, 1, "合计", CellStyle::TotalText);
  int column = kFirst;
  for (const Levels& block_sums : sums) {
    for (const std::int64_t number : level_numbers(statistics, block_sums)) {
      write_column_sum(sheet, row, column, first, last, number);
      ++column;
    }
    write_column_sum(sheet, row, column++, first, last, sum(block_sums));
  }

  Chart chart;
  chart.title = "申报数（系列×级别）";
  chart.first_row = first;
  chart.last_row = last;
  chart.label_column = 1;
  constexpr std::array<std::uint32_t, kLevels> kColours = {0x1F4E79, 0x2E75B6, 0x9DC3E6,
                                                           0xA9D18E, 0xFFD966, 0xBFBFBF};
  for (int i = 0; i < shown; ++i) {
    const auto level = static_cast<std::size_t>(i);
    chart.series.push_back({levels[level], kFirst + i, kColours[level]});
  }
  chart.row = row + 2;
  chart.width = 1430;
  chart.height = 440;
  sheet.chart(chart);
}

void write_people(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  const std::vector<std::string> levels = level_names(statistics);
  const int last_column = static_cast<int>(levels.size()) + 2;
  std::vector<double> widths = {26};
  widths.resize(static_cast<std::size_t>(last_column) + 1, 11);
  sheet.widths(widths);
  int row = write_heading(sheet, statistics, "申报人员结构", last_column,
                          "按申请件数计；级别为申报的级别。");
  sheet.print_rows_on_each_page(0, 1);
  sheet.freeze(row, 1);
  for (const PeopleTable& table : statistics.people) {
    row = write_section(sheet, row, last_column, table.title);
    Grid grid;
    grid.labels = {"类别"};
    grid.numbers = levels;
    // What the column of the list is called.
    const std::string column = table.title.starts_with("民族")   ? "民族"
                               : table.title.starts_with("年龄") ? "年龄段"
                               : table.title == "最高学历"       ? "学历"
                                                                 : table.title;
    for (const LevelRow& each : table.rows) {
      const std::string filter =
          each.label == "少数民族" ? "民族≠汉族" : column + "＝" + each.label;
      grid.rows.push_back(
          {{each.label},
           level_numbers(statistics, each.count),
           {},
           filtered(details, &Details::applications, filter, level_filters(statistics)),
           {},
           details.applications(filter)});
    }
    row = write_grid(sheet, row, grid).next + 1;
  }
}

void write_types(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  const Grid grid = type_grid("申报类型", statistics, details, statistics.types);
  const int last_column = last_column_of(grid);
  std::vector<double> widths = {22};
  widths.resize(static_cast<std::size_t>(last_column) + 1, 10);
  sheet.widths(widths);
  const int row = write_heading(sheet, statistics, "申报类型", last_column);
  sheet.print_rows_on_each_page(row, row);
  sheet.freeze(row + 1, 1);
  write_grid(sheet, row, grid);
}

void write_submissions(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  Grid ways;
  ways.labels = {"提交方式"};
  ways.numbers = {"附件已收未提交",   "待审",       "退回修改中", "通过或受理",
                  "不通过或不予受理", "撤回或收回", "其他"};
  ways.further = {"提交次数"};
  ways.header_height = 32;
  for (const SubmissionRow& each : statistics.submissions) {
    std::vector<std::string> filters;
    for (const std::string& standing : ways.numbers) filters.push_back("处理情况＝" + standing);
    const bool applied = each.label.starts_with("职称");
    const Filtered list = applied ? &Details::applications : &Details::registrations;
    const std::string own = "提交方式＝" + each.label;
    ways.rows.push_back({{each.label},
                         {each.by_standing.begin(), each.by_standing.end()},
                         {each.submissions},
                         filtered(details, list, own, filters),
                         filtered(details, list, own, {""}),
                         (details.*list)(own)});
  }
  const Grid rounds = type_grid("轮次", statistics, details, statistics.rounds);

  const int last_column = std::max(last_column_of(ways), last_column_of(rounds));
  std::vector<double> widths = {26};
  widths.resize(static_cast<std::size_t>(last_column) + 1, 10.5);
  sheet.widths(widths);
  int row = write_heading(sheet, statistics, "提交与轮次", last_column);
  sheet.print_rows_on_each_page(0, 1);
  sheet.freeze(row, 1);
  row = write_section(sheet, row, last_column, "一、新报、信息修正和再次提交（按现在的状态）");
  row = write_grid(sheet, row, ways).next;
  row =
      write_note(sheet, row, last_column,
                 "每件只计一次：退回后再次提交的申请书不再计入首次提交；提交次数为各轮提交之和。") +
      1;
  row = write_section(sheet, row, last_column, "二、申请书所在的轮次");
  write_grid(sheet, row, rounds);
}

}  // namespace produce
