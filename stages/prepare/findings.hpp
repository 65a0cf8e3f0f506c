#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/finding.hpp"

// Findings: what prepare says of a submission, kept small whatever a stranger sends.
//
//   takes   codes with what they quote; all findings of a submission
//   gives   findings whose quotations are cut; at most kMostFindings of them
//   faults  none
//
// Every finding of prepare is made here.

namespace prepare {

constexpr std::size_t kMostFindings = 200;
/// Of a code that any foreign key can cause, e.g. FIELD_UNKNOWN.
constexpr std::size_t kMostOfOneCode = 20;

/// At most `limit` characters, the last of them … if some were left out.
std::string cut(std::string_view text, std::size_t limit);

/// As Catalogue::make, its place and what it quotes from the submission cut.
pipeline::Finding make_finding(const pipeline::Catalogue& catalogue, std::string_view code,
                               std::string_view where, pipeline::Arguments arguments = {});

/// Appends findings of one code that quote a {field}; `count` is how many there were. Beyond kMostOfOneCode the last says how
/// many more.
void append_limited(std::vector<pipeline::Finding>& to, std::vector<pipeline::Finding> of_one_code,
                    std::size_t count, const pipeline::Catalogue& catalogue);

/// Leaves kMostFindings, in their order, and one that says how many more: errors before the rest, and of every code the first.
void limit_findings(std::vector<pipeline::Finding>& findings);

}  // namespace prepare
