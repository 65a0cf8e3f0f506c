#include "pipeline/bytes.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

#include "pipeline/sha256.hpp"

namespace pipeline {

void Bytes::let_go(std::string_view part) const {
  if (!keeper_ || part.empty()) return;
  static const auto kPage = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(part.data()) / kPage * kPage;
  const auto end = reinterpret_cast<std::uintptr_t>(part.data()) + part.size();
  madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
}

std::string digest_of(const Bytes& bytes) {
  constexpr std::size_t kPart = std::size_t{1} << 20;
  Sha256 hash;
  for (std::string_view rest = bytes; !rest.empty();) {
    const std::string_view part = rest.substr(0, kPart);
    hash.add(part);
    bytes.let_go(part);
    rest.remove_prefix(part.size());
  }
  return hash.digest();
}

}  // namespace pipeline
