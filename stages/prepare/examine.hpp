#pragma once

#include <chrono>
#include <string_view>

#include "stages/prepare/attachment.hpp"
#include "stages/prepare/rules.hpp"

// Examine: an attachment looked at, and read by a library where looking leaves a doubt.
//
//   takes   the bytes of one attachment after the other, of one bundle
//   gives   Inspection without a doubt
//   faults  Retry: no reader can be started
//
// Only a reader (foreign.hpp) opens what is foreign. All doubts of a bundle together have the time of one file: what is left when it
// is over is told, and the line goes on.

namespace prepare {

class Examiner {
 public:
  explicit Examiner(const Rules& rules);
  Inspection examine(std::string_view bytes);

 private:
  void read_pdf(std::string_view bytes, Inspection& of);
  void see_whether_blank(std::string_view bytes, Inspection& of);
  /// Asks a reader; nothing if it gave up, or if there is no time left.
  std::optional<std::string> ask(ForeignTask task, std::string_view bytes);
  bool time_is_over() const { return left_ <= std::chrono::milliseconds(0); }

  const Rules& rules_;
  std::chrono::milliseconds left_;
};

}  // namespace prepare
