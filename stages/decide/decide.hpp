#pragma once

#include <optional>

#include "pipeline/outcome.hpp"
#include "pipeline/submission.hpp"
#include "pipeline/view.hpp"
#include "stages/decide/rules.hpp"

// Decide: what becomes of a submission. A pure function of it, the ledger's view, the rules and the time.
//
//   takes   Submission, Delivery (who says it), Earlier (the same bytes, if they had an effect), View, Rules, Time
//   gives   Outcome: result, findings, events, effects, timers
//   faults  only those of the View

namespace decide {

pipeline::Outcome decide(const pipeline::Submission& submission, const pipeline::Delivery& delivery,
                         const std::optional<pipeline::Earlier>& earlier,
                         const pipeline::View& view, pipeline::Time now, const Rules& rules);

/// What a timer leads to.
pipeline::Outcome fire(const pipeline::Timer& timer, const pipeline::View& view, pipeline::Time now,
                       const Rules& rules);

}  // namespace decide
