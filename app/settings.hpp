#pragma once

#include <string>

#include "pipeline/line.hpp"
#include "stages/decide/rules.hpp"
#include "stages/prepare/limits.hpp"
#include "stages/produce/fonts.hpp"

namespace app {

/// dossier.toml, with a default for every key (README, page for administrators).
struct Settings {
  prepare::Limits limits;
  decide::Settings decide;
  produce::Fonts fonts = produce::default_fonts();
  double settle_seconds = 3;
  double incomplete_minutes = 10;
  std::size_t memory_mb = 128;
  std::size_t min_free_mb = 200;
  int attempts = 3;
  double lease_seconds = 60;
  double retry_seconds = 5;
  double longest_retry_seconds = 600;
};

/// A file that is not there gives the defaults. Faults (Stop), with file and line: a key that is not known, a value of the
/// wrong type or out of range.
Settings load_settings(const std::string& file);

}  // namespace app
