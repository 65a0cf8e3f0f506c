#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "pipeline/json.hpp"

// Program: runs the real `dossier` in a folder of its own, with the shipped templates, and keeps what it says.

namespace tests {

class Program {
 public:
  explicit Program(const std::string& name)
      : folder_(std::filesystem::temp_directory_path() / (name + "-" + std::to_string(getpid()))) {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~Program() { std::filesystem::remove_all(folder_); }
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  std::string path(const std::string& below) const { return (folder_ / below).string(); }

  void write(const std::string& below, std::string_view bytes) const {
    std::filesystem::create_directories((folder_ / below).parent_path());
    std::ofstream(folder_ / below, std::ios::binary) << bytes;
  }
  std::string read(const std::string& below) const {
    std::ifstream in(folder_ / below, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  /// Starts `dossier <words…>`; the caller waits for it.
  pid_t start(const std::vector<std::string>& words) const {
    std::vector<std::string> all{DOSSIER_PROGRAM};
    all.insert(all.end(), words.begin(), words.end());
    return start_program(all);
  }
  /// The same with any program; its first word is the file.
  pid_t start_program(std::vector<std::string> all) const {
    const pid_t child = fork();
    if (child == 0) {
      std::vector<char*> argv;
      for (std::string& word : all) argv.push_back(word.data());
      argv.push_back(nullptr);
      if (!freopen(path("stdout").c_str(), "w", stdout)) _exit(98);
      if (!freopen(path("stderr").c_str(), "w", stderr)) _exit(98);
      execv(argv[0], argv.data());
      _exit(99);
    }
    return child;
  }

  static int status_of(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

  /// Runs `dossier <words…>` as it is; gives its exit status, or minus the signal that ended it.
  int run(const std::vector<std::string>& words) const { return status_of(start(words)); }
  /// The same with any program; its first word is the file.
  int run_program(const std::vector<std::string>& words) const {
    return status_of(start_program(words));
  }

  /// Runs a command on this folder's inbox, outbox and state.
  int run_here(std::vector<std::string> words) const {
    for (const char* place : {"inbox", "outbox", "state"}) {
      words.push_back(std::string("--") + place);
      words.push_back(path(place));
    }
    words.push_back("--templates");
    words.push_back(templates);
    if (!now.empty()) {
      words.push_back("--now");
      words.push_back(now);
    }
    return run(words);
  }

  std::string out() const { return read("stdout"); }
  std::string err() const { return read("stderr"); }
  /// Standard output as the one JSON document that it must be; null if it is not one.
  pipeline::Value json() const {
    const pipeline::Json parsed = pipeline::parse_json(out());
    return parsed.error.empty() ? parsed.value : pipeline::Value();
  }

  std::string templates = std::string(DOSSIER_SOURCE_DIR) + "/templates";
  std::string now = "2026-11-20T10:00:00+08:00";

 private:
  std::filesystem::path folder_;
};

}  // namespace tests
