#pragma once

#include <string>

#include "pipeline/finding.hpp"

namespace pipeline {

/// A text of a table with its placeholders filled in as those of findings are (finding.hpp), and what lacks its argument left
/// out: "" if that is all of it.
std::string fill_in(std::string text, const Arguments& arguments);

}  // namespace pipeline
