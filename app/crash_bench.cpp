#include "app/crash_bench.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "app/crash_processes.hpp"
#include "app/crash_stages.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"
#include "pipeline/text.hpp"

namespace app {

namespace fs = std::filesystem;
using pipeline::Fault;
using pipeline::FaultKind;
using pipeline::Harm;
using pipeline::Lasts;
using pipeline::Mishap;
using pipeline::path_join;
using pipeline::Survives;

namespace {

struct Kind {
  const char* name;
  Harm harm;
  Lasts lasts = Lasts::Once;
  Survives survives = Survives::Nothing;
};

constexpr Kind kKinds[] = {
    {"EIO", Harm::Broken},
    {"ENOSPC", Harm::Full},
    {"EINTR", Harm::Interrupted},
    {"short write", Harm::Short},
    {"full from here on", Harm::Full, Lasts::ToTheEnd},
    {"death", Harm::Death},
    {"power cut, nothing unsynced survives", Harm::PowerCut},
    {"power cut, names survive", Harm::PowerCut, Lasts::Once, Survives::NamesOnly},
    {"power cut, some survives", Harm::PowerCut, Lasts::Once, Survives::Some},
};

constexpr int kDone = 0, kFault = 3, kBroken = 70;

std::string bytes_of(const fs::path& file) {
  std::string bytes(fs::file_size(file), '\0');
  std::ifstream(file, std::ios::binary)
      .read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return bytes;
}

/// Files that nobody writes into again are shared; a ledger is copied.
void clone(const fs::path& from, const fs::path& to) {
  fs::create_directory(to);
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_directory()) {
      clone(entry.path(), target);
      continue;
    }
    const bool ledger = entry.path().filename().string().starts_with("ledger.");
    if (!ledger && link(entry.path().c_str(), target.c_str()) == 0) continue;
    fs::copy_file(entry.path(), target);
    fs::last_write_time(target, fs::last_write_time(entry.path()));
  }
}

void write_delivery(const fs::path& inbox, const Dropped& one, int number) {
  const fs::path folder = inbox / one.drop;
  fs::create_directories(folder);
  const fs::path file = folder / one.name;
  std::ofstream(file, std::ios::binary) << one.bytes;
  const auto arrived =
      std::chrono::sys_days(std::chrono::year(2026) / 11 / 1) + std::chrono::seconds(number);
  fs::last_write_time(file, std::chrono::file_clock::from_sys(arrived));
}

/// For the way from one process to another.
std::string counts_text(const CrashCounts& c) {
  pipeline::Value kinds = pipeline::Value::object(), examples = pipeline::Value::array();
  for (const auto& [kind, count] : c.by_kind) kinds.set(kind, count);
  constexpr std::size_t kTold = 4;
  for (std::size_t i = 0; i < c.examples.size() && i < kTold; ++i)
    examples.push(pipeline::shorten(c.examples[i], 500));
  return pipeline::Value::object({{"failed", c.failed},
                                  {"deaths", c.deaths},
                                  {"cuts", c.cuts},
                                  {"lost", c.lost},
                                  {"doubled", c.doubled},
                                  {"different", c.different},
                                  {"silent", c.silent},
                                  {"stuck", c.stuck},
                                  {"kinds", std::move(kinds)},
                                  {"examples", std::move(examples)}})
      .dump();
}

CrashCounts counts_of(const std::string& text) {
  const pipeline::Value v = pipeline::parse_own_json(text);
  const auto number = [&](const char* key) { return v[key].integer(); };
  CrashCounts c;
  c.failed = number("failed");
  c.deaths = number("deaths");
  c.cuts = number("cuts");
  c.lost = number("lost");
  c.doubled = number("doubled");
  c.different = number("different");
  c.silent = number("silent");
  c.stuck = number("stuck");
  for (const auto& [kind, count] : v["kinds"].members()) c.by_kind[kind] = count.integer();
  for (const pipeline::Value& example : v["examples"].items())
    c.examples.push_back(example.string());
  return c;
}

/// The working folder of the process, for as long as it lives.
class Inside {
 public:
  explicit Inside(const std::string& folder)
      : back_(open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (back_ < 0 || chdir(folder.c_str()) != 0)
      throw Fault(FaultKind::Stop, "go to " + folder, std::strerror(errno));
  }
  ~Inside() {
    if (fchdir(back_) != 0) std::abort();
    close(back_);
  }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  int back_;
};

}  // namespace

/// What there is to compare, at one moment.
struct CrashBench::Shown {
  std::map<std::string, std::string> files;  ///< of outbox, inbox and vault
  std::vector<std::string> rows;             ///< of the ledger

  static Shown of(const fs::path& place) {
    Shown shown;
    for (const char* below : {"inbox", "outbox", "state/vault"})
      if (fs::exists(place / below))
        for (const auto& entry : fs::recursive_directory_iterator(place / below))
          if (entry.is_regular_file())
            shown.files[fs::relative(entry.path(), place).string()] = bytes_of(entry.path());
    shown.rows = pipeline::ledger_rows((place / "state/ledger.sqlite").string());
    return shown;
  }

  void compare(const Shown& found, const std::string& trial, CrashCounts& counts) const {
    const auto tell = [&](std::int64_t& count, const std::string& what) {
      ++count;
      constexpr std::size_t kExamples = 40;
      if (counts.examples.size() < kExamples)
        counts.examples.push_back(trial + ": " + pipeline::shorten(what, 200));
    };
    for (const auto& [name, bytes] : files) {
      const auto other = found.files.find(name);
      if (other == found.files.end())
        tell(counts.lost, "lost " + name);
      else if (other->second != bytes)
        tell(counts.different, "different " + name);
    }
    for (const auto& [name, bytes] : found.files)
      if (!files.contains(name)) tell(counts.doubled, "too much: " + name);
    std::map<std::string, std::vector<std::string>> tables, found_tables;
    for (const std::string& row : rows) tables[row.substr(0, row.find(':'))].push_back(row);
    for (const std::string& row : found.rows)
      found_tables[row.substr(0, row.find(':'))].push_back(row);
    for (const auto& [table, mine] : tables) {
      const std::vector<std::string>& theirs = found_tables[table];
      if (theirs.size() < mine.size()) tell(counts.lost, "rows lost of " + table);
      if (theirs.size() > mine.size()) tell(counts.doubled, "rows too many of " + table);
      for (std::size_t i = 0; i < mine.size() && i < theirs.size(); ++i)
        if (theirs[i] != mine[i]) {
          tell(counts.different, "row of " + table + ": " + theirs[i]);
          break;
        }
    }
  }
};

struct CrashBench::Trial {
  std::int64_t step = 0;
  const Kind* kind = nullptr;
  std::string what;

  std::string text() const {
    return std::string(kind->name) + " at step " + std::to_string(step) + " (" + what + ")";
  }
};

void CrashCounts::add(const CrashCounts& other) {
  failed += other.failed;
  deaths += other.deaths;
  cuts += other.cuts;
  lost += other.lost;
  doubled += other.doubled;
  different += other.different;
  silent += other.silent;
  stuck += other.stuck;
  for (const auto& [kind, count] : other.by_kind) by_kind[kind] += count;
  examples.insert(examples.end(), other.examples.begin(), other.examples.end());
}

CrashBench::CrashBench(std::string folder, pipeline::Stages stages, CrashOptions options)
    : folder_(fs::absolute(folder).string()),
      stages_(remembering(std::move(stages))),
      options_(options) {
  for (const char* below : {"calm/inbox", "calm/outbox", "calm/state"})
    fs::create_directories(path(below));
}

CrashBench::~CrashBench() = default;

std::string CrashBench::path(const std::string& below) const {
  return path_join(folder_, below);
}

std::string CrashBench::outbox() const {
  return path("calm/outbox");
}

void CrashBench::pass(const CrashPass& pass) {
  now_ = pass.now;
  fs::remove_all(path("before"));
  int number = 0;
  for (const Dropped& one : pass.deliveries) write_delivery(path("calm/inbox"), one, ++number);
  clone(path("calm"), path("before"));
  Mishap none;
  {
    const Inside inside(path("calm"));
    std::string trouble;
    if (run(none, trouble) != kDone)
      throw Fault(FaultKind::Stop, "run undisturbed in " + folder_, trouble);
  }
  steps_ = none.steps();
  expected_ = std::make_unique<Shown>(Shown::of(path("calm")));
}

/// One run of the line in the working folder.
int CrashBench::run(Mishap& mishap, std::string& trouble) const {
  const auto real = pipeline::make_files();
  pipeline::FaultyFiles files(*real, mishap, options_.syncs);
  const pipeline::FaultyLedgerDisk disk(mishap, options_.syncs);
  pipeline::LineOptions line;
  line.inbox = "inbox";
  line.outbox = "outbox";
  line.state = "state";
  line.jobs = 0;
  line.group = options_.group;
  line.memory_mb = options_.memory_mb;
  line.settle_seconds = 0;
  line.min_free_mb = 0;
  line.retry_at_once_seconds = 0;
  try {
    const auto ledger = pipeline::Ledger::open("state/ledger.sqlite");
    const auto clock = pipeline::make_clock(now_);
    pipeline::Observer observer;
    observer.log = [&](std::string_view step, pipeline::Value fields) {
      if (step != "decided") trouble += ' ' + std::string(step) + ' ' + fields.dump();
    };
    const pipeline::Tally tally = run_line(line, stages_, files, *ledger, *clock, observer);
    return tally.faults > 0 ? kFault : kDone;
  } catch (const Fault& fault) {
    trouble += fault.what();
    return kFault;
  }
}

std::vector<CrashBench::Trial> CrashBench::trials() const {
  std::vector<Trial> all;
  std::int64_t drawn = 0;
  for (std::size_t n = 0; n < steps_.size(); ++n)
    for (const Kind& kind : kKinds) {
      if (!Mishap::fits(kind.harm, steps_[n].touch)) continue;
      if (drawn++ % options_.every != 0) continue;
      all.push_back({static_cast<std::int64_t>(n) + 1, &kind, steps_[n].what});
    }
  return all;
}

/// Exit status of a run in that place.
int CrashBench::run_in(const std::string& place, Mishap& mishap) const {
  const Inside inside(place);
  std::string trouble;
  return run(mishap, trouble);
}

/// The same in a process of its own; minus the signal that ended it.
int CrashBench::suffer_in(const std::string& place, const Trial& trial) const {
  const pid_t child = fork();
  if (child < 0) throw Fault(FaultKind::Stop, "start a process", std::strerror(errno));
  if (child == 0) {
    try {
      pipeline::Unsynced unsynced({path_join(place, "aside")});
      Mishap cut(trial.step, unsynced, trial.kind->survives);
      Mishap other(trial.step, trial.kind->harm, trial.kind->lasts);
      _exit(run_in(place, trial.kind->harm == Harm::PowerCut ? cut : other));
    } catch (const std::exception& e) {
      std::fprintf(stderr, "dossier: %s\n", e.what());
      _exit(kBroken);
    }
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

CrashCounts CrashBench::run_trial(const Trial& trial, const std::string& place) const {
  CrashCounts counts;
  const bool cut = trial.kind->harm == Harm::PowerCut, death = trial.kind->harm == Harm::Death;
  ++(cut ? counts.cuts : death ? counts.deaths : counts.failed);
  ++counts.by_kind[trial.kind->name];
  fs::remove_all(place);
  clone(path("before"), place);
  fs::create_directory(place + "/aside");
  const int status = suffer_in(place, trial);
  const bool as_meant = cut || death ? status == -SIGKILL : status == kDone || status == kFault;
  if (!as_meant) {
    ++counts.stuck;
    counts.examples.push_back(trial.text() + ": ended with " + std::to_string(status));
  }
  if (cut) fs::remove(place + "/state/ledger.sqlite-shm");  // lies in memory only
  if (status == kDone) {
    CrashCounts left;
    expected_->compare(Shown::of(place), trial.text(), left);
    if (!left.clean()) {
      ++counts.silent;
      counts.examples.push_back(trial.text() + ": exit 0, but " + left.examples.front());
    }
  }
  constexpr int kTries = 4;
  int again = kFault;
  for (int i = 0; i < kTries && again == kFault; ++i) {
    Mishap none(0, Harm::Broken);
    again = run_in(place, none);
  }
  if (again != kDone) {
    ++counts.stuck;
    counts.examples.push_back(trial.text() + ": then ends with " + std::to_string(again));
  }
  expected_->compare(Shown::of(place), trial.text(), counts);
  return counts;
}

CrashCounts CrashBench::disturb(const std::string& kind, std::int64_t step) {
  for (const Kind& one : kKinds)
    if (kind == one.name) {
      const Trial trial{step, &one, steps_.at(static_cast<std::size_t>(step - 1)).what};
      return run_trial(trial, path("trial"));
    }
  throw Fault(FaultKind::Stop, "disturb the line", "no such mishap: " + kind);
}

CrashCounts CrashBench::disturb(const Progress& progress) {
  const std::vector<Trial> all = trials();
  CrashCounts sum;
  std::int64_t done = 0;
  share_out(
      static_cast<std::int64_t>(all.size()), options_.workers,
      [&](std::int64_t i, int worker) {
        return counts_text(
            run_trial(all[static_cast<std::size_t>(i)], path("trial-" + std::to_string(worker))));
      },
      [&](const std::string& text) {
        sum.add(counts_of(text));
        progress(++done, static_cast<std::int64_t>(all.size()));
      });
  for (int worker = 0; worker < options_.workers; ++worker)
    fs::remove_all(path("trial-" + std::to_string(worker)));
  return sum;
}

}  // namespace app
