#pragma once

#include <string_view>

#include "pipeline/attachments.hpp"

// PDF pages: what a reader says of the pages of a foreign PDF (pages_of_pdf in pdf_inspect.hpp), believed in nothing.
//
//   takes   the answer; it outlives what is given
//   gives   objects and pages; why_not and what_to_do, if the reader says why it has none, or speaks nonsense
//   faults  none
//
// Lengths lie within the answer, numbers within the list, sizes within reason. What stands in texts and data is not looked at.

namespace prepare {

pipeline::Shown read_pages(std::string_view answer, std::uint64_t most_pages);

}  // namespace prepare
