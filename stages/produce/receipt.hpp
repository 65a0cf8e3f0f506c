#pragma once

#include <string>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"

namespace produce {

/// 受理回执: the result and the next step, what was understood, every finding and every entry's
/// fate, the answer to a query, and what became of each row of a worklist.
std::string receipt(const pipeline::Value& payload, const Kit& kit);

}  // namespace produce
