#pragma once

#include <cstdint>

#include "pipeline/line.hpp"
#include "pipeline/troubles.hpp"

namespace pipeline {

/// From recovery to the end, or until a fault; what was done until then is in `tally`. Gives how many papers could not be made.
std::int64_t one_run(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
                     const Clock& clock, const Observer& observer, Troubles& troubles,
                     Tally& tally);

}  // namespace pipeline
