#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace pipeline {

/// Renews a line's lease on a connection of its own, for as long as the process lives: one beat of the line may take long.
class Heartbeat {
 public:
  Heartbeat(std::string place, std::int64_t line, double lease_seconds);
  ~Heartbeat();

 private:
  void beat();

  const std::string place_;
  const std::int64_t line_;
  const double lease_seconds_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  std::thread thread_;  ///< last: it uses all of the above
};

}  // namespace pipeline
