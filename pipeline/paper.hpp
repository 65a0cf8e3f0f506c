#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

// Paper: one file of the outbox, made in memory, copied from the vault, streamed to a temporary file, or written piece by piece
// while it is made.

namespace pipeline {

class Vault;

/// Takes the next bytes of a file.
using Sink = std::function<void(std::string_view)>;

struct Paper {
  std::string path;  ///< relative to the outbox
  std::string bytes;
  std::string from_vault;  ///< not empty: the vault's file of that SHA-256, instead of bytes
  std::string from_file;   ///< not empty: a temporary file that already holds it, to be moved
  /// Set: puts it, of what lies in the vault, instead of all these. May be asked again, and puts the same bytes.
  std::function<void(const Vault&, const Sink&)> fill{};
};

}  // namespace pipeline
