#pragma once

#include <set>
#include <string>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

/// 《职称申请书审批单》, domain §5.2 B: items, publicity, opinions and result to fill in; then the
/// application itself, for the reviewer may see all of it and change nothing (X43, X53).
std::string application_form(const pipeline::Value& payload, const pipeline::Value& form,
                             const Kit& kit);

/// The application as the applicant wrote it, but for the fields that stand above: education to
/// summary. (application_content.cpp)
void append_application(std::vector<Row>& rows, const pipeline::Value& form, const Kit& kit,
                        const std::set<std::string, std::less<>>& above);

/// What the first page says of the application.
std::vector<Row> application_facts(const pipeline::Value& payload, const pipeline::Value& form,
                                   const Kit& kit);
/// What the applicant wrote beside it.
std::vector<Row> application_rest(const pipeline::Value& payload, const pipeline::Value& form,
                                  const Kit& kit);

}  // namespace produce
