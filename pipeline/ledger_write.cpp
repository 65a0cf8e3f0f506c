#include "pipeline/books.hpp"
#include "pipeline/ledger_tables.hpp"
#include "pipeline/stored_path.hpp"

// The ledger's writing side: what an outcome amounts to.

namespace pipeline {

namespace {

Value findings_value(const std::vector<Finding>& findings) {
  Value list = Value::array();
  for (const Finding& f : findings)
    list.push(Value::object({{"code", f.code},
                             {"severity", name(f.severity)},
                             {"rule", f.rule},
                             {"message", f.message}}));
  return list;
}

Value event_body(const Event& event) {
  Value puts = Value::array();
  for (const Put& put : event.puts) {
    Value index = Value::array();
    for (const auto& [field, content] : put.index) index.push(Value::array({field, content}));
    puts.push(Value::object({{"space", put.space},
                             {"key", put.key},
                             {"body", put.body ? *put.body : Value()},
                             {"index", std::move(index)}}));
  }
  return Value::object({{"what", event.body}, {"puts", std::move(puts)}});
}

}  // namespace

void Ledger::set_meta(const std::string& key, const std::string& value) {
  tables_->put_meta.run(key, value);
}

std::int64_t Ledger::commit_outcome(const Delivery& delivery, const Submission& submission,
                                    const Outcome& outcome, const std::string& stem,
                                    const std::string& rules, Time now) {
  Tables& t = *tables_;
  const StoredDelivery d{++t.last_bundle,
                         static_cast<std::int64_t>(submission.size),
                         static_cast<std::int64_t>(delivery.inode),
                         delivery.modified_ns,
                         outcome.round,
                         0,
                         now,
                         submission.sha256,
                         delivery.drop,
                         delivery.name,
                         to_stored(delivery.path),
                         submission.kind,
                         std::string(name(outcome.result)),
                         outcome.case_id,
                         outcome.queue,
                         outcome.state,
                         findings_value(outcome.findings).dump(),
                         stem};
  t.put_bundle.run(d.id, d.sha256, d.size, d.drop, d.name, d.path, d.inode, d.modified_ns,
                   d.received_at.us, d.kind, d.result, d.case_id, d.round, d.queue, d.state,
                   d.findings, d.stem, t.lines.own());
  record(outcome, d.id, rules, now);
  prove(d);
  return t.last_bundle;
}

void Ledger::commit_timer(std::int64_t timer, const Outcome& outcome, const std::string& rules,
                          Time now) {
  tables_->set_fired.run(timer);
  record(outcome, 0, rules, now);
}

void Ledger::commit_deed(std::int64_t bundle, const Outcome& outcome, const std::string& rules,
                         Time now) {
  record(outcome, bundle, rules, now);
}

void Ledger::record(const Outcome& outcome, std::int64_t bundle, const std::string& rules,
                    Time now) {
  Tables& t = *tables_;
  t.new_effects.clear();
  for (const Event& event : outcome.events) {
    StoredEvent e{++t.last_seq, now,           bundle,
                  event.name,   event.case_id, event_body(event).dump(),
                  rules,        t.last_digest, {}};
    t.last_digest = e.digest = event_digest(e);
    t.put_event.run(e.seq, e.at.us, e.bundle, e.name, e.case_id, e.body, e.rules, e.previous,
                    e.digest);
    for (const Put& put : event.puts) {
      const std::string key = Tables::short_enough(put.key);
      t.drop_index.run(put.space, key);
      if (!put.body) {
        t.drop_document.run(put.space, key);
        continue;
      }
      t.put_document.run(put.space, key, put.body->dump());
      for (const auto& [field, content] : put.index)
        t.put_index.run(put.space, field, Tables::short_enough(content), key);
    }
  }
  const Reference none;
  for (const Effect& effect : outcome.effects) {
    const Reference& subject = effect.subject ? *effect.subject : none;
    t.put_effect.run(++t.last_effect, bundle, effect.maker, effect.path, effect.payload.dump(),
                     subject.space, subject.key, t.lines.maker_of(effect.maker));
    t.new_effects.push_back(t.last_effect);
  }
  for (const Timer& timer : outcome.timers)
    t.put_timer.run(++t.last_timer, timer.due.us, timer.name, timer.body.dump());
}

const std::vector<std::int64_t>& Ledger::new_effects() const {
  return tables_->new_effects;
}

void Ledger::mark_taken(std::int64_t bundle) {
  tables_->set_taken.run(bundle);
}

void Ledger::mark_done(std::int64_t effect) {
  tables_->set_done.run(effect);
}

}  // namespace pipeline
