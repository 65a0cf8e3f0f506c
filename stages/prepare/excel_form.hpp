#pragma once

#include <optional>

#include "stages/prepare/filled_form.hpp"
#include "stages/prepare/xlsx_cells.hpp"

// Excel form: a blank form of templates/forms that somebody filled in, back as the form that its form.json would have been.
//
//   takes   a workbook
//   gives   FilledForm   with the cell of every place of the form; nothing if the workbook is no such form
//   faults  none
//
// What people see counts: a row or column is what its label says; hidden paths ("unit.name", "education[].school") say it where a
// label was changed or stands for two fields. So rows and columns may be inserted, moved or sorted, and the hidden ones be deleted.

namespace prepare {

std::optional<FilledForm> read_excel_form(const Workbook& book, const Rules& rules);

}  // namespace prepare
