#pragma once

#include "pipeline/bytes.hpp"
#include "pipeline/submission.hpp"
#include "stages/prepare/rules.hpp"

// Prepare: the first stage; the bytes of one bundle become a submission.
//
//   takes   a delivery, its bytes, the rules
//   gives   Submission   entries with exactly one role each, the normalised form, and every finding that needs no ledger
//   faults  none of its own
//
// Knows no ledger and no clock, so the same bytes give the same submission. Any thread: buffers are the thread's own.
// Each entry is inflated once, hashed and looked at while it is in the cache, and forgotten; only the form is kept.

namespace prepare {

pipeline::Submission prepare(const pipeline::Delivery& delivery, const pipeline::Bytes& bytes,
                             const Rules& rules);

}  // namespace prepare
