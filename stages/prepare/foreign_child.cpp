#include "stages/prepare/foreign_child.hpp"

#include <linux/filter.h>
#include <malloc.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
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

#include "pipeline/value.hpp"
#include "stages/prepare/blank_image.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/prepare/pdf_form.hpp"
#include "stages/prepare/pdf_inspect.hpp"

namespace prepare {

namespace {

using pipeline::Value;

enum Status { kServed = 0, kNoSocket = 1, kNoLimits = 2, kNoFilter = 3, kBadRequest = 4 };

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

bool give_up_resources(std::uint64_t memory_mb) {
  return limit(RLIMIT_AS, memory_mb << 20) && limit(RLIMIT_FSIZE, 0) && limit(RLIMIT_NOFILE, 0) &&
         limit(RLIMIT_CORE, 0);
}

using Filter = std::vector<sock_filter>;

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

/// Whatever is not for memory, the one socket or going away, kills. Empty if there is no such filter.
Filter filter_of_a_reader() {
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
  if (!filter) return {};
  bool ok = true;
  for (const int call :
       {SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(futex),
        SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(restart_syscall), SCMP_SYS(clock_gettime), SCMP_SYS(getrandom), SCMP_SYS(sysinfo),
        SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrusage)})
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

bool give_up_system_calls(Filter& filter) {
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

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

Value describe(const PdfForm& form) {
  if (form.password || form.damaged)
    return Value::object({{"error", form.password ? "password" : "damaged"}});
  Value fields = Value::array();
  for (const PdfField& field : form.fields)
    fields.push(
        Value::object({{"name", field.name}, {"type", field.type}, {"value", field.value}}));
  return Value::object({{"pages", form.pages},
                        {"xfa", form.xfa},
                        {"content", form.content},
                        {"fields", std::move(fields)}});
}

Value describe(const PdfFacts& pdf) {
  if (pdf.password || pdf.damaged)
    return Value::object({{"error", pdf.password ? "password" : "damaged"}});
  return Value::object({{"pages", pdf.pages},
                        {"promised", pdf.promised},
                        {"repaired", pdf.repaired},
                        {"locked", pdf.locked},
                        {"signed", pdf.has_signature},
                        {"xfa", pdf.xfa}});
}

Value describe(Showing showing) {
  if (showing == Showing::Damaged) return Value::object({{"error", "damaged"}});
  return Value::object({{"blank", showing == Showing::Nothing}});
}

/// The far end of a request's socket; -1 at the end of all requests.
int receive(NurseryRequest& request) {
  int socket = -1;
  iovec bytes{&request, sizeof request};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof socket)> control{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t n = 0;
  while ((n = recvmsg(STDIN_FILENO, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) {
  }
  const cmsghdr* rights = n == sizeof request ? CMSG_FIRSTHDR(&message) : nullptr;
  if (rights && rights->cmsg_level == SOL_SOCKET && rights->cmsg_type == SCM_RIGHTS)
    std::memcpy(&socket, CMSG_DATA(rights), sizeof socket);
  return socket;
}

/// In place of the nursery's sockets; afterwards there is this one only.
bool live_by(int socket) {
  const bool alone = setpgid(0, 0) == 0 && dup2(socket, STDIN_FILENO) == STDIN_FILENO &&
                     dup2(socket, STDOUT_FILENO) == STDOUT_FILENO;
  close(socket);
  return alone;
}

int serve_reader(const NurseryRequest& limits, Filter& filter) {
  if (!kSanitized && !give_up_resources(limits.memory_mb)) return kNoLimits;
  if (!kSanitized && !give_up_system_calls(filter)) return kNoFilter;
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

std::optional<std::string> answer_foreign(char task, std::string_view bytes) {
  switch (static_cast<ForeignTask>(task)) {
    case ForeignTask::PdfForm:
      return describe(read_pdf_form(bytes)).dump();
    case ForeignTask::PdfInspect:
      return describe(inspect_pdf(bytes)).dump();
    case ForeignTask::ImageBlank:
      return describe(what_shows(bytes)).dump();
    case ForeignTask::PdfPages:
      return pages_of_pdf(bytes);
    case ForeignTask::ImagePlain:
      return plain_png(bytes);
  }
  return std::nullopt;
}

int serve_nursery(const std::function<int(const NurseryRequest&)>& live) {
  // A run that is told to end finishes what it has begun; its readers go when their socket closes.
  for (const int signal_number : {SIGTERM, SIGINT, SIGHUP}) signal(signal_number, SIG_IGN);
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

int serve_foreign() {
  warm_up_pdf_form();
  warm_up_blank_image();
  Filter filter = kSanitized ? Filter{} : filter_of_a_reader();
  if (!kSanitized && filter.empty()) return kNoFilter;
  return serve_nursery(
      [&filter](const NurseryRequest& limits) { return serve_reader(limits, filter); });
}

}  // namespace prepare
