#pragma once

#include <string>
#include <vector>

// Blank forms: an .xlsx that an office or a person fills in and drops, which prepare reads back.
//
//   takes   BlankForm   what is asked, with the paths of the form's fields
//   gives   the .xlsx; the same form gives the same bytes
//   faults  as spreadsheet.hpp
//
// The first sheet asks one thing a row: its path (hidden column A), its label, the cell to fill in, a hint. Every list has a sheet
// of its own: its paths in hidden row 1, then title, note and headers. What is chosen from stands in the cell, or on the hidden sheet
// 选项 if it is long. Nothing is locked, and every cell to fill in is text: programs drop digits of long numbers.

namespace produce {

struct BlankField {
  std::string path;   ///< "unit.name", "education[].school"
  std::string label;  ///< Chinese
  std::string hint;
  bool required = false;
  bool tall = false;                 ///< several lines of text
  std::vector<std::string> choices;  ///< labels; empty: anything may be written
  std::string filled;  ///< what stands there already and must stay; "" for a cell to fill in
  double width = 14;   ///< of a column of a list, characters
};

struct BlankSection {
  std::string title, note;
  std::vector<BlankField> fields;
};

struct BlankTable {
  std::string sheet;  ///< name, and title
  std::string note;
  std::vector<BlankField> columns;
  int rows = 10;  ///< empty ones
};

struct BlankForm {
  std::string title;
  std::string drop;  ///< where it goes: "收件箱中本单位的文件夹 inbox/unit-…/"
  std::string note;  ///< what else is to be said of this form; may be ""
  std::vector<BlankSection> sections;
  std::vector<BlankTable> tables;
  bool attachments = false;
};

std::string blank_form(const BlankForm& form);

}  // namespace produce
