#pragma once

#include "app/installation.hpp"
#include "pipeline/line.hpp"

namespace app {

/// The work of the line, with the templates and settings of this installation. `reader`: the program that opens foreign files;
/// "": the one that runs. Faults (Stop): a template that is wrong.
pipeline::Stages make_stages(const Installation& installation, const std::string& reader = {});

}  // namespace app
