#pragma once

#include <string>
#include <string_view>

#include "app/sample_random.hpp"

// Sample prose: what people write about their work.

namespace app {

std::string achievement_name(Random& random, std::string_view specialty);
std::string paper_title(Random& random, std::string_view specialty);
/// 业务工作总结 of some 300 to 1,500 characters.
std::string work_summary(Random& random, std::string_view unit, std::string_view specialty,
                         std::string_view since);

}  // namespace app
