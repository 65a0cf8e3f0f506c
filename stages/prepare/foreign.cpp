#include "stages/prepare/foreign.hpp"

#include <poll.h>
#include <signal.h>
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
#include "stages/prepare/foreign_nursery.hpp"
#include "stages/prepare/foreign_programs.hpp"
#include "stages/prepare/foreign_socket.hpp"

namespace prepare {

namespace {

/// Pages and pictures may grow a little; of all else there is not much to say.
std::size_t most_answer(ForeignTask task, const Limits& limits) {
  constexpr std::size_t kMostSaid = 8u << 20;
  const bool whole = task == ForeignTask::PdfPages || task == ForeignTask::ImagePlain;
  return whole ? kMostSaid + 2 * (std::size_t{limits.entry_mb} << 20) : kMostSaid;
}

pipeline::Fault no_answer(const std::string& why) {
  return {pipeline::FaultKind::Retry, "read a foreign file", why};
}

std::array<char, 4> little_endian(std::size_t n) {
  return {static_cast<char>(n), static_cast<char>(n >> 8), static_cast<char>(n >> 16),
          static_cast<char>(n >> 24)};
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

ForeignKind kind_of(ForeignTask task) {
  const bool picture = task == ForeignTask::ImageBlank || task == ForeignTask::ImagePlain;
  return picture ? ForeignKind::Picture : ForeignKind::Pdf;
}

/// One process and the socket to it.
class ForeignReaders::Reader {
 public:
  Reader(const Nursery::Newborn& born, pid_t from, ForeignKind its_kind)
      : pid(born.pid), nursery(from), kind(its_kind), socket_(born.socket) {
    clockid_t clock{};
    if (clock_getcpuclockid(pid, &clock) == 0) clock_ = clock;
  }

  ~Reader() {
    // In this order: it need not wake up to see its socket close.
    if (!reaped_) end();
    close(socket_);
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  Went read(ForeignTask task, std::string_view bytes, const Limits& limits,
            ForeignReading& reading) {
    auto until = Clock::now() + std::chrono::seconds(limits.reader_seconds);
    const auto begun = work();
    const auto cpu_until = limit_cpu(begun, limits.reader_cpu_seconds);
    const std::array<char, 4> size = little_endian(bytes.size());
    const std::string head = static_cast<char>(task) + std::string(size.data(), size.size());
    const bool sent = send_all(socket_, head, bytes, until);
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

  const pid_t pid;
  const pid_t nursery;  ///< that bore it
  const ForeignKind kind;

 private:
  /// How long it has worked since its birth.
  std::chrono::milliseconds work() const {
    constexpr int kPerMillisecond = 1'000'000;
    timespec spent{};
    if (!clock_ || clock_gettime(*clock_, &spent) != 0) return {};
    return std::chrono::seconds(spent.tv_sec) +
           std::chrono::milliseconds(spent.tv_nsec / kPerMillisecond);
  }

  /// A limit counts from the process's birth: the next file gets its seconds on top of what is spent. Gives the sum.
  std::chrono::seconds limit_cpu(std::chrono::milliseconds spent, int seconds) const {
    const auto most =
        std::chrono::ceil<std::chrono::seconds>(spent) + std::chrono::seconds(seconds);
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

  const int socket_;
  std::optional<clockid_t> clock_;  ///< of its work
  bool reaped_ = false;
  bool killed_ = false;
};

ForeignReaders::ForeignReaders(std::string program) : program_(std::move(program)) {}

ForeignReaders::~ForeignReaders() = default;

std::unique_ptr<ForeignReaders::Reader> ForeignReaders::take(const std::string& drop,
                                                             ForeignKind kind,
                                                             const Limits& limits) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const Idle& idle) {
      return idle.drop == drop && idle.reader->kind == kind;
    });
    if (found != idle_.end()) {
      auto reader = std::move(found->reader);
      idle_.erase(found);
      return reader;
    }
  }
  // A nursery that something else killed says nothing about this machine: another one is started, once.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto nursery = this->nursery(kind);
    if (const auto born = nursery->bear(limits)) {
      auto reader = std::make_unique<Reader>(*born, nursery->pid(), kind);
      const std::lock_guard lock(mutex_);
      processes_.push_back(reader->pid);
      return reader;
    }
    close_nursery(nursery->pid());
  }
  throw cannot_start_reader("it does not say that it is ready");
}

std::shared_ptr<Nursery> ForeignReaders::nursery(ForeignKind kind) {
  const std::lock_guard lock(nursery_mutex_);
  std::shared_ptr<Nursery>& nursery = nurseries_[kind];
  if (!nursery)
    nursery = program_.empty() ? std::make_shared<Nursery>(CarriedProgram(kind).path())
                               : std::make_shared<Nursery>(program_);
  return nursery;
}

void ForeignReaders::close_nursery(int pid) {
  const std::lock_guard lock(nursery_mutex_);
  for (auto& [kind, nursery] : nurseries_)
    if (nursery && nursery->pid() == pid) nursery.reset();
}

int ForeignReaders::nursery_process(ForeignKind kind) const {
  const std::lock_guard lock(nursery_mutex_);
  const auto found = nurseries_.find(kind);
  return found == nurseries_.end() || !found->second ? 0 : found->second->pid();
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
    auto reader = take(drop, kind_of(task), limits);
    ForeignReading reading;
    const Went went = reader->read(task, bytes, limits, reading);
    if (went == Went::Answered) {
      give_back(drop, std::move(reader));
      return reading;
    }
    {
      const std::lock_guard lock(mutex_);
      std::erase(processes_, reader->pid);
    }
    if (went == Went::Failed) {
      // All readers of a nursery lie in memory alike: who may have learnt something from one that died is not to meet another.
      close_nursery(reader->nursery);
      return {std::nullopt, std::chrono::seconds(limits.reader_cpu_seconds)};
    }
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
