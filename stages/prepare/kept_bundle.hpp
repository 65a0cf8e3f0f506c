#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/vault.hpp"
#include "stages/prepare/zip.hpp"

// Kept bundle: the entries of a ZIP in the vault, read one by one; the archive is never in memory as a whole.
//
//   takes   the vault, a bundle's SHA-256; then what an entry was when it was received: its size and SHA-256
//   gives   its bytes, as they were
//   faults  Retry: the vault does not hold it as it was received
//
// zip.hpp read the same bytes before they were kept, and believed nothing; here only the directory is followed, and what comes out
// of it is compared.

namespace prepare {

class KeptBundle {
 public:
  KeptBundle(const pipeline::Vault& vault, std::string sha256);
  /// Valid until the thread inflates something else.
  std::string_view entry(std::uint64_t size, const std::string& sha256);
  const std::string& sha256() const { return sha256_; }

 private:
  struct Listed {
    ZipEntry entry;
    std::uint64_t name_length = 0;
  };
  void read_directory();
  std::string_view read(const Listed& listed);
  [[noreturn]] void fail(const std::string& why) const;

  const pipeline::Vault& vault_;
  const std::string sha256_;
  std::vector<Listed> entries_;
};

}  // namespace prepare
