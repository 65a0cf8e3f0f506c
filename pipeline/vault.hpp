#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/files.hpp"

namespace pipeline {

/// Every bundle that was ever received, unchanged, under its SHA-256. Never written twice, never changed.
class Vault {
 public:
  /// `seat` sets this line apart from others that share the vault; "" if there are none.
  Vault(Files& files, std::string folder, const std::string& seat = "")
      : files_(files),
        folder_(std::move(folder)),
        work_(path_join(folder_, seat.empty() ? ".work" : ".work-" + seat)) {}

  std::string path(const std::string& sha256) const;
  /// Any thread. Durable after the next sync. What a crash left half written under this name is replaced.
  void keep(const std::string& sha256, std::string_view bytes);
  /// The same for a file too large to be read at once; returns its SHA-256.
  std::string keep_file(const std::string& path);
  /// The two halves of it: a copy that its owner cannot change gets its place in the vault when its SHA-256 is known.
  std::string copy(const std::string& path);
  void keep_copy(const std::string& copy, const std::string& sha256);
  /// Bytes of what lies under that name, to its end at most. Faults (Retry): it is not there, or cannot be read.
  void read(const std::string& sha256, std::uint64_t offset, std::size_t size,
            std::string& bytes) const;
  std::uint64_t size(const std::string& sha256) const;
  const std::string& folder() const { return folder_; }
  /// Where files are written before they get their name; made and emptied by the line.
  const std::string& work() const { return work_; }

 private:
  Files& files_;
  std::string folder_, work_;
};

}  // namespace pipeline
