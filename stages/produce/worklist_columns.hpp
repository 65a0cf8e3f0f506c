#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/row_spool.hpp"
#include "stages/produce/spreadsheet.hpp"

// The columns of a worklist, in order: what is read, what is filled in, what goes along hidden.
//
// Codes and their meaning are a contract with stages/prepare/worklist.cpp; those for reading only begin with "info.".

namespace produce {

/// What stands under 期限情况 where the calendar, not the weekday, makes the due day the next working day.
inline constexpr const char* kNextWorkday = "下一工作日到期";

/// The lists to choose from, each once; columns of a hidden sheet.
class WorklistOptions {
 public:
  /// Its column.
  std::int64_t place(std::vector<std::string> list);
  void write(Worksheet& sheet) const;

 private:
  std::vector<std::vector<std::string>> lists_;
};

/// The row of a case, cell by cell from left to right.
class WorklistRow {
 public:
  /// `links` gets where its cells lead, while there is room.
  WorklistRow(Spreadsheet& book, int row, std::vector<FileLink>& links)
      : book_(book), row_(row), links_(links) {}

  void text(std::string_view text, CellStyle style);
  void number(double value, CellStyle style);
  /// To a file beside the workbook.
  void link(std::string file, std::string_view text);

  SpoolRow cells;

 private:
  Spreadsheet& book_;
  int row_, column_ = 0;
  std::vector<FileLink>& links_;
};

struct WorklistColumn {
  std::string code, header;
  double width;
  bool hidden = false;
  bool input = false;
  /// What makes its row higher.
  std::function<std::string(const pipeline::Value&)> wrapped{};
  std::function<void(WorklistRow&, const pipeline::Value&)> write{};
};

/// Those of that payload; `options` gets the lists that they offer. What no case of it has is hidden; the codes stay.
std::vector<WorklistColumn> worklist_columns(const pipeline::Value& payload,
                                             WorklistOptions& options);

}  // namespace produce
