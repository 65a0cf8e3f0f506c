#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/submission.hpp"
#include "stages/prepare/rules.hpp"
#include "stages/prepare/xlsx_cells.hpp"

// Filled form: a paper that the program made and somebody filled in comes back: an approval form (PDF), a worklist or a blank form (XLSX).
//
//   takes   the bytes of the file
//   gives   FilledForm   the form as its form.json would have been, or why the file is no such paper
//   faults  Retry: as foreign.hpp
//
// `where` of a finding is what the reviewer sees: the name of the form's field ("items.S1.opinion"), the worklist's cell ("F5"). Of a
// blank form it is the place in the form; `cells` tells where the sheet has it.

namespace prepare {

struct FilledForm {
  std::string refusal;      ///< Chinese, what to do included; "" if it could be read
  bool incomplete = false;  ///< it looks like a copy that is not finished
  std::string kind;
  pipeline::Value form;
  std::vector<pipeline::Finding> findings;
  std::vector<pipeline::Submission> parts;   ///< of a worklist: its filled rows
  std::map<std::string, std::string> cells;  ///< of a blank form: "unit.name" -> "C7"
};

/// Reviewers decide in folders of their own. Why one that lay in `drop` is no decision; "" if it may be.
std::string refusal_in(std::string_view drop);

/// One that lay elsewhere is not opened.
FilledForm read_approval_form(std::string_view pdf, const std::string& drop, const Rules& rules);
/// Whether it is one that this program made, filled in or not. `sender`: as `drop`.
bool is_approval_form(std::string_view pdf, const std::string& sender, const Rules& rules);
/// Nothing if it is none.
std::optional<FilledForm> read_worklist(const Workbook& book, const Rules& rules);
/// A worklist or a blank form.
FilledForm read_filled_workbook(std::string_view xlsx, const Rules& rules);
/// Whether read_filled_workbook would find one of them in it.
bool is_filled_workbook(std::string_view xlsx, const Rules& rules);

}  // namespace prepare
