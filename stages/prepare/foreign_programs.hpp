#pragma once

#include <string>

#include "stages/prepare/foreign.hpp"

// Foreign programs: the two programs that read foreign files, carried inside whatever reads any: a copy of it alone works, and an
// upgrade of its file changes nothing for it.
//
//   takes   which one
//   gives   a file in memory that nobody can change
//   faults  Retry: the machine has no room for it, or does not let programs be started from memory

namespace prepare {

class CarriedProgram {
 public:
  explicit CarriedProgram(ForeignKind kind);
  ~CarriedProgram();
  CarriedProgram(const CarriedProgram&) = delete;
  CarriedProgram& operator=(const CarriedProgram&) = delete;

  /// To be started by, also where this process's descriptors are closed; good for as long as this lives.
  std::string path() const;

 private:
  int file_ = -1;
};

}  // namespace prepare
