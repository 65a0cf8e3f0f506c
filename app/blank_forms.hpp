#pragma once

#include <string>
#include <vector>

#include "stages/prepare/rules.hpp"

// Blank forms: the sheets that people fill in, made from the tables that prepare reads forms with.
//
//   takes   templates/forms/forms.csv (one row a form), sections.csv (how fields are grouped); prepare's rules
//   gives   names and bytes of .xlsx files; the same tables give the same bytes
//   faults  Stop, with file and line
//
// To add a form: a row of forms.csv. To add what it asks: a row of common/fields.csv.

namespace app {

struct BlankFile {
  std::string name;  ///< "职称申请书.xlsx"
  std::string kind;
  std::string bytes;
};

std::vector<BlankFile> blank_forms(const std::string& templates, const prepare::Rules& rules);

}  // namespace app
