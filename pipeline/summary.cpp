#include "pipeline/summary.hpp"

#include "pipeline/press.hpp"
#include "pipeline/workers.hpp"

namespace pipeline {

void Summary::make() {
  if (!stages_.summarise) return;
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
  tally_.bytes_out += publish_at_once(files_, stages_.summarise(ledger_, clock_.now(), work_),
                                      work_, options_.outbox);
  Transaction transaction(ledger_);
  ledger_.set_meta("summarised", head);
  transaction.commit();
  attempts_.end(kSummaryAttempt);
  attempts_.rest();
  tally_.summarise_cpu += thread_cpu() - before;
}

}  // namespace pipeline
