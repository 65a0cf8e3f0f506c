#include "pipeline/attempts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>

#include "pipeline/json.hpp"

namespace pipeline {

Attempts::Attempts(Files& files, std::string file, int limit)
    : files_(files), file_(std::move(file)), limit_(limit) {
  std::string mark;
  const bool crashed = files_.read(file_ + ".crash", mark) && !mark.empty();
  if (crashed) files_.write(file_ + ".crash", "");
  std::string text;
  if (!files_.read(file_, text)) return;
  const Json before = parse_json(text);
  if (!before.error.empty()) return;
  for (const auto& [key, count] : before.value["deaths"].members())
    deaths_[key] = static_cast<int>(count.integer());
  on_disk_ = true;
  for (const Value& key : before.value["suspects"].items()) suspects_.insert(key.string());
  if (!crashed) return;
  const auto& under_way = before.value["under_way"].items();
  for (const Value& key : under_way) suspects_.insert(key.string());
  if (under_way.size() == 1) ++deaths_[under_way[0].string()];
}

bool Attempts::is_poison(const std::string& key) const {
  return deaths(key) >= limit_;
}

int Attempts::deaths(const std::string& key) const {
  const auto at = deaths_.find(key);
  return at == deaths_.end() ? 0 : at->second;
}

void Attempts::begin(const std::vector<std::string>& keys) {
  if (keys.empty()) return;
  under_way_.insert(keys.begin(), keys.end());
  save();
}

void Attempts::end(const std::string& key) {
  under_way_.erase(key);
  suspects_.erase(key);
  deaths_.erase(key);
}

void Attempts::keep_suspects(std::string_view kind, const std::set<std::string>& met) {
  std::erase_if(suspects_, [&](const std::string& key) {
    return key.starts_with(kind) && !met.contains(key);
  });
}

void Attempts::rest() {
  under_way_.clear();
  deaths_.clear();
  if (!on_disk_ && suspects_.empty()) return;
  save();
  on_disk_ = !suspects_.empty();
}

void Attempts::save() {
  const auto list = [](const std::set<std::string>& keys) {
    Value all = Value::array();
    for (const std::string& key : keys) all.push(key);
    return all;
  };
  Value deaths = Value::object();
  for (const auto& [key, count] : deaths_) deaths.set(key, count);
  files_.write(file_ + ".part", Value::object({{"under_way", list(under_way_)},
                                               {"suspects", list(suspects_)},
                                               {"deaths", std::move(deaths)}})
                                    .dump());
  files_.rename(file_ + ".part", file_);
  on_disk_ = true;
}

namespace {

volatile int crash_mark = -1;

/// Nothing here but what a handler may do.
extern "C" void on_crash(int signal) {
  if (crash_mark >= 0 && ::write(crash_mark, "x", 1) < 0) {
  }
  ::raise(signal);  // SA_RESETHAND: this time it is deadly
}

}  // namespace

void mark_crashes(const std::string& file) {
  if (crash_mark >= 0) ::close(crash_mark);
  crash_mark = ::open((file + ".crash").c_str(),
                      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  struct sigaction action = {};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
    ::sigaction(signal, &action, nullptr);
}

std::string attempts_file(const std::string& state_folder, const std::string& seat) {
  return path_join(state_folder, seat.empty() ? "attempts.json" : "lines/" + seat + ".json");
}

std::string attempt_key(const Delivery& delivery) {
  return "bundle " + std::to_string(delivery.size) + ' ' + std::to_string(delivery.modified_ns) +
         ' ' + delivery.path;
}

std::string attempt_key(std::int64_t effect) {
  return "effect " + std::to_string(effect);
}

}  // namespace pipeline
