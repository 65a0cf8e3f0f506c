#pragma once

#include "stages/decide/matter.hpp"

// Complete notice (DESIGN.md §3): all defects are told at once. What is told later of something that has not changed since
// should have been told before, and says so.
//
//   takes   the case as it was decided last, and what comes now
//   gives   findings and reasons that are marked
//   faults  none

namespace decide {

/// Marks the findings on what is as it was in the earlier round (round.hpp), and was not told then. `form` and `attachments` are
/// those that count now.
void mark_overlooked(Matter& matter, const pipeline::Value& earlier, const pipeline::Value& form,
                     const pipeline::Value& attachments);

/// Whether a reviewer returns an item that has not changed since his own last return, which went item by item and did not
/// mention it.
bool is_overlooked_item(const pipeline::Value& case_document, std::string_view item);

}  // namespace decide
