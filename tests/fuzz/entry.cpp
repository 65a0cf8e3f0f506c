#include <cstddef>
#include <cstdint>

#include "tests/fuzz/targets.hpp"

// The one function that libFuzzer calls; DOSSIER_FUZZ_TARGET says which target a program is for.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::DOSSIER_FUZZ_TARGET({reinterpret_cast<const char*>(data), size});
  return 0;
}
