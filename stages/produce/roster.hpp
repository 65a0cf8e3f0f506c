#pragma once

#include <string>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"

// Roster: 申报人员花名册.xlsx of a unit (domain §5.4): 花名册, 汇总表, 流转情况; and 公示名单.xlsx for its notice board.
//
//   takes   the payload of decide::roster_payload
//   gives   the .xlsx; the same payload gives the same bytes
//   faults  as spreadsheet.hpp
//
// ID numbers stand in 花名册 only, where the unit needs them. What is posted has them masked, and is a file of its own: who mails
// a file mails every sheet of it.

namespace produce {

std::string roster(const pipeline::Value& payload, const Kit& kit);
std::string public_roster(const pipeline::Value& payload);

}  // namespace produce
