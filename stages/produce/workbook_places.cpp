#include <algorithm>
#include <array>
#include <utility>

#include "stages/produce/workbook_sheets.hpp"
#include "stages/produce/workbook_table.hpp"

namespace produce {

namespace {

/// "F7,F9:F12" of the rows 6, 8, 9, 10, 11.
std::string cells_of(const std::vector<std::size_t>& rows, int first, int column) {
  std::string list;
  for (std::size_t i = 0; i < rows.size();) {
    std::size_t end = i;
    while (end + 1 < rows.size() && rows[end + 1] == rows[end] + 1) ++end;
    const int from = first + static_cast<int>(rows[i]), to = first + static_cast<int>(rows[end]);
    if (!list.empty()) list += ',';
    list += from == to ? cell_name(from, column) : range_name(from, column, to, column);
    i = end + 1;
  }
  return list;
}

constexpr std::uint32_t kBars = 0xBDD7EE;

const char* severity_label(const std::string& severity) {
  return severity == "error" ? "错误" : severity == "warning" ? "警告" : "提示";
}

}  // namespace

void write_units(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  constexpr int kNumbers = 6, kFirst = 6, kLast = kFirst + kNumbers;
  sheet.widths({6, 32, 22, 12, 30, 14, 9, 9, 9, 9, 9, 9, 10});
  const int header = write_heading(
      sheet, statistics, "按单位", kLast,
      "本期有注册或申报的单位；注册情况为现在的情况；平均退回次数＝退回次数÷申报件数。");
  write_header(sheet, header,
               {"序号", "单位名称", "统一社会信用代码", "性质", "地区", "注册情况", "注册件数",
                "申报件数", "上报件数", "退回件数", "办结件数", "退回次数", "平均退回次数"},
               32);
  sheet.print_rows_on_each_page(header, header);
  sheet.freeze(header + 1, 2);

  const int first = header + 1;
  std::array<std::int64_t, kNumbers> sums{};
  int row = first;
  for (const UnitRow& unit : statistics.units) {
    sheet.number(row, 0, std::int64_t{row - first + 1});
    const std::array<const std::string*, 5> texts = {&unit.name, &unit.uscc, &unit.nature,
                                                     &unit.region, &unit.registration};
    for (int i = 0; i < 5; ++i)
      sheet.text(row, i + 1, *texts[static_cast<std::size_t>(i)],
                 i == 0 || i == 3 ? CellStyle::Text : CellStyle::Centred);
    const std::array<std::int64_t, kNumbers> numbers = {unit.registrations, unit.applications,
                                                        unit.reported,      unit.returned,
                                                        unit.closed,        unit.returns};
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      constexpr std::array kTips = {"该单位的注册",       "该单位的申请书",
                                    "其中筛选：上报＝是", "其中筛选：退回＝是",
                                    "其中筛选：办结＝是", "见“退回次数”一列"};
      sheet.number(row, kFirst + static_cast<int>(i), numbers[i], CellStyle::Number,
                   i == 0 ? details.registered_unit(unit.uscc, unit.region_code, kTips[i])
                          : details.unit(unit.uscc, unit.region_code, kTips[i]));
      sums[i] += numbers[i];
    }
    write_mean(sheet, row, kLast, cell_name(row, kLast - 1), cell_name(row, kFirst + 1),
               mean(static_cast<double>(unit.returns), unit.applications), CellStyle::Decimal);
    ++row;
  }
  const int last = row - 1;
  if (last >= first) {
    sheet.filter(header, last, kLast);
    sheet.highlight({first, kLast, last, kLast}, "=" + cell_name(first, kLast) + ">=2",
                    Highlight::Orange);
    sheet.highlight({first, kLast, last, kLast}, "=" + cell_name(first, kLast) + ">=1",
                    Highlight::Yellow);
    sheet.bars({first, kFirst + 1, last, kFirst + 1}, kBars);
  }
  for (int i = 0; i < kFirst; ++i) sheet.text(row, i, i == 1 ? "合计" : "", CellStyle::TotalText);
  for (std::size_t i = 0; i < sums.size(); ++i)
    write_column_sum(sheet, row, kFirst + static_cast<int>(i), first, last, sums[i]);
  write_mean(sheet, row, kLast, cell_name(row, kLast - 1), cell_name(row, kFirst + 1),
             mean(static_cast<double>(sums[5]), sums[1]), CellStyle::TotalDecimal);
}

void write_regions(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  constexpr int kFirst = 2, kLast = kFirst + static_cast<int>(kRegionCounts) - 1;
  sheet.widths({36, 12, 14, 14, 14, 14, 14, 14});
  const int header =
      write_heading(sheet, statistics, "按地区", kLast,
                    "按单位所在的行政区划；有底色的行是小计，等于其下本级与各县（市、区）之和。");
  write_header(sheet, header,
               {"地区", "区划代码", "单位注册", "注册通过", "申报", "上报", "退回", "办结"});
  sheet.print_rows_on_each_page(header, header);
  sheet.freeze(header + 1, 1);

  const int first = header + 1;
  decltype(RegionRow::count) sums{};
  std::vector<std::size_t> tops;
  for (std::size_t i = 0; i < statistics.regions.size(); ++i) {
    const RegionRow& region = statistics.regions[i];
    const int row = first + static_cast<int>(i);
    const bool subtotal = !region.parts.empty();
    constexpr std::array kPlain = {CellStyle::Text, CellStyle::Indent1, CellStyle::Indent2};
    const CellStyle label = !subtotal           ? kPlain[static_cast<std::size_t>(region.depth)]
                            : region.depth == 0 ? CellStyle::SubtotalText
                                                : CellStyle::SubtotalIndent1;
    if (region.depth > 0) sheet.row_height(row, 16, region.depth);
    sheet.text(row, 0, region.label, label);
    sheet.text(row, 1, region.code, subtotal ? CellStyle::SubtotalCentred : CellStyle::Centred);
    constexpr std::array<const char*, kRegionCounts> kTips = {
        "其中筛选：种类＝单位注册", "其中筛选：状态＝审核通过", "该地区的申请书",
        "其中筛选：上报＝是",       "其中筛选：退回＝是",       "其中筛选：办结＝是"};
    for (std::size_t k = 0; k < kRegionCounts; ++k) {
      const int column = kFirst + static_cast<int>(k);
      if (subtotal) {
        sheet.formula(row, column, "=SUM(" + cells_of(region.parts, first, column) + ")",
                      static_cast<double>(region.count[k]), CellStyle::SubtotalNumber,
                      details.region(region.code, false, k >= RegionApplications, kTips[k]));
      } else {
        // "本级" stands below the sum that it is a part of.
        sheet.number(row, column, region.count[k], CellStyle::Number,
                     details.region(region.code, true, k >= RegionApplications, kTips[k]));
      }
      if (region.depth == 0) sums[k] += region.count[k];
    }
    if (region.depth == 0) tops.push_back(i);
  }
  const int row = first + static_cast<int>(statistics.regions.size());
  sheet.text(row, 0, "合计", CellStyle::TotalText);
  sheet.text(row, 1, "", CellStyle::TotalText);
  for (std::size_t k = 0; k < kRegionCounts; ++k) {
    const int column = kFirst + static_cast<int>(k);
    sheet.formula(row, column, "=SUM(" + cells_of(tops, first, column) + ")",
                  static_cast<double>(sums[k]), CellStyle::TotalNumber);
  }
}

void write_queues(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  constexpr double kNameWidth = 46;
  constexpr int kPending = 6, kOldest = 7, kHandled = 8, kMean = 9;
  sheet.widths({28, kNameWidth, 9, 10, 10, 9, 10, 11, 11, 11});
  const int header =
      write_heading(sheet, statistics, "队列与时效", kMean,
                    "待办是生成时的存量，不论何时收到；已办是本期收到的案件经该队列办出的次数，"
                    "平均用时从到达队列算到离开。");
  write_header(sheet, header,
               {"队列", "审核单位", "未到期", "明日到期", "今日到期", "逾期", "待办合计",
                "最早待办（天）", "已办（件次）", "平均用时（天）"},
               32);
  sheet.print_rows_on_each_page(header, header);
  sheet.freeze(header + 1, 1);

  const int first = header + 1;
  std::array<std::int64_t, 4> sums{};
  std::int64_t oldest = 0, handled = 0;
  double days = 0;
  int row = first;
  for (const QueueRow& queue : statistics.queues) {
    sheet.row_height(row, wrapped_height(queue.name, kNameWidth));
    sheet.text(row, 0, queue.queue);
    sheet.text(row, 1, queue.name, CellStyle::Wrapped);
    const std::array<std::int64_t, 4> pending = {queue.later, queue.tomorrow, queue.today,
                                                 queue.overdue};
    for (std::size_t i = 0; i < pending.size(); ++i) {
      sheet.number(row, 2 + static_cast<int>(i), pending[i], CellStyle::Number,
                   details.queue(queue.queue, i));
      sums[i] += pending[i];
    }
    sheet.formula(row, kPending, "=SUM(" + range_name(row, 2, row, kPending - 1) + ")",
                  static_cast<double>(queue.pending()), CellStyle::Number,
                  details.queue(queue.queue, pending.size()));
    sheet.number(row, kOldest, queue.oldest_days, CellStyle::Number,
                 details.queue(queue.queue, pending.size()));
    sheet.number(row, kHandled, queue.handled);
    sheet.number(row, kMean, queue.handling_days, CellStyle::Decimal);
    oldest = std::max(oldest, queue.oldest_days);
    handled += queue.handled;
    days += queue.handling_days * static_cast<double>(queue.handled);
    ++row;
  }
  const int last = row - 1;
  if (last >= first) {
    sheet.filter(header, last, kMean);
    for (const auto& [column, colour] :
         {std::pair(5, Highlight::Red), std::pair(4, Highlight::Orange),
          std::pair(3, Highlight::Yellow)})
      sheet.highlight({first, column, last, column}, "=" + cell_name(first, column) + ">0", colour);
    sheet.bars({first, kPending, last, kPending}, kBars);
  }
  sheet.text(row, 0, "合计", CellStyle::TotalText);
  sheet.text(row, 1, "", CellStyle::TotalText);
  for (std::size_t i = 0; i < sums.size(); ++i)
    write_column_sum(sheet, row, 2 + static_cast<int>(i), first, last, sums[i]);
  write_column_sum(sheet, row, kPending, first, last, sums[0] + sums[1] + sums[2] + sums[3]);
  if (last < first) {
    for (const int column : {kOldest, kHandled, kMean})
      sheet.number(row, column, std::int64_t{0}, CellStyle::TotalNumber);
    return;
  }
  sheet.formula(row, kOldest, "=MAX(" + range_name(first, kOldest, last, kOldest) + ")",
                static_cast<double>(oldest), CellStyle::TotalNumber);
  write_column_sum(sheet, row, kHandled, first, last, handled);
  write_mean(sheet, row, kMean,
             "SUMPRODUCT(" + range_name(first, kHandled, last, kHandled) + "," +
                 range_name(first, kMean, last, kMean) + ")",
             cell_name(row, kHandled), mean(days, handled), CellStyle::TotalDecimal);
}

void write_queue_chart(Worksheet& sheet, const Worksheet& queues, const Statistics& statistics) {
  constexpr int kLast = 9, kFirst = 4;  // the first row of data there
  sheet.widths(std::vector<double>(kLast + 1, 13));
  const int row = write_heading(sheet, statistics, "待办最多的队列", kLast);
  sheet.print_rows_on_each_page(0, 1);
  sheet.freeze(row, 0);
  if (statistics.queues.empty()) {
    sheet.merge(row + 1, 0, kLast, "没有待办。", CellStyle::Note);
    return;
  }
  // More bars than this cannot be read on one page; the fullest queues come first.
  constexpr int kBars = 15;
  Chart chart;
  chart.kind = Chart::Kind::Bars;
  chart.title = "待办件数，按应办日期";
  chart.data = &queues;
  chart.first_row = kFirst;
  chart.last_row = kFirst + std::min(kBars, static_cast<int>(statistics.queues.size())) - 1;
  chart.label_column = 1;
  chart.series = {{"逾期", 5, 0xC00000},
                  {"今日到期", 4, 0xED7D31},
                  {"明日到期", 3, 0xFFC000},
                  {"未到期", 2, 0x2E75B6}};
  chart.row = row + 1;
  chart.width = 950;
  chart.height = 130 + 28 * (chart.last_row - chart.first_row + 1);
  sheet.chart(chart);
}

void write_findings(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  constexpr int kLast = 6;
  constexpr double kTextWidth = 60;
  sheet.widths({38, 8, kTextWidth, 14, 11, 14, 12});
  int row = write_heading(sheet, statistics, "问题分析", kLast);
  sheet.text(row, 0, "本期收到的投递", CellStyle::SubtotalText);
  sheet.number(row, 1, statistics.received, CellStyle::SubtotalNumber);
  const std::string received = cell_name(row, 1, true);
  const int header = row + 1;
  write_header(sheet, header,
               {"问题代码", "级别", "说明", "依据", "出现次数", "涉及投递", "占投递比例"});
  sheet.print_rows_on_each_page(header, header);
  sheet.freeze(header + 1, 1);

  const int first = header + 1;
  std::int64_t all = 0;
  row = first;
  for (const FindingRow& finding : statistics.findings) {
    sheet.row_height(row, wrapped_height(finding.text, kTextWidth));
    sheet.text(row, 0, finding.code);
    sheet.text(row, 1, severity_label(finding.severity), CellStyle::Centred);
    sheet.text(row, 2, finding.text, CellStyle::Wrapped);
    sheet.text(row, 3, finding.rule, CellStyle::Centred);
    const Link link = details.deliveries("问题代码包含" + finding.code);
    sheet.number(row, 4, finding.count, CellStyle::Number, link);
    sheet.number(row, 5, finding.bundles, CellStyle::Number, link);
    write_share(sheet, row, 6, cell_name(row, 5), finding.bundles, received, statistics.received,
                CellStyle::Share);
    all += finding.count;
    ++row;
  }
  const int last = row - 1;
  if (last >= first) {
    sheet.filter(header, last, kLast);
    sheet.bars({first, kLast, last, kLast}, kBars);
  }
  for (int i = 0; i < 4; ++i) sheet.text(row, i, i == 0 ? "合计" : "", CellStyle::TotalText);
  write_column_sum(sheet, row, 4, first, last, all);
  // A delivery with several findings is in several rows.
  sheet.text(row, 5, "—", CellStyle::TotalText);
  sheet.text(row, 6, "—", CellStyle::TotalText);

  row += 2;
  sheet.row_height(row, 24);
  sheet.merge(row, 0, kLast, "错误最多的投递文件夹（前20）", CellStyle::Section);
  const auto write_drop = [&](const std::string& drop, CellStyle style) {
    sheet.merge(++row, 0, 3, drop, style);
  };
  write_drop("投递文件夹", CellStyle::Header);
  const std::array headers = {"投递", "有错误的投递", "错误"};
  for (std::size_t i = 0; i < headers.size(); ++i)
    sheet.text(row, 4 + static_cast<int>(i), headers[i], CellStyle::Header);
  for (const DropRow& drop : statistics.drops) {
    write_drop(drop.drop, CellStyle::Text);
    const std::string own = "投递文件夹＝" + drop.drop;
    sheet.number(row, 4, drop.deliveries, CellStyle::Number, details.deliveries(own));
    sheet.number(row, 5, drop.flawed, CellStyle::Number, details.deliveries(own + "，错误数＞0"));
    sheet.number(row, 6, drop.errors, CellStyle::Number, details.deliveries(own + "，错误数＞0"));
  }
}

}  // namespace produce
