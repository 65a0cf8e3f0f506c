#include "app/replay.hpp"

#include <algorithm>

#include "app/make_stages.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/line.hpp"
#include "stages/decide/decide.hpp"
#include "stages/prepare/prepare.hpp"

namespace app {

using pipeline::Outcome;
using pipeline::Time;

Replay::Replay(Installation installation)
    : in_(std::move(installation)),
      prepare_(prepare_rules(in_)),
      ledger_(pipeline::Ledger::open(":memory:")) {}

void Replay::fire_until(Time at) {
  for (;;) {
    const auto due = ledger_->due_timers(at, 1);
    if (due.empty()) return;
    pipeline::Transaction transaction(*ledger_);
    const Outcome outcome = decide::fire(due[0].timer, *ledger_, due[0].timer.due, *in_.rules);
    ledger_->commit_timer(due[0].id, outcome, in_.rules->digest, due[0].timer.due);
    transaction.commit();
  }
}

Answer Replay::take(const pipeline::Received& received, std::string_view bytes) {
  fire_until(received.received_at);
  pipeline::Delivery delivery;
  delivery.drop = received.drop;
  delivery.name = received.bundle;
  delivery.size = received.size;
  // As the line does: what is larger than any bundle may be is not looked into.
  const bool large = received.size > in_.settings.limits.bundle_mb << 20;
  pipeline::Submission submission =
      prepare::prepare(delivery, large ? std::string_view() : bytes, prepare_);
  submission.sha256 = received.sha256;
  submission.size = received.size;
  pipeline::Transaction transaction(*ledger_);
  Outcome outcome = decide::decide(submission, delivery, ledger_->earlier(received.sha256),
                                   *ledger_, received.received_at, *in_.rules);
  pipeline::join_findings(outcome, submission);
  ledger_->commit_outcome(delivery, submission, outcome,
                          pipeline::receipt_stem(delivery, received.sha256), in_.rules->digest,
                          received.received_at);
  transaction.commit();

  Answer answer;
  answer.result = pipeline::name(outcome.result);
  answer.case_id = outcome.case_id;
  answer.queue = outcome.queue;
  answer.state = outcome.state;
  answer.round = outcome.round;
  for (const pipeline::Finding& f : outcome.findings)
    answer.findings.push_back(f.where.empty() ? f.code : f.code + ' ' + f.where);
  std::sort(answer.findings.begin(), answer.findings.end());
  for (const char* path : {"unit.uscc", "unit_uscc", "uscc", "by_uscc"})
    if (answer.about.empty()) answer.about = submission.form.at_path(path).text();
  return answer;
}

}  // namespace app
