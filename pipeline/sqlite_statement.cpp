#include "pipeline/sqlite_statement.hpp"

#include <sqlite3.h>

#include <cassert>

#include "pipeline/fault.hpp"

namespace pipeline {

SqliteStatement::SqliteStatement(sqlite3* connection, const std::string& sql)
    : connection_(connection) {
  const char* rest = nullptr;
  check(sqlite3_prepare_v3(connection_, sql.c_str(), static_cast<int>(sql.size() + 1),
                           SQLITE_PREPARE_PERSISTENT, &statement_, &rest));
  assert(statement_ && *rest == '\0');
}

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(statement_);
}

void SqliteStatement::check(int code) const {
  if (code == SQLITE_OK) return;
  constexpr int kPrimary = 0xFF;
  const int kind = code & kPrimary;
  const bool passes = kind == SQLITE_BUSY || kind == SQLITE_LOCKED || kind == SQLITE_FULL;
  throw Fault(passes ? FaultKind::Retry : FaultKind::Stop, "use the ledger",
              sqlite3_errmsg(connection_));
}

void SqliteStatement::bind(std::size_t parameter, std::int64_t number) {
  check(sqlite3_bind_int64(statement_, static_cast<int>(parameter) + 1, number));
}

void SqliteStatement::bind(std::size_t parameter, std::string_view text) {
  // Of an empty text without an address it would make NULL.
  check(sqlite3_bind_text64(statement_, static_cast<int>(parameter) + 1,
                            text.empty() ? "" : text.data(), text.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

bool SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  try {
    check(code == SQLITE_DONE ? SQLITE_OK : code);
  } catch (...) {
    reset();
    throw;
  }
  reset();
  return false;
}

std::size_t SqliteStatement::changed() const {
  return sqlite3_stmt_readonly(statement_) != 0
             ? 0
             : static_cast<std::size_t>(sqlite3_changes(connection_));
}

void SqliteStatement::read(std::size_t column, std::int64_t& number) const {
  number = sqlite3_column_int64(statement_, static_cast<int>(column));
}

void SqliteStatement::read(std::size_t column, std::string& text) const {
  const auto* bytes = sqlite3_column_text(statement_, static_cast<int>(column));
  text.assign(reinterpret_cast<const char*>(bytes),
              static_cast<std::size_t>(sqlite3_column_bytes(statement_, static_cast<int>(column))));
}

void SqliteStatement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

}  // namespace pipeline
