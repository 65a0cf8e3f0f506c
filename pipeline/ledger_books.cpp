#include <cassert>

#include "pipeline/books.hpp"
#include "pipeline/dialect.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"
#include "pipeline/ledger_tables.hpp"
#include "pipeline/ledger_terms.hpp"
#include "pipeline/sha256.hpp"

// What an auditor asks the ledger for. Nothing here is asked while the line works but prove(), each_effect() and keep_paper().

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

void Ledger::Tables::each_effect(const std::function<void(const StoredEffect&)>& visit,
                                 Number after) {
  StoredEffect e;
  effects_after.each(
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

void Books::each_effect(const std::function<void(const StoredEffect&)>& visit,
                        std::int64_t after) const {
  tables_.each_effect(visit, after);
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

namespace {

/// What documents and index should be by the events, in tables of their own. Of a document that is kept once only that it should
/// be there: it is too much to have it twice.
class Fresh {
 public:
  explicit Fresh(Database& database) : db_(database) {
    drop(db_);
    const auto make = [&](const char* sql) { db_.execute(in_dialect(sql, db_.dialect())); };
    make(
        "CREATE TEMPORARY TABLE fresh_document (space {text} NOT NULL, name {text} NOT NULL, "
        "body {text} NOT NULL, found_by {text} NOT NULL, once BIGINT NOT NULL, "
        "PRIMARY KEY (space, name))");
    make(
        "CREATE TEMPORARY TABLE fresh_index (space {text} NOT NULL, field {text} NOT NULL, "
        "content {text} NOT NULL, name {text} NOT NULL, "
        "PRIMARY KEY (space, name, field, content))");
  }
  static void drop(Database& db) {
    db.execute("DROP TABLE IF EXISTS fresh_document");
    db.execute("DROP TABLE IF EXISTS fresh_index");
  }
  /// As events hold it. False: it names a document that is not there, or is another.
  bool put(const std::string& space, const std::string& key, const Value& put) {
    drop_document_.run(space, key);
    drop_index_.run(space, key);
    const std::string& digest = put["sha256"].string();
    if (digest.empty() && put["body"].is_null()) return true;
    Terms index;
    for (const Value& entry : put["index"].items())
      index.emplace_back(entry[0].string(), entry[1].string());
    const Terms terms = kept_terms(std::move(index));
    for (const auto& [field, value] : terms) put_index_.run(space, field, value, key);
    if (digest.empty()) {
      put_document_.run(space, key, put["body"].dump(), text_of(terms), Number{0});
      return true;
    }
    put_document_.run(space, key, "", "", Number{1});
    const auto kept = kept_.first(space, key);
    return kept && sha256(std::get<0>(*kept)) == digest;
  }

 private:
  Database& db_;
  Query<Text> kept_{db_, "SELECT body FROM document WHERE space = $1 AND name = $2"};
  Statement drop_document_{db_, "DELETE FROM fresh_document WHERE space = $1 AND name = $2"};
  Statement drop_index_{db_, "DELETE FROM fresh_index WHERE space = $1 AND name = $2"};
  Statement put_document_{db_,
                          "INSERT INTO fresh_document (space, name, body, found_by, once) VALUES "
                          "($1, $2, $3, $4, $5)"};
  Statement put_index_{db_,
                       "INSERT INTO fresh_index (space, field, content, name) VALUES ($1, $2, $3, "
                       "$4)"};
};

}  // namespace

std::vector<ProjectionDifference> Books::compare_projections(std::size_t limit) const {
  Database& db = tables_.database;
  Fresh fresh(db);
  std::vector<ProjectionDifference> found, unreadable;
  using Kind = ProjectionDifference::Kind;
  Query<Number, Text> bodies(db, "SELECT seq, body FROM event ORDER BY seq");
  bodies.each([&](Number seq, const Text& body) {
    Value event;
    try {
      event = parse_own_json(body);
    } catch (const Fault&) {
      if (unreadable.size() < limit)
        unreadable.push_back({"event", std::to_string(seq), Kind::Unreadable});
      return;
    }
    for (const Value& put : event["puts"].items()) {
      const std::string& space = put["space"].string();
      const std::string key = kept_key(put["key"].string());
      if (!fresh.put(space, key, put) && found.size() < limit)
        found.push_back({space, key, Kind::Lost});
    }
  });
  if (!unreadable.empty()) {
    // What a part of the events amounts to must never take the place of what was kept.
    Fresh::drop(db);
    return unreadable;
  }

  const auto collect = [&](Kind kind, const std::string& sql) {
    Query<Text, Text> rows(db, sql + " ORDER BY 1, 2 LIMIT " + std::to_string(limit));
    rows.each([&](Text& space, Text& key) {
      if (found.size() < limit) found.push_back({std::move(space), std::move(key), kind});
    });
  };
  collect(Kind::Altered,
          "SELECT f.space, f.name FROM fresh_document f JOIN document d ON d.space = f.space AND "
          "d.name = f.name WHERE f.once = 0 AND d.body <> f.body");
  collect(Kind::Missing,
          "SELECT f.space, f.name FROM fresh_document f LEFT JOIN document d ON d.space = f.space "
          "AND d.name = f.name WHERE f.once = 0 AND d.name IS NULL");
  collect(Kind::Unknown,
          "SELECT d.space, d.name FROM document d LEFT JOIN fresh_document f ON d.space = f.space "
          "AND d.name = f.name WHERE f.name IS NULL");
  const std::string both =
      " ON d.space = f.space AND d.name = f.name AND d.field = f.field AND d.content = f.content ";
  collect(Kind::Index,
          "SELECT f.space, f.name FROM fresh_index f LEFT JOIN document_index d" + both +
              "WHERE d.name IS NULL UNION SELECT d.space, d.name FROM document_index d LEFT JOIN "
              "fresh_index f" +
              both +
              "WHERE f.name IS NULL UNION SELECT f.space, f.name FROM fresh_document f JOIN "
              "document d ON d.space = f.space AND d.name = f.name WHERE f.once = 0 AND NOT "
              "(d.space = 'form' AND d.found_by = '') AND d.found_by <> f.found_by");
  return found;
}

void Books::replace_projections() const {
  Database& db = tables_.database;
  db.execute(
      "DELETE FROM document WHERE NOT EXISTS (SELECT 1 FROM fresh_document f WHERE f.once = 1 AND "
      "f.space = document.space AND f.name = document.name)");
  db.execute("DELETE FROM document_index");
  db.execute(
      "INSERT INTO document (space, name, body, found_by) SELECT space, name, body, found_by FROM "
      "fresh_document WHERE once = 0");
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
  assert(t.heads_read);
  if (t.proof.bundle == 0) {
    // The first: what came before it is not proven.
    const std::size_t own = t.new_effects.size();
    t.proof.effect = t.last_effect - static_cast<Number>(own);
    t.to_prove.erase(t.to_prove.begin(), t.to_prove.end() - static_cast<std::ptrdiff_t>(own));
  }
  const std::string digest =
      proof_digest(t.proof, delivery_digest(delivery), t.last_digest, t.to_prove);
  t.proof = {delivery.id, t.last_effect, t.last_seq, digest};
  t.to_prove.clear();
  t.put_proof.run(t.proof.bundle, t.proof.effect, t.proof.event, t.proof.digest);
}

void Ledger::keep_paper(const StoredPaper& paper) {
  if (paper.sha256.empty()) {
    tables_->drop_papers.run(paper.path);
    return;
  }
  tables_->put_paper.run(paper.path, paper.effect, paper.sha256, paper.size);
}

}  // namespace pipeline
