#include "pipeline/dialect.hpp"

namespace pipeline {

namespace {

void replace_all(std::string& text, const std::string& what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += with.size())
    text.replace(at, what.size(), with);
}

}  // namespace

const Dialect& sqlite_dialect() {
  static const Dialect kDialect{
      {"PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
       // A roll-back to a savepoint must not need a disk that nobody thought of.
       "PRAGMA temp_store=MEMORY"},
      // The library's own begin() is deferred: reading first and writing then would fail at once when another process writes.
      "BEGIN IMMEDIATE",
      "",
      "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
      "VARCHAR",
      "INTEGER PRIMARY KEY",
      "CAST(strftime('%s', 'now') AS INTEGER) * 1000000",
      "",
      "",
      ""};
  return kDialect;
}

const Dialect& postgresql_dialect() {
  static const Dialect kDialect{
      {"SET client_encoding TO 'UTF8'", "SET client_min_messages TO warning",
       "SET default_transaction_isolation TO 'read committed'", "SET synchronous_commit TO on",
       // A host that is frozen in the middle of a transaction must not keep the others waiting for ever.
       "SET idle_in_transaction_session_timeout TO '60s'"},
      "",
      // Numbers of advisory locks are ours alone: "dossier" as bytes, and the next one.
      "SELECT pg_advisory_xact_lock(28270039319274866)::text",
      "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND "
      "tablename = $1",
      "VARCHAR COLLATE \"C\"",
      "BIGINT PRIMARY KEY",
      "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
      "SELECT CASE WHEN pg_try_advisory_lock(28270039319274867) THEN 1 ELSE 0 END",
      "SELECT CASE WHEN pg_advisory_unlock(28270039319274867) THEN 1 ELSE 0 END",
      " FOR UPDATE SKIP LOCKED"};
  return kDialect;
}

std::string in_dialect(std::string statement, const Dialect& dialect) {
  replace_all(statement, "{text}", dialect.text);
  replace_all(statement, "{id}", dialect.id);
  return statement;
}

}  // namespace pipeline
