#pragma once

#include <sys/types.h>

#include <mutex>
#include <optional>
#include <string>

#include "pipeline/fault.hpp"
#include "stages/prepare/limits.hpp"

// Foreign nursery: a process that waits, with all that they need, to bear readers of foreign files (foreign.hpp).
//
//   takes   the program to start; limits of a reader
//   gives   readers that are ready, each a child of this process with a socket of its own
//   faults  Retry: it cannot be started
//
// A reader costs a fork so, and not the start of a program. The nursery never sees a foreign byte, and no reader can reach it: it knows
// two sockets only, ours and for a moment that of the reader it bears, and a reader keeps the latter alone. It goes when ours closes.

namespace prepare {

pipeline::Fault cannot_start_reader(const std::string& why);

class Nursery {
 public:
  explicit Nursery(const std::string& program);
  ~Nursery();
  Nursery(const Nursery&) = delete;
  Nursery& operator=(const Nursery&) = delete;

  struct Newborn {
    pid_t pid = 0;
    int socket = -1;
  };
  /// Any thread. Nothing: the nursery has gone, or what it bore did not come up to saying that it is ready.
  std::optional<Newborn> bear(const Limits& limits);

  pid_t pid() const { return pid_; }

 private:
  pid_t ask(int socket, const Limits& limits);

  std::mutex one_at_a_time_;
  pid_t pid_ = 0;
  int socket_ = -1;
};

}  // namespace prepare
