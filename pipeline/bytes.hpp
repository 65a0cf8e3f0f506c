#pragma once

#include <memory>
#include <string>
#include <string_view>

// Bytes: what a file holds, as one piece of memory.
//
//   takes   a string, or a file that is mapped
//   gives   a view; of what is mapped, only what is read at the moment need be in memory
//   faults  none: a disk that fails under a mapped file ends the program (SIGBUS), which counts as an attempt at that bundle

namespace pipeline {

class Bytes {
 public:
  Bytes() = default;
  /// Of a string, which must stay.
  Bytes(std::string_view view) : view_(view) {}
  Bytes(const std::string& text) : view_(text) {}
  /// `keeper` unmaps it, after the last copy of this.
  Bytes(std::string_view mapped, std::shared_ptr<const void> keeper)
      : view_(mapped), keeper_(std::move(keeper)) {}

  operator std::string_view() const { return view_; }
  std::string_view view() const { return view_; }
  /// Will not be read again soon: what of it is mapped leaves memory, and comes back when it is read after all.
  void let_go(std::string_view part) const;

 private:
  std::string_view view_;
  std::shared_ptr<const void> keeper_;  ///< of what is mapped
};

/// SHA-256 of all of it, which has been let go afterwards.
std::string digest_of(const Bytes& bytes);

}  // namespace pipeline
