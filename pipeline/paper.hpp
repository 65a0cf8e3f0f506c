#pragma once

#include <string>
#include <vector>

// Paper: one file of the outbox, made in memory, copied from the vault, or streamed to a temporary file.

namespace pipeline {

struct Paper {
  std::string path;  ///< relative to the outbox
  std::string bytes;
  std::string from_vault;  ///< not empty: the vault's file of that SHA-256, instead of bytes
  std::string from_file;   ///< not empty: a temporary file that already holds it, to be moved
};

}  // namespace pipeline
