#pragma once

#include <string>
#include <vector>

#include "pipeline/paper.hpp"
#include "pipeline/value.hpp"

namespace produce {

/// The untouched file out of the vault, reason.json and 原因.txt, all in `folder`.
std::vector<pipeline::Paper> quarantine(const std::string& folder, const pipeline::Value& payload);

}  // namespace produce
