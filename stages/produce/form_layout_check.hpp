#pragma once

#include <string>
#include <vector>

#include "stages/produce/form_layout.hpp"

// Form layout check: what is wrong with a line, and with the form as a whole.

namespace produce {

/// Fills in widths that the table leaves to the program; appends to `problems`.
void check_line(LayoutLine& line, FormKind kind, const std::vector<std::string>& fields,
                const std::string& file, std::vector<LayoutProblem>& problems);

/// In every situation: a title, and each field that the form is read back by, once.
void check_form(const FormLayout& layout, const std::string& file,
                std::vector<LayoutProblem>& problems);

}  // namespace produce
