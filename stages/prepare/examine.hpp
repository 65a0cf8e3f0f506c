#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "stages/prepare/attachment.hpp"
#include "stages/prepare/rules.hpp"

// Examine: an attachment looked at, and read by a library where looking leaves a doubt.
//
//   takes   the bytes of one attachment after the other, of one bundle
//   gives   Inspection without a doubt
//   faults  those of ForeignReaders
//
// Only a reader (foreign.hpp) opens what is foreign. All doubts of a bundle together may cost so many seconds of a reader's work (not
// of the clock on the wall: a busy machine must not change an answer): what is left when they are spent is told, and the line goes on.

namespace prepare {

class Examiner {
 public:
  /// `drop`: whose readers are asked.
  Examiner(const Rules& rules, std::string drop);
  Inspection examine(std::string_view bytes);

 private:
  void read_pdf(std::string_view bytes, Inspection& of);
  void see_whether_blank(std::string_view bytes, Inspection& of);
  /// Asks a reader; nothing if the file ended it.
  std::optional<std::string> ask(ForeignTask task, std::string_view bytes);
  bool time_is_over() const { return left_ <= std::chrono::milliseconds(0); }

  const Rules& rules_;
  const std::string drop_;
  std::chrono::milliseconds left_;
};

}  // namespace prepare
