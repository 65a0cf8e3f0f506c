#pragma once

#include "app/installation.hpp"
#include "pipeline/line.hpp"
#include "stages/prepare/rules.hpp"

namespace app {

/// What prepare has just inflated: kept for produce, or forgotten, so that the same work is the same steps on the disk each time.
enum class Recent { Kept, Forgotten };

/// The work of the line, with the templates and settings of this installation. Faults (Stop): a template that is wrong.
pipeline::Stages make_stages(const Installation& installation, Recent recent = Recent::Kept);

/// What prepare goes by, the fonts of this installation included; without fonts nothing is said of rare characters. Faults as
/// above.
prepare::Rules prepare_rules(const Installation& installation);

}  // namespace app
