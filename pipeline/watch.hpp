#pragma once

#include <string>
#include <vector>

namespace pipeline {

/// Wakes the line when something arrives. Only a hint: a share may keep silent, so the rescan is the truth.
class Watch {
 public:
  Watch();
  ~Watch();
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  /// Folders that are not there are passed over; naming one twice is harmless.
  void add(const std::string& folder);
  /// Returns at the first event, after `seconds`, or at a signal.
  void wait(double seconds);

 private:
  int fd_;
};

}  // namespace pipeline
