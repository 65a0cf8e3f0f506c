#pragma once

#include "pipeline/value.hpp"
#include "stages/produce/fonts.hpp"

namespace app {

/// What `run` cannot work without and this machine does not have: [{what, how}].
pipeline::Value missing_on_this_machine(const produce::Fonts& fonts);

}  // namespace app
