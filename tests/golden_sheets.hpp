#pragma once

#include <string>

#include "tests/golden.hpp"
#include "tests/xlsx_reading.hpp"

namespace golden {

/// One line a cell: "4,2: 申报", rows and columns from 1; a formula follows its value.
inline std::string cells(const xlsx::Book& book) {
  std::string out;
  for (const std::string& name : book.names) {
    out += "# " + name + "\n";
    const auto sheet = book.sheets.find(name);
    if (sheet == book.sheets.end()) continue;
    for (const auto& [at, cell] : sheet->second) {
      if (cell.text.empty() && cell.formula.empty()) continue;
      out += std::to_string(at.first + 1) + "," + std::to_string(at.second + 1) + ": ";
      for (const char c : cell.text) out += c == '\n' ? std::string("⏎") : std::string(1, c);
      if (!cell.formula.empty()) out += " =" + cell.formula;
      out += "\n";
    }
  }
  return out;
}

/// DOSSIER_KEEP_PAPERS names a folder in which a copy stays, to be looked at.
inline void keep(const std::string& name, const std::string& bytes) {
  if (const char* folder = std::getenv("DOSSIER_KEEP_PAPERS"))
    std::ofstream(std::string(folder) + "/" + name, std::ios::binary) << bytes;
}

}  // namespace golden
