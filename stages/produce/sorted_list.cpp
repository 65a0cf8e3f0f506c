#include "stages/produce/sorted_list.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/time.hpp"

namespace produce {

namespace {

constexpr int kHeaderRow = kListFirstRow - 1;

}  // namespace

ListStyles::ListStyles(Spreadsheet& of)
    : book(of),
      text(of.style(CellStyle::Text)),
      centred(of.style(CellStyle::Centred)),
      wrapped(of.style(CellStyle::Wrapped)),
      number(of.style(CellStyle::Number)),
      moment(of.style(CellStyle::Moment)),
      day(of.style(CellStyle::Day)) {}

void ListRow::write(std::string_view text, int style) {
  if (const auto number = styles_.book.shared(text))
    row_.shared(*number, style);
  else
    row_.text(text, style);
}

ListRow& ListRow::text(std::string_view text) {
  write(text, styles_.text);
  return *this;
}

ListRow& ListRow::code(std::string_view text) {
  write(text, styles_.centred);
  return *this;
}

ListRow& ListRow::wrapped(std::string_view text) {
  row_.text(text, styles_.wrapped);
  return *this;
}

ListRow& ListRow::number(std::int64_t value) {
  row_.number(static_cast<double>(value), styles_.number);
  return *this;
}

ListRow& ListRow::moment(std::int64_t us) {
  if (us <= 0) return code("");
  row_.number(excel_moment(pipeline::Time{us}), styles_.moment);
  return *this;
}

ListRow& ListRow::day(const pipeline::Value& iso) {
  const auto day = pipeline::parse_iso_date(iso.string());
  if (!day) return code(iso.string());
  row_.number(excel_day(*day), styles_.day);
  return *this;
}

SpoolRow ListRow::in(std::string group, std::uint64_t place, double points) {
  row_.group = std::move(group);
  row_.place = place;
  row_.points = points;
  return std::move(row_);
}

SortedList::SortedList(const ListFrame& frame, std::string name, std::string about,
                       std::vector<ListColumn> columns)
    : frame_(frame),
      name_(std::move(name)),
      about_(std::move(about)),
      columns_(std::move(columns)),
      spool_(frame.book.folder()),
      styles_(frame.book) {}

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
