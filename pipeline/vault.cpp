#include "pipeline/vault.hpp"

#include <atomic>

#include "pipeline/fault.hpp"
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

namespace {

Fault lost(const std::string& sha256) {
  return {FaultKind::Retry, "read " + sha256 + " in the vault",
          "it is not there; `dossier audit` tells what is missing"};
}

}  // namespace

void Vault::read(const std::string& sha256, std::uint64_t offset, std::size_t size,
                 std::string& bytes) const {
  if (!files_.read_part(path(sha256), offset, size, bytes)) throw lost(sha256);
}

std::uint64_t Vault::size(const std::string& sha256) const {
  const auto there = files_.look(path(sha256));
  if (!there) throw lost(sha256);
  return there->size;
}

std::string Vault::copy(const std::string& source) {
  static std::atomic<unsigned> counter{0};
  std::string beside = path_join(work(), "large-" + std::to_string(counter++));
  try {
    files_.copy(source, beside);
  } catch (const Fault&) {
    files_.remove(beside);  // a disk that is full must not be kept full by a part of it
    throw;
  }
  return beside;
}

void Vault::keep_copy(const std::string& copy, const std::string& sha256) {
  // What is kept is durable, which the copy is not yet.
  const auto there = files_.look(path(sha256));
  if (there && sha256_file(path(sha256)) == sha256) {
    files_.remove(copy);
    return;
  }
  files_.make_folders(parent_folder(path(sha256)));
  files_.rename(copy, path(sha256));
}

std::string Vault::keep_file(const std::string& source) {
  const std::string beside = copy(source);
  // The copy is hashed, not the source, which its owner may still change.
  std::string digest = sha256_file(beside);
  keep_copy(beside, digest);
  return digest;
}

}  // namespace pipeline
