#pragma once

#include <string_view>
#include <vector>

#include "app/sample_images.hpp"

namespace app {

/// A PDF as a scanner makes it: one A4 page a sheet, each holding the JPEG as it is. `unique`
/// (ASCII) is its title.
Content pdf_file(const std::vector<const Scan*>& sheets, std::string_view unique);

}  // namespace app
