#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/value.hpp"

// Troubles: what the world keeps the line from doing right now, and when each of it is tried again.
//
//   takes   a key for each (a bundle, a folder, "papers"), as it is met and as it is over
//   writes  a small file of the state folder that tells them to whoever asks (`dossier status`); none if there are none
//   gives   whether one is to be left alone for now: the first pause doubles each time, up to the longest
//   faults  none: a disk that is full cannot be told so

namespace pipeline {

struct Observer;

class Troubles {
 public:
  struct Pauses {
    double first = 0, longest = 0;  ///< seconds
  };

  Troubles(Files& files, std::string file, Pauses pauses, const Observer& observer);

  /// It failed, perhaps again; each time is logged as `step`.
  void met(const std::string& key, std::string_view step, Value fields);
  /// It is so, and needs no attempt to find out that it still is: logged once.
  void noted(const std::string& key, std::string_view step, Value fields);
  /// If it was one, that is logged.
  void over(const std::string& key);
  /// It is gone, and nobody is told.
  void forget(const std::string& key) { all_.erase(key); }
  /// Too early to try again.
  bool waits(const std::string& key) const;
  std::int64_t count() const { return static_cast<std::int64_t>(all_.size()); }
  /// Those whose key begins so.
  std::vector<std::string> keys(std::string_view beginning) const;

  /// What there is now, to the file.
  void tell();

 private:
  using Steady = std::chrono::steady_clock;
  struct Trouble {
    std::string step;
    Value fields;
    std::int64_t since_us = 0;
    int tries = 0;
    double pause = 0;
    Steady::time_point again{};
  };

  Trouble& enter(const std::string& key, std::string_view step, Value fields);
  Value list() const;

  Files& files_;
  const std::string file_;
  const Pauses pauses_;
  const Observer& observer_;
  std::map<std::string, Trouble> all_;
  std::string told_;
  bool first_ = true;
};

/// Each line has one of its own.
std::string troubles_file(const std::string& state_folder, const std::string& seat = "");

}  // namespace pipeline
