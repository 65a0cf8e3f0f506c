#pragma once

#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

// Measuring: what a process and all that it starts cost.
//
//   takes   the id of a child that has just been started
//   gives   its exit status, the processor's time of it and all its children, and the most memory that all of them had together:
//           the sum of their resident sets, looked at every few milliseconds, so that what they share counts for each
//   faults  none

namespace tests {

struct Cost {
  int status = 0;  ///< or minus the signal that ended it
  double cpu_seconds = 0;
  double wall_seconds = 0;
  double memory_mb = 0;
};

inline double memory_of_tree(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  std::map<pid_t, double> sizes;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != name.npos) continue;
    std::ifstream in(entry.path() / "stat");
    std::string line;
    if (!std::getline(in, line) || line.rfind(')') == line.npos) continue;
    // Behind the command's name: state and parent.
    std::istringstream rest(line.substr(line.rfind(')') + 3));
    pid_t parent = 0;
    rest >> parent;
    const pid_t id = std::stoi(name);
    children.emplace(parent, id);
    std::ifstream memory(entry.path() / "statm");
    double all = 0, resident = 0;
    memory >> all >> resident;
    sizes[id] = resident * 4096 / (1 << 20);
  }
  double sum = 0;
  std::vector<pid_t> left{root};
  while (!left.empty()) {
    const pid_t id = left.back();
    left.pop_back();
    sum += sizes[id];
    const auto [from, to] = children.equal_range(id);
    for (auto child = from; child != to; ++child) left.push_back(child->second);
  }
  return sum;
}

inline Cost wait_measuring(pid_t child) {
  Cost cost;
  const auto begin = std::chrono::steady_clock::now();
  sigset_t ended, before;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ended, &before);
  rusage usage{};
  int status = 0;
  while (wait4(child, &status, WNOHANG, &usage) == 0) {
    cost.memory_mb = std::max(cost.memory_mb, memory_of_tree(child));
    const timespec often{0, 10'000'000};
    sigtimedwait(&ended, nullptr, &often);
  }
  sigprocmask(SIG_SETMASK, &before, nullptr);
  cost.status = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  cost.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  cost.memory_mb = std::max(cost.memory_mb, static_cast<double>(usage.ru_maxrss) / 1024);
  cost.wall_seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return cost;
}

}  // namespace tests
