#include "pipeline/summary.hpp"

#include <optional>

#include "pipeline/lines.hpp"
#include "pipeline/press.hpp"
#include "pipeline/workers.hpp"

namespace pipeline {

void Summary::make() {
  if (!stages_.summarise || !ledger_.lines().wait_alone(observer_.stop)) return;
  using Steady = std::chrono::steady_clock;
  const auto before = Steady::now();
  make_alone();
  ledger_.lines().end_alone();
  const auto after = Steady::now();
  next_ = after + 9 * (after - before);
}

void Summary::make_in_time() {
  if (std::chrono::steady_clock::now() >= next_) make();
}

void Summary::make_alone() {
  if (ledger_.lines().joined()) Transaction(ledger_).commit();  // others may have decided since
  const std::string head =
      std::to_string(ledger_.last_bundle()) + '/' + std::to_string(ledger_.last_event());
  if (ledger_.meta("summarised") == head) return;
  if (attempts_.is_poison(kSummaryAttempt)) {
    ++tally_.faults;
    observer_.log("paper_failed", Value::object({{"effect", kSummaryAttempt},
                                                 {"why", "the program died over it"}}));
    attempts_.end(kSummaryAttempt);
    return;
  }
  const double before = thread_cpu();
  attempts_.begin({kSummaryAttempt});
  const Time now = clock_.now();
  const std::vector<Paper> papers = stages_.summarise(ledger_, now, work_);
  // Several lines: the papers come into their place under the lock of those who are alive. One: the disk first, then the ledger.
  std::optional<Transaction> alone;
  if (ledger_.lines().joined()) alone.emplace(ledger_);
  const std::vector<StoredPaper> made = publish_at_once(files_, papers, work_, options_.outbox);
  if (!alone) alone.emplace(ledger_);
  for (const StoredPaper& paper : made) {
    tally_.bytes_out += paper.size;
    ledger_.keep_paper(paper);
  }
  ledger_.set_meta("summarised", head);
  ledger_.set_meta("summarised_at", std::to_string(now.us));
  alone->commit();
  attempts_.end(kSummaryAttempt);
  attempts_.rest();
  tally_.summarise_cpu += thread_cpu() - before;
}

}  // namespace pipeline
