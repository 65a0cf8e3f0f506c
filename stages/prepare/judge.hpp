#pragma once

#include <vector>

#include "pipeline/submission.hpp"
#include "stages/prepare/attachment.hpp"
#include "stages/prepare/rules.hpp"

// Judge: which attachments are of no use.
//
//   takes   the submission with its entries bound; what inspection found of each entry
//   gives   roles and notes, and a warning for each spoilt attachment: whether its slot had to be filled, decide knows
//   faults  none

namespace prepare {

/// `seen` has one place for each entry.
void judge_attachments(pipeline::Submission& submission, const std::vector<Inspection>& seen,
                       const Rules& rules);

}  // namespace prepare
