#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace pipeline {

/// SHA-256 as 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);
std::string sha256(const std::vector<std::string_view>& pieces);
/// The same of what comes piece by piece.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  void add(std::string_view bytes);
  /// Once, at the end.
  std::string digest();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
/// Of a file, read in pieces. Faults (Retry) if it cannot be read.
std::string sha256_file(const std::string& path);
/// HMAC-SHA-256, hexadecimal.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
/// Bytes from the system's generator.
std::string random_bytes(std::size_t count);

}  // namespace pipeline
