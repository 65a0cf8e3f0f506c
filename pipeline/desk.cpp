#include "pipeline/desk.hpp"

#include <exception>
#include <optional>

#include "pipeline/fault.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

Outcome set_aside(const std::string& why) {
  Outcome outcome;
  outcome.result = Result::Quarantined;
  outcome.message = "处理时发生内部错误，文件已原样保留，管理员会处理。";
  outcome.findings.push_back(internal_error(why));
  return outcome;
}

std::optional<Value> subject_of(const Effect& effect, const Outcome& outcome, const View& view) {
  if (!effect.subject) return std::nullopt;
  for (const Event& event : outcome.events)
    for (const Put& put : event.puts)
      if (put.space == effect.subject->space && put.key == effect.subject->key) return put.body;
  return view.document(effect.subject->space, effect.subject->key);
}

}  // namespace

std::pair<std::int64_t, Outcome> Desk::decide(const Claim& claim) {
  const Time now = clock_.now();
  std::string why;
  try {
    Outcome outcome = stages_.decide(claim.submission, claim.delivery,
                                     ledger_.earlier(claim.submission.sha256), ledger_, now);
    join_findings(outcome, claim.submission);
    name_cells(outcome.findings, claim.submission);
    const std::int64_t id = record(claim, outcome, now);
    log_decided(claim, outcome);
    return {id, std::move(outcome)};
  } catch (const Fault&) {
    throw;  // the world failed, and it is no fault of the bundle
  } catch (const std::exception& e) {
    why = e.what();
  }
  observer_.log("internal_error", Value::object({{"bundle", claim.delivery.path}, {"why", why}}));
  Outcome outcome = set_aside(why);
  const std::int64_t id = record(claim, outcome, now);
  log_decided(claim, outcome);
  return {id, std::move(outcome)};
}

void Desk::log_decided(const Claim& claim, const Outcome& outcome) {
  observer_.log("decided", Value::object({{"bundle", claim.delivery.name},
                                          {"drop", claim.delivery.drop},
                                          {"sha256", claim.submission.sha256.substr(0, 12)},
                                          {"kind", claim.submission.kind},
                                          {"result", name(outcome.result)},
                                          {"case", outcome.case_id},
                                          {"queue", outcome.queue}}));
}

std::int64_t Desk::record(const Claim& claim, Outcome& outcome, Time now) {
  Savepoint savepoint(ledger_);
  const std::string stem = receipt_stem(claim.delivery, claim.submission.sha256);
  add_papers(claim, outcome, stem, ledger_.receipts(claim.submission.sha256, stem), now);
  const std::int64_t id = ledger_.commit_outcome(claim.delivery, claim.submission, outcome, stem,
                                                 stages_.rules_digest, now);
  keep_orders(outcome);
  savepoint.release();
  return id;
}

void Desk::fire_timers() {
  for (;;) {
    constexpr int kBatch = 100;
    const Time now = clock_.now();
    const std::vector<PendingTimer> due = ledger_.due_timers(now, kBatch);
    for (const PendingTimer& p : due) {
      Outcome outcome = stages_.fire(p.timer, ledger_, now);
      ledger_.commit_timer(p.id, outcome, stages_.rules_digest, now);
      keep_orders(outcome);
    }
    if (static_cast<int>(due.size()) < kBatch) return;
  }
}

/// The receipt of every delivery, and the way out for what could not be opened.
void Desk::add_papers(const Claim& claim, Outcome& outcome, const std::string& stem, int repeats,
                      Time now) {
  Value paper = receipt(claim.delivery, claim.submission, outcome, now);
  if (outcome.result == Result::Quarantined)
    outcome.effects.push_back({"quarantine",
                               "quarantine/" + shorten(claim.delivery.drop, kLongestName) + '/' +
                                   claim.submission.sha256.substr(0, 12),
                               paper, std::nullopt});
  const std::string number = repeats > 0 ? '.' + std::to_string(repeats + 1) : "";
  outcome.effects.push_back({"receipt", stem + number, std::move(paper), std::nullopt});
}

void Desk::keep_orders(Outcome& outcome) {
  const std::vector<std::int64_t>& ids = ledger_.new_effects();
  std::vector<std::optional<Value>> subjects;
  for (const Effect& effect : outcome.effects)
    subjects.push_back(subject_of(effect, outcome, ledger_));
  for (std::size_t i = 0; i < ids.size(); ++i)
    orders_.push_back({ids[i], std::move(outcome.effects[i]), std::move(subjects[i])});
  outcome.effects.clear();
}

}  // namespace pipeline
