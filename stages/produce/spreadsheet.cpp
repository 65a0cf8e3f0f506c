#include "stages/produce/spreadsheet.hpp"

#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <map>
#include <system_error>

#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"

namespace produce {

namespace {

using pipeline::Fault;
using pipeline::FaultKind;

constexpr const char* kBodyFont = "SimSun";
constexpr const char* kHeadFont = "SimHei";
constexpr lxw_color_t kHeaderFill = 0xDDE7F3, kSubtotalFill = 0xF2F6FB, kTotalFill = 0xE9EEF5,
                      kLine = 0x8C9BAE, kInk = 0x1F3A5F;
constexpr int kMaximumUnits = 32767;
constexpr double kRowHeight = 15;

void check(lxw_error error, const std::string& doing) {
  if (error != LXW_NO_ERROR) throw Fault(FaultKind::Stop, doing, lxw_strerror(error));
}

lxw_worksheet* library(void* sheet) {
  return static_cast<lxw_worksheet*>(sheet);
}

lxw_row_t row_number(int row) {
  return static_cast<lxw_row_t>(row);
}
lxw_col_t column_number(int column) {
  return static_cast<lxw_col_t>(column);
}

/// A code point that XML 1.0 forbids altogether; control characters the library escapes.
bool is_forbidden(char32_t c) {
  return c == 0xFFFE || c == 0xFFFF;
}

void shape(lxw_format* format, CellStyle style) {
  using enum CellStyle;
  const auto one_of = [&](std::initializer_list<CellStyle> styles) {
    return std::find(styles.begin(), styles.end(), style) != styles.end();
  };
  const bool total = one_of({TotalText, TotalNumber, TotalDecimal, TotalShare});
  const bool subtotal = one_of({SubtotalText, SubtotalIndent1, SubtotalCentred, SubtotalNumber});
  const bool head = one_of({Title, ListTitle, Section, Header}) || total;
  format_set_font_name(format, head ? kHeadFont : kBodyFont);
  format_set_font_size(format, style == Title || style == ListTitle ? 16
                               : style == Section                   ? 11
                                                                    : 10);
  format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  if (one_of({Title, Section, Header, TotalText, SubtotalText, SubtotalIndent1, SubtotalCentred}))
    format_set_bold(format);
  if (one_of({Title, ListTitle, Section})) format_set_font_color(format, kInk);
  if (!one_of({Title, ListTitle, Note, Section})) {
    format_set_border(format, LXW_BORDER_THIN);
    format_set_border_color(format, kLine);
  }
  if (style == Header) {
    format_set_bg_color(format, kHeaderFill);
    format_set_text_wrap(format);
  }
  if (total) format_set_bg_color(format, kTotalFill);
  if (subtotal) format_set_bg_color(format, kSubtotalFill);
  if (one_of({Title, Header, Centred, Day, Moment, TotalText, SubtotalCentred}))
    format_set_align(format, LXW_ALIGN_CENTER);
  if (style == Wrapped) format_set_text_wrap(format);
  if (style == Text || style == Centred) format_set_shrink(format);
  if (style == Indent1 || style == SubtotalIndent1) format_set_indent(format, 1);
  if (style == Indent2) format_set_indent(format, 2);
  if (one_of({Text, Wrapped, Indent1, Indent2, Centred, Link})) format_set_num_format(format, "@");
  if (one_of({Number, SubtotalNumber, TotalNumber})) format_set_num_format(format, "#,##0_ ");
  if (one_of({Decimal, TotalDecimal})) format_set_num_format(format, "0.0_ ");
  if (one_of({Share, TotalShare})) format_set_num_format(format, "0.0%_ ");
  if (style == Day) format_set_num_format(format, "yyyy-mm-dd");
  if (style == Moment) format_set_num_format(format, "yyyy-mm-dd hh:mm");
  if (style == Link) {
    format_set_font_color(format, 0x0563C1);
    format_set_underline(format, LXW_UNDERLINE_SINGLE);
  }
}

}  // namespace

struct Spreadsheet::Book {
  std::string path, folder;
  lxw_workbook* workbook = nullptr;
  std::map<CellStyle, lxw_format*> formats;
  std::vector<std::unique_ptr<Worksheet>> sheets;

  lxw_format* format(CellStyle style) {
    lxw_format*& known = formats[style];
    if (!known) shape(known = workbook_add_format(workbook), style);
    return known;
  }

  /// The library writes on when the disk is full: what it has not been able to write is noticed
  /// here.
  void check_disk() const {
    std::uintmax_t spooled = 0;
    for (const auto& sheet : sheets) {
      std::FILE* spool = library(sheet->sheet_)->optimize_tmpfile;
      if (!spool) continue;
      if (std::fflush(spool) != 0 || std::ferror(spool))
        throw Fault(FaultKind::Retry, "write " + path, "the temporary files could not be written");
      spooled += static_cast<std::uintmax_t>(std::max(0L, std::ftell(spool)));
    }
    // Closing copies a sheet at a time beside its spool and packs it.
    constexpr std::uintmax_t kMargin = 8U << 20;
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (!error && space.available < spooled + spooled / 2 + kMargin)
      throw Fault(FaultKind::Retry, "write " + path, "No space left on device");
  }
};

std::string cell_name(int row, int column, bool absolute) {
  std::string letters;
  for (int rest = column + 1; rest > 0; rest = (rest - 1) / 26)
    letters.insert(letters.begin(), static_cast<char>('A' + (rest - 1) % 26));
  const char* mark = absolute ? "$" : "";
  return mark + letters + mark + std::to_string(row + 1);
}

std::string range_name(int row, int column, int last_row, int last_column) {
  return cell_name(row, column) + ":" + cell_name(last_row, last_column);
}

std::string cell_text(std::string_view bytes) {
  constexpr char32_t kReplacement = 0xFFFD;
  // What is short and plain needs no look at each character; nearly everything is.
  const bool utf8 = pipeline::is_utf8(bytes);
  if (utf8 && bytes.size() <= kMaximumUnits && bytes.find("\xEF\xBF") == std::string_view::npos &&
      bytes.find('\0') == std::string_view::npos)
    return std::string(bytes);

  std::string out;
  int units = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    std::size_t length = 1;
    while (length <= 4 && !pipeline::is_utf8(bytes.substr(at, length))) ++length;
    char32_t c = kReplacement;
    if (length <= 4 && at + length <= bytes.size())
      c = pipeline::code_points(bytes.substr(at, length)).front();
    else
      length = 1;
    if (is_forbidden(c)) c = kReplacement;
    units += c > 0xFFFF ? 2 : 1;
    if (units > kMaximumUnits) break;
    pipeline::append_utf8(out, c);
    at += length;
  }
  return out;
}

double wrapped_height(std::string_view text, double characters) {
  constexpr double kLine = 14, kHighest = 400;  // Excel allows 409 points
  double width = 0;
  for (const char32_t c : pipeline::code_points(cell_text(text))) width += c < 0x2E80 ? 1.05 : 2;
  return std::min(kHighest, kLine * std::max(1.0, std::ceil(width / (characters - 0.5))) + 2);
}

Worksheet::Worksheet(Spreadsheet& book, std::string name, void* sheet)
    : book_(book), name_(std::move(name)), sheet_(sheet) {}

void Worksheet::reach(int row) {
  assert(row >= row_ && row < kSheetRows);
  row_ = row;
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

void Worksheet::formula(int row, int column, const std::string& formula, double value,
                        CellStyle style) {
  reach(row);
  check(worksheet_write_formula_num(library(sheet_), row_number(row), column_number(column),
                                    formula.c_str(), book_.book_->format(style), value),
        "write " + name_);
}

void Worksheet::day(int row, int column, pipeline::Day day) {
  // Excel counts days from the last of 1899.
  const pipeline::Day first = std::chrono::sys_days(std::chrono::year(1899) / 12 / 30);
  number(row, column, static_cast<double>((day - first).count()), CellStyle::Day);
}

void Worksheet::moment(int row, int column, pipeline::Time time) {
  constexpr std::int64_t kMinute = 60'000'000, kMinutesPerDay = 24 * 60;
  constexpr std::int64_t kBeijing = 8 * 60, kEpoch = 25569;  // 1970-01-01 in Excel's count of days
  const std::int64_t minutes = time.us / kMinute + kBeijing;
  number(row, column, static_cast<double>(kEpoch) + static_cast<double>(minutes) / kMinutesPerDay,
         CellStyle::Moment);
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
  if (last_column <= column) return this->text(row, column, text, style);
  reach(row);
  check(worksheet_merge_range(library(sheet_), row_number(row), column_number(column),
                              row_number(row), column_number(last_column), cell_text(text).c_str(),
                              book_.book_->format(style)),
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
  lxw_chart* drawn =
      workbook_add_chart(workbook, bars ? LXW_CHART_BAR_STACKED : LXW_CHART_COLUMN_STACKED);
  const auto range = [&](int column) {
    return "='" + (chart.data ? chart.data->name_ : name_) + "'!" +
           cell_name(chart.first_row, column, true) + ":" + cell_name(chart.last_row, column, true);
  };
  for (const Chart::Series& each : chart.series) {
    lxw_chart_series* series =
        chart_add_series(drawn, range(chart.label_column).c_str(), range(each.column).c_str());
    chart_series_set_name(series, each.name.c_str());
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

Spreadsheet::Spreadsheet(const std::string& path, const std::string& title, pipeline::Time created)
    : book_(std::make_unique<Book>()) {
  book_->path = path;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  book_->folder = parent.empty() ? "." : parent.string();
  if (::access(book_->folder.c_str(), W_OK | X_OK) != 0)
    throw Fault(FaultKind::Retry, "write " + path, std::strerror(errno));
  // Rows are spooled beside the file: it is the disk that must have room for them anyway.
  lxw_workbook_options options{};
  options.constant_memory = LXW_TRUE;
  options.tmpdir = book_->folder.data();
  book_->workbook = workbook_new_opt(path.c_str(), &options);
  if (!book_->workbook) throw Fault(FaultKind::Retry, "write " + path, "the library cannot start");
  std::string shown = title;
  lxw_doc_properties properties{};
  properties.title = shown.data();
  // 0 would mean the machine's clock.
  properties.created = std::max<std::time_t>(1, created.us / 1'000'000);
  check(workbook_set_properties(book_->workbook, &properties), "write " + path);
}

Spreadsheet::~Spreadsheet() {
  if (book_->workbook) lxw_workbook_free(book_->workbook);
}

Worksheet& Spreadsheet::add(const std::string& name) {
  lxw_worksheet* sheet = workbook_add_worksheet(book_->workbook, name.c_str());
  assert(sheet);
  worksheet_set_landscape(sheet);
  constexpr std::uint8_t kA4 = 9;
  worksheet_set_paper(sheet, kA4);
  worksheet_fit_to_pages(sheet, 1, 0);
  worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.7);
  worksheet_center_horizontally(sheet);
  check(worksheet_set_footer(sheet, "&L&9&A&C&9第 &P 页 / 共 &N 页"), "write " + name);
  worksheet_set_default_row(sheet, kRowHeight, LXW_FALSE);
  worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
  book_->sheets.push_back(std::unique_ptr<Worksheet>(new Worksheet(*this, name, sheet)));
  return *book_->sheets.back();
}

void Spreadsheet::close() {
  book_->check_disk();
  lxw_workbook* workbook = std::exchange(book_->workbook, nullptr);
  const lxw_error error = workbook_close(workbook);
  if (error == LXW_NO_ERROR) return;
  std::error_code ignored;
  std::filesystem::remove(book_->path, ignored);
  throw Fault(FaultKind::Retry, "write " + book_->path, lxw_strerror(error));
}

}  // namespace produce
