#pragma once

#include "pipeline/value.hpp"

namespace app {

/// What `run` cannot work without and this machine does not have: [{what, how}].
pipeline::Value missing_on_this_machine();

}  // namespace app
