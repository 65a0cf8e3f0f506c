#pragma once

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

// Foreign socket: the near end of a socket to a process that may never answer.
//
//   takes   a socket, until when to wait
//   gives   what was asked for; false or nothing: the time is over, or the far end has gone

namespace prepare {

using Clock = std::chrono::steady_clock;

/// Waits until the socket can be used.
bool ready(int fd, short events, Clock::time_point until);

/// One after the other, without a break between them: who takes them wakes up once.
bool send_all(int fd, std::string_view head, std::string_view bytes, Clock::time_point until);

/// An answer with its four bytes of length before it; more than `most` bytes are none.
std::optional<std::string> receive_answer(int fd, Clock::time_point until, std::size_t most);

/// Some bytes that a socket travels with, on their way in or out.
class SocketMessage {
 public:
  SocketMessage(void* bytes, std::size_t size);
  SocketMessage(const SocketMessage&) = delete;
  SocketMessage& operator=(const SocketMessage&) = delete;

  void carry(int socket);
  /// That came along; -1: none.
  int socket() const;
  msghdr* header() { return &header_; }

 private:
  iovec bytes_;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control_{};
  msghdr header_{};
};

}  // namespace prepare
