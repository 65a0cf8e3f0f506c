#include "pipeline/ledger.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <mutex>

#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"
#include "pipeline/sha256.hpp"

namespace pipeline {

namespace {

using namespace Poco::Data::Keywords;
using Poco::Int64;
using Poco::Data::Session;
using Poco::Data::Statement;

constexpr const char* kSchemaVersion = "1";

constexpr const char* kSchema[] = {
    "CREATE TABLE IF NOT EXISTS meta (name VARCHAR PRIMARY KEY, content VARCHAR NOT NULL)",
    "CREATE TABLE IF NOT EXISTS bundle (id INTEGER PRIMARY KEY, sha256 VARCHAR NOT NULL, size "
    "BIGINT NOT NULL, "
    "folder VARCHAR NOT NULL, name VARCHAR NOT NULL, path VARCHAR NOT NULL, inode BIGINT NOT NULL, "
    "modified_ns BIGINT NOT NULL, received_at BIGINT NOT NULL, kind VARCHAR NOT NULL, result "
    "VARCHAR NOT NULL, "
    "case_id VARCHAR NOT NULL, round BIGINT NOT NULL, queue VARCHAR NOT NULL, state VARCHAR NOT "
    "NULL, "
    "findings TEXT NOT NULL, stem VARCHAR NOT NULL, taken BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS bundle_sha256 ON bundle (sha256)",
    "CREATE INDEX IF NOT EXISTS bundle_stem ON bundle (stem)",
    "CREATE INDEX IF NOT EXISTS bundle_untaken ON bundle (id) WHERE taken = 0",
    "CREATE TABLE IF NOT EXISTS event (seq INTEGER PRIMARY KEY, at BIGINT NOT NULL, bundle BIGINT "
    "NOT NULL, "
    "name VARCHAR NOT NULL, case_id VARCHAR NOT NULL, body TEXT NOT NULL, rules VARCHAR NOT NULL, "
    "previous VARCHAR NOT NULL, digest VARCHAR NOT NULL)",
    "CREATE INDEX IF NOT EXISTS event_case ON event (case_id)",
    "CREATE TABLE IF NOT EXISTS document (space VARCHAR NOT NULL, name VARCHAR NOT NULL, body TEXT "
    "NOT NULL, "
    "PRIMARY KEY (space, name))",
    "CREATE TABLE IF NOT EXISTS document_index (space VARCHAR NOT NULL, field VARCHAR NOT NULL, "
    "content VARCHAR NOT NULL, name VARCHAR NOT NULL, PRIMARY KEY (space, field, content, name))",
    "CREATE INDEX IF NOT EXISTS document_index_name ON document_index (space, name)",
    "CREATE TABLE IF NOT EXISTS effect (id INTEGER PRIMARY KEY, bundle BIGINT NOT NULL, maker "
    "VARCHAR NOT NULL, "
    "path VARCHAR NOT NULL, payload TEXT NOT NULL, subject_space VARCHAR NOT NULL, subject_name "
    "VARCHAR NOT NULL, "
    "done BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS effect_pending ON effect (id) WHERE done = 0",
    "CREATE INDEX IF NOT EXISTS effect_removes ON effect (path) WHERE maker = 'remove'",
    "CREATE TABLE IF NOT EXISTS timer (id INTEGER PRIMARY KEY, due BIGINT NOT NULL, name VARCHAR "
    "NOT NULL, "
    "body TEXT NOT NULL, fired BIGINT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS timer_due ON timer (due, id) WHERE fired = 0",
};

/// Runs `work`; what the library throws becomes a Fault.
template <class Work>
auto guarded(const char* doing, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const Poco::Exception& e) {
    const std::string why = e.displayText();
    const bool passes = why.find("locked") != why.npos || why.find("busy") != why.npos ||
                        why.find("full") != why.npos;
    throw Fault(passes ? FaultKind::Retry : FaultKind::Stop, doing, why);
  }
}

Session connect(const std::string& file) {
  static std::once_flag once;
  std::call_once(once, [] { Poco::Data::SQLite::Connector::registerConnector(); });
  constexpr int kBusySeconds = 30;
  return {"SQLite", file, kBusySeconds};
}

std::string link(const StoredEvent& e) {
  const std::string numbers = std::to_string(e.seq) + '\n' + std::to_string(e.at.us) + '\n' +
                              std::to_string(e.bundle) + '\n';
  return sha256(std::vector<std::string_view>{e.previous, "\n", numbers, e.name, "\n", e.case_id,
                                              "\n", e.rules, "\n", e.body});
}

Value findings_value(const std::vector<Finding>& findings) {
  Value list = Value::array();
  for (const Finding& f : findings)
    list.push(Value::object({{"code", f.code},
                             {"severity", name(f.severity)},
                             {"rule", f.rule},
                             {"message", f.message}}));
  return list;
}

Result result_of(const std::string& text) {
  for (const Result r : {Result::Accepted, Result::NotSubmitted, Result::Refused,
                         Result::Quarantined, Result::Duplicate})
    if (name(r) == text) return r;
  throw Fault(FaultKind::Stop, "read the ledger", "unknown result " + text);
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

/// Every statement of the line is prepared once; its variables are bound to the members beside it.
struct Ledger::Tables {
  explicit Tables(Session s) : session(std::move(s)) {
    prepare(get_document, "SELECT body FROM document WHERE space = $1 AND name = $2", into(text),
            use(space), use(key));
    prepare(put_document,
            "INSERT INTO document (space, name, body) VALUES ($1, $2, $3) "
            "ON CONFLICT (space, name) DO UPDATE SET body = excluded.body",
            use(space), use(key), use(body));
    prepare(drop_document, "DELETE FROM document WHERE space = $1 AND name = $2", use(space),
            use(key));
    prepare(put_index,
            "INSERT INTO document_index (space, field, content, name) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT DO NOTHING",
            use(space), use(field), use(content), use(key));
    prepare(drop_index, "DELETE FROM document_index WHERE space = $1 AND name = $2", use(space),
            use(key));
    prepare(put_event,
            "INSERT INTO event (seq, at, bundle, name, case_id, body, rules, previous, digest) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            use(seq), use(at), use(bundle_id), use(event.name), use(event.case_id), use(event.body),
            use(event.rules), use(event.previous), use(event.digest));
    prepare(
        put_effect,
        "INSERT INTO effect (id, bundle, maker, path, payload, subject_space, subject_name, done) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, 0)",
        use(effect_id), use(bundle_id), use(maker), use(path), use(body), use(space), use(key));
    prepare(put_timer, "INSERT INTO timer (due, name, body, fired) VALUES ($1, $2, $3, 0)", use(at),
            use(key), use(body));
    prepare(put_bundle,
            "INSERT INTO bundle (id, sha256, size, folder, name, path, inode, modified_ns, "
            "received_at, "
            "kind, result, case_id, round, queue, state, findings, stem, taken) VALUES "
            "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 0)",
            use(bundle_id), use(b.sha256), use(b.size), use(b.folder), use(b.name), use(b.path),
            use(b.inode), use(b.modified_ns), use(at), use(b.kind), use(b.result), use(b.case_id),
            use(b.round), use(b.queue), use(b.state), use(body), use(b.stem));
    prepare(get_earlier,
            "SELECT case_id, name, folder, state, round, result, received_at FROM bundle WHERE "
            "sha256 = $1 "
            "AND result IN ('accepted', 'not_submitted') ORDER BY id LIMIT 1",
            into(b.case_id), into(b.name), into(b.folder), into(b.state), into(b.round),
            into(b.result), into(at), use(b.sha256));
    prepare(count_stem, "SELECT count(*) FROM bundle WHERE stem = $1", into(count), use(b.stem));
    prepare(set_taken, "UPDATE bundle SET taken = 1 WHERE id = $1", use(bundle_id));
    prepare(set_done, "UPDATE effect SET done = 1 WHERE id = $1", use(effect_id));
    prepare(set_fired, "UPDATE timer SET fired = 1 WHERE id = $1", use(count));
  }

  template <class... Parts>
  void prepare(std::optional<Statement>& statement, const char* sql, Parts&&... parts) {
    statement.emplace(session);
    *statement << sql;
    ((*statement, std::forward<Parts>(parts)), ...);
  }

  std::size_t run(std::optional<Statement>& statement) {
    return guarded("use the ledger", [&] { return statement->execute(); });
  }

  void execute(const std::string& sql) {
    guarded("use the ledger", [&] { session << sql, now; });
  }

  struct BundleRow {
    std::string sha256, folder, name, path, kind, result, case_id, queue, state, stem;
    Int64 size = 0, inode = 0, modified_ns = 0, round = 0;
  };

  Session session;
  std::string text, space, key, body, field, content, maker, path;
  Int64 seq = 0, at = 0, bundle_id = 0, effect_id = 0, count = 0;
  StoredEvent event;
  BundleRow b;
  Int64 last_seq = 0, last_effect = 0, last_bundle = 0;
  std::string last_digest;
  bool spoiled = false;  ///< a commit has failed: what is on the disk is not known
  std::vector<std::int64_t> new_effects;
  std::optional<Statement> get_document, put_document, drop_document, put_index, drop_index,
      put_event, put_effect, put_timer, put_bundle, get_earlier, count_stem, set_taken, set_done,
      set_fired;

  /// Where the counters stand in the file; after opening and after every roll-back.
  void read_heads() {
    guarded("use the ledger", [&] {
      last_seq = last_effect = last_bundle = 0;
      last_digest.clear();
      session << "SELECT seq, digest FROM event ORDER BY seq DESC LIMIT 1", into(last_seq),
          into(last_digest), now;
      session << "SELECT coalesce(max(id), 0) FROM effect", into(last_effect), now;
      session << "SELECT coalesce(max(id), 0) FROM bundle", into(last_bundle), now;
    });
  }
};

Ledger::Ledger(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}
Ledger::~Ledger() {
  // Closing would sync once more what could not be synced, and believe the answer: the system closes it, as after a crash.
  static std::vector<std::unique_ptr<Tables>>& kept = *new std::vector<std::unique_ptr<Tables>>;
  if (tables_->spoiled) kept.push_back(std::move(tables_));
}

std::unique_ptr<Ledger> Ledger::open(const std::string& file) {
  return guarded("open the ledger", [&] {
    Session session = connect(file);
    std::string mode;
    session << "PRAGMA journal_mode=WAL", into(mode), now;
    session << "PRAGMA synchronous=FULL", now;
    // A roll-back to a savepoint must not need a disk that nobody thought of.
    session << "PRAGMA temp_store=MEMORY", now;
    std::string version;
    Int64 tables = 0;
    session << "SELECT count(*) FROM sqlite_master WHERE name = 'meta'", into(tables), now;
    if (tables > 0) session << "SELECT content FROM meta WHERE name = 'schema'", into(version), now;
    if (version.empty()) {
      session << "BEGIN IMMEDIATE", now;
      for (const char* statement : kSchema) session << statement, now;
      session << "INSERT INTO meta (name, content) VALUES ('schema', '" << kSchemaVersion
              << "') ON CONFLICT DO NOTHING",
          now;
      session << "COMMIT", now;
    } else if (version != kSchemaVersion) {
      throw Fault(FaultKind::Stop, "open " + file,
                  "its schema is version " + version + ", this program knows " + kSchemaVersion);
    }
    auto tables_of = std::make_unique<Tables>(std::move(session));
    tables_of->read_heads();
    return std::unique_ptr<Ledger>(new Ledger(std::move(tables_of)));
  });
}

std::optional<Value> Ledger::document(std::string_view space, std::string_view key) const {
  Tables& t = *tables_;
  t.space = space;
  t.key = key;
  if (t.run(t.get_document) == 0) return std::nullopt;
  return parse_own_json(t.text);
}

std::vector<std::string> Ledger::find(std::string_view space, std::string_view index,
                                      std::string_view value) const {
  return guarded("use the ledger", [&] {
    std::string s(space), f(index), c(value);
    std::vector<std::string> names;
    tables_->session
        << "SELECT name FROM document_index WHERE space = $1 AND field = $2 AND content = $3 "
           "ORDER BY name",
        into(names), use(s), use(f), use(c), now;
    return names;
  });
}

void Ledger::each(std::string_view space,
                  const std::function<void(const std::string&, const Value&)>& visit) const {
  std::string s(space), key, body;
  Statement select(tables_->session);
  select << "SELECT name, body FROM document WHERE space = $1 ORDER BY name", into(key), into(body),
      use(s), range(0, 1);
  while (!select.done()) {
    const auto rows = guarded("use the ledger", [&] { return select.execute(); });
    if (rows > 0) visit(key, parse_own_json(body));
  }
}

void Ledger::each_received(const std::function<void(const Received&)>& visit) const {
  Received r;
  Int64 id = 0, size = 0, round = 0, at = 0;
  std::string result, findings;
  Statement select(tables_->session);
  select << "SELECT id, sha256, size, folder, name, received_at, kind, result, case_id, round, "
            "queue, findings "
            "FROM bundle ORDER BY id",
      into(id), into(r.sha256), into(size), into(r.drop), into(r.bundle), into(at), into(r.kind),
      into(result), into(r.case_id), into(round), into(r.queue), into(findings), range(0, 1);
  while (!select.done()) {
    const auto rows = guarded("use the ledger", [&] { return select.execute(); });
    if (rows == 0) continue;
    r.id = id;
    r.size = static_cast<std::uint64_t>(size);
    r.round = static_cast<int>(round);
    r.received_at = {at};
    r.result = result_of(result);
    r.findings = parse_own_json(findings);
    visit(r);
  }
}

std::optional<Earlier> Ledger::earlier(const std::string& sha256) const {
  Tables& t = *tables_;
  t.b.sha256 = sha256;
  if (t.run(t.get_earlier) == 0) return std::nullopt;
  return Earlier{t.b.case_id, t.b.name,  t.b.folder, t.b.state, static_cast<int>(t.b.round),
                 t.b.result,  Time{t.at}};
}

int Ledger::receipts(const std::string& stem) const {
  Tables& t = *tables_;
  t.b.stem = stem;
  t.run(t.count_stem);
  return static_cast<int>(t.count);
}

std::vector<PendingEffect> Ledger::pending_effects(int limit, std::int64_t after) const {
  return guarded("use the ledger", [&] {
    Int64 last = after;
    std::vector<Int64> ids;
    std::vector<std::string> makers, paths, payloads, spaces, names;
    tables_->session << "SELECT id, maker, path, payload, subject_space, subject_name FROM effect "
                        "WHERE done = 0 AND id > $1 ORDER BY id LIMIT "
                     << limit,
        into(ids), into(makers), into(paths), into(payloads), into(spaces), into(names), use(last),
        now;
    std::vector<PendingEffect> out;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      PendingEffect p{ids[i], {makers[i], paths[i], parse_own_json(payloads[i]), std::nullopt}};
      if (!spaces[i].empty()) p.effect.subject = Reference{spaces[i], names[i]};
      out.push_back(std::move(p));
    }
    return out;
  });
}

bool Ledger::answered_later(std::int64_t effect, const std::string& path) const {
  return guarded("use the ledger", [&] {
    Int64 id = effect;
    Int64 later = 0;
    std::string folder = path;
    tables_->session << "SELECT count(*) FROM effect WHERE path = $1 AND id > $2", into(later),
        use(folder), use(id), now;
    return later > 0;
  });
}

bool Ledger::made_later(std::int64_t effect, const std::string& path) const {
  return guarded("use the ledger", [&] {
    Int64 id = effect;
    Int64 made = 0;
    std::string folder = path;
    tables_->session << "SELECT count(*) FROM effect WHERE path = $1 AND id > $2 AND done = 1",
        into(made), use(folder), use(id), now;
    return made > 0;
  });
}

std::vector<PendingTimer> Ledger::due_timers(Time now_is, int limit) const {
  return guarded("use the ledger", [&] {
    std::vector<Int64> ids, dues;
    std::vector<std::string> names, bodies;
    Int64 at = now_is.us;
    tables_->session << "SELECT id, due, name, body FROM timer WHERE fired = 0 AND due <= $1 "
                        "ORDER BY due, id LIMIT "
                     << limit,
        into(ids), into(dues), into(names), into(bodies), use(at), now;
    std::vector<PendingTimer> out;
    for (std::size_t i = 0; i < ids.size(); ++i)
      out.push_back({ids[i], {Time{dues[i]}, names[i], parse_own_json(bodies[i])}});
    return out;
  });
}

std::optional<Time> Ledger::next_timer() const {
  return guarded("use the ledger", [&]() -> std::optional<Time> {
    std::vector<Int64> dues;
    tables_->session << "SELECT due FROM timer WHERE fired = 0 ORDER BY due, id LIMIT 1",
        into(dues), now;
    if (dues.empty()) return std::nullopt;
    return Time{dues[0]};
  });
}

std::vector<Untaken> Ledger::untaken() const {
  return guarded("use the ledger", [&] {
    std::vector<Int64> ids, sizes, inodes, times;
    std::vector<std::string> folders, names, paths;
    tables_->session << "SELECT id, size, inode, modified_ns, folder, name, path FROM bundle "
                        "WHERE taken = 0 ORDER BY id",
        into(ids), into(sizes), into(inodes), into(times), into(folders), into(names), into(paths),
        now;
    std::vector<Untaken> out;
    for (std::size_t i = 0; i < ids.size(); ++i)
      out.push_back({ids[i],
                     {folders[i], names[i], paths[i], static_cast<std::uint64_t>(sizes[i]),
                      times[i], static_cast<std::uint64_t>(inodes[i])}});
    return out;
  });
}

std::int64_t Ledger::last_event() const {
  return tables_->last_seq;
}
std::int64_t Ledger::last_bundle() const {
  return tables_->last_bundle;
}

namespace {

void visit_events(Session& session, const std::string& where, std::string argument,
                  const std::function<void(const StoredEvent&)>& visit) {
  StoredEvent e;
  Int64 seq = 0, at = 0, bundle = 0;
  Statement select(session);
  select << "SELECT seq, at, bundle, name, case_id, body, rules, previous, digest FROM event "
         << where << " ORDER BY seq",
      into(seq), into(at), into(bundle), into(e.name), into(e.case_id), into(e.body), into(e.rules),
      into(e.previous), into(e.digest), range(0, 1);
  if (!where.empty()) select, use(argument);
  while (!select.done()) {
    if (guarded("use the ledger", [&] { return select.execute(); }) == 0) continue;
    e.seq = seq;
    e.at = {at};
    e.bundle = bundle;
    visit(e);
  }
}

}  // namespace

std::vector<StoredEvent> Ledger::events_of(const std::string& case_id) const {
  std::vector<StoredEvent> out;
  visit_events(tables_->session, "WHERE case_id = $1", case_id,
               [&](const StoredEvent& e) { out.push_back(e); });
  return out;
}

void Ledger::each_event(const std::function<void(const StoredEvent&)>& visit) const {
  visit_events(tables_->session, "", "", visit);
}

std::string Ledger::meta(const std::string& key) const {
  return guarded("use the ledger", [&] {
    std::string k = key, value;
    tables_->session << "SELECT content FROM meta WHERE name = $1", into(value), use(k), now;
    return value;
  });
}

void Ledger::set_meta(const std::string& key, const std::string& value) {
  guarded("use the ledger", [&] {
    std::string k = key, v = value;
    tables_->session << "INSERT INTO meta (name, content) VALUES ($1, $2) "
                        "ON CONFLICT (name) DO UPDATE SET content = excluded.content",
        use(k), use(v), now;
  });
}

std::int64_t Ledger::commit_outcome(const Delivery& delivery, const Submission& submission,
                                    const Outcome& outcome, const std::string& stem,
                                    const std::string& rules, Time now_is) {
  Tables& t = *tables_;
  t.bundle_id = ++t.last_bundle;
  t.at = now_is.us;
  t.b = {submission.sha256,
         delivery.drop,
         delivery.name,
         delivery.path,
         submission.kind,
         std::string(name(outcome.result)),
         outcome.case_id,
         outcome.queue,
         outcome.state,
         stem,
         static_cast<Int64>(submission.size),
         static_cast<Int64>(delivery.inode),
         delivery.modified_ns,
         outcome.round};
  t.body = findings_value(outcome.findings).dump();
  t.run(t.put_bundle);
  record(outcome, t.bundle_id, rules, now_is);
  return t.last_bundle;
}

void Ledger::commit_timer(std::int64_t timer, const Outcome& outcome, const std::string& rules,
                          Time now_is) {
  Tables& t = *tables_;
  t.count = timer;
  t.run(t.set_fired);
  record(outcome, 0, rules, now_is);
}

void Ledger::record(const Outcome& outcome, std::int64_t bundle, const std::string& rules,
                    Time now_is) {
  Tables& t = *tables_;
  t.new_effects.clear();
  t.bundle_id = bundle;
  for (const Event& event : outcome.events) {
    t.event = {++t.last_seq, now_is,        bundle,
               event.name,   event.case_id, event_body(event).dump(),
               rules,        t.last_digest, {}};
    t.last_digest = t.event.digest = link(t.event);
    t.seq = t.event.seq;
    t.at = now_is.us;
    t.run(t.put_event);
    for (const Put& put : event.puts) {
      t.space = put.space;
      t.key = put.key;
      t.run(t.drop_index);
      if (!put.body) {
        t.run(t.drop_document);
        continue;
      }
      t.body = put.body->dump();
      t.run(t.put_document);
      for (const auto& [field, content] : put.index) {
        t.field = field;
        t.content = content;
        t.run(t.put_index);
      }
    }
  }
  for (const Effect& effect : outcome.effects) {
    t.effect_id = ++t.last_effect;
    t.maker = effect.maker;
    t.path = effect.path;
    t.body = effect.payload.dump();
    t.space = effect.subject ? effect.subject->space : "";
    t.key = effect.subject ? effect.subject->key : "";
    t.run(t.put_effect);
    t.new_effects.push_back(t.effect_id);
  }
  for (const Timer& timer : outcome.timers) {
    t.at = timer.due.us;
    t.key = timer.name;
    t.body = timer.body.dump();
    t.run(t.put_timer);
  }
}

const std::vector<std::int64_t>& Ledger::new_effects() const {
  return tables_->new_effects;
}

void Ledger::mark_taken(std::int64_t bundle) {
  tables_->bundle_id = bundle;
  tables_->run(tables_->set_taken);
}

void Ledger::mark_done(std::int64_t effect) {
  tables_->effect_id = effect;
  tables_->run(tables_->set_done);
}

// Poco's own begin() is deferred: reading first and writing then would fail at once when another process writes.
Transaction::Transaction(Ledger& ledger) : ledger_(ledger) {
  ledger_.tables_->execute("BEGIN IMMEDIATE");
  ledger_.tables_->read_heads();
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    ledger_.tables_->execute("ROLLBACK");
    ledger_.tables_->read_heads();
  } catch (const Fault&) {
    // The fault that ended the transaction is already on its way; the file rolls back by itself when it is opened again.
  }
}

void Transaction::commit() {
  ledger_.tables_->spoiled = true;
  ledger_.tables_->execute("COMMIT");
  ledger_.tables_->spoiled = false;
  open_ = false;
}

Savepoint::Savepoint(Ledger& ledger) : ledger_(ledger) {
  ledger_.tables_->execute("SAVEPOINT submission");
}

Savepoint::~Savepoint() {
  if (!open_) return;
  try {
    ledger_.tables_->execute("ROLLBACK TO SAVEPOINT submission");
    ledger_.tables_->execute("RELEASE SAVEPOINT submission");
    ledger_.tables_->read_heads();
  } catch (const Fault&) {
    // As above: the transaction around it will not commit.
  }
}

void Savepoint::release() {
  ledger_.tables_->execute("RELEASE SAVEPOINT submission");
  open_ = false;
}

}  // namespace pipeline
