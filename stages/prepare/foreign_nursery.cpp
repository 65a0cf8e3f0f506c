#include "stages/prepare/foreign_nursery.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "stages/prepare/foreign_child.hpp"
#include "stages/prepare/foreign_socket.hpp"

namespace prepare {

namespace {

/// To say that one is ready, on a machine that is busy.
constexpr std::chrono::seconds kStart{30};

/// Starts the program with the socket as its standard input and output, and nothing else; gives 0 or the error.
int spawn(const std::string& program, int socket, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, socket, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: what the terminal tells the run is not for its readers.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  std::string name = "dossier";
  std::string command = "reader";
  std::array<char*, 3> argv{name.data(), command.data(), nullptr};
  std::array<char*, 1> no_environment{nullptr};
  const int error =
      posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), no_environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

void kill_and_reap(pid_t pid) {
  kill(pid, SIGKILL);
  while (waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

bool says(int socket, std::string_view greeting) {
  return receive_answer(socket, Clock::now() + kStart, greeting.size()) == std::string(greeting);
}

}  // namespace

pipeline::Fault cannot_start_reader(const std::string& why) {
  return {pipeline::FaultKind::Retry, "start the reader of foreign files", why};
}

Nursery::Nursery(const std::string& program) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
    throw cannot_start_reader(std::strerror(errno));
  socket_ = ends[0];
  const int error = spawn(program, ends[1], pid_);
  close(ends[1]);
  const bool ready = error == 0 && says(socket_, kNurseryGreeting);
  if (ready) return;
  close(socket_);
  if (error == 0) kill_and_reap(pid_);
  throw cannot_start_reader(error == 0 ? "it does not say that it is ready" : std::strerror(error));
}

Nursery::~Nursery() {
  close(socket_);
  kill_and_reap(pid_);
}

/// Who was born; 0 if nobody was.
pid_t Nursery::ask(int socket, const Limits& limits) {
  NurseryRequest request{limits.reader_memory_mb, limits.entry_mb};
  SocketMessage message(&request, sizeof request);
  message.carry(socket);
  const std::lock_guard lock(one_at_a_time_);
  if (sendmsg(socket_, message.header(), MSG_NOSIGNAL) != static_cast<ssize_t>(sizeof request))
    return 0;
  pid_t born = 0;
  const auto answer = receive_answer(socket_, Clock::now() + kStart, sizeof born);
  if (answer && answer->size() == sizeof born)
    std::memcpy(&born, answer->data(), sizeof born);
  else
    shutdown(socket_, SHUT_RDWR);  // a late answer must not pass for that to the next request
  return born;
}

std::optional<Nursery::Newborn> Nursery::bear(const Limits& limits) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return std::nullopt;
  const pid_t born = ask(ends[1], limits);
  close(ends[1]);
  if (born > 0 && says(ends[0], kForeignGreeting)) return Newborn{born, ends[0]};
  close(ends[0]);
  if (born > 0) kill_and_reap(born);
  return std::nullopt;
}

}  // namespace prepare
