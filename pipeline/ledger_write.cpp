#include <algorithm>
#include <cassert>
#include <stdexcept>

#include "pipeline/ledger_tables.hpp"
#include "pipeline/ledger_terms.hpp"
#include "pipeline/sha256.hpp"
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

/// One put as its event tells it: of what is put once the digest, for the document is kept as it is; else the document itself.
void add_put(std::string& out, const Put& put, const std::string& body) {
  const auto text = [](const std::string& s) { return Value(s).dump(); };
  out += "{\"space\":" + text(put.space) + ",\"key\":" + text(put.key);
  if (put.once)
    out += ",\"sha256\":\"" + sha256(body) + '"';
  else
    out.append(",\"body\":").append(put.body ? body : "null");
  Value index = Value::array();
  for (const auto& [field, content] : put.index) index.push(Value::array({field, content}));
  out += ",\"index\":" + index.dump() + '}';
}

/// {what, puts}; `bodies` are those of the puts, as they are kept.
std::string event_body(const Event& event, const std::vector<std::string>& bodies) {
  std::string out = "{\"what\":" + event.body.dump() + ",\"puts\":[";
  for (std::size_t i = 0; i < bodies.size(); ++i) {
    if (i > 0) out += ',';
    add_put(out, event.puts[i], bodies[i]);
  }
  return out + "]}";
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
  std::vector<std::string> bodies;
  for (const Event& event : outcome.events) {
    bodies.clear();
    for (const Put& put : event.puts) bodies.push_back(put.body ? put.body->dump() : "");
    StoredEvent e{++t.last_seq, now,           bundle,
                  event.name,   event.case_id, event_body(event, bodies),
                  rules,        t.last_digest, {}};
    t.last_digest = e.digest = event_digest(e);
    t.put_event.run(e.seq, e.at.us, e.bundle, e.name, e.case_id, e.body, e.rules, e.previous,
                    e.digest);
    for (std::size_t i = 0; i < bodies.size(); ++i) t.keep(event.puts[i], bodies[i]);
  }
  const Reference none;
  for (const Effect& effect : outcome.effects) {
    const Reference& subject = effect.subject ? *effect.subject : none;
    StoredEffect e{++t.last_effect,       bundle,        0,          effect.maker, effect.path,
                   effect.payload.dump(), subject.space, subject.key};
    t.put_effect.run(e.id, e.bundle, e.maker, e.path, e.payload, e.subject_space, e.subject_name,
                     t.lines.maker_of(e.maker));
    t.new_effects.push_back(e.id);
    t.to_prove.push_back(effect_digest(std::move(e)));
  }
  for (const Timer& timer : outcome.timers)
    t.put_timer.run(++t.last_timer, timer.due.us, timer.name, timer.body.dump());
}

/// The document, and of its index entries those that are new; what it is no longer found by goes.
void Ledger::Tables::keep(const Put& put, const std::string& body) {
  const std::string key = kept_key(put.key);
  const Terms terms = kept_terms(put.index);
  Terms before;
  if (put.once) {
    assert(put.body);
    if (put_once.run(put.space, key, body) == 0)
      throw std::logic_error("document " + put.space + '/' + key + " was put before");
  } else {
    const auto row = found_by.first(put.space, key);
    before = terms_of(row ? std::get<0>(*row) : "");
    if (put.body)
      put_document.run(put.space, key, body, text_of(terms));
    else
      drop_document.run(put.space, key);
  }
  const auto among = [](const Terms& all, const Terms::value_type& term) {
    return std::binary_search(all.begin(), all.end(), term);
  };
  for (const auto& term : before)
    if (!put.body || !among(terms, term)) drop_index.run(put.space, term.first, term.second, key);
  if (!put.body) return;
  for (const auto& term : terms)
    if (!among(before, term)) put_index.run(put.space, term.first, term.second, key);
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
