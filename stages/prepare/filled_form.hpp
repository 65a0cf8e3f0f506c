#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/submission.hpp"
#include "stages/prepare/rules.hpp"

// Filled form: a paper that the program made and a reviewer filled in comes back: an approval form (PDF), a worklist (XLSX).
//
//   takes   the bytes of the file
//   gives   FilledForm   the decision as forms.md's review_decision has it, or why the file is no such paper
//   faults  Retry: as foreign.hpp
//
// `where` of a finding is what the reviewer sees: the name of the form's field ("items.S1.opinion"), the sheet's cell ("F5").

namespace prepare {

struct FilledForm {
  std::string refusal;      ///< Chinese, what to do included; "" if it could be read
  bool incomplete = false;  ///< it looks like a copy that is not finished
  std::string kind;
  pipeline::Value form;
  std::vector<pipeline::Finding> findings;
  std::vector<pipeline::Submission> parts;  ///< of a worklist: its filled rows
};

/// Reviewers decide in folders of their own. Why one that lay in `drop` is no decision; "" if it may be.
std::string refusal_in(std::string_view drop);

/// One that lay elsewhere is not opened.
FilledForm read_approval_form(std::string_view pdf, const std::string& drop, const Rules& rules);
FilledForm read_worklist(std::string_view xlsx, const Rules& rules);

}  // namespace prepare
