#pragma once

#include <string>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"

namespace produce {

/// 受理回执: the result and the next step, what was understood, every finding and every entry's
/// fate, and the answer to a query.
std::string receipt(const pipeline::Value& payload, const Kit& kit);

}  // namespace produce
