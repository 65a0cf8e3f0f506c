#pragma once

#include <string>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

/// 《单位注册审批表》, domain §5.2 A: what the unit asks for, what the program found, room for the
/// reviewer's opinion and seal.
std::string registration_form(const pipeline::Value& payload, const pipeline::Value& form,
                              const Kit& kit);

/// What the form says of the unit.
std::vector<Row> registration_facts(const pipeline::Value& payload, const pipeline::Value& form,
                                    const Kit& kit);

}  // namespace produce
