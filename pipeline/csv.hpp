#pragma once

#include <string>
#include <string_view>
#include <vector>

// Csv: RFC 4180 as Excel and WPS save it: UTF-8 with or without byte-order mark, or GB18030; lines that begin with # are comments.

namespace pipeline {

struct CsvRow {
  int line = 0;  ///< in the file, from 1
  std::vector<std::string> cells;
};

/// Cells are trimmed; rows without content are left out. Faults (Stop) with file and line on a quote that never ends.
std::vector<CsvRow> parse_csv(std::string_view bytes, const std::string& file);
std::vector<CsvRow> read_csv(const std::string& file);

/// A CSV file whose first row names its columns.
class CsvFile {
 public:
  /// Faults (Stop) if the file cannot be read, or lacks one of `columns`.
  CsvFile(const std::string& file, const std::vector<std::string>& columns);

  std::size_t size() const { return rows_.size(); }
  const std::string& cell(std::size_t row, std::string_view column) const;
  int line(std::size_t row) const { return rows_[row].line; }
  const std::string& file() const { return file_; }

 private:
  std::string file_;
  std::vector<std::string> columns_;
  std::vector<CsvRow> rows_;
};

}  // namespace pipeline
