#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

// Foreign confinement: what the processes of foreign_child.hpp give up, for good, before a foreign byte is read.
//
//   takes   the calling process
//   gives   false: the machine does not let it
//   faults  none
//
// In two steps: the nursery gives up all that neither it nor its readers need, once; a reader, which inherits that, the rest.
// A process built with a sanitizer gives up nothing: it needs terabytes of addresses, files and system calls of its own.

namespace prepare {

/// So much memory, no file that is written, no new descriptor, no core.
bool give_up_resources(std::uint64_t memory_mb);

class Confinement {
 public:
  /// Makes the filters, which neither process could afterwards.
  Confinement();

  bool of_the_nursery() const;
  /// Afterwards there are memory and the standard input and output, and nothing else. Only after the nursery's.
  bool of_a_reader() const;

 private:
  std::vector<sock_filter> nursery_, reader_;
};

}  // namespace prepare
