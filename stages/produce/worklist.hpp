#pragma once

#include <string>

#include "pipeline/value.hpp"

// Worklist: 待审清单.xlsx, a queue to read and to decide in, which prepare reads back.
//
//   takes   the payload of decide::worklist_payload
//   gives   the .xlsx; the same payload gives the same bytes
//   faults  as spreadsheet.hpp
//
// Row 1 is hidden and holds the code names, row 2 the headers, cases from row 3. Nothing is locked: Excel sorts no locked
// cells, and reading a decision back trusts the token of the row and nothing else. What may be chosen in a row goes by hidden
// columns of that row, so that it stays right when rows are sorted. No ID number stands here.

namespace produce {

std::string worklist(const pipeline::Value& payload);

}  // namespace produce
