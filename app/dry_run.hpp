#pragma once

#include <string>

#include "app/installation.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/submission.hpp"
#include "stages/prepare/rules.hpp"

// Dry run: a bundle goes through prepare and decide as on the line, and nothing is written.

namespace app {

struct Prepared {
  pipeline::Delivery delivery;
  pipeline::Submission submission;
  bool placed = true;  ///< its drop folder is known, and not only supposed to be the public one
};

/// `drop` "": the folder in which the file lies, if that is below the inbox, else public. Faults (Stop): it is no regular file.
Prepared prepare_dry(const std::string& file, const std::string& drop, const std::string& inbox,
                     const prepare::Rules& rules);

/// With prepare's findings before its own, cells named where the form is a sheet.
pipeline::Outcome decide_dry(const Prepared& prepared, const pipeline::Ledger& ledger,
                             const pipeline::View& view, pipeline::Time now,
                             const decide::Rules& rules);

/// One line or two a finding, for a terminal.
void print_findings(const pipeline::Value& findings);

}  // namespace app
