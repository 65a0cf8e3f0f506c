#include "pipeline/vault.hpp"

#include <atomic>

#include "pipeline/sha256.hpp"

namespace pipeline {

std::string Vault::path(const std::string& sha256) const {
  return path_join(path_join(folder_, sha256.substr(0, 2)), sha256);
}

void Vault::keep(const std::string& sha256, std::string_view bytes) {
  static std::atomic<unsigned> counter{0};
  const std::string target = path(sha256);
  if (const auto there = files_.look(target); there && there->size == bytes.size()) {
    std::string kept;
    if (files_.read(target, kept) && kept == bytes) return;
  }
  files_.make_folders(parent_folder(target));
  const std::string beside = path_join(work(), std::to_string(counter++));
  files_.write(beside, bytes);
  files_.rename(beside, target);
}

std::string Vault::keep_file(const std::string& source) {
  static std::atomic<unsigned> counter{0};
  const std::string beside = path_join(work(), "large-" + std::to_string(counter++));
  files_.copy(source, beside);
  // The copy is hashed, not the source, which its owner may still change.
  const std::string digest = sha256_file(beside);
  files_.make_folders(parent_folder(path(digest)));
  files_.rename(beside, path(digest));
  return digest;
}

}  // namespace pipeline
