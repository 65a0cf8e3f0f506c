#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/submission.hpp"

// Attempts: what was being worked on when a run died, and how often each piece of it has died alone.
//
//   takes   keys of work (a delivery, an effect) as it begins and ends
//   writes  one small file of the state folder; not synced: it is about dead processes, and a power cut proves nothing
//   gives   suspects, which are to be done one at a time, so that the next death has one culprit; and poison: what has died
//           alone as often as the limit says
//   faults  those of Files when it writes; a file that cannot be read counts nothing
//
// A kill -9 or a power cut says nothing of a bundle and counts nothing; a crash (a signal that the program brought upon
// itself) in the middle of sixty makes sixty suspects, and poisons none: only one that happens alone counts.

namespace pipeline {

class Attempts {
 public:
  /// Reads what the run before left behind. `limit` deaths alone make poison.
  Attempts(Files& files, std::string file, int limit);

  bool is_suspect(const std::string& key) const { return suspects_.contains(key); }
  bool has_suspects() const { return !suspects_.empty(); }
  bool is_poison(const std::string& key) const;
  int deaths(const std::string& key) const;

  /// Work on all of them begins together; on disk before it returns.
  void begin(const std::vector<std::string>& keys);
  /// It came to an end, well or not; it is no suspect any more.
  void end(const std::string& key);
  /// Suspects of that kind ("bundle", "effect") that are not met any more are forgotten.
  void keep_suspects(std::string_view kind, const std::set<std::string>& met);
  /// Nothing is under way, and what was met came to an end.
  void rest();

 private:
  void save();

  Files& files_;
  std::string file_;
  int limit_;
  std::set<std::string> under_way_, suspects_;
  std::map<std::string, int> deaths_;
  bool on_disk_ = false;  ///< the file names something
};

/// From now on a crash of this process leaves its mark for the next run's Attempts(files, file, …).
void mark_crashes(const std::string& file);
/// Each line has one of its own.
std::string attempts_file(const std::string& state_folder, const std::string& seat = "");

/// The same bytes in the same place: changed or replaced, it is another piece of work.
std::string attempt_key(const Delivery& delivery);
std::string attempt_key(std::int64_t effect);
/// The statistics at the end of a run.
inline constexpr const char* kSummaryAttempt = "summary";

}  // namespace pipeline
