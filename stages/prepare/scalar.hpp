#pragma once

#include <optional>
#include <string>
#include <vector>

#include "pipeline/finding.hpp"
#include "pipeline/value.hpp"
#include "stages/prepare/fields.hpp"
#include "stages/prepare/rules.hpp"

namespace prepare {

/// One value of a field in its canonical writing; null for what amounts to nothing (blank, 至今). Nothing, and a finding: it
/// cannot be such a value. Relations between fields are not looked at here.
std::optional<pipeline::Value> read_scalar(const Field& field, const pipeline::Value& written,
                                           const std::string& where, const Rules& rules,
                                           std::vector<pipeline::Finding>& findings);

/// The finding FIELD_INVALID for that value.
pipeline::Finding invalid(const Field& field, const pipeline::Value& written,
                          const std::string& where, const Rules& rules,
                          const std::string& detail = {}, const std::string& allowed = {});

/// A USCC, or the id of a unit that its parent created: "<USCC>-<nn>" (X12).
std::string canonical_uscc(std::string_view written);

}  // namespace prepare
