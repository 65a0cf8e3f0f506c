#include <unordered_set>

#include "pipeline/ahead.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/json.hpp"
#include "pipeline/ledger_tables.hpp"
#include "pipeline/ledger_terms.hpp"
#include "pipeline/stored_path.hpp"

// The ledger's reading side: the View, and what is still to be done.

namespace pipeline {

namespace {

Result result_of(const std::string& text) {
  for (const Result r : {Result::Accepted, Result::NotSubmitted, Result::Refused,
                         Result::Quarantined, Result::Duplicate})
    if (name(r) == text) return r;
  throw Fault(FaultKind::Stop, "read the ledger", "unknown result " + text);
}

/// `where` may hold $1.
template <class... Arguments>
void visit_events(Database& database, const std::string& where,
                  const std::function<void(const StoredEvent&)>& visit,
                  const Arguments&... arguments) {
  using Number = std::int64_t;
  using Text = std::string;
  Query<Number, Number, Number, Text, Text, Text, Text, Text, Text> events(
      database, "SELECT seq, at, bundle, name, case_id, body, rules, previous, digest FROM event " +
                    where + " ORDER BY seq");
  StoredEvent e;
  events.each(
      [&](Number seq, Number at, Number bundle, Text& name, Text& case_id, Text& body, Text& rules,
          Text& previous, Text& digest) {
        e = {seq,
             {at},
             bundle,
             std::move(name),
             std::move(case_id),
             std::move(body),
             std::move(rules),
             std::move(previous),
             std::move(digest)};
        visit(e);
      },
      arguments...);
}

struct Document {
  std::string key, text;
  Value body;
  Turn turn;
};

struct ReceivedRow {
  Received received;
  std::string findings;
  Turn turn;
};

template <class Row>
void take_turn(const Row& row) {
  if (row.turn) row.turn();
}

}  // namespace

std::optional<Value> Ledger::document(std::string_view space, std::string_view key) const {
  const auto row = tables_->get_document.first(space, kept_key(key));
  if (!row) return std::nullopt;
  return parse_own_json(std::get<0>(*row));
}

std::vector<std::string> Ledger::find(std::string_view space, std::string_view index,
                                      std::string_view value) const {
  std::vector<std::string> names;
  tables_->find.each([&](std::string& name) { names.push_back(std::move(name)); }, space, index,
                     kept_value(value));
  return names;
}

void Ledger::each(std::string_view space,
                  const std::function<void(const std::string&, const Value&)>& visit) const {
  // A query of its own: the visitor may ask for another space, or the same.
  Query<std::string, std::string> documents(
      tables_->database, "SELECT name, body FROM document WHERE space = $1 ORDER BY name");
  documents.each(
      [&](const std::string& key, const std::string& body) { visit(key, parse_own_json(body)); },
      space);
}

void Ledger::each_ahead(std::string_view space, const std::vector<std::string_view>& members,
                        const DocumentWork& work) const {
  Query<std::string, std::string> documents(
      tables_->database, "SELECT name, body FROM document WHERE space = $1 ORDER BY name");
  const std::unordered_set<std::string_view> wanted(members.begin(), members.end());
  Ahead<Document> ahead(
      [&](Document& d) {
        d.body = parse_own_json(d.text, wanted);
        d.turn = work(d.key, d.body);
      },
      take_turn<Document>);
  documents.each(
      [&](std::string& key, std::string& text) {
        ahead.add({std::move(key), std::move(text), {}, {}});
      },
      space);
  ahead.finish();
}

void Ledger::each_received(const std::function<void(const Received&)>& visit) const {
  each_received_ahead([&](const Received& delivery) { return [&] { visit(delivery); }; });
}

void Ledger::each_received_ahead(const DeliveryWork& work) const {
  using Number = std::int64_t;
  using Text = std::string;
  Query<Number, Text, Number, Text, Text, Number, Text, Text, Text, Number, Text, Text> bundles(
      tables_->database,
      "SELECT id, sha256, size, folder, name, received_at, kind, result, case_id, round, queue, "
      "findings FROM bundle ORDER BY id");
  Ahead<ReceivedRow> ahead(
      [&](ReceivedRow& row) {
        row.received.findings = parse_own_json(row.findings);
        row.turn = work(row.received);
      },
      take_turn<ReceivedRow>);
  bundles.each([&](Number id, Text& sha256, Number size, Text& drop, Text& bundle, Number at,
                   Text& kind, const Text& result, Text& case_id, Number round, Text& queue,
                   Text& findings) {
    ReceivedRow row;
    Received& r = row.received;
    r.id = id;
    r.drop = std::move(drop);
    r.bundle = std::move(bundle);
    r.sha256 = std::move(sha256);
    r.kind = std::move(kind);
    r.case_id = std::move(case_id);
    r.queue = std::move(queue);
    r.size = static_cast<std::uint64_t>(size);
    r.round = static_cast<int>(round);
    r.received_at = {at};
    r.result = result_of(result);
    row.findings = std::move(findings);
    ahead.add(std::move(row));
  });
  ahead.finish();
}

std::optional<Earlier> Ledger::earlier(const std::string& sha256) const {
  auto row = tables_->earlier.first(sha256);
  if (!row) return std::nullopt;
  auto& [case_id, bundle, drop, state, round, result, at] = *row;
  return Earlier{case_id, bundle, drop, state, static_cast<int>(round), result, Time{at}};
}

int Ledger::receipts(const std::string& sha256, const std::string& stem) const {
  // Their stems hold the beginning of the digest.
  const std::string from = sha256.substr(0, kStemDigits);
  return static_cast<int>(std::get<0>(*tables_->count_stem.first(from, from + '~', stem)));
}

std::vector<PendingEffect> Ledger::pending_effects(int limit, std::int64_t after) const {
  std::vector<PendingEffect> out;
  for (auto& [id, maker, path, payload, space, key] :
       tables_->pending_effects.all(after, tables_->lines.own(), std::int64_t{limit})) {
    PendingEffect p{id, {maker, path, parse_own_json(payload), std::nullopt}};
    if (!space.empty()) p.effect.subject = Reference{space, key};
    out.push_back(std::move(p));
  }
  return out;
}

std::vector<PendingPaper> Ledger::pending_papers(const std::set<std::string>& makers) const {
  std::vector<PendingPaper> out;
  tables_->pending_papers.each([&](std::int64_t id, const std::string& maker, std::string& path) {
    if (makers.contains(maker)) out.push_back({id, std::move(path)});
  });
  return out;
}

bool Ledger::is_pending(std::int64_t effect) const {
  return tables_->is_pending.first(effect).has_value();
}

std::int64_t Ledger::papers_pending() const {
  return std::get<0>(*tables_->count_pending.first());
}

Effect Ledger::effect(std::int64_t id) const {
  const auto row = tables_->get_effect.first(id);
  if (!row) throw Fault(FaultKind::Stop, "read the ledger", "no effect " + std::to_string(id));
  const auto& [maker, path, payload, space, key] = *row;
  Effect effect{maker, path, parse_own_json(payload), std::nullopt};
  if (!space.empty()) effect.subject = Reference{space, key};
  return effect;
}

bool Ledger::answered_later(std::int64_t effect, const std::string& path) const {
  return std::get<0>(*tables_->count_later.first(path, effect)) > 0;
}

bool Ledger::made_later(std::int64_t effect, const std::string& path) const {
  return std::get<0>(*tables_->count_made.first(path, effect)) > 0;
}

std::vector<PendingTimer> Ledger::due_timers(Time now, int limit) const {
  std::vector<PendingTimer> out;
  for (auto& [id, due, name, body] : tables_->due_timers.all(now.us, std::int64_t{limit}))
    out.push_back({id, {Time{due}, name, parse_own_json(body)}});
  return out;
}

std::optional<Time> Ledger::next_timer() const {
  const auto row = tables_->next_timer.first();
  if (!row) return std::nullopt;
  return Time{std::get<0>(*row)};
}

std::vector<Untaken> Ledger::untaken() const {
  std::vector<Untaken> out;
  for (auto& [id, drop, name, path, size, modified_ns, inode] :
       tables_->untaken.all(tables_->lines.own()))
    out.push_back({id,
                   {drop, name, from_stored(path), static_cast<std::uint64_t>(size), modified_ns,
                    static_cast<std::uint64_t>(inode)}});
  return out;
}

std::int64_t Ledger::last_event() const {
  return tables_->last_seq;
}
std::int64_t Ledger::last_bundle() const {
  return tables_->last_bundle;
}

std::vector<StoredEvent> Ledger::events_of(const std::string& case_id) const {
  std::vector<StoredEvent> out;
  visit_events(
      tables_->database, "WHERE case_id = $1", [&](const StoredEvent& e) { out.push_back(e); },
      case_id);
  return out;
}

void Ledger::each_event(const std::function<void(const StoredEvent&)>& visit) const {
  visit_events(tables_->database, "", visit);
}

std::string Ledger::meta(const std::string& key) const {
  const auto row = tables_->get_meta.first(key);
  return row ? std::get<0>(*row) : "";
}

}  // namespace pipeline
