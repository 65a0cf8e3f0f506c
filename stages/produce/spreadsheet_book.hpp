#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "stages/produce/spreadsheet.hpp"

struct lxw_format;
struct lxw_workbook;

// What the two files that know libxlsxwriter share.

namespace produce {

struct Spreadsheet::Book {
  std::string path;    ///< where the library writes
  std::string folder;  ///< of its temporary files
  int memory = -1;     ///< the file in memory that `path` names; -1: a file on disk
  lxw_workbook* workbook = nullptr;
  std::map<CellStyle, lxw_format*> formats;
  std::map<Highlight, lxw_format*> highlights;
  std::vector<std::unique_ptr<Worksheet>> sheets;
  std::uintmax_t cells = 0;

  ~Book();
  lxw_format* format(CellStyle style);
  lxw_format* format(Highlight highlight);
  void check_disk() const;
};

/// What the library refuses is a Fault.
void check(int error, const std::string& doing);

}  // namespace produce
