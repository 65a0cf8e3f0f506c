#include "pipeline/ledger_schema.hpp"

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

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

}  // namespace

void open_schema(Database& database, const std::string& place) {
  Query<std::int64_t> has_meta(database, "SELECT count(*) FROM sqlite_master WHERE name = 'meta'");
  std::string version;
  if (std::get<0>(*has_meta.first()) > 0) {
    Query<std::string> schema(database, "SELECT content FROM meta WHERE name = 'schema'");
    if (const auto row = schema.first()) version = std::get<0>(*row);
  }
  if (version == kSchemaVersion) return;
  if (!version.empty())
    throw Fault(FaultKind::Stop, "open " + place,
                "its schema is version " + version + ", this program knows " + kSchemaVersion);
  database.begin();
  for (const char* statement : kSchema) database.execute(statement);
  Statement note(database,
                 "INSERT INTO meta (name, content) VALUES ('schema', $1) ON CONFLICT DO NOTHING");
  note.run(kSchemaVersion);
  database.commit();
}

}  // namespace pipeline
