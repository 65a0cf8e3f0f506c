#pragma once

#include "pipeline/line.hpp"

namespace app {

/// The same stages, which prepare and produce the same thing only once: both are functions of what they are given, and a
/// process that is forked knows what was made before.
pipeline::Stages remembering(pipeline::Stages stages);

}  // namespace app
