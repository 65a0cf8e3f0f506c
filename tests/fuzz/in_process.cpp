#include "stages/prepare/foreign.hpp"

#include <utility>

#include "stages/prepare/foreign_child.hpp"

// The readers of foreign.hpp without a process, in place of those that the library holds: the sanitizers see what a reader does, and
// an input costs no fork.

namespace prepare {

class ForeignReaders::Reader {};
class Nursery {};

ForeignReaders::ForeignReaders(std::string program) : program_(std::move(program)) {}
ForeignReaders::~ForeignReaders() = default;

ForeignReading ForeignReaders::read(const std::string&, ForeignTask task, std::string_view bytes,
                                    const Limits& limits) {
  if (bytes.size() > limits.entry_mb << 20) return {};
  return {answer_foreign(static_cast<char>(task), bytes), std::chrono::milliseconds(1)};
}

void ForeignReaders::dismiss(const std::string&) {}

std::vector<int> ForeignReaders::processes() const {
  return {};
}

int ForeignReaders::nursery_process() const {
  return 0;
}

}  // namespace prepare
