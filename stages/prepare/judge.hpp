#pragma once

#include <string>
#include <vector>

#include "pipeline/submission.hpp"
#include "stages/prepare/rules.hpp"

// Judge: which attachments are of no use.
//
//   takes   the submission with its entries bound; what inspection found of each entry
//   gives   roles and notes of spoilt attachments, and a warning for each: whether its slot had to be filled, decide knows
//   faults  none

namespace prepare {

struct Damage {
  std::string what;  ///< Chinese; "" if it is whole
  bool encrypted = false;
};

/// `damage` has one place for each entry.
void judge_attachments(pipeline::Submission& submission, const std::vector<Damage>& damage,
                       const Rules& rules);

}  // namespace prepare
