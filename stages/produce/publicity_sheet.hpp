#pragma once

#include <string>
#include <vector>

#include "pipeline/paper.hpp"
#include "stages/produce/kit.hpp"

// Publicity sheet (X61–X63): what a unit posted, and the photos that show it, for the receiving unit.
//
//   takes   payload {unit, uscc, year, to, period{start,end,workdays}, people[{case,applicant,title}], photos[{file,size,sha256}],
//           sha256 (of the bundle), at}
//   gives   <folder>/公示情况.pdf, and beside it the bundle with the photos as it came

namespace produce {

std::vector<pipeline::Paper> publicity_sheet(const std::string& folder,
                                             const pipeline::Value& payload, const Kit& kit);

}  // namespace produce
