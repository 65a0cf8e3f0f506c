#include "stages/produce/row_spool.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <tuple>

#include "pipeline/fault.hpp"
#include "stages/produce/spreadsheet.hpp"

namespace produce {

namespace {

using pipeline::Fault;
using pipeline::FaultKind;

// A cell in the file: style, kind, length, and what stands in its element; behind the cells of a row, its height.
enum Kind : unsigned char { Blank, Text, SpacedText, Shared, Number, kKinds };
constexpr std::array<std::string_view, kKinds> kOpenings = {
    "\"/>", "\" t=\"inlineStr\"><is><t>", "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">",
    "\" t=\"s\"><v>", "\"><v>"};
constexpr std::array<std::string_view, kKinds> kClosings = {"", "</t></is></c>", "</t></is></c>",
                                                            "</v></c>", "</v></c>"};
constexpr std::size_t kBuffer = 1U << 18;

template <typename Plain>
void put(std::string& to, Plain value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  to.append(bytes, sizeof value);
}

template <typename Plain>
Plain take(const char*& at) {
  Plain value;
  std::memcpy(&value, at, sizeof value);
  at += sizeof value;
  return value;
}

template <typename Number>
void append(std::string& to, Number value) {
  char digits[32];
  to.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

/// _x000D_ typed as such, which programs would read as the control character.
bool looks_escaped(std::string_view text) {
  constexpr std::size_t kLength = 7;
  return text.size() >= kLength && text.starts_with("_x") && text[kLength - 1] == '_' &&
         text.substr(2, 4).find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\t';
}

/// `place`: where it stands, or nothing.
void append_cell(std::string& to, std::string_view place, const char*& at) {
  const auto style = take<std::uint8_t>(at);
  const auto kind = take<Kind>(at);
  const auto length = take<std::uint32_t>(at);
  to += "<c ";
  if (!place.empty()) ((to += "r=\"") += place) += "\" ";
  to += "s=\"";
  append(to, unsigned{style});
  ((to += kOpenings[kind]).append(at, length)) += kClosings[kind];
  at += length;
}

/// Gives where the length of the cell's content stands; content is what is appended until close_cell.
std::size_t open_cell(std::string& cells, Kind kind, int style) {
  assert(style >= 0 && style < 256);
  put(cells, static_cast<std::uint8_t>(style));
  put(cells, kind);
  put(cells, std::uint32_t{0});
  return cells.size() - sizeof(std::uint32_t);
}

void close_cell(std::string& cells, std::size_t length_at) {
  const auto length = static_cast<std::uint32_t>(cells.size() - length_at - sizeof(std::uint32_t));
  std::memcpy(cells.data() + length_at, &length, sizeof length);
}

}  // namespace

void append_escaped(std::string& to, std::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && c != '_' && c != '&' && c != '<' && c != '>';
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::size_t from = i;
    while (i < text.size() && is_plain(text[i])) ++i;
    to += text.substr(from, i - from);
    if (i == text.size()) break;
    const char c = text[i];
    const auto code = static_cast<unsigned char>(c);
    if (c == '_' && looks_escaped(text.substr(i)))
      to += "_x005F_";
    else if (c == '&')
      to += "&amp;";
    else if (c == '<')
      to += "&lt;";
    else if (c == '>')
      to += "&gt;";
    else if (code < 0x20 && c != '\n' && c != '\t')
      ((to += "_x00") += kHex[code >> 4]) += kHex[code & 15], to += '_';
    else
      to += c;
  }
}

bool has_outer_blank(std::string_view text) {
  return !text.empty() && (is_blank(text.front()) || is_blank(text.back()));
}

SpoolRow::SpoolRow() {
  constexpr std::size_t kUsual = 900;
  cells_.reserve(kUsual);
}

void SpoolRow::text(std::string_view text, int style) {
  std::string changed;
  if (!is_cell_text(text)) text = changed = cell_text(text);
  const Kind kind = text.empty() ? Blank : has_outer_blank(text) ? SpacedText : Text;
  const std::size_t cell = open_cell(cells_, kind, style);
  append_escaped(cells_, text);
  close_cell(cells_, cell);
}

void SpoolRow::shared(int text, int style) {
  const std::size_t cell = open_cell(cells_, Shared, style);
  append(cells_, text);
  close_cell(cells_, cell);
}

void SpoolRow::number(double value, int style) {
  const std::size_t cell = open_cell(cells_, Number, style);
  append(cells_, value);
  close_cell(cells_, cell);
}

RowSpool::RowSpool(const std::string& folder) : folder_(folder) {
  file_ = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file_ < 0) {
    // Not every file system knows files without a name.
    std::string name = folder + "/.rows-XXXXXX";
    file_ = ::mkostemp(name.data(), O_CLOEXEC);
    if (file_ >= 0) ::unlink(name.c_str());
  }
  if (file_ < 0) throw Fault(FaultKind::Retry, "write to " + folder, std::strerror(errno));
}

RowSpool::~RowSpool() {
  ::close(file_);
}

void RowSpool::flush() {
  for (std::size_t done = 0; done < buffer_.size();) {
    const ssize_t n = ::write(file_, buffer_.data() + done, buffer_.size() - done);
    if (n <= 0) throw Fault(FaultKind::Retry, "write to " + folder_, std::strerror(errno));
    done += static_cast<std::size_t>(n);
  }
  written_ += buffer_.size();
  buffer_.clear();
}

void RowSpool::add(const SpoolRow& row) {
  if (rows_.empty() || groups_[last_] != row.group) {
    const auto [at, fresh] =
        known_.try_emplace(row.group, static_cast<std::uint32_t>(groups_.size()));
    if (fresh) groups_.push_back(row.group);
    last_ = at->second;
  }
  const std::uint64_t offset = bytes();
  buffer_ += row.cells_;
  put(buffer_, row.points);
  rows_.push_back({last_, static_cast<std::uint32_t>(bytes() - offset), row.place, offset});
  if (buffer_.size() >= kBuffer) flush();
}

void RowSpool::sort() {
  flush();
  buffer_ = std::string();
  std::vector<std::uint32_t> order(groups_.size()), rank(groups_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::uint32_t a, std::uint32_t b) { return groups_[a] < groups_[b]; });
  for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = static_cast<std::uint32_t>(i);
  std::sort(groups_.begin(), groups_.end());
  known_.clear();
  for (Row& row : rows_) row.group = rank[row.group];
  // The offset says which came first.
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return std::tie(a.group, a.place, a.offset) < std::tie(b.group, b.place, b.offset);
  });
}

Rows RowSpool::find(std::string_view from, std::string_view end) const {
  const auto row_of = [&](std::string_view group) {
    const auto rank = static_cast<std::uint32_t>(
        std::lower_bound(groups_.begin(), groups_.end(), group) - groups_.begin());
    return static_cast<std::size_t>(
        std::lower_bound(rows_.begin(), rows_.end(), rank,
                         [](const Row& row, std::uint32_t g) { return row.group < g; }) -
        rows_.begin());
  };
  return {row_of(from), row_of(end)};
}

Rows RowSpool::find(std::string_view group, std::uint64_t from, std::uint64_t end) const {
  const Rows whole = find(group, std::string(group) + '\0');
  const auto place_of = [&](std::uint64_t place) {
    return static_cast<std::size_t>(
        std::lower_bound(rows_.begin() + static_cast<std::ptrdiff_t>(whole.first),
                         rows_.begin() + static_cast<std::ptrdiff_t>(whole.end), place,
                         [](const Row& row, std::uint64_t p) { return row.place < p; }) -
        rows_.begin());
  };
  return {place_of(from), place_of(end)};
}

std::string RowSpool::xml(Rows rows, std::size_t number) const {
  std::string out, stored, digits, place;
  std::vector<std::string> columns;
  // A cell need not say where it stands, but not every program counts; in a large list it is a fifth of the time.
  const bool placed = rows_.size() <= kPlaced;
  constexpr std::size_t kUsual = 1300;
  out.reserve((rows.end - rows.first) * kUsual);
  for (std::size_t i = rows.first; i < rows.end; ++i, ++number) {
    const Row& row = rows_[i];
    stored.resize(row.length);
    for (std::size_t done = 0; done < stored.size();) {
      const ssize_t n = ::pread(file_, stored.data() + done, stored.size() - done,
                                static_cast<off_t>(row.offset + done));
      if (n <= 0) throw Fault(FaultKind::Retry, "read from " + folder_, std::strerror(errno));
      done += static_cast<std::size_t>(n);
    }
    const char* at = stored.data();
    const char* const end = at + stored.size() - sizeof(double);
    const char* height = end;
    const auto points = take<double>(height);
    digits.clear();
    append(digits, number);
    (out += "<row r=\"") += digits;
    if (points > 0) {
      out += "\" ht=\"";
      append(out, points);
      out += "\" customHeight=\"1";
    }
    out += "\">";
    for (std::size_t column = 0; at < end; ++column) {
      if (placed) {
        if (column == columns.size()) {
          columns.push_back(cell_name(0, static_cast<int>(column)));
          columns.back().pop_back();
        }
        (place = columns[column]) += digits;
      }
      append_cell(out, place, at);
    }
    out += "</row>";
  }
  return out;
}

}  // namespace produce
