#pragma once

#include <string>

#include "pipeline/dictionary.hpp"
#include "pipeline/finding.hpp"
#include "pipeline/regions.hpp"
#include "stages/prepare/fields.hpp"
#include "stages/prepare/limits.hpp"
#include "stages/prepare/slots.hpp"

namespace prepare {

/// All that prepare goes by. Loaded once, shared by every thread.
struct Rules {
  pipeline::Catalogue catalogue;
  pipeline::Dictionary dictionary;
  pipeline::Regions regions;
  FieldTable fields;
  SlotTable slots;
  Limits limits;
};

/// From templates/common/{findings,dictionary,regions,fields,slots}.csv. Faults (Stop) with file and line.
Rules load_rules(const std::string& templates_folder, const Limits& limits);

}  // namespace prepare
