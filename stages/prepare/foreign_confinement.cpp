#include "stages/prepare/foreign_confinement.hpp"

#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>

namespace prepare {

namespace {

using Filter = std::vector<sock_filter>;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized =
    true;  // needs terabytes of addresses, files and system calls of its own
#else
constexpr bool kSanitized = false;
#endif

bool limit(__rlimit_resource_t resource, rlim_t most) {
  const rlimit both{most, most};
  return setrlimit(resource, &both) == 0;
}

/// What the library makes of its rules, in the form that the system takes; empty if it makes nothing.
Filter compiled(scmp_filter_ctx filter) {
  Filter program;
  const int file = memfd_create("filter", MFD_CLOEXEC);
  if (file < 0) return program;
  if (seccomp_export_bpf(filter, file) == 0) {
    program.resize(static_cast<std::size_t>(lseek(file, 0, SEEK_END)) / sizeof(sock_filter));
    const std::size_t size = program.size() * sizeof(sock_filter);
    if (pread(file, program.data(), size, 0) != static_cast<ssize_t>(size)) program.clear();
  }
  close(file);
  return program;
}

/// What a nursery needs over what its readers are left with.
constexpr std::array kOfANursery{SCMP_SYS(recvmsg),   SCMP_SYS(clone), SCMP_SYS(setpgid),
                                 SCMP_SYS(dup2),      SCMP_SYS(close), SCMP_SYS(prlimit64),
                                 SCMP_SYS(setrlimit), SCMP_SYS(prctl)};

/// Whatever is not for memory, the one socket, bearing readers or going away, kills. Empty if there is no such filter.
Filter filter_of_the_nursery() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return {};
  bool ok = true;
  for (const int call :
       {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
        SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(restart_syscall), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(sysinfo),
        SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrusage)})
    ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  for (const int call : kOfANursery)
    ok = ok && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0) == 0;
  const auto allow_if = [&](int call, const scmp_arg_cmp& argument) {
    ok = ok && seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &argument) == 0;
  };
  // New memory never becomes code.
  const scmp_arg_cmp not_executable{2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0};
  allow_if(SCMP_SYS(mmap), not_executable);
  allow_if(SCMP_SYS(mprotect), not_executable);
  allow_if(SCMP_SYS(read), {0, SCMP_CMP_EQ, STDIN_FILENO, 0});
  allow_if(SCMP_SYS(write), {0, SCMP_CMP_EQ, STDOUT_FILENO, 0});
  allow_if(SCMP_SYS(write), {0, SCMP_CMP_EQ, STDERR_FILENO, 0});
  Filter program = ok ? compiled(filter) : Filter{};
  seccomp_release(filter);
  return program;
}

/// Takes from a reader what only its nursery needed; the nursery's own holds for it as well. It is short: each reader has it
/// translated anew.
Filter filter_of_a_reader() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
  if (!filter) return {};
  bool ok = true;
  for (const int call : kOfANursery)
    ok = ok && seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0) == 0;
  Filter program = ok ? compiled(filter) : Filter{};
  seccomp_release(filter);
  return program;
}

bool give_up_system_calls(const Filter& filter) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()),
                           const_cast<sock_filter*>(filter.data())};
  return !filter.empty() && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace

bool give_up_resources(std::uint64_t memory_mb) {
  if (kSanitized) return true;
  return limit(RLIMIT_AS, memory_mb << 20) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0) &&
         limit(RLIMIT_CORE, 0);
}

Confinement::Confinement() {
  if (kSanitized) return;
  nursery_ = filter_of_the_nursery();
  reader_ = filter_of_a_reader();
}

bool Confinement::of_the_nursery() const {
  return kSanitized || give_up_system_calls(nursery_);
}

bool Confinement::of_a_reader() const {
  return kSanitized || give_up_system_calls(reader_);
}

}  // namespace prepare
