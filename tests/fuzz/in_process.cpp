#include "stages/prepare/foreign.hpp"

#include <utility>

#include "stages/prepare/foreign_child.hpp"

// The readers of foreign.hpp without a process, in place of those that the library holds: the sanitizers see what a reader does, and
// an input costs no fork.

namespace prepare {

class ForeignReaders::Reader {};
class Nursery {};

ForeignKind kind_of(ForeignTask task) {
  return task == ForeignTask::ImageBlank || task == ForeignTask::ImagePlain ? ForeignKind::Picture
                                                                            : ForeignKind::Pdf;
}

ForeignReaders::ForeignReaders(std::string program) : program_(std::move(program)) {}
ForeignReaders::~ForeignReaders() = default;

ForeignReading ForeignReaders::read(const std::string&, ForeignTask task, std::string_view bytes,
                                    const Limits& limits) {
  if (bytes.size() > limits.entry_mb << 20) return {};
  const auto answer =
      kind_of(task) == ForeignKind::Picture ? answer_about_picture : answer_about_pdf;
  return {answer(static_cast<char>(task), bytes), std::chrono::milliseconds(1)};
}

void ForeignReaders::dismiss(const std::string&) {}

std::vector<int> ForeignReaders::processes() const {
  return {};
}

int ForeignReaders::nursery_process(ForeignKind) const {
  return 0;
}

}  // namespace prepare
