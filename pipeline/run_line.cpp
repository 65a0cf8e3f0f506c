#include <chrono>
#include <thread>

#include "pipeline/fault.hpp"
#include "pipeline/one_run.hpp"

namespace pipeline {

using Steady = std::chrono::steady_clock;

Tally run_line(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
               const Clock& clock, const Observer& observer) {
  const auto start = Steady::now();
  const Troubles::Pauses pauses =
      options.watch ? Troubles::Pauses{options.retry_seconds, options.longest_retry_seconds}
                    : Troubles::Pauses{};
  Troubles troubles(files, troubles_file(options.state, options.seat), pauses, observer);
  Tally tally;
  std::int64_t not_made = 0;
  for (bool ended = false; !ended;) {
    try {
      not_made = one_run(options, stages, files, ledger, clock, observer, troubles, tally);
      ended = true;
    } catch (const Fault& fault) {
      troubles.met("line", "line_failed", Value::object({{"why", fault.what()}}));
      troubles.tell();
      if (!options.watch || !options.seat.empty() || fault.kind == FaultKind::Stop) throw;
      while (troubles.waits("line") && !observer.stop())
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      ended = observer.stop();
    }
  }
  troubles.tell();
  tally.faults +=
      not_made + troubles.count() - static_cast<std::int64_t>(troubles.keys("papers").size());
  tally.seconds = std::chrono::duration<double>(Steady::now() - start).count();
  return tally;
}

}  // namespace pipeline
