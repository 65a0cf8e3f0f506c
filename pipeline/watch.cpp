#include "pipeline/watch.hpp"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>

namespace pipeline {

Watch::Watch() : fd_(inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

Watch::~Watch() {
  if (fd_ >= 0) close(fd_);
}

void Watch::add(const std::string& folder) {
  if (fd_ >= 0) inotify_add_watch(fd_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO);
}

void Watch::wait(double seconds) {
  pollfd events{fd_, POLLIN, 0};
  if (poll(&events, 1, static_cast<int>(seconds * 1000)) <= 0) return;
  std::array<char, 4096> buffer;
  while (read(fd_, buffer.data(), buffer.size()) > 0) {
  }
}

}  // namespace pipeline
