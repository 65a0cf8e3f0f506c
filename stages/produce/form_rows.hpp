#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "stages/produce/form_values.hpp"
#include "stages/produce/parts.hpp"

// Form rows: the lines of a layout as rows of the paper, with what a reviewer fills in as fields.
//
// Field names are a contract with stages/prepare, which reads the form back.

namespace produce {

/// Appends the rows of that list below that heading.
using AppendBlock =
    std::function<void(std::vector<Row>& rows, std::string_view block, const std::string& heading)>;

/// An approval form by its layout: the first page with what the reviewer fills in, the lists, the
/// content.
std::string approval_form(const Subject& subject, const FormLayout& layout,
                          const std::string& running, const std::string& about,
                          const AppendBlock& append_block);

/// What its first page says of the case, with nothing to fill in; lines without a value are left out.
std::vector<Row> fact_rows(const Subject& subject, const FormLayout& layout,
                           const AppendBlock& append_block);
/// The lines of the layout that it may show.
std::vector<const LayoutLine*> fact_lines(const Subject& subject, const FormLayout& layout);

}  // namespace produce
