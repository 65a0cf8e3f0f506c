#include "stages/prepare/xlsx_cells.hpp"

#include <set>

#include "pipeline/text.hpp"
#include "stages/prepare/filled_form.hpp"
#include "tests/fuzz/targets.hpp"

namespace fuzz {

namespace {

void check_sheet(const prepare::Sheet& sheet) {
  constexpr int kRows = 1 << 20, kColumns = 1 << 14;
  constexpr std::size_t kText = 32'767;
  require(pipeline::is_utf8(sheet.name), "the name of a sheet is UTF-8");
  const prepare::Cell* before = nullptr;
  for (const prepare::Cell& cell : sheet.cells) {
    require(cell.row >= 0 && cell.row < kRows && cell.column >= 0 && cell.column < kColumns,
            "a cell lies in the sheet");
    require(!cell.text.empty() && pipeline::is_utf8(cell.text) &&
                pipeline::count_code_points(cell.text) <= kText,
            "the text of a cell is short UTF-8");
    require(!before || std::pair(before->row, before->column) < std::pair(cell.row, cell.column),
            "cells are in order, each once");
    require(sheet.find(cell.row, cell.column) == &cell, "a cell is found where it lies");
    before = &cell;
  }
}

void check_form(const prepare::FilledForm& filled) {
  require(pipeline::is_utf8(filled.refusal), "a refusal is UTF-8");
  check(filled.findings);
  if (!filled.refusal.empty()) {
    require(filled.kind.empty() && filled.parts.empty(), "what is refused says nothing else");
    return;
  }
  check(filled.form);
  for (const auto& [place, cell] : filled.cells)
    require(!place.empty() && !cell.empty() && pipeline::is_utf8(cell), "a place has its cell");
  require(filled.parts.size() <= rules().limits.worklist_rows, "a worklist has no more rows");
  for (const pipeline::Submission& part : filled.parts) {
    require(part.kind == "review_decision" || part.kind.empty(), "a row is a decision");
    check(part.findings);
    check(part.form);
  }
}

}  // namespace

void xlsx(std::string_view input) {
  const std::string bytes = packed(input);
  const prepare::Workbook book = prepare::read_workbook(bytes, rules().limits);
  require(pipeline::is_utf8(book.refusal), "a refusal is UTF-8");
  require(book.refusal.empty() || book.sheets.empty(), "what is refused has no sheets");
  std::size_t cells = 0;
  for (const prepare::Sheet& sheet : book.sheets) {
    check_sheet(sheet);
    cells += sheet.cells.size();
  }
  require(cells <= rules().limits.sheet_cells, "a book has no more cells than allowed");
  const prepare::FilledForm filled = prepare::read_filled_workbook(bytes, rules());
  check_form(filled);
  require(book.refusal.empty() || !filled.refusal.empty(), "what cannot be read is no form");
}

}  // namespace fuzz
