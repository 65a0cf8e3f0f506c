#include "pipeline/ledger_schema.hpp"

#include <charconv>
#include <iterator>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "pipeline/dialect.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/ledger_terms.hpp"

namespace pipeline {

namespace {

using Text = std::string;
/// Rows in memory at a time while a ledger is carried over.
constexpr std::int64_t kPage = 10'000;

/// The index in its new table. Long values were shortened when they were put.
void carry_index_over(Database& database) {
  using Row = std::tuple<Text, Text, Text, Text>;
  Query<Text, Text, Text, Text> page(
      database,
      "SELECT space, field, content, name FROM index_before WHERE (space, field, content, name) > "
      "($1, $2, $3, $4) ORDER BY space, field, content, name LIMIT $5");
  Statement put(database,
                "INSERT INTO document_index (space, field, content, name) VALUES ($1, $2, $3, $4) "
                "ON CONFLICT DO NOTHING");
  for (std::vector<Row> rows(1); !rows.empty();) {
    const auto [in, by, of, key] = rows.back();
    rows = page.all(in, by, of, key, kPage);
    for (const auto& [space, field, content, name] : rows)
      put.run(space, field, kept_digest(content), name);
  }
}

/// With each document what it is found by, but for forms: until then one was never changed once it was put.
void carry_terms_over(Database& database) {
  using Key = std::tuple<Text, Text>;
  Query<Text, Text> page(
      database,
      "SELECT space, name FROM document WHERE space <> 'form' AND (space, name) > ($1, $2) "
      "ORDER BY space, name LIMIT $3");
  // Left to itself SQLite takes the key, which has all columns, by its first alone: all rows of a space for each document.
  const bool is_file = !database.dialect().keyed.empty();
  const Text by_name = is_file ? " INDEXED BY document_index_name" : "";
  Query<Text, Text> entries(database, "SELECT field, content FROM index_before" + by_name +
                                          " WHERE space = $1 AND name = $2");
  Statement note(database, "UPDATE document SET found_by = $1 WHERE space = $2 AND name = $3");
  for (std::vector<Key> keys(1); !keys.empty();) {
    const auto [in, after] = keys.back();
    keys = page.all(in, after, kPage);
    for (const auto& [space, name] : keys) {
      Terms terms;
      entries.each(
          [&](Text& field, Text& content) { terms.emplace_back(field, kept_digest(content)); },
          space, name);
      if (!terms.empty()) note.run(text_of(in_order(std::move(terms))), space, name);
    }
  }
}

void carry_over_to_five(Database& database) {
  carry_index_over(database);
  carry_terms_over(database);
  database.execute("DROP TABLE index_before");
}

struct Migration {
  std::vector<const char*> statements;
  void (*then)(Database&) = nullptr;
};

/// Entry n makes version n + 1 of version n.
const Migration kMigrations[] = {
    {{
        "CREATE TABLE meta (name {text} PRIMARY KEY, content {text} NOT NULL)",
        "CREATE TABLE bundle (id {id}, sha256 {text} NOT NULL, size BIGINT NOT NULL, "
        "folder {text} NOT NULL, name {text} NOT NULL, path {text} NOT NULL, "
        "inode BIGINT NOT NULL, modified_ns BIGINT NOT NULL, received_at BIGINT NOT NULL, "
        "kind {text} NOT NULL, result {text} NOT NULL, case_id {text} NOT NULL, "
        "round BIGINT NOT NULL, queue {text} NOT NULL, state {text} NOT NULL, "
        "findings {text} NOT NULL, stem {text} NOT NULL, taken BIGINT NOT NULL)",
        "CREATE INDEX bundle_sha256 ON bundle (sha256)",
        "CREATE INDEX bundle_stem ON bundle (stem)",
        "CREATE INDEX bundle_untaken ON bundle (id) WHERE taken = 0",
        "CREATE TABLE event (seq {id}, at BIGINT NOT NULL, bundle BIGINT NOT NULL, "
        "name {text} NOT NULL, case_id {text} NOT NULL, body {text} NOT NULL, "
        "rules {text} NOT NULL, previous {text} NOT NULL, digest {text} NOT NULL)",
        "CREATE INDEX event_case ON event (case_id)",
        "CREATE TABLE document (space {text} NOT NULL, name {text} NOT NULL, body {text} NOT NULL, "
        "PRIMARY KEY (space, name))",
        "CREATE TABLE document_index (space {text} NOT NULL, field {text} NOT NULL, "
        "content {text} NOT NULL, name {text} NOT NULL, "
        "PRIMARY KEY (space, field, content, name))",
        "CREATE INDEX document_index_name ON document_index (space, name)",
        "CREATE TABLE effect (id {id}, bundle BIGINT NOT NULL, maker {text} NOT NULL, "
        "path {text} NOT NULL, payload {text} NOT NULL, subject_space {text} NOT NULL, "
        "subject_name {text} NOT NULL, done BIGINT NOT NULL)",
        "CREATE INDEX effect_pending ON effect (id) WHERE done = 0",
        "CREATE INDEX effect_removes ON effect (path) WHERE maker = 'remove'",
        "CREATE TABLE timer (id {id}, due BIGINT NOT NULL, name {text} NOT NULL, "
        "body {text} NOT NULL, fired BIGINT NOT NULL)",
        "CREATE INDEX timer_due ON timer (due, id) WHERE fired = 0",
    }},
    {{
        // Several lines at work on one ledger: who they are, what each has in hand.
        "CREATE TABLE line (id {id}, seat {text} NOT NULL, expires BIGINT NOT NULL)",
        "CREATE {transient}TABLE claim (name {text} PRIMARY KEY, line BIGINT NOT NULL)",
        "ALTER TABLE bundle ADD COLUMN line BIGINT NOT NULL DEFAULT 0",
        "ALTER TABLE effect ADD COLUMN line BIGINT NOT NULL DEFAULT 0",
    }},
    {{
        // What proves that nothing was changed: books.hpp.
        "CREATE TABLE proof (bundle {id}, effect BIGINT NOT NULL, event BIGINT NOT NULL, "
        "digest {text} NOT NULL)",
        "CREATE TABLE paper (path {text} PRIMARY KEY, effect BIGINT NOT NULL, "
        "sha256 {text} NOT NULL, size BIGINT NOT NULL)",
        "CREATE INDEX paper_effect ON paper (effect)",
        "INSERT INTO meta (name, content) SELECT 'unproven', CAST(coalesce(max(id), 0) AS "
        "VARCHAR(20)) FROM bundle",
    }},
    {{
        // What was made of a path, later or before, is asked for each paper.
        "CREATE INDEX effect_path ON effect (path)",
        "DROP INDEX effect_removes",
    }},
    {{
         // Each bundle touches fewer pages: the index in one tree instead of three, none for what another one finds as well.
         "ALTER TABLE document ADD COLUMN found_by {text} NOT NULL DEFAULT ''",
         "ALTER TABLE document_index RENAME TO index_before",
         "CREATE TABLE document_index (space {text} NOT NULL, field {text} NOT NULL, "
         "content {text} NOT NULL, name {text} NOT NULL, "
         "PRIMARY KEY (space, field, content, name)){keyed}",
         "DROP INDEX bundle_stem",
         "DROP INDEX effect_path",
         "CREATE INDEX effect_path ON effect (path) WHERE maker <> 'receipt'",
     },
     carry_over_to_five},
};

/// What they write, an older program's statements would still write as they did before.
void refuse_beside_lines(Database& database, const std::string& shown) {
  const std::string& clock = database.dialect().clock;
  if (clock.empty()) return;
  Query<std::int64_t> alive(database, "SELECT count(*) FROM line WHERE expires >= " + clock);
  if (std::get<0>(*alive.first()) > 0)
    throw Fault(FaultKind::Retry, "open " + shown,
                "this program needs newer tables, and older programs are at work on it: end them "
                "on all machines first");
}

/// 0 if there are no tables yet.
int version_of(Database& database, const std::string& shown) {
  Query<std::int64_t> has_table(database, database.dialect().has_table);
  if (std::get<0>(*has_table.first("meta")) == 0) return 0;
  Query<std::string> schema(database, "SELECT content FROM meta WHERE name = 'schema'");
  const auto row = schema.first();
  const std::string text = row ? std::get<0>(*row) : "";
  int version = 0;
  if (std::from_chars(text.data(), text.data() + text.size(), version).ec != std::errc() ||
      version < 1)
    throw Fault(FaultKind::Stop, "open " + shown,
                "it is no ledger: its schema is \"" + text + "\"");
  return version;
}

}  // namespace

int schema_version() {
  return static_cast<int>(std::size(kMigrations));
}

void open_schema(Database& database, const std::string& shown, bool may_upgrade) {
  const int wanted = schema_version();
  if (version_of(database, shown) == wanted) return;
  database.begin();
  try {
    // Another process may have made it meanwhile.
    const int version = version_of(database, shown);
    if (version > wanted)
      throw Fault(FaultKind::Stop, "open " + shown,
                  "a newer program has worked on it: its schema is version " +
                      std::to_string(version) + ", this program knows up to " +
                      std::to_string(wanted) + "; use the newer program");
    if (version > 0 && version < wanted && !may_upgrade)
      throw Fault(FaultKind::Stop, "open " + shown,
                  "an older program made it: its schema is version " + std::to_string(version) +
                      ", this program needs " + std::to_string(wanted) +
                      "; when no older program works on it any more, run `dossier run` once, "
                      "which carries it over");
    constexpr int kKnowsLines = 2;
    if (version >= kKnowsLines && version < wanted) refuse_beside_lines(database, shown);
    for (int next = version; next < wanted; ++next) {
      const Migration& migration = kMigrations[next];
      for (const char* statement : migration.statements)
        database.execute(in_dialect(statement, database.dialect()));
      if (migration.then) migration.then(database);
    }
    Statement note(database,
                   "INSERT INTO meta (name, content) VALUES ('schema', $1) "
                   "ON CONFLICT (name) DO UPDATE SET content = excluded.content");
    note.run(std::to_string(wanted));
    database.commit();
  } catch (...) {
    database.rollback();
    throw;
  }
}

}  // namespace pipeline
