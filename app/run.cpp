#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <thread>

#include "app/commands.hpp"
#include "app/doctor.hpp"
#include "app/make_stages.hpp"
#include "app/seat.hpp"
#include "pipeline/attempts.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/line.hpp"

namespace app {

using pipeline::path_join;
using pipeline::Result;
using pipeline::Tally;
using pipeline::Value;

namespace {

volatile std::sig_atomic_t asked_to_stop = 0;

extern "C" void on_signal(int) {
  asked_to_stop = 1;
}

/// A bar on a terminal, a JSON line a step otherwise.
pipeline::Observer make_observer(bool terminal) {
  pipeline::Observer observer;
  observer.stop = [] { return asked_to_stop != 0; };
  if (terminal) {
    observer.progress = [](std::int64_t done, std::int64_t total) {
      constexpr std::int64_t kWidth = 40;
      const std::int64_t filled = total > 0 ? done * kWidth / total : kWidth;
      std::cerr << "\r[" << std::string(static_cast<std::size_t>(filled), '#')
                << std::string(static_cast<std::size_t>(kWidth - filled), ' ') << "] " << done
                << "/" << total << (done == total ? "\n" : "") << std::flush;
    };
  } else {
    observer.log = [](std::string_view step, Value fields) {
      Value line = Value::object({{"step", step}});
      for (const auto& [key, value] : fields.members()) line.set(key, value);
      std::cerr << line.dump() + "\n";
    };
  }
  return observer;
}

Value summary(const Tally& t) {
  const auto count = [&](Result r) { return t.results[static_cast<std::size_t>(r)]; };
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto stage = [](double cpu) { return Value::object({{"cpu_seconds", cpu}}); };
  return Value::object({{"bundles", t.bundles},
                        {"accepted", count(Result::Accepted)},
                        {"not_submitted", count(Result::NotSubmitted)},
                        {"refused", count(Result::Refused)},
                        {"quarantined", count(Result::Quarantined)},
                        {"duplicate", count(Result::Duplicate)},
                        {"effects", t.effects},
                        {"left_in_inbox", t.faults},
                        {"seconds", t.seconds},
                        {"bytes_in", t.bytes_in},
                        {"bytes_out", t.bytes_out},
                        {"peak_rss_mb", static_cast<double>(usage.ru_maxrss) / 1024},
                        {"disk", Value::object({{"beats", t.beats},
                                                {"sync_seconds", t.sync_seconds},
                                                {"commit_seconds", t.commit_seconds}})},
                        {"stages", Value::object({{"prepare", stage(t.prepare_cpu)},
                                                  {"decide", stage(t.decide_cpu)},
                                                  {"produce", stage(t.produce_cpu)},
                                                  {"summarise", stage(t.summarise_cpu)}})}});
}

void print(const Places& places, const Tally& t, const Value& s) {
  const auto number = [&](const char* key) { return s[key].text(); };
  std::cout << "处理 " << number("bundles") << " 件：受理 " << number("accepted") << "，未提交 "
            << number("not_submitted") << "，未受理 " << number("refused") << "，隔离 "
            << number("quarantined") << "，重复 " << number("duplicate") << "。生成文书 "
            << number("effects") << " 份，用时 "
            << static_cast<double>(static_cast<int>(t.seconds * 10)) / 10 << " 秒。\n";
  if (t.faults > 0)
    std::cout << t.faults << " 件因故障未能处理，仍在收件箱或待下次补做，见日志。\n";
  std::cout << "  回执      " << path_join(places.outbox, "receipts") << "\n  待审队列  "
            << path_join(places.outbox, "queues") << "\n  通知书    "
            << path_join(places.outbox, "notices") << "\n  统计      "
            << path_join(places.outbox, "reports") << "\n";
  if (std::filesystem::exists(path_join(places.outbox, "quarantine")))
    std::cout << "  隔离区    " << path_join(places.outbox, "quarantine") << "\n";
}

Tally run_once(const Places& places, const RunOptions& options, const Seat& seat,
               pipeline::Files& files, const pipeline::Observer& observer) {
  const auto ledger = open_ledger(places, Access::Works);
  const Installation in = open_together(places, *ledger);
  pipeline::LineOptions line;
  line.inbox = places.inbox;
  line.outbox = places.outbox;
  line.state = state_folder(places);
  line.seat = seat.name;
  line.lease_seconds = in.settings.lease_seconds;
  line.jobs = options.jobs >= 0
                  ? options.jobs
                  : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  line.watch = options.watch;
  line.settle_seconds = in.settings.settle_seconds;
  line.incomplete_minutes = in.settings.incomplete_minutes;
  line.memory_mb = in.settings.memory_mb;
  line.min_free_mb = in.settings.min_free_mb;
  line.attempts = in.settings.attempts;
  line.retry_seconds = in.settings.retry_seconds;
  line.longest_retry_seconds = in.settings.longest_retry_seconds;
  line.bundle_mb = in.settings.limits.bundle_mb;
  const auto clock = pipeline::make_clock(in.fixed_now);
  return run_line(line, make_stages(in), files, *ledger, *clock, observer);
}

/// A watching run outlives a server that goes away and comes back.
Tally run_patiently(const Places& places, const RunOptions& options, const Seat& seat,
                    pipeline::Files& files) {
  const pipeline::Observer observer = make_observer(isatty(STDERR_FILENO) != 0);
  constexpr int kLongestPause = 60;
  for (int pause = 1;; pause = std::min(2 * pause, kLongestPause)) {
    try {
      return run_once(places, options, seat, files, observer);
    } catch (const pipeline::Fault& fault) {
      if (fault.kind != pipeline::FaultKind::Retry || !options.watch || !is_shared(places)) throw;
      observer.log("waiting", Value::object({{"why", fault.what()}, {"seconds", pause}}));
    }
    for (int i = 0; i < 10 * pause && !observer.stop(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (observer.stop()) return {};
  }
}

}  // namespace

int run(const Places& places, const RunOptions& options) {
  const Value lacking = missing_on_this_machine(settings_of(places).fonts);
  if (lacking.size() > 0) {
    for (const Value& thing : lacking.items())
      std::cerr << "dossier: missing: " << thing["what"].string() << " (" << thing["how"].string()
                << ")\n";
    return kLacking;
  }
  const auto files = pipeline::make_files();
  const Seat seat = take_seat(places, *files);
  std::signal(SIGTERM, on_signal);
  std::signal(SIGINT, on_signal);
  pipeline::mark_crashes(pipeline::attempts_file(state_folder(places), seat.name));
  const Tally tally = run_patiently(places, options, seat, *files);
  const Value s = summary(tally);
  if (places.json)
    std::cout << s.dump(true) << "\n";
  else
    print(places, tally, s);
  if (tally.faults > 0) return kFault;
  const bool all = s["refused"].integer() + s["quarantined"].integer() == 0;
  return options.strict && !all ? kNotAllAccepted : kDone;
}

}  // namespace app
