#include "pipeline/dialect.hpp"

#include "pipeline/text.hpp"

namespace pipeline {

namespace {

// Numbers of advisory locks are ours alone: "dossier" as bytes, and the next one.
constexpr const char* kDecides = "28270039319274866";
constexpr const char* kAlone = "28270039319274867";

Dialect make_sqlite() {
  return {
      .session =
          {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
           // A roll-back to a savepoint must not need a disk that nobody thought of.
           "PRAGMA temp_store=MEMORY",
           // In KiB, only taken when the ledger is that large: the inner pages of every index, and what was written a
           // moment ago and is to be marked.
           "PRAGMA cache_size=-8192",
           // In pages: what several groups change alike is written to the ledger itself but once.
           "PRAGMA wal_autocheckpoint=4096"},
      // The library's own begin() is deferred: reading first and writing then would fail at once when another process
      // writes.
      .begin = "BEGIN IMMEDIATE",
      .lock = "",
      .has_table = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
      .text = "VARCHAR",
      .id = "INTEGER PRIMARY KEY",
      .transient = "",
      .keyed = " WITHOUT ROWID",
      .snapshot = "BEGIN"};
}

Dialect make_postgresql() {
  const std::string clock = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
  const std::string number = "CASE WHEN {call} THEN 1 ELSE 0 END";
  const auto count = [&](const std::string& call) { return replace_all(number, "{call}", call); };
  return {
      .session =
          {"SET client_encoding TO 'UTF8'", "SET client_min_messages TO warning",
           "SET default_transaction_isolation TO 'read committed'", "SET synchronous_commit TO on",
           // A machine that is gone without a word must not keep the others waiting for two hours.
           "SET tcp_keepalives_idle TO 30", "SET tcp_keepalives_interval TO 10",
           "SET tcp_keepalives_count TO 3"},
      .begin = "",
      .lock = std::string("SELECT pg_advisory_xact_lock(") + kDecides + ")::text",
      .has_table =
          "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() "
          "AND tablename = $1",
      .text = "VARCHAR COLLATE \"C\"",
      .id = "BIGINT PRIMARY KEY",
      .transient = "UNLOGGED ",
      .keyed = "",
      .clock = clock,
      .introduce = {"SET application_name TO 'dossier line {line}'",
                    "SET idle_in_transaction_session_timeout TO {ms}"},
      .evict = "SELECT coalesce(sum(" + count("pg_terminate_backend(a.pid)") +
               "), 0)::bigint FROM pg_stat_activity a JOIN line l ON a.application_name = "
               "'dossier line ' || l.id WHERE a.datname = current_database() AND l.expires < " +
               clock,
      .try_alone = "SELECT " + count(std::string("pg_try_advisory_lock(") + kAlone + ")"),
      .end_alone = "SELECT " + count(std::string("pg_advisory_unlock(") + kAlone + ")"),
      .skip_locked = " FOR UPDATE SKIP LOCKED",
      .snapshot = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"};
}

}  // namespace

const Dialect& sqlite_dialect() {
  static const Dialect kDialect = make_sqlite();
  return kDialect;
}

const Dialect& postgresql_dialect() {
  static const Dialect kDialect = make_postgresql();
  return kDialect;
}

std::string in_dialect(std::string statement, const Dialect& dialect) {
  statement = replace_all(std::move(statement), "{text}", dialect.text);
  statement = replace_all(std::move(statement), "{id}", dialect.id);
  statement = replace_all(std::move(statement), "{transient}", dialect.transient);
  return replace_all(std::move(statement), "{keyed}", dialect.keyed);
}

}  // namespace pipeline
