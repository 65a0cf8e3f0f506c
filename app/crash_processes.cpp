#include "app/crash_processes.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <vector>

#include "pipeline/fault.hpp"

namespace app {

using pipeline::Fault;
using pipeline::FaultKind;

namespace {

[[noreturn]] void serve(int to, std::int64_t count, int workers, int worker,
                        const std::function<std::string(std::int64_t, int)>& work) {
  try {
    for (std::int64_t piece = worker; piece < count; piece += workers) {
      const std::string line = work(piece, worker) + '\n';
      // At most PIPE_BUF bytes: they arrive together.
      if (::write(to, line.data(), line.size()) < 0) _exit(1);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "dossier: %s\n", e.what());
    _exit(1);
  }
  _exit(0);
}

}  // namespace

void share_out(std::int64_t count, int workers,
               const std::function<std::string(std::int64_t, int)>& work,
               const std::function<void(const std::string&)>& collect) {
  int ends[2];
  if (pipe(ends) != 0) throw Fault(FaultKind::Stop, "make a pipe", std::strerror(errno));
  std::vector<pid_t> children;
  for (int worker = 0; worker < workers; ++worker) {
    const pid_t child = fork();
    if (child == 0) {
      close(ends[0]);
      serve(ends[1], count, workers, worker, work);
    }
    if (child > 0) children.push_back(child);
  }
  close(ends[1]);
  std::string line;
  char buffer[4096];
  for (ssize_t n; (n = ::read(ends[0], buffer, sizeof buffer)) > 0 || (n < 0 && errno == EINTR);)
    for (ssize_t i = 0; i < n; ++i)
      if (buffer[i] != '\n') {
        line += buffer[i];
      } else {
        collect(line);
        line.clear();
      }
  close(ends[0]);
  bool all = children.size() == static_cast<std::size_t>(workers);
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    all = all && WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  if (!all) throw Fault(FaultKind::Stop, "share out work", "a process did not come to its end");
}

}  // namespace app
