#pragma once

#include <string>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"

// Roster: 申报人员花名册.xlsx of a unit (domain §5.4): 花名册, 公示版, 汇总表, 流转情况.
//
//   takes   the payload of decide::roster_payload
//   gives   the .xlsx; the same payload gives the same bytes
//   faults  as spreadsheet.hpp
//
// ID numbers stand in 花名册 only, where the unit needs them; 公示版 is for the notice board and has them masked.

namespace produce {

std::string roster(const pipeline::Value& payload, const Kit& kit);

}  // namespace produce
