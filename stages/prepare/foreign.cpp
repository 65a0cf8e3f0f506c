#include "stages/prepare/foreign.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// glibc 2.36 forgot to say so itself.
extern "C" {
#include <sys/pidfd.h>
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include "pipeline/fault.hpp"
#include "stages/prepare/foreign_child.hpp"

namespace prepare {

namespace {

using Clock = std::chrono::steady_clock;

/// Pages and pictures may grow a little; of all else there is not much to say.
std::size_t most_answer(ForeignTask task, const Limits& limits) {
  constexpr std::size_t kMostSaid = 8u << 20;
  const bool whole = task == ForeignTask::PdfPages || task == ForeignTask::ImagePlain;
  return whole ? kMostSaid + 2 * (std::size_t{limits.entry_mb} << 20) : kMostSaid;
}

/// For the reader to say that it is ready, on a machine that is busy.
constexpr std::chrono::seconds kStart{30};

pipeline::Fault cannot_start(const std::string& program, const std::string& why) {
  return {pipeline::FaultKind::Retry, "start the reader of foreign files (" + program + ")", why};
}

pipeline::Fault no_answer(const std::string& why) {
  return {pipeline::FaultKind::Retry, "read a foreign file", why};
}

std::array<char, 4> little_endian(std::size_t n) {
  return {static_cast<char>(n), static_cast<char>(n >> 8), static_cast<char>(n >> 16),
          static_cast<char>(n >> 24)};
}

/// Waits until the socket can be used; false when the time is over.
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

bool send_all(int fd, std::string_view bytes, Clock::time_point until) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n > 0)
      bytes.remove_prefix(static_cast<std::size_t>(n));
    else if (errno == EAGAIN ? !ready(fd, POLLOUT, until) : errno != EINTR)
      return false;
  }
  return true;
}

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

/// Starts the program with the socket as its standard input and output, and nothing else; gives 0 or the error.
int spawn(const std::string& program, int socket, const Limits& limits, pid_t& pid) {
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
  std::string command = "read-foreign";
  std::string memory = std::to_string(limits.reader_memory_mb);
  std::string largest = std::to_string(limits.entry_mb);
  std::array<char*, 5> argv{name.data(), command.data(), memory.data(), largest.data(), nullptr};
  std::array<char*, 1> no_environment{nullptr};
  const int error =
      posix_spawn(&pid, program.c_str(), &actions, &attributes, argv.data(), no_environment.data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

enum class Went {
  Answered,
  Failed,  ///< by what the file made of it: it died, sent nonsense, used up its seconds or fell asleep
  KilledByOthers,  ///< the machine's or its administrator's doing
  NoTime           ///< the machine gave it none
};

/// 'R' running or waiting for a processor, 'S' asleep, 'Z' ended…; ' ' if that cannot be told.
char state_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string stat{std::istreambuf_iterator<char>(in), {}};
  const auto name_end = stat.rfind(") ");
  return name_end == stat.npos || name_end + 2 >= stat.size() ? ' ' : stat[name_end + 2];
}

}  // namespace

/// One process and the socket to it.
class ForeignReaders::Reader {
 public:
  Reader(const std::string& program, const Limits& limits) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
      throw cannot_start(program, std::strerror(errno));
    socket_ = ends[0];
    const int error = spawn(program, ends[1], limits, pid);
    close(ends[1]);
    if (error != 0) {
      close(socket_);
      throw cannot_start(program, std::strerror(error));
    }
  }

  ~Reader() {
    close(socket_);
    if (!reaped_) end();
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  bool greets() const {
    return receive_answer(socket_, Clock::now() + kStart, kForeignGreeting.size()) ==
           std::string(kForeignGreeting);
  }

  Went read(ForeignTask task, std::string_view bytes, const Limits& limits,
            ForeignReading& reading) {
    auto until = Clock::now() + std::chrono::seconds(limits.reader_seconds);
    const auto begun = work();
    const auto cpu_until = limit_cpu(limits.reader_cpu_seconds);
    const std::array<char, 4> size = little_endian(bytes.size());
    const std::string head = static_cast<char>(task) + std::string(size.data(), size.size());
    const bool sent = send_all(socket_, head, until) && send_all(socket_, bytes, until);
    // On a machine that is busy with other things a file that is worked on gets its seconds later.
    constexpr int kMostPatience = 4;
    for (int more = 0; sent && more < kMostPatience && !ready(socket_, POLLIN, until) &&
                       state_of(pid) == 'R' && work() < cpu_until;
         ++more)
      until += std::chrono::seconds(limits.reader_seconds);
    if (sent) {
      if (auto got = receive_answer(socket_, until, most_answer(task, limits))) {
        reading = {std::move(got), work() - begun};
        return Went::Answered;
      }
    }
    if (Clock::now() >= until && state_of(pid) != 'Z')
      return work() >= cpu_until || sleeps(sent) ? Went::Failed : Went::NoTime;
    wait_for_end(until);
    const int status = end();
    // Its own death is SIGSEGV, SIGXCPU, SIGSYS or an exit; SIGKILL comes from the machine or its administrator.
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL && !killed_ ? Went::KilledByOthers
                                                                          : Went::Failed;
  }

  pid_t pid = 0;

 private:
  /// How long it has worked since its birth.
  std::chrono::milliseconds work() const {
    constexpr int kPerMillisecond = 1'000'000;
    clockid_t clock{};
    timespec spent{};
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &spent) != 0) return {};
    return std::chrono::seconds(spent.tv_sec) +
           std::chrono::milliseconds(spent.tv_nsec / kPerMillisecond);
  }

  /// A limit counts from the process's birth: the next file gets its seconds on top of what is spent. Gives the sum.
  std::chrono::seconds limit_cpu(int seconds) const {
    const auto most =
        std::chrono::ceil<std::chrono::seconds>(work()) + std::chrono::seconds(seconds);
    const rlimit limit{static_cast<rlim_t>(most.count()), RLIM_INFINITY};
    prlimit(pid, RLIMIT_CPU, &limit, nullptr);
    return most;
  }

  /// It has all that it can get, and neither works nor answers: no busy machine does that, a file that took it over may.
  bool sleeps(bool sent) const {
    if (state_of(pid) != 'S') return false;
    pollfd one{socket_, static_cast<short>(sent ? POLLIN : POLLOUT), 0};
    return poll(&one, 1, 0) == 0;
  }

  /// Its socket may close a moment before it has gone.
  void wait_for_end(Clock::time_point until) {
    shutdown(socket_, SHUT_RDWR);
    const int fd = pidfd_open(pid, 0);
    if (fd < 0) return;
    ready(fd, POLLIN, until);
    close(fd);
  }

  /// What became of it; it is killed if it has not gone.
  int end() {
    int status = 0;
    if (reaped_) return status;
    reaped_ = true;
    siginfo_t gone{};
    if (waitid(P_PID, static_cast<id_t>(pid), &gone, WEXITED | WNOHANG | WNOWAIT) == 0 &&
        gone.si_pid == 0) {
      killed_ = true;
      kill(pid, SIGKILL);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  int socket_ = -1;
  bool reaped_ = false;
  bool killed_ = false;
};

ForeignReaders::ForeignReaders(std::string program)
    // By this name the system finds the program that runs, also if an upgrade has replaced its file.
    : program_(program.empty() ? "/proc/self/exe" : std::move(program)) {}

ForeignReaders::~ForeignReaders() = default;

std::unique_ptr<ForeignReaders::Reader> ForeignReaders::take(const std::string& drop,
                                                             const Limits& limits) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.begin(), idle_.end(),
                                    [&](const Idle& idle) { return idle.drop == drop; });
    if (found != idle_.end()) {
      auto reader = std::move(found->reader);
      idle_.erase(found);
      return reader;
    }
  }
  auto reader = std::make_unique<Reader>(program_, limits);
  if (!reader->greets()) throw cannot_start(program_, "it does not say that it is ready");
  const std::lock_guard lock(mutex_);
  processes_.push_back(reader->pid);
  return reader;
}

void ForeignReaders::give_back(const std::string& drop, std::unique_ptr<Reader> reader) {
  std::unique_ptr<Reader> oldest;  // ends when nobody waits for the lock
  const std::lock_guard lock(mutex_);
  idle_.push_back({drop, std::move(reader)});
  if (idle_.size() <= kMostIdle) return;
  oldest = std::move(idle_.front().reader);
  idle_.erase(idle_.begin());
  std::erase(processes_, oldest->pid);
}

ForeignReading ForeignReaders::read(const std::string& drop, ForeignTask task,
                                    std::string_view bytes, const Limits& limits) {
  if (bytes.size() > limits.entry_mb << 20) return {};
  // A reader that something else killed says nothing about the file: another one is asked, once.
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto reader = take(drop, limits);
    ForeignReading reading;
    const Went went = reader->read(task, bytes, limits, reading);
    if (went == Went::Answered) {
      give_back(drop, std::move(reader));
      return reading;
    }
    const std::lock_guard lock(mutex_);
    std::erase(processes_, reader->pid);
    if (went == Went::Failed)
      return {std::nullopt, std::chrono::seconds(limits.reader_cpu_seconds)};
    if (went == Went::NoTime) throw no_answer("the machine is too busy to read it");
  }
  throw no_answer("its reader was killed twice by something else");
}

void ForeignReaders::dismiss(const std::string& drop) {
  std::vector<Idle> leaving;  // end when nobody waits for the lock
  const std::lock_guard lock(mutex_);
  for (Idle& idle : idle_)
    if (idle.drop == drop) leaving.push_back(std::move(idle));
  std::erase_if(idle_, [](const Idle& idle) { return !idle.reader; });
  for (const Idle& idle : leaving) std::erase(processes_, idle.reader->pid);
}

std::vector<int> ForeignReaders::processes() const {
  const std::lock_guard lock(mutex_);
  return processes_;
}

}  // namespace prepare
