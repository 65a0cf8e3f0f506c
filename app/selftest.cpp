#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "app/commands.hpp"
#include "app/crash_bench.hpp"
#include "app/make_stages.hpp"
#include "pipeline/fault.hpp"

namespace app {

using pipeline::Value;

namespace {

namespace fs = std::filesystem;

/// A folder of our own, taken away again.
class Scratch {
 public:
  explicit Scratch(const std::string& below) {
    std::string pattern = pipeline::path_join(below, "dossier-selftest-XXXXXX");
    if (!mkdtemp(pattern.data()))
      throw pipeline::Fault(pipeline::FaultKind::Stop, "make a folder in " + below,
                            std::error_code(errno, std::generic_category()).message());
    folder_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  std::string path(const char* below) const { return pipeline::path_join(folder_, below); }

 private:
  std::string folder_;
};

class ProgressLine {
 public:
  ProgressLine() : terminal_(isatty(STDERR_FILENO) != 0) {}
  void tell(std::size_t pass, std::size_t passes, std::int64_t done, std::int64_t total) {
    const auto now = std::chrono::steady_clock::now();
    constexpr std::chrono::milliseconds kOften{200}, kSeldom{10'000};
    if (done < total && now - told_ < (terminal_ ? kOften : kSeldom)) return;
    told_ = now;
    std::cerr << (terminal_ ? "\r" : "") << "pass " << pass << " of " << passes << ": " << done
              << " of " << total << " trials" << (terminal_ && done < total ? "   " : "\n")
              << std::flush;
  }

 private:
  bool terminal_;
  std::chrono::steady_clock::time_point told_{};
};

void print(const CrashCounts& c, std::size_t deliveries, std::int64_t steps, double seconds) {
  std::cout << deliveries << " deliveries, " << steps << " steps of the disk, "
            << static_cast<int>(seconds) << " s\n"
            << "  operations failed  " << c.failed << "\n"
            << "  process deaths     " << c.deaths << "\n"
            << "  power cuts         " << c.cuts << "\n";
  for (const auto& [kind, count] : c.by_kind) std::cout << "    " << kind << ": " << count << "\n";
  std::cout << "  lost " << c.lost << ", doubled " << c.doubled << ", different " << c.different
            << ", ended with 0 but incomplete " << c.silent << ", never ended well " << c.stuck
            << "\n";
  for (const std::string& example : c.examples) std::cout << "    " << example << "\n";
  std::cout << (c.clean() ? "ok: the line came to the same outbox and the same ledger every time\n"
                          : "NOT ok: do not trust this disk, and report this\n");
}

}  // namespace

int selftest(const Places& places, const SelftestOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  const Scratch scratch(options.folder);
  Places inside = places;
  inside.state = scratch.path("installation");
  inside.settings.clear();
  const Installation in = open_installation(inside, Access::Works);
  CrashOptions how;
  how.syncs = pipeline::Syncs::Real;
  how.every = options.every;
  how.workers = options.jobs > 0
                    ? options.jobs
                    : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  CrashBench bench(scratch.path("bench"), make_stages(in, Recent::Forgotten), how);
  const std::vector<CrashPass> passes = crash_corpus();
  CrashCounts sum;
  std::size_t deliveries = 0;
  std::int64_t steps = 0;
  ProgressLine progress;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    bench.pass(passes[i]);
    deliveries += passes[i].deliveries.size();
    steps += static_cast<std::int64_t>(bench.steps().size());
    sum.add(bench.disturb([&](std::int64_t done, std::int64_t total) {
      progress.tell(i + 1, passes.size(), done, total);
    }));
  }
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (places.json) {
    Value kinds = Value::object(), examples = Value::array();
    for (const auto& [kind, count] : sum.by_kind) kinds.set(kind, count);
    for (const std::string& example : sum.examples) examples.push(example);
    std::cout << Value::object({{"ok", sum.clean()},
                                {"deliveries", static_cast<std::int64_t>(deliveries)},
                                {"steps", steps},
                                {"failed", sum.failed},
                                {"deaths", sum.deaths},
                                {"cuts", sum.cuts},
                                {"kinds", std::move(kinds)},
                                {"lost", sum.lost},
                                {"doubled", sum.doubled},
                                {"different", sum.different},
                                {"silent", sum.silent},
                                {"stuck", sum.stuck},
                                {"examples", std::move(examples)},
                                {"seconds", seconds}})
                     .dump(true)
              << "\n";
  } else {
    print(sum, deliveries, steps, seconds);
  }
  return sum.clean() ? kDone : kFault;
}

}  // namespace app
