#pragma once

#include <stdexcept>
#include <string>
#include <utility>

// Fault: the world failed (disk, database, library), not the submission.
//
// `Retry` may go away by itself (a full disk, a share that is away); `Stop` will not (a damaged ledger, a bad table).
// Thrown by the one file that talks to that part of the world; caught by the line and by the command.

namespace pipeline {

enum class FaultKind { Retry, Stop };

class Fault : public std::runtime_error {
 public:
  /// `doing` is what was attempted ("write outbox/x.pdf"), `why` what the world answered ("No space left on device").
  Fault(FaultKind its_kind, std::string attempt, std::string answer)
      : std::runtime_error(attempt + ": " + answer),
        kind(its_kind),
        doing(std::move(attempt)),
        why(std::move(answer)) {}

  FaultKind kind;
  std::string doing;
  std::string why;
};

}  // namespace pipeline
