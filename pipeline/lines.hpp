#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "pipeline/database.hpp"
#include "pipeline/submission.hpp"

// Lines: several lines at work on one ledger, on one machine or on many, and what each has in hand.
//
//   takes   a seat: a name that no other living line has
//   gives   whose work is whose; the work of a line whose lease has run out
//   faults  Retry: this line was taken for dead, and its work has gone to another
//
// Until join() this is the only line, and everything is its own: so it is with SQLite, where a lock on the state folder sees
// to it. What is asked here and how it fits together: pipeline/README.md, "Several lines".

namespace pipeline {

class Heartbeat;

class Lines {
 public:
  Lines(Database& database, std::string place);
  ~Lines();

  /// The lease is renewed by a thread of its own until leave() or destruction; after that, and `lease_seconds`, this line is dead.
  /// Papers of `standing` makers are every line's.
  void join(const std::string& seat, const std::set<std::string>& standing, double lease_seconds);
  /// Nothing is under way any more; what could not be done is left to whoever comes.
  void leave();
  bool joined() const { return own_ != 0; }
  std::int64_t own() const { return own_; }
  /// Who makes that effect: this line, or any.
  std::int64_t maker_of(const std::string& maker) const;

  /// What dead lines had in hand, and what nobody has, becomes this line's; false if there was nothing. Papers of nobody only if
  /// asked for: others have failed over them, or this line just now.
  bool take_over(bool papers_of_nobody = true);

  /// Which of these pieces of work are this line's from now on; the others are in somebody else's hands.
  std::set<std::string> claim(const std::vector<std::string>& keys);

  /// Before the inbox is listed: from here on decisions of others are watched.
  void watch_others();
  /// That file was decided by another line, though it may have been seen in the inbox since watch_others().
  bool decided_elsewhere(const Delivery& delivery) const;

  /// One line at a time makes what shows the ledger as it is. False: another is at it.
  bool try_alone();
  /// Waits for it; false if it was told to stop.
  bool wait_alone(const std::function<bool()>& stop);
  void end_alone();

  // Inside a transaction:
  /// At its beginning. `last_bundle` is the newest delivery.
  void confirm(std::int64_t last_bundle);
  /// After its commit.
  void committed(std::int64_t last_bundle) { seen_ = last_bundle; }
  void release(const std::vector<std::string>& keys);
  /// They could not be made: they keep nobody waiting.
  void give_up(const std::set<std::int64_t>& effects);
  /// Effects of this line that must wait, each with the earlier ones of the same path that are not done.
  std::map<std::int64_t, std::set<std::int64_t>> must_wait();

 private:
  struct Statements;

  Database& database_;
  const std::string place_;
  std::unique_ptr<Statements> statements_;
  std::unique_ptr<Heartbeat> heartbeat_;
  std::int64_t own_ = 0, seen_ = 0;
  std::set<std::string> standing_, elsewhere_;
  std::string seat_;
  bool alone_ = false;
};

}  // namespace pipeline
