#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"

// Rebuild: the whole outbox again, from ledger and vault.
//
//   takes   the options and stages of the line; nothing else may be running
//   writes  the outbox, or with `only_compare` nothing that stays; the ledger learns what lies there now
//   gives   what was made, and how it compares with what lay there
//   faults  Stop; a paper that cannot be made is named
//
// A file that still is what the line made stays, even if today's templates would make another: it is what people were given.
// What is replaced is kept beside it: somebody may have filled it in and saved it there.

namespace pipeline {

struct Rebuilt {
  std::int64_t made = 0, same = 0;
  std::vector<std::string> restored;  ///< were missing
  std::vector<std::string> replaced;  ///< were not what the line had made
  std::vector<std::string> kept;      ///< where what was replaced lies now, in the same order
  std::vector<std::string> renewed;   ///< are as they were made; made today they would differ
  std::vector<std::string>
      different;  ///< of those restored and replaced: not the bytes of the first time
  std::vector<std::string> failed;  ///< could not be made, and why
};

struct RebuildOptions {
  bool only_compare = false;
};

Rebuilt rebuild_outbox(const LineOptions& line, const RebuildOptions& options, const Stages& stages,
                       Files& files, Ledger& ledger, const Observer& observer);

}  // namespace pipeline
