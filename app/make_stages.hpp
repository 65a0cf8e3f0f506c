#pragma once

#include "app/installation.hpp"
#include "pipeline/line.hpp"
#include "stages/prepare/rules.hpp"

namespace app {

/// The work of the line, with the templates and settings of this installation. Faults (Stop): a template that is wrong.
pipeline::Stages make_stages(const Installation& installation);

/// What prepare goes by, the fonts of this installation included; without fonts nothing is said of rare characters. Faults as
/// above.
prepare::Rules prepare_rules(const Installation& installation);

}  // namespace app
