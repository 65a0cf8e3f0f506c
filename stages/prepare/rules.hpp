#pragma once

#include <functional>
#include <memory>
#include <string>

#include "pipeline/dictionary.hpp"
#include "pipeline/finding.hpp"
#include "pipeline/regions.hpp"
#include "stages/prepare/fields.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/prepare/limits.hpp"
#include "stages/prepare/recent_entries.hpp"
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
  std::shared_ptr<ForeignReaders> foreign;
  /// Whether the fonts of the papers have a character; empty: nobody is told.
  std::function<bool(char32_t)> can_be_set{};
  /// Null: nothing is kept.
  std::shared_ptr<RecentEntries> recent = std::make_shared<RecentEntries>();
};

/// From templates/common/{findings,dictionary,regions,fields,slots}.csv. Faults (Stop) with file and line. `program`: see
/// ForeignReaders.
Rules load_rules(const std::string& templates_folder, const Limits& limits,
                 const std::string& program = {});

}  // namespace prepare
