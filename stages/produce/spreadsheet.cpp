#include "stages/produce/spreadsheet.hpp"

#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <utility>

#include "pipeline/fault.hpp"
#include "stages/produce/spreadsheet_book.hpp"

namespace produce {

namespace {

using pipeline::Fault;
using pipeline::FaultKind;

constexpr const char* kBodyFont = "SimSun";
constexpr const char* kHeadFont = "SimHei";
constexpr const char* kFormFont = "方正小标宋简体";
constexpr lxw_color_t kHeaderFill = 0xDDE7F3, kSubtotalFill = 0xF2F6FB, kTotalFill = 0xE9EEF5,
                      kInputFill = 0xFFF8E1, kClosedFill = 0xEDEDED, kLine = 0x8C9BAE,
                      kInk = 0x1F3A5F, kFollowed = 0x1F4E9E;
constexpr double kRowHeight = 15;

lxw_worksheet* library(void* sheet) {
  return static_cast<lxw_worksheet*>(sheet);
}

double font_size(CellStyle style) {
  switch (style) {
    case CellStyle::FormTitle:
      return 20;
    case CellStyle::Title:
    case CellStyle::ListTitle:
      return 16;
    case CellStyle::FormLine:
      return 12;
    case CellStyle::Section:
      return 11;
    default:
      return 10;
  }
}

void shape(lxw_format* format, CellStyle style) {
  using enum CellStyle;
  const auto one_of = [&](std::initializer_list<CellStyle> styles) {
    return std::find(styles.begin(), styles.end(), style) != styles.end();
  };
  const bool total = one_of({TotalText, TotalNumber, TotalDecimal, TotalShare, TotalDifference});
  const bool subtotal = one_of({SubtotalText, SubtotalIndent1, SubtotalCentred, SubtotalNumber});
  const bool header = one_of({Header, InputHeader});
  const bool head = one_of({Title, ListTitle, Section}) || header || total;
  const bool link = one_of({Link, CentredLink});
  format_set_font_name(format, style == FormTitle ? kFormFont : head ? kHeadFont : kBodyFont);
  format_set_font_size(format, font_size(style));
  format_set_align(format, LXW_ALIGN_VERTICAL_CENTER);
  if (one_of({Title, Section, TotalText, SubtotalText, SubtotalIndent1, SubtotalCentred}) || header)
    format_set_bold(format);
  if (one_of({Title, ListTitle, Section})) format_set_font_color(format, kInk);
  if (!one_of({Title, ListTitle, FormTitle, FormLine, Note, Section, Paragraph})) {
    format_set_border(format, LXW_BORDER_THIN);
    format_set_border_color(format, kLine);
  }
  if (style == Header) format_set_bg_color(format, kHeaderFill);
  if (one_of({InputHeader, Input, CentredInput})) format_set_bg_color(format, kInputFill);
  if (style == Question) format_set_bg_color(format, kSubtotalFill);
  if (style == Closed) format_set_bg_color(format, kClosedFill);
  if (total) format_set_bg_color(format, kTotalFill);
  if (subtotal) format_set_bg_color(format, kSubtotalFill);
  if (one_of({Title, FormTitle, Centred, CentredWrapped, CentredInput, CentredLink, Day, Moment,
              ShortMoment, TotalText, SubtotalCentred}) ||
      header)
    format_set_align(format, LXW_ALIGN_CENTER);
  if (one_of({Wrapped, CentredWrapped, Paragraph, Input, CentredInput, Question}) || header)
    format_set_text_wrap(format);
  if (one_of({Text, Centred, CentredLink})) format_set_shrink(format);
  if (one_of({Indent1, SubtotalIndent1})) format_set_indent(format, 1);
  if (style == Indent2) format_set_indent(format, 2);
  if (one_of({Text, Wrapped, Indent1, Indent2, Centred, CentredWrapped, Input, CentredInput}) ||
      link)
    format_set_num_format(format, "@");
  if (one_of({Number, SubtotalNumber, TotalNumber})) format_set_num_format(format, "#,##0_ ");
  if (one_of({Decimal, TotalDecimal})) format_set_num_format(format, "0.0_ ");
  if (one_of({Share, TotalShare})) format_set_num_format(format, "0.0%_ ");
  if (one_of({Difference, TotalDifference})) format_set_num_format(format, "+#,##0_ ;-#,##0_ ;0_ ");
  if (style == Count) format_set_num_format(format, "0");
  if (style == Count) format_set_align(format, LXW_ALIGN_CENTER);
  if (style == Day) format_set_num_format(format, "yyyy-mm-dd");
  if (style == Moment) format_set_num_format(format, "yyyy-mm-dd hh:mm");
  if (style == ShortMoment) format_set_num_format(format, "mm-dd hh:mm");
  if (link) {
    format_set_font_color(format, 0x0563C1);
    format_set_underline(format, LXW_UNDERLINE_SINGLE);
  }
}

int file_in_memory() {
  const int file = ::memfd_create("spreadsheet", MFD_CLOEXEC);
  if (file < 0) throw Fault(FaultKind::Retry, "make a file in memory", std::strerror(errno));
  return file;
}

std::string path_of(int file) {
  return "/proc/self/fd/" + std::to_string(file);
}

constexpr lxw_color_t kPaper = 0xFFFFFF;

/// Ink and ground.
std::pair<lxw_color_t, lxw_color_t> colours_of(Highlight highlight) {
  switch (highlight) {
    case Highlight::Rising:
      return {0x375623, kPaper};
    case Highlight::Falling:
      return {0xC00000, kPaper};
    case Highlight::Red:
      return {0x9C0006, 0xFFC7CE};
    case Highlight::Orange:
      return {0x7F3F00, 0xFFC58A};
    case Highlight::Yellow:
      break;
  }
  return {0x5F4B00, 0xFFEB84};
}

}  // namespace

void check(int error, const std::string& doing) {
  if (error != LXW_NO_ERROR)
    throw Fault(FaultKind::Stop, doing, lxw_strerror(static_cast<lxw_error>(error)));
}

Spreadsheet::Book::~Book() {
  if (workbook) lxw_workbook_free(workbook);
  for (const int file : {memory, packed})
    if (file >= 0) ::close(file);
}

std::string Spreadsheet::Book::library_path() const {
  // The library writes to paths only. What it writes beside the file are files without a name, so a crash leaves nothing.
  return path_of(memory);
}

lxw_format* Spreadsheet::Book::format(CellStyle style, bool linked) {
  lxw_format*& known = formats[{style, linked}];
  if (known) return known;
  shape(known = workbook_add_format(workbook), style);
  if (linked) format_set_font_color(known, kFollowed);
  return known;
}

lxw_format* Spreadsheet::Book::format(Highlight highlight) {
  lxw_format*& known = highlights[highlight];
  if (known) return known;
  known = workbook_add_format(workbook);
  const auto [ink, ground] = colours_of(highlight);
  format_set_font_color(known, ink);
  if (ground != kPaper) format_set_bg_color(known, ground);
  return known;
}

/// The library writes on when the disk is full: what it has not been able to write is noticed here.
void Spreadsheet::Book::check_disk() const {
  constexpr std::uintmax_t kBytesPerCell = 100;
  std::uintmax_t needed = streams() ? 0 : cells * kBytesPerCell;
  for (const auto& sheet : sheets) {
    std::FILE* spool = library(sheet->sheet_)->optimize_tmpfile;
    if (!spool) continue;
    if (std::fflush(spool) != 0 || std::ferror(spool))
      throw Fault(FaultKind::Retry, "write " + path, "the temporary files could not be written");
    needed += static_cast<std::uintmax_t>(std::max(0L, std::ftell(spool)));
  }
  for (const LongSheet& sheet : long_sheets) needed += sheet.spool->bytes();
  // Closing copies a sheet at a time beside its spool and packs it.
  constexpr std::uintmax_t kMargin = 8U << 20;
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  if (!error && space.available < needed + needed / 2 + kMargin)
    throw Fault(FaultKind::Retry, "write " + path, "No space left on device");
}

Spreadsheet::Spreadsheet(const std::string& path, const std::string& title, pipeline::Time created)
    : book_(std::make_unique<Book>()) {
  book_->path = path;
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  // Rows are spooled beside the file: it is the disk that must have room for them anyway.
  book_->folder = parent.empty() ? "." : parent.string();
  open(title, created);
}

Spreadsheet::Spreadsheet(const std::string& title, pipeline::Time created)
    : book_(std::make_unique<Book>()) {
  book_->folder = std::filesystem::temp_directory_path().string();
  open(title, created);
}

void Spreadsheet::open(const std::string& title, pipeline::Time created) {
  if (::access(book_->folder.c_str(), W_OK | X_OK) != 0)
    throw Fault(FaultKind::Retry, "write to " + book_->folder, std::strerror(errno));
  book_->memory = file_in_memory();
  lxw_workbook_options options{};
  options.constant_memory = book_->streams() ? LXW_TRUE : LXW_FALSE;
  options.tmpdir = book_->folder.data();
  book_->workbook = workbook_new_opt(book_->library_path().c_str(), &options);
  if (!book_->workbook)
    throw Fault(FaultKind::Retry, "write " + book_->path, "the library cannot start");
  std::string shown = title;
  lxw_doc_properties properties{};
  properties.title = shown.data();
  // 0 would mean the machine's clock.
  properties.created = std::max<std::time_t>(1, created.us / 1'000'000);
  check(workbook_set_properties(book_->workbook, &properties), "write " + book_->path);
}

Spreadsheet::~Spreadsheet() = default;

Worksheet& Spreadsheet::add(const std::string& name, PaperSize paper) {
  lxw_worksheet* sheet = workbook_add_worksheet(book_->workbook, name.c_str());
  assert(sheet);
  worksheet_set_landscape(sheet);
  constexpr std::uint8_t kA3 = 8, kA4 = 9;
  worksheet_set_paper(sheet, paper == PaperSize::A3 ? kA3 : kA4);
  worksheet_fit_to_pages(sheet, 1, 0);
  worksheet_set_margins(sheet, 0.5, 0.5, 0.45, 0.55);
  worksheet_center_horizontally(sheet);
  check(worksheet_set_footer(sheet, "&L&9&A&C&9第 &P 页 / 共 &N 页"), "write " + name);
  worksheet_set_default_row(sheet, kRowHeight, LXW_FALSE);
  worksheet_gridlines(sheet, LXW_HIDE_ALL_GRIDLINES);
  book_->sheets.push_back(std::unique_ptr<Worksheet>(new Worksheet(*this, name, sheet)));
  return *book_->sheets.back();
}

int Spreadsheet::style(CellStyle style) {
  return lxw_format_get_xf_index(book_->format(style));
}

void Spreadsheet::share(std::string_view text) {
  book_->shared.try_emplace(cell_text(text), static_cast<int>(book_->shared.size()));
}

std::optional<int> Spreadsheet::shared(std::string_view text) const {
  const auto known = book_->shared.find(text);
  return known == book_->shared.end() ? std::nullopt : std::optional(known->second);
}

const std::string& Spreadsheet::folder() const {
  return book_->folder;
}

void Spreadsheet::close() {
  book_->check_disk();
  lxw_workbook* workbook = std::exchange(book_->workbook, nullptr);
  const lxw_error error = [workbook] {
    // The library writes the time of making through gmtime(), which has one place for it in the whole process.
    static std::mutex one_at_a_time;
    const std::lock_guard lock(one_at_a_time);
    return workbook_close(workbook);
  }();
  if (error != LXW_NO_ERROR)
    throw Fault(FaultKind::Retry, "write " + book_->path, lxw_strerror(error));
  if (!book_->streams() && book_->long_sheets.empty()) return;
  if (!book_->streams()) book_->packed = file_in_memory();
  std::vector<std::string> texts(book_->shared.size());
  for (const auto& [text, number] : book_->shared) texts[static_cast<std::size_t>(number)] = text;
  try {
    repack(book_->library_path(), book_->streams() ? book_->path : path_of(book_->packed),
           {book_->long_sheets, texts});
  } catch (const Fault&) {
    std::error_code ignored;
    std::filesystem::remove(book_->path, ignored);
    throw;
  }
}

std::string Spreadsheet::bytes() {
  assert(!book_->streams());
  close();
  const int file = book_->packed >= 0 ? book_->packed : book_->memory;
  std::string bytes(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)), '\0');
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t read =
        ::pread(file, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (read <= 0) throw Fault(FaultKind::Retry, "read " + book_->path, std::strerror(errno));
    at += static_cast<std::size_t>(read);
  }
  return bytes;
}

}  // namespace produce
