#include "pipeline/summary.hpp"

#include "pipeline/lines.hpp"
#include "pipeline/press.hpp"

namespace pipeline {

void Summary::make(Tally& tally) {
  if (!stages_.summarise || !ledger_.lines().wait_alone(observer_.stop)) return;
  make_alone(tally);
  ledger_.lines().end_alone();
}

void Summary::make_alone(Tally& tally) {
  if (ledger_.lines().joined()) Transaction(ledger_).commit();  // others may have decided since
  const std::string head =
      std::to_string(ledger_.last_bundle()) + '/' + std::to_string(ledger_.last_event());
  if (ledger_.meta("summarised") == head) return;
  if (attempts_.is_poison(kSummaryAttempt)) {
    ++tally.faults;
    observer_.log("paper_failed", Value::object({{"effect", kSummaryAttempt},
                                                 {"why", "the program died over it"}}));
    attempts_.end(kSummaryAttempt);
    return;
  }
  const double before = thread_cpu();
  attempts_.begin({kSummaryAttempt});
  const std::vector<Paper> papers = stages_.summarise(ledger_, clock_.now(), work_);
  Transaction transaction(ledger_);
  tally.bytes_out += publish_at_once(files_, papers, work_, options_.outbox);
  ledger_.set_meta("summarised", head);
  transaction.commit();
  attempts_.end(kSummaryAttempt);
  attempts_.rest();
  tally.summarise_cpu += thread_cpu() - before;
}

}  // namespace pipeline
