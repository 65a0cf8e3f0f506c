#pragma once

#include <string>
#include <string_view>

#include "pipeline/files.hpp"

namespace pipeline {

/// Every bundle that was ever received, unchanged, under its SHA-256. Never written twice, never changed.
class Vault {
 public:
  Vault(Files& files, std::string folder) : files_(files), folder_(std::move(folder)) {}

  std::string path(const std::string& sha256) const;
  /// Any thread. Durable after the next sync. What a crash left half written under this name is replaced.
  void keep(const std::string& sha256, std::string_view bytes);
  /// The same for a file too large to be read at once; returns its SHA-256.
  std::string keep_file(const std::string& path);
  const std::string& folder() const { return folder_; }
  /// Where files are written before they get their name; made and emptied by the line.
  std::string work() const { return path_join(folder_, ".work"); }

 private:
  Files& files_;
  std::string folder_;
};

}  // namespace pipeline
