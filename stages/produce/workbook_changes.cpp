#include <algorithm>
#include <array>
#include <chrono>
#include <numeric>
#include <utility>

#include "stages/produce/workbook_sheets.hpp"
#include "stages/produce/workbook_table.hpp"

namespace produce {

namespace {

constexpr std::uint32_t kBars = 0xBDD7EE;

std::string short_day(pipeline::Time t) {
  return pipeline::iso_date(pipeline::beijing_day(t)).substr(5);
}

pipeline::Time just_before(pipeline::Time t) {
  return pipeline::Time{t.us - 1};
}

/// The number now, the number then, and what lies between.
void write_difference(Worksheet& sheet, int row, int column, const std::string& now_cell,
                      std::int64_t now, std::int64_t then, bool total) {
  const CellStyle style = total ? CellStyle::TotalDifference : CellStyle::Difference;
  sheet.formula(row, column, "=" + now_cell + "-" + cell_name(row, column - 1),
                static_cast<double>(now - then), style);
}

/// Gives the next row.
int write_steps(Worksheet& sheet, int row, const Statistics& statistics, const Details& details) {
  const Moments at(statistics.now);
  write_header(sheet, row,
               {"事项", "今日（" + short_day(at.today) + "）",
                "昨日（" + short_day(at.yesterday) + "）", "近7日（" + short_day(at.week) + "起）",
                "前7日（" + short_day(at.fortnight) + "起）", "近7日比前7日"},
               32);
  const pipeline::Time after{statistics.now.us + 1};
  for (std::size_t i = 0; i < kStepKinds; ++i) {
    ++row;
    const ChangeRow& each = statistics.changes.steps[i];
    const auto kind = static_cast<StepKind>(i);
    sheet.text(row, 0, each.label);
    const auto figure = [&](int column, std::int64_t n, pipeline::Time from, pipeline::Time until) {
      sheet.number(row, column, n, CellStyle::Number, details.step(kind, from, until));
    };
    figure(1, each.today, at.today, after);
    figure(2, each.yesterday, at.yesterday, at.today);
    figure(3, each.week, at.week, after);
    figure(4, each.week_before, at.fortnight, at.week);
    sheet.formula(row, 5, "=" + cell_name(row, 3) + "-" + cell_name(row, 4),
                  static_cast<double>(each.week - each.week_before), CellStyle::Difference);
  }
  const int first = row - static_cast<int>(kStepKinds) + 1;
  sheet.highlight({first, 5, row, 5}, "=" + cell_name(first, 5) + ">0", Highlight::Rising);
  sheet.highlight({first, 5, row, 5}, "=" + cell_name(first, 5) + "<0", Highlight::Falling);
  return row + 1;
}

int write_stock(Worksheet& sheet, int row, const Statistics& statistics, const Details& details) {
  const Moments at(statistics.now);
  write_header(sheet, row,
               {"种类和状态", "现在", "昨日末（" + short_day(just_before(at.today)) + "）",
                "较昨日", "7日前末（" + short_day(just_before(at.week)) + "）", "较7日前"},
               32);
  const std::vector<StockRow>& stock = statistics.changes.stock;
  const int first = row + 1;
  for (std::size_t i = 0; i < stock.size(); ++i) {
    ++row;
    const std::size_t kind = i / kStandings;
    const auto standing = static_cast<Standing>(i % kStandings);
    const StockRow& each = stock[i];
    const bool applied = kind >= 2;
    const std::string filter =
        applied ? std::string("轮次") + (kind == 2 ? "＝1" : "＞1") + "，处理情况＝" + each.label
                : "种类＝" + each.kind + "，处理情况＝" + each.label;
    sheet.text(row, 0, each.kind + "：" + each.label,
               standing == Pending ? CellStyle::SubtotalText : CellStyle::Text);
    sheet.number(row, 1, each.now, CellStyle::Number,
                 applied ? details.applications(filter) : details.registrations(filter));
    sheet.number(row, 2, each.yesterday);
    write_difference(sheet, row, 3, cell_name(row, 1), each.now, each.yesterday, false);
    sheet.number(row, 4, each.week_ago);
    write_difference(sheet, row, 5, cell_name(row, 1), each.now, each.week_ago, false);
  }
  std::array<std::int64_t, 3> sums{};
  for (const StockRow& each : stock) {
    sums[0] += each.now;
    sums[1] += each.yesterday;
    sums[2] += each.week_ago;
  }
  const int last = row++;
  for (const int column : {3, 5}) {
    const std::string cell = cell_name(first, column);
    sheet.highlight({first, column, last, column}, "=" + cell + ">0", Highlight::Rising);
    sheet.highlight({first, column, last, column}, "=" + cell + "<0", Highlight::Falling);
  }
  sheet.text(row, 0, "合计", CellStyle::TotalText);
  write_column_sum(sheet, row, 1, first, last, sums[0]);
  write_column_sum(sheet, row, 2, first, last, sums[1]);
  write_difference(sheet, row, 3, cell_name(row, 1), sums[0], sums[1], true);
  write_column_sum(sheet, row, 4, first, last, sums[2]);
  write_difference(sheet, row, 5, cell_name(row, 1), sums[0], sums[2], true);
  return row + 1;
}

Chart spans_chart(const char* title, const GridPlace& table, int row) {
  constexpr std::array<std::uint32_t, kSpans> kColours = {0xA9D18E, 0x9DC3E6, 0x2E75B6,
                                                          0xFFC000, 0xED7D31, 0xC00000};
  Chart chart;
  chart.kind = Chart::Kind::Bars;
  chart.title = title;
  chart.first_row = table.first;
  chart.last_row = table.last;
  for (std::size_t i = 0; i < kSpans; ++i)
    chart.series.push_back({span_labels()[i], static_cast<int>(i) + 1, kColours[i]});
  chart.row = row;
  return chart;
}

}  // namespace

void write_changes(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  constexpr int kLast = 5;
  sheet.one_page();
  sheet.widths({42, 17, 17, 17, 17, 17});
  int row = write_heading(
      sheet, statistics, "变化　与上次统计相比", kLast,
      "与昨日末和7日前末（北京时间24时）相比，都由账本按时间推算；只计本期收到的案件。");
  sheet.print_rows_on_each_page(0, 1);
  sheet.freeze(row, 1);
  row = write_section(sheet, row, kLast, "一、办了什么（点数字看是哪几件）");
  row = write_steps(sheet, row, statistics, details) + 1;
  row = write_section(sheet, row, kLast, "二、案件处在什么状态");
  row = write_stock(sheet, row, statistics, details);
  write_note(sheet, row, kLast,
             "红字为减少；新报、信息修正、退回后再次提交分别计数，一件只在一行。");
}

void write_weeks(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  struct Column {
    const char* name;
    std::vector<StepKind> kinds;
    std::uint32_t colour;
  };
  static const std::array<Column, 7> kColumns = {
      {{"注册：新报", {RegisteredFirst, RegisteredAgain}, 0x7F7F7F},
       {"信息修正", {Corrected}, 0xBFBFBF},
       {"申报：首次", {AppliedFirst}, 0x1F4E79},
       {"申报：再次", {AppliedAgain}, 0x9DC3E6},
       {"申报：上报", {ReportedUp}, 0x70AD47},
       {"申报：退回", {ReturnedToApplicant}, 0xED7D31},
       {"办结", {RegistrationGranted, RegistrationDenied, AcceptedByLast, NotAccepted}, 0xC00000}}};
  constexpr int kFirst = 2, kDeliveries = kFirst + static_cast<int>(kColumns.size()),
                kLast = kDeliveries + 2;
  std::vector<double> widths = {13, 13};
  widths.resize(static_cast<std::size_t>(kLast) + 1, 11);
  sheet.one_page();
  sheet.widths(widths);
  const int header = write_heading(
      sheet, statistics, "每周趋势", kLast,
      "星期一至星期日（北京时间）；最后一行是本周，到生成时为止。近14日办理的逐件见“变化”。");
  std::vector<std::string> names = {"自", "至"};
  for (const Column& column : kColumns) names.emplace_back(column.name);
  names.insert(names.end(), {"投递", "其中未受理、隔离", "未受理占比"});
  write_header(sheet, header, names, 32);
  sheet.print_rows_on_each_page(header, header);
  sheet.freeze(header + 1, 2);

  const int first = header + 1;
  int row = header;
  std::vector<std::int64_t> sums(kColumns.size() + 2);
  for (const WeekRow& week : statistics.changes.weeks) {
    ++row;
    sheet.day(row, 0, week.monday);
    sheet.day(row, 1, week.monday + std::chrono::days(6));
    const std::string days = pipeline::iso_date(week.monday) + "起的7天";
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      std::int64_t count = 0;
      for (const StepKind kind : kColumns[i].kinds) count += week.steps[kind];
      // No link: the list of steps goes back fourteen days only, and the others have a row a case.
      sheet.number(row, kFirst + static_cast<int>(i), count);
      sums[i] += count;
    }
    sheet.number(row, kDeliveries, week.deliveries, CellStyle::Number,
                 details.deliveries("收到时间在" + days));
    sheet.number(row, kDeliveries + 1, week.refused, CellStyle::Number,
                 details.deliveries("收到时间在" + days + "，结果＝未受理、隔离"));
    write_share(sheet, row, kLast, cell_name(row, kDeliveries + 1), week.refused,
                cell_name(row, kDeliveries), week.deliveries, CellStyle::Share);
    sums[kColumns.size()] += week.deliveries;
    sums[kColumns.size() + 1] += week.refused;
  }
  const int last = row++;
  sheet.highlight({first, kLast, last, kLast}, "=" + cell_name(first, kLast) + ">=0.5",
                  Highlight::Orange);
  sheet.bars({first, kDeliveries, last, kDeliveries}, kBars);
  sheet.text(row, 0, "合计", CellStyle::TotalText);
  sheet.text(row, 1, "", CellStyle::TotalText);
  for (std::size_t i = 0; i < sums.size(); ++i)
    write_column_sum(sheet, row, kFirst + static_cast<int>(i), first, last, sums[i]);
  write_share(sheet, row, kLast, cell_name(row, kDeliveries + 1), sums.back(),
              cell_name(row, kDeliveries), sums[sums.size() - 2], CellStyle::TotalShare);
  Chart chart;
  chart.kind = Chart::Kind::Lines;
  chart.title = "每周收到和办出（件次）";
  chart.first_row = first;
  chart.last_row = last;
  for (std::size_t i = 0; i < kColumns.size(); ++i)
    chart.series.push_back({kColumns[i].name, kFirst + static_cast<int>(i), kColumns[i].colour});
  chart.row = row + 2;
  chart.width = 1000;
  chart.height = 340;
  sheet.chart(chart);
}

void write_times(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  constexpr int kLast = static_cast<int>(kSpans) + 3;
  std::vector<double> widths = {30};
  widths.resize(static_cast<std::size_t>(kLast) + 1, 11);
  sheet.one_page();
  sheet.widths(widths);
  int row = write_heading(
      sheet, statistics, "时效分析", kLast,
      "用时从到达该环节算到离开；已等从到达现在的环节算到生成时，可点数字看是哪几件。");
  sheet.print_rows_on_each_page(0, 1);
  sheet.freeze(row, 1);
  const std::vector<std::string> spans(span_labels().begin(), span_labels().end());
  std::array<GridPlace, 2> tables;
  for (const bool waiting : {false, true}) {
    const std::vector<StageRow>& rows = waiting ? statistics.waiting : statistics.handled;
    row = write_section(sheet, row, kLast,
                        waiting ? "二、现在待办的已等多久（件）" : "一、已办的用时（件次）");
    Grid grid;
    grid.labels = {"环节"};
    grid.numbers = spans;
    grid.means = "平均（天）";
    for (const StageRow& each : rows) {
      const std::int64_t count =
          std::accumulate(each.count.begin(), each.count.end(), std::int64_t{0});
      Grid::Row shown{{each.label}, {each.count.begin(), each.count.end()}, {}};
      shown.mean = mean(each.days, count);
      // No list has a row for each stay that is over.
      if (waiting) {
        for (const std::string& span : spans)
          shown.links.push_back(details.waiting("环节＝" + each.label + "，已等时段＝" + span));
        shown.sum_link = details.waiting("环节＝" + each.label);
      }
      grid.rows.push_back(std::move(shown));
    }
    tables[waiting ? 1 : 0] = write_grid(sheet, row, grid);
    row = tables[waiting ? 1 : 0].next + 1;
  }
  Chart used = spans_chart("已办用时（件次）", tables[0], row);
  Chart waits = spans_chart("待办已等（件）", tables[1], row);
  used.width = waits.width = 470;
  used.height = waits.height = 300;
  waits.column = 5;
  sheet.chart(used);
  sheet.chart(waits);
}

void write_returns(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  Grid grid;
  grid.labels = {"退回的项目"};
  for (std::size_t stage = AtBase; stage < kStages; ++stage)
    grid.numbers.emplace_back(std::string(stage_label(static_cast<Stage>(stage))).substr(15));
  grid.header_height = 22;
  for (const ReturnRow& each : statistics.returns)
    grid.rows.push_back({{each.label},
                         {each.count.begin() + AtBase, each.count.end()},
                         {},
                         std::vector<Link>(kStages - AtBase, details.returned(each.code)),
                         {},
                         details.returned(each.code)});
  const int last_column = static_cast<int>(grid.labels.size() + grid.numbers.size()) + 1;
  std::vector<double> widths = {34};
  widths.resize(static_cast<std::size_t>(last_column) + 1, 18);
  sheet.one_page();
  sheet.widths(widths);
  int row = write_heading(sheet, statistics, "退回原因", last_column,
                          "以最近一次退回为准；一件可退回几个项目，故合计是项次，不是件数。");
  sheet.text(row, 0, "退回过的申请书（件）", CellStyle::SubtotalText);
  sheet.number(row, 1, statistics.returned, CellStyle::SubtotalNumber,
               details.applications("退回＝是"));
  ++row;
  sheet.print_rows_on_each_page(row, row);
  sheet.freeze(row + 1, 1);
  const GridPlace table = write_grid(sheet, row, grid);
  constexpr std::array<std::uint32_t, 3> kColours = {0x2E75B6, 0xED7D31, 0xC00000};
  Chart chart;
  chart.title = "退回原因（项次）";
  chart.first_row = table.first;
  chart.last_row = table.last;
  for (std::size_t i = 0; i < kColours.size(); ++i)
    chart.series.push_back({grid.numbers[i], static_cast<int>(i) + 1, kColours[i]});
  chart.row = table.next + 1;
  chart.width = 800;
  chart.height = 320;
  sheet.chart(chart);
}

}  // namespace produce
