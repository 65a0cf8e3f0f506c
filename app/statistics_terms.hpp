#pragma once

#include "stages/decide/rules.hpp"
#include "stages/produce/statistics.hpp"

namespace app {

/// The words in which the statistics are told; `rules` must outlive them.
produce::Terms statistics_terms(const decide::Rules& rules);

}  // namespace app
