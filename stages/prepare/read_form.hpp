#pragma once

#include <string>
#include <vector>

#include "pipeline/finding.hpp"
#include "pipeline/value.hpp"
#include "stages/prepare/rules.hpp"

// Read form: checks a form against the table of its kind and writes every value in its canonical way.
//
//   takes   the form as its JSON has it
//   gives   ReadForm   codes, dates, enumerations, names normalised; what is unknown or empty left out; all findings
//   faults  none
//
// Nothing stops at the first defect. A form of an unknown kind is still checked against the kind that it resembles, so that
// its office hears of wrong numbers too. A resubmission may leave out whatever has not changed.

namespace prepare {

struct ReadForm {
  std::string kind;  ///< "" if unknown
  pipeline::Value form;
  std::vector<pipeline::Finding> findings;
};

ReadForm read_form(const pipeline::Value& written, const Rules& rules);

}  // namespace prepare
