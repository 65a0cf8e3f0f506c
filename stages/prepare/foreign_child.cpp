#include "stages/prepare/foreign_child.hpp"

#include <malloc.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stages/prepare/foreign_confinement.hpp"
#include "stages/prepare/foreign_socket.hpp"

namespace prepare {

namespace {

enum Status { kServed = 0, kNoSocket = 1, kNoLimits = 2, kNoFilter = 3, kBadRequest = 4 };

bool read_all(char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t n = read(STDIN_FILENO, to, size);
    if (n == 0 || (n < 0 && errno != EINTR)) return false;
    if (n < 0) continue;
    to += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

bool write_all(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

bool answer(std::string_view text) {
  // In one piece, unless that would copy much: who waits for it wakes up once.
  constexpr std::size_t kLittle = 1u << 16;
  std::string head;
  for (int i = 0; i < 4; ++i) head += static_cast<char>(text.size() >> (8 * i));
  if (text.size() <= kLittle) return write_all(head.append(text));
  return write_all(head) && write_all(text);
}

/// The far end of a request's socket; -1 at the end of all requests.
int receive(NurseryRequest& request) {
  int socket = -1;
  SocketMessage message(&request, sizeof request);
  ssize_t n = 0;
  while ((n = recvmsg(STDIN_FILENO, message.header(), MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  if (n == sizeof request) socket = message.socket();
  return socket;
}

/// In place of the nursery's sockets; afterwards there is this one only.
bool live_by(int socket) {
  const bool alone = setpgid(0, 0) == 0 && dup2(socket, STDIN_FILENO) == STDIN_FILENO &&
                     dup2(socket, STDOUT_FILENO) == STDOUT_FILENO;
  close(socket);
  return alone;
}

int serve_reader(const NurseryRequest& limits, const Confinement& confinement,
                 ForeignAnswer* answer_foreign) {
  if (!give_up_resources(limits.memory_mb)) return kNoLimits;
  if (!confinement.of_a_reader()) return kNoFilter;
  if (!answer(kForeignGreeting)) return kServed;
  const char* const top = static_cast<char*>(sbrk(0));
  for (;;) {
    std::array<unsigned char, 5> head{};
    if (!read_all(reinterpret_cast<char*>(head.data()), head.size())) return kServed;
    const std::size_t size = head[1] | std::size_t{head[2]} << 8 | std::size_t{head[3]} << 16 |
                             std::size_t{head[4]} << 24;
    if (size > limits.largest_mb << 20) return kBadRequest;
    std::string bytes(size, '\0');
    if (!read_all(bytes.data(), size)) return kServed;
    const auto result = answer_foreign(static_cast<char>(head[0]), bytes);
    if (!result) return kBadRequest;
    if (!answer(*result)) return kServed;
    std::string().swap(bytes);
    // What a small file left is at hand for the next one.
    constexpr std::ptrdiff_t kMuch = 1 << 20;
    if (static_cast<char*>(sbrk(0)) - top > kMuch) malloc_trim(0);
  }
}

}  // namespace

int serve_nursery(const std::function<int(const NurseryRequest&)>& live) {
  if (!answer(kNurseryGreeting)) return kServed;
  NurseryRequest request;
  for (int socket = -1; (socket = receive(request)) >= 0; close(socket)) {
    // A sister, not a child: it is the run that waits for it, and is told what became of it.
    const auto born = static_cast<pid_t>(
        syscall(SYS_clone, CLONE_PARENT | SIGCHLD, nullptr, nullptr, nullptr, 0));
    if (born == 0) return live_by(socket) ? live(request) : kNoSocket;
    std::array<char, sizeof born> said{};
    std::memcpy(said.data(), &born, sizeof born);
    if (!answer({said.data(), said.size()})) return kServed;
  }
  return kServed;
}

int serve_foreign(ForeignAnswer* answer_foreign) {
  // In place of the number of the descriptor that it was started from.
  prctl(PR_SET_NAME, "dossier-reader");
  // A run that is told to end finishes what it has begun; its readers go when their socket closes.
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP}) signal(signal_number, SIG_IGN);
  const Confinement confinement;
  if (!confinement.of_the_nursery()) return kNoFilter;
  return serve_nursery([&](const NurseryRequest& limits) {
    return serve_reader(limits, confinement, answer_foreign);
  });
}

}  // namespace prepare
