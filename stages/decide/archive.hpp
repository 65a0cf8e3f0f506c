#pragma once

#include "stages/decide/matter.hpp"

// Archive: the copy of the whole case that is made when nobody has anything left to decide about it.
//
//   takes   an outcome, and the view before it
//   gives   one effect for each case that the outcome closes, or changes after it was closed
//   faults  none
//
// No decider knows of it: a case that comes to a last state is archived by itself. What the paper shows is fixed here, so a
// later change of tables or names changes no copy that was made. A recalled application may come again as the next round,
// which then has a copy of its own.

namespace decide {

/// Nobody has to decide any more: approved, rejected, withdrawn, accepted, not accepted, recalled.
bool is_closed(const pipeline::Value& case_document);

/// "archive/2026/A-3F9A2C1B77D0-r1": by the year in which it was closed.
std::string archive_path(const pipeline::Value& case_document);

void archive_closed_cases(const pipeline::View& before, const Rules& rules,
                          pipeline::Outcome& outcome, pipeline::Time at);

}  // namespace decide
