#include "stages/prepare/foreign_socket.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace prepare {

namespace {

bool receive_all(int fd, char* to, std::size_t size, Clock::time_point until) {
  while (size > 0) {
    const ssize_t n = recv(fd, to, size, MSG_DONTWAIT);
    if (n > 0) {
      to += n;
      size -= static_cast<std::size_t>(n);
    } else if (n == 0 || (errno == EAGAIN ? !ready(fd, POLLIN, until) : errno != EINTR)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool ready(int fd, short events, Clock::time_point until) {
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) return false;
    pollfd one{fd, events, 0};
    const int n = poll(&one, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000)));
    if (n > 0) return true;
    if (n < 0 && errno != EINTR) return false;
  }
}

bool send_all(int fd, std::string_view head, std::string_view bytes, Clock::time_point until) {
  while (!head.empty() || !bytes.empty()) {
    std::array<iovec, 2> parts{{{const_cast<char*>(head.data()), head.size()},
                                {const_cast<char*>(bytes.data()), bytes.size()}}};
    msghdr message{};
    message.msg_iov = parts.data();
    message.msg_iovlen = parts.size();
    const ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0) {
      const auto sent = static_cast<std::size_t>(n);
      const std::size_t of_head = std::min(sent, head.size());
      head.remove_prefix(of_head);
      bytes.remove_prefix(sent - of_head);
    } else if (errno == EAGAIN ? !ready(fd, POLLOUT, until) : errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::optional<std::string> receive_answer(int fd, Clock::time_point until, std::size_t most) {
  std::array<char, 4> head{};
  if (!receive_all(fd, head.data(), head.size(), until)) return std::nullopt;
  std::size_t size = 0;
  for (std::size_t i = head.size(); i-- > 0;)
    size = size << 8 | static_cast<unsigned char>(head[i]);
  if (size > most) return std::nullopt;
  std::string answer(size, '\0');
  if (!receive_all(fd, answer.data(), size, until)) return std::nullopt;
  return answer;
}

SocketMessage::SocketMessage(void* bytes, std::size_t size) : bytes_{bytes, size} {
  header_.msg_iov = &bytes_;
  header_.msg_iovlen = 1;
  header_.msg_control = control_.data();
  header_.msg_controllen = control_.size();
}

void SocketMessage::carry(int socket) {
  cmsghdr* rights = CMSG_FIRSTHDR(&header_);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof socket);
  std::memcpy(CMSG_DATA(rights), &socket, sizeof socket);
}

int SocketMessage::socket() const {
  int socket = -1;
  const cmsghdr* rights = CMSG_FIRSTHDR(&header_);
  if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS)
    std::memcpy(&socket, CMSG_DATA(rights), sizeof socket);
  return socket;
}

}  // namespace prepare
