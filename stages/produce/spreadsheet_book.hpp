#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "stages/produce/repack.hpp"
#include "stages/produce/spreadsheet.hpp"

struct lxw_format;
struct lxw_workbook;

// What the two files that know libxlsxwriter share.

namespace produce {

struct Spreadsheet::Book {
  std::string path;    ///< where the workbook goes; "": its bytes are asked for
  std::string folder;  ///< of temporary files
  int memory = -1;     ///< the file in memory to which the library writes
  int packed = -1;     ///< another, with the rows that follow
  lxw_workbook* workbook = nullptr;
  std::map<std::pair<CellStyle, bool>, lxw_format*>
      formats;  ///< by style, and whether it is linked
  std::map<Highlight, lxw_format*> highlights;
  std::vector<std::unique_ptr<Worksheet>> sheets;
  std::vector<LongSheet> long_sheets;
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, int, Hash, std::equal_to<>> shared;
  std::uintmax_t cells = 0;

  ~Book();
  bool streams() const { return !path.empty(); }
  std::string library_path() const;
  lxw_format* format(CellStyle style, bool linked = false);
  lxw_format* format(Highlight highlight);
  void check_disk() const;
};

/// What the library refuses is a Fault.
void check(int error, const std::string& doing);

}  // namespace produce
