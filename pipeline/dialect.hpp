#pragma once

#include <string>
#include <vector>

// Dialect: all that differs in SQL between SQLite and PostgreSQL. Everything else is one SQL.

namespace pipeline {

struct Dialect {
  /// Run once on every new connection.
  std::vector<std::string> session;
  /// Of a transaction in which nobody else writes; "" if the library has its own.
  std::string begin;
  /// Run right after the beginning; "" if it needs none.
  std::string lock;
  /// Counts the tables named $1.
  std::string has_table;
  /// Type of texts, compared byte by byte; type and constraint of a number that names its row; what stands before TABLE if its
  /// rows need not outlive a crash of the server; what stands behind a table that is all key, so that it is kept but once.
  std::string text, id, transient, keyed;

  // Where several lines can be; {line} is one's id:
  /// The time as all see it, in microseconds.
  std::string clock{};
  /// A line's connection is given its name, and {ms} in which it may be silent within a transaction.
  std::vector<std::string> introduce{};
  /// Cuts the connections of lines whose lease has run out: whatever they hold locked is free.
  std::string evict{};
  /// A lock outside of transactions: 1 if it was taken.
  std::string try_alone{}, end_alone{};
  /// Behind a SELECT: locks its rows, and leaves out those that others have locked.
  std::string skip_locked{};

  /// Makes a transaction one that sees the ledger of one moment.
  std::string snapshot{};
};

const Dialect& sqlite_dialect();
const Dialect& postgresql_dialect();

/// A statement of the schema, with {text}, {id}, {transient} and {keyed} filled in.
std::string in_dialect(std::string statement, const Dialect& dialect);

}  // namespace pipeline
