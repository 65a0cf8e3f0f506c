#include "pipeline/books.hpp"
#include "pipeline/dialect.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"
#include "pipeline/ledger_tables.hpp"

// What an auditor asks the ledger for. Nothing here is asked while the line works but prove() and keep_paper().

namespace pipeline {

namespace {

using Number = std::int64_t;
using Text = std::string;

}  // namespace

void Books::each_delivery(const std::function<void(const StoredDelivery&)>& visit) const {
  Query<Number, Text, Number, Text, Text, Text, Number, Number, Number, Text, Text, Text, Number,
        Text, Text, Text, Text, Number>
      rows(tables_.database,
           "SELECT id, sha256, size, folder, name, path, inode, modified_ns, received_at, kind, "
           "result, case_id, round, queue, state, findings, stem, taken FROM bundle ORDER BY id");
  StoredDelivery d;
  rows.each([&](Number id, Text& sha256, Number size, Text& folder, Text& name, Text& path,
                Number inode, Number modified_ns, Number at, Text& kind, Text& result,
                Text& case_id, Number round, Text& queue, Text& state, Text& findings, Text& stem,
                Number taken) {
    d = {id,   size, inode, modified_ns, round,   taken, {at},  std::move(sha256), folder,
         name, path, kind,  result,      case_id, queue, state, findings,          stem};
    visit(d);
  });
}

void Books::each_effect(const std::function<void(const StoredEffect&)>& visit,
                        std::int64_t after) const {
  StoredEffect e;
  tables_.effects_after.each(
      [&](Number id, Number bundle, Text& maker, Text& path, Text& payload, Text& space, Text& name,
          Number done) {
        e = {id,
             bundle,
             done,
             std::move(maker),
             std::move(path),
             std::move(payload),
             std::move(space),
             std::move(name)};
        visit(e);
      },
      after);
}

void Books::each_paper(const std::function<void(const StoredPaper&)>& visit) const {
  Query<Text, Number, Text, Number> rows(
      tables_.database, "SELECT path, effect, sha256, size FROM paper ORDER BY path");
  rows.each([&](Text& path, Number effect, Text& sha256, Number size) {
    visit({std::move(path), effect, std::move(sha256), size});
  });
}

void Books::each_proof(const std::function<void(const Proof&)>& visit) const {
  Query<Number, Number, Number, Text> rows(
      tables_.database, "SELECT bundle, effect, event, digest FROM proof ORDER BY bundle");
  rows.each([&](Number bundle, Number effect, Number event, Text& digest) {
    visit({bundle, effect, event, std::move(digest)});
  });
}

std::int64_t Books::pending_effects() const {
  Query<Number> count(tables_.database, "SELECT count(*) FROM effect WHERE done = 0");
  return std::get<0>(*count.first());
}

std::int64_t Books::pending_timers() const {
  Query<Number> count(tables_.database, "SELECT count(*) FROM timer WHERE fired = 0");
  return std::get<0>(*count.first());
}

std::vector<std::string> Books::live_lines() const {
  const Database& db = tables_.database;
  std::vector<std::string> seats;
  if (!db.is_server()) return seats;  // a lock on the state folder tells it there
  Query<Text> lines(tables_.database, "SELECT seat FROM line WHERE expires >= " +
                                          db.dialect().clock + " ORDER BY seat");
  lines.each([&](Text& seat) { seats.push_back(std::move(seat)); });
  return seats;
}

std::vector<ProjectionDifference> Books::compare_projections(std::size_t limit) const {
  Database& db = tables_.database;
  db.execute("DROP TABLE IF EXISTS fresh_document");
  db.execute("DROP TABLE IF EXISTS fresh_index");
  const auto make = [&](const char* sql) { db.execute(in_dialect(sql, db.dialect())); };
  make(
      "CREATE TEMPORARY TABLE fresh_document (space {text} NOT NULL, name {text} NOT NULL, "
      "body {text} NOT NULL, PRIMARY KEY (space, name))");
  make(
      "CREATE TEMPORARY TABLE fresh_index (space {text} NOT NULL, field {text} NOT NULL, "
      "content {text} NOT NULL, name {text} NOT NULL, PRIMARY KEY (space, name, field, content))");
  Statement drop_document(db, "DELETE FROM fresh_document WHERE space = $1 AND name = $2");
  Statement drop_index(db, "DELETE FROM fresh_index WHERE space = $1 AND name = $2");
  Statement put_document(db, "INSERT INTO fresh_document (space, name, body) VALUES ($1, $2, $3)");
  Statement put_index(db,
                      "INSERT INTO fresh_index (space, field, content, name) VALUES ($1, $2, $3, "
                      "$4) ON CONFLICT DO NOTHING");
  std::vector<ProjectionDifference> found;
  using Kind = ProjectionDifference::Kind;
  Query<Number, Text> bodies(db, "SELECT seq, body FROM event ORDER BY seq");
  bodies.each([&](Number seq, const Text& body) {
    Value event;
    try {
      event = parse_own_json(body);
    } catch (const Fault&) {
      if (found.size() < limit) found.push_back({"event", std::to_string(seq), Kind::Unreadable});
      return;
    }
    for (const Value& put : event["puts"].items()) {
      const std::string& space = put["space"].string();
      const std::string key = Ledger::Tables::short_enough(put["key"].string());
      drop_document.run(space, key);
      drop_index.run(space, key);
      if (put["body"].is_null()) continue;
      put_document.run(space, key, put["body"].dump());
      for (const Value& entry : put["index"].items())
        put_index.run(space, entry[0].string(), Ledger::Tables::short_enough(entry[1].string()),
                      key);
    }
  });
  if (!found.empty()) {
    // What a part of the events amounts to must never take the place of what was kept.
    db.execute("DROP TABLE fresh_document");
    db.execute("DROP TABLE fresh_index");
    return found;
  }

  const auto collect = [&](Kind kind, const std::string& sql) {
    Query<Text, Text> rows(db, sql + " ORDER BY 1, 2 LIMIT " + std::to_string(limit));
    rows.each([&](Text& space, Text& key) {
      if (found.size() < limit) found.push_back({std::move(space), std::move(key), kind});
    });
  };
  collect(Kind::Altered,
          "SELECT f.space, f.name FROM fresh_document f JOIN document d ON d.space = f.space AND "
          "d.name = f.name WHERE d.body <> f.body");
  collect(Kind::Missing,
          "SELECT f.space, f.name FROM fresh_document f LEFT JOIN document d ON d.space = f.space "
          "AND d.name = f.name WHERE d.name IS NULL");
  collect(Kind::Unknown,
          "SELECT d.space, d.name FROM document d LEFT JOIN fresh_document f ON d.space = f.space "
          "AND d.name = f.name WHERE f.name IS NULL");
  const std::string both =
      " ON d.space = f.space AND d.name = f.name AND d.field = f.field AND d.content = f.content ";
  collect(Kind::Index,
          "SELECT f.space, f.name FROM fresh_index f LEFT JOIN document_index d" + both +
              "WHERE d.name IS NULL UNION SELECT d.space, d.name FROM document_index d LEFT JOIN "
              "fresh_index f" +
              both + "WHERE f.name IS NULL");
  return found;
}

void Books::replace_projections() const {
  Database& db = tables_.database;
  db.execute("DELETE FROM document");
  db.execute("DELETE FROM document_index");
  db.execute(
      "INSERT INTO document (space, name, body) SELECT space, name, body FROM fresh_document");
  db.execute(
      "INSERT INTO document_index (space, field, content, name) SELECT space, field, content, "
      "name FROM fresh_index");
}

void Books::copy_to(const std::string& file) const {
  if (tables_.database.is_server())
    throw Fault(FaultKind::Stop, "back up the ledger",
                "it lies on PostgreSQL: copy it with pg_dump, and the vault afterwards");
  Statement copy(tables_.database, "VACUUM INTO $1");
  copy.run(file);
}

Snapshot::Snapshot(const Ledger& ledger) : tables_(*ledger.tables_) {
  tables_.database.begin_snapshot();
  tables_.read_heads();
}

Snapshot::~Snapshot() {
  try {
    tables_.database.rollback();
  } catch (const Fault&) {
    // It was only read.
  }
}

/// After an outcome is recorded: its delivery joins the chain.
void Ledger::prove(const StoredDelivery& delivery) {
  Tables& t = *tables_;
  Proof before{0, t.new_effects.empty() ? t.last_effect : t.new_effects.front() - 1, 0, ""};
  if (auto row = t.last_proof.first()) {
    auto& [bundle, effect, event, digest] = *row;
    before = {bundle, effect, event, std::move(digest)};
  }
  std::vector<std::string> effects;
  Books(*this).each_effect([&](const StoredEffect& e) { effects.push_back(effect_digest(e)); },
                           before.effect);
  t.put_proof.run(delivery.id, t.last_effect, t.last_seq,
                  proof_digest(before, delivery_digest(delivery), t.last_digest, effects));
}

void Ledger::keep_paper(const StoredPaper& paper) {
  if (paper.sha256.empty()) {
    tables_->drop_papers.run(paper.path);
    return;
  }
  tables_->put_paper.run(paper.path, paper.effect, paper.sha256, paper.size);
}

}  // namespace pipeline
