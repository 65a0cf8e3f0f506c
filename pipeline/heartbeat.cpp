#include "pipeline/heartbeat.hpp"

#include <chrono>
#include <memory>

#include "pipeline/database.hpp"
#include "pipeline/dialect.hpp"
#include "pipeline/fault.hpp"

namespace pipeline {

Heartbeat::Heartbeat(std::string place, std::int64_t line, double lease_seconds)
    : place_(std::move(place)),
      line_(line),
      lease_seconds_(lease_seconds),
      thread_([this] { beat(); }) {}

Heartbeat::~Heartbeat() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Heartbeat::beat() {
  std::unique_ptr<Database> database;
  std::unique_ptr<Statement> renew;
  const auto pause = std::chrono::duration<double>(lease_seconds_ / 3);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, pause, [this] { return ended_; })) {
    lock.unlock();
    try {
      if (!database) {
        database = std::make_unique<Database>(place_);
        renew = std::make_unique<Statement>(
            *database,
            "UPDATE line SET expires = " + database->dialect().clock + " + $1 WHERE id = $2");
      }
      renew->run(static_cast<std::int64_t>(lease_seconds_ * 1e6), line_);
    } catch (const Fault&) {
      // The line itself will notice that the ledger is away; here the next beat tries again.
      renew.reset();
      database.reset();
    }
    lock.lock();
  }
}

}  // namespace pipeline
