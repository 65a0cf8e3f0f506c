#pragma once

#include <string>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"

namespace produce {

/// A letter in the style of GB/T 9704: returns, refusals, results. Room for the seal, never a seal.
std::string notice(const pipeline::Value& payload, const Kit& kit);

}  // namespace produce
