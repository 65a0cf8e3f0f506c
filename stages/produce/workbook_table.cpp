#include "stages/produce/workbook_table.hpp"

#include <numeric>

namespace produce {

namespace {

constexpr std::uint32_t kBars = 0xBDD7EE;

}  // namespace

std::string period_line(const Period& period, pipeline::Time now) {
  std::string days = "全部";
  if (period.from || period.to) {
    days = period.from ? pipeline::chinese_date(*period.from) : "最早";
    days += " 至 ";
    days += period.to ? pipeline::chinese_date(*period.to) : "生成时";
  }
  return "统计期间（收到日期）：" + days + "　　生成时间：" + pipeline::chinese_time(now) +
         "（北京时间）";
}

int write_heading(Worksheet& sheet, const Statistics& statistics, const std::string& title,
                  int last_column, const std::string& note) {
  sheet.row_height(0, 30);
  sheet.merge(0, 0, last_column, title, CellStyle::Title);
  sheet.row_height(1, 18);
  sheet.merge(1, 0, last_column, period_line(statistics.period, statistics.now), CellStyle::Note);
  if (note.empty()) return 2;
  sheet.row_height(2, 18);
  sheet.merge(2, 0, last_column, note, CellStyle::Note);
  return 3;
}

int write_section(Worksheet& sheet, int row, int last_column, const std::string& title) {
  sheet.row_height(row, 24);
  sheet.merge(row, 0, last_column, title, CellStyle::Section);
  return row + 1;
}

int write_note(Worksheet& sheet, int row, int last_column, const std::string& note) {
  sheet.row_height(row, 18);
  sheet.merge(row, 0, last_column, note, CellStyle::Note);
  return row + 1;
}

std::vector<Link> filtered(const Details& details, Filtered list, const std::string& common,
                           const std::vector<std::string>& each) {
  std::vector<Link> links;
  for (const std::string& one : each)
    links.push_back((details.*list)(common + (common.empty() || one.empty() ? "" : "，") + one));
  return links;
}

void write_mean(Worksheet& sheet, int row, int column, const std::string& total,
                const std::string& count, double value, CellStyle style) {
  sheet.formula(row, column, "=IF(" + count + "=0,0," + total + "/" + count + ")", value, style);
}

double mean(double total, std::int64_t count) {
  return count == 0 ? 0 : total / static_cast<double>(count);
}

void write_header(Worksheet& sheet, int row, const std::vector<std::string>& names, double height) {
  sheet.row_height(row, height);
  for (std::size_t i = 0; i < names.size(); ++i)
    sheet.text(row, static_cast<int>(i), names[i], CellStyle::Header);
}

void write_column_sum(Worksheet& sheet, int row, int column, int first, int last,
                      std::int64_t value, CellStyle style) {
  if (last < first) return sheet.number(row, column, std::int64_t{0}, style);
  sheet.formula(row, column, "=SUM(" + range_name(first, column, last, column) + ")",
                static_cast<double>(value), style);
}

void write_share(Worksheet& sheet, int row, int column, const std::string& part_cell,
                 std::int64_t part, const std::string& whole_cell, std::int64_t whole,
                 CellStyle style) {
  const double value = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  sheet.formula(row, column, "=IF(" + whole_cell + "=0,0," + part_cell + "/" + whole_cell + ")",
                value, style);
}

GridPlace write_grid(Worksheet& sheet, int row, const Grid& grid) {
  const int labels = static_cast<int>(grid.labels.size());
  const int numbers = static_cast<int>(grid.numbers.size());
  const int sum_column = labels + numbers;
  const bool summed = !grid.sum.empty();
  const int share_column = sum_column + (summed ? 1 : 0);
  const int further_column = share_column + (grid.share ? 1 : 0);
  const auto row_sum = [](const Grid::Row& each) {
    return std::accumulate(each.numbers.begin(), each.numbers.end(), std::int64_t{0});
  };

  std::vector<std::string> names = grid.labels;
  names.insert(names.end(), grid.numbers.begin(), grid.numbers.end());
  if (summed) names.push_back(grid.sum);
  if (grid.share) names.push_back("占比");
  names.insert(names.end(), grid.further.begin(), grid.further.end());
  const int mean_column = static_cast<int>(names.size());
  if (!grid.means.empty()) names.push_back(grid.means);
  write_header(sheet, row, names, grid.header_height);

  GridPlace place;
  place.first = row + 1;
  place.last = row + static_cast<int>(grid.rows.size());
  place.sum_column = summed ? sum_column : labels;
  for (const Grid::Row& each : grid.rows) place.all += row_sum(each);
  const int total_row = place.last + 1;
  const std::string whole = cell_name(total_row, place.sum_column, true);

  std::vector<std::int64_t> number_sums(grid.numbers.size()), further_sums(grid.further.size());
  int at = place.first;
  for (const Grid::Row& each : grid.rows) {
    for (int i = 0; i < labels; ++i) sheet.text(at, i, each.labels[static_cast<std::size_t>(i)]);
    for (std::size_t i = 0; i < each.numbers.size(); ++i) {
      sheet.number(at, labels + static_cast<int>(i), each.numbers[i], CellStyle::Number,
                   i < each.links.size() ? each.links[i] : Link{});
      number_sums[i] += each.numbers[i];
    }
    const std::int64_t sum_of_row = row_sum(each);
    if (summed)
      sheet.formula(at, sum_column, "=SUM(" + range_name(at, labels, at, sum_column - 1) + ")",
                    static_cast<double>(sum_of_row), CellStyle::Number, each.sum_link);
    if (grid.share)
      write_share(sheet, at, share_column, cell_name(at, place.sum_column), sum_of_row, whole,
                  place.all, CellStyle::Share);
    for (std::size_t i = 0; i < each.further.size(); ++i) {
      sheet.number(at, further_column + static_cast<int>(i), each.further[i], CellStyle::Number,
                   i < each.further_links.size() ? each.further_links[i] : Link{});
      further_sums[i] += each.further[i];
    }
    if (!grid.means.empty()) sheet.number(at, mean_column, each.mean, CellStyle::Decimal);
    ++at;
  }
  place.next = at;
  if (grid.share && !grid.rows.empty())
    sheet.bars({place.first, share_column, place.last, share_column}, kBars);
  if (!grid.total) return place;

  for (int i = 0; i < labels; ++i)
    sheet.text(total_row, i, i == 0 ? "合计" : "", CellStyle::TotalText);
  for (std::size_t i = 0; i < number_sums.size(); ++i)
    write_column_sum(sheet, total_row, labels + static_cast<int>(i), place.first, place.last,
                     number_sums[i]);
  if (summed) write_column_sum(sheet, total_row, sum_column, place.first, place.last, place.all);
  if (grid.share)
    write_share(sheet, total_row, share_column, cell_name(total_row, place.sum_column), place.all,
                whole, place.all, CellStyle::TotalShare);
  for (std::size_t i = 0; i < further_sums.size(); ++i)
    write_column_sum(sheet, total_row, further_column + static_cast<int>(i), place.first,
                     place.last, further_sums[i]);
  if (!grid.means.empty() && !grid.rows.empty()) {
    double days = 0;
    for (const Grid::Row& each : grid.rows) days += each.mean * static_cast<double>(row_sum(each));
    write_mean(
        sheet, total_row, mean_column,
        "SUMPRODUCT(" + range_name(place.first, place.sum_column, place.last, place.sum_column) +
            "," + range_name(place.first, mean_column, place.last, mean_column) + ")",
        cell_name(total_row, place.sum_column), mean(days, place.all), CellStyle::TotalDecimal);
  }
  place.next = total_row + 1;
  return place;
}

std::vector<std::string> level_names(const Statistics& statistics) {
  std::vector<std::string> names = {"正高级", "副高级", "中级", "助理级", "员级"};
  std::int64_t unnamed = 0;
  for (const SeriesRow& row : statistics.series) unnamed += row.count[Submitted].back();
  if (unnamed > 0) names.push_back("未注明");
  return names;
}

std::vector<std::int64_t> level_numbers(const Statistics& statistics, const Levels& levels) {
  const auto shown = static_cast<std::ptrdiff_t>(level_names(statistics).size());
  return {levels.begin(), levels.begin() + shown};
}

}  // namespace produce
