#pragma once

#include <string>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

/// 《职称申请书审批单》, domain §5.2 B: items, publicity, opinions and result to fill in; then the
/// application itself, for the reviewer may see all of it and change nothing (X43, X53).
std::string application_form(const pipeline::Value& payload, const pipeline::Value& form,
                             const Kit& kit);

/// Who applies for what.
void append_applicant(std::vector<Row>& rows, const pipeline::Value& payload,
                      const pipeline::Value& form);
/// 公示情况.
void append_publicity(std::vector<Row>& rows, const pipeline::Value& publicity);

/// The application as the applicant wrote it: education to summary. (application_content.cpp)
void append_application(std::vector<Row>& rows, const pipeline::Value& form, const Kit& kit);

}  // namespace produce
