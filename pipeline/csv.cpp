#include "pipeline/csv.hpp"

#include <algorithm>
#include <cassert>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>

#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

std::string at(const std::string& file, int line) {
  return file + ":" + std::to_string(line);
}

std::string read_all(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) throw Fault(FaultKind::Stop, "read " + file, "cannot be opened");
  return bytes;
}

bool has_content(const CsvRow& row) {
  return std::any_of(row.cells.begin(), row.cells.end(), [](const auto& c) { return !c.empty(); });
}

/// Reads one cell from `i` on and leaves `i` at what ended it: a comma, a line end or the end of
/// the text.
std::string read_cell(std::string_view text, std::size_t& i, int& line, const std::string& file) {
  std::string cell;
  std::size_t blank = i;
  while (blank < text.size() && (text[blank] == ' ' || text[blank] == '\t')) ++blank;
  if (blank < text.size() && text[blank] == '"') {
    const int opened = line;
    i = blank + 1;
    for (;; ++i) {
      if (i >= text.size())
        throw Fault(FaultKind::Stop, "read " + at(file, opened), "the quotation mark never ends");
      if (text[i] == '"') {
        if (i + 1 >= text.size() || text[i + 1] != '"') break;
        ++i;
      }
      if (text[i] == '\n') ++line;
      cell += text[i];
    }
    ++i;
  }
  while (i < text.size() && text[i] != ',' && text[i] != '\n' && text[i] != '\r') cell += text[i++];
  return std::string(trim(cell));
}

}  // namespace

std::vector<CsvRow> parse_csv(std::string_view bytes, const std::string& file) {
  const std::optional<std::string> decoded = decode_text(bytes);
  if (!decoded) throw Fault(FaultKind::Stop, "read " + file, "neither UTF-8 nor GB18030");
  const std::string_view text = *decoded;
  std::vector<CsvRow> rows;
  int line = 1;
  std::size_t i = 0;
  while (i < text.size()) {
    CsvRow row{line, {}};
    const bool comment = text[i] == '#';
    if (comment) {
      while (i < text.size() && text[i] != '\n' && text[i] != '\r') ++i;
    } else {
      for (;;) {
        row.cells.push_back(read_cell(text, i, line, file));
        if (i >= text.size() || text[i] != ',') break;
        ++i;
      }
    }
    if (i < text.size() && text[i] == '\r') ++i;
    if (i < text.size() && text[i] == '\n') ++i;
    ++line;
    // Excel puts a comment that holds a quotation mark into quotation marks.
    if (comment || row.cells[0].starts_with('#') || !has_content(row)) continue;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<CsvRow> read_csv(const std::string& file) {
  return parse_csv(read_all(file), file);
}

CsvFile::CsvFile(const std::string& file, const std::vector<std::string>& columns)
    : file_(file), rows_(read_csv(file)) {
  if (rows_.empty()) throw Fault(FaultKind::Stop, "read " + file, "the file is empty");
  const int header = rows_.front().line;
  columns_ = std::move(rows_.front().cells);
  rows_.erase(rows_.begin());
  while (!columns_.empty() && columns_.back().empty()) columns_.pop_back();
  std::set<std::string_view> seen;
  for (const std::string& column : columns_) {
    if (!seen.insert(column).second)
      throw Fault(FaultKind::Stop, "read " + at(file, header),
                  "column " + column + " stands twice");
  }
  for (const std::string& column : columns) {
    if (!seen.contains(column))
      throw Fault(FaultKind::Stop, "read " + at(file, header), "column " + column + " is missing");
  }
  for (CsvRow& row : rows_) {
    while (row.cells.size() > columns_.size()) {
      if (!row.cells.back().empty())
        throw Fault(FaultKind::Stop, "read " + at(file, row.line),
                    "more cells than columns; is a comma not in quotation marks?");
      row.cells.pop_back();
    }
    row.cells.resize(columns_.size());
  }
}

const std::string& CsvFile::cell(std::size_t row, std::string_view column) const {
  const auto found = std::find(columns_.begin(), columns_.end(), column);
  static const std::string kNone;
  assert(found != columns_.end());
  if (found == columns_.end()) return kNone;
  return rows_[row].cells[static_cast<std::size_t>(found - columns_.begin())];
}

}  // namespace pipeline
