#include "stages/produce/sorted_list.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/time.hpp"

namespace produce {

namespace {

constexpr int kHeaderRow = kListFirstRow - 1;

}  // namespace

SortedList::SortedList(const ListFrame& frame, std::string name, std::string about,
                       std::vector<ListColumn> columns)
    : frame_(frame),
      name_(std::move(name)),
      about_(std::move(about)),
      columns_(std::move(columns)),
      spool_(frame.book.folder()),
      styles_(static_cast<std::size_t>(CellStyle::TotalShare) + 1, -1) {}

int SortedList::style(CellStyle style) {
  int& known = styles_[static_cast<std::size_t>(style)];
  if (known < 0) known = frame_.book.style(style);
  return known;
}

SortedList& SortedList::text(std::string_view text, CellStyle style) {
  spool_.text(text, this->style(style));
  return *this;
}

SortedList& SortedList::number(std::int64_t value) {
  spool_.number(static_cast<double>(value), style(CellStyle::Number));
  return *this;
}

SortedList& SortedList::moment(std::int64_t us) {
  if (us <= 0) return code("");
  spool_.number(excel_moment(pipeline::Time{us}), style(CellStyle::Moment));
  return *this;
}

SortedList& SortedList::day(const pipeline::Value& iso) {
  const auto day = pipeline::parse_iso_date(iso.string());
  if (!day) return code(iso.string());
  spool_.number(excel_day(*day), style(CellStyle::Day));
  return *this;
}

void SortedList::lay_out() {
  spool_.sort();
  const auto room = static_cast<std::size_t>(frame_.sheet_rows - kListFirstRow);
  std::size_t first = 0;
  do {
    const std::size_t end = std::min(spool_.size(), first + room);
    open({first, end});
    first = end;
  } while (first < spool_.size());
}

void SortedList::open(Rows rows) {
  const std::string number = sheets_.empty() ? "" : std::to_string(sheets_.size() + 1);
  Worksheet& sheet = frame_.book.add(name_ + number);
  sheets_.push_back(&sheet);
  std::vector<double> widths;
  for (const ListColumn& column : columns_) widths.push_back(column.width);
  sheet.widths(widths);
  const int columns = static_cast<int>(columns_.size());
  const int count = static_cast<int>(rows.end - rows.first);
  const int last = kHeaderRow + count;
  sheet.row_height(0, 30);
  sheet.text(0, 0, name_ + number, CellStyle::ListTitle);
  const std::string after = " 行（筛选后随之变化）；" + frame_.period;
  sheet.formula(1, 0,
                "=\"显示 \"&SUBTOTAL(103," +
                    range_name(kListFirstRow, 0, std::max(kListFirstRow, last), 0) + ")&\"" +
                    after + "\"",
                "显示 " + std::to_string(count) + after, CellStyle::Note);
  sheet.row_height(kHeaderRow, 30);
  for (int i = 0; i < columns; ++i)
    sheet.text(kHeaderRow, i, columns_[static_cast<std::size_t>(i)].header, CellStyle::Header);
  sheet.print_rows_on_each_page(kHeaderRow, kHeaderRow);
  sheet.freeze(kListFirstRow, 1);
  sheet.filter(kHeaderRow, last, columns - 1);
  if (count > 0) sheet.follow(kListFirstRow, spool_, rows.first, rows.end, columns);
}

Link SortedList::link(Rows rows, std::string tip) const {
  const int last_column = static_cast<int>(columns_.size()) - 1;
  if (rows.empty())
    return {sheets_.front(), kHeaderRow, 0, kHeaderRow, last_column, std::move(tip)};
  const auto room = static_cast<std::size_t>(frame_.sheet_rows - kListFirstRow);
  const std::size_t sheet = rows.first / room;
  const std::size_t end = std::min(rows.end, (sheet + 1) * room);
  if (end < rows.end) tip += "；接下一张表";
  return {sheets_[sheet],
          kListFirstRow + static_cast<int>(rows.first % room),
          0,
          kListFirstRow + static_cast<int>(end - 1 - sheet * room),
          last_column,
          std::move(tip)};
}

}  // namespace produce
