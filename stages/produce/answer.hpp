#pragma once

#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

/// What a 状态查询单 says: the answer, each case with who reviews it and its history, the unit's own
/// applications (X67), and what the login page would say (H39–H41).
void append_answer(std::vector<Row>& rows, const pipeline::Value& answer, const Kit& kit);

}  // namespace produce
