#pragma once

#include "pipeline/value.hpp"
#include "stages/produce/spreadsheet.hpp"

namespace produce {

/// 填写说明: how the list is filled in, where it goes, what counts.
void write_worklist_guide(Worksheet& sheet, const pipeline::Value& payload);

}  // namespace produce
