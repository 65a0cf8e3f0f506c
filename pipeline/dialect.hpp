#pragma once

#include <string>
#include <vector>

// Dialect: all that differs in SQL between SQLite and PostgreSQL. Everything else is one SQL.

namespace pipeline {

struct Dialect {
  std::vector<std::string> session;  ///< run once on every new connection
  std::string
      begin;  ///< of a transaction in which nobody else writes; "" if the library has its own
  std::string lock;       ///< run right after the beginning; "" if it needs none
  std::string has_table;  ///< counts the tables named $1
  std::string text;       ///< type of texts, compared byte by byte
  std::string id;         ///< type and constraint of a number that names its row
  std::string clock;      ///< the time as all who share the ledger see it, in microseconds
  std::string try_alone,
      end_alone;  ///< a lock outside of transactions; "" if nobody else can be there
  std::string
      skip_locked;  ///< behind a SELECT: locks its rows, and leaves out those that others have locked
};

const Dialect& sqlite_dialect();
const Dialect& postgresql_dialect();

/// A statement of the schema, with {text} and {id} in place of the types.
std::string in_dialect(std::string statement, const Dialect& dialect);

}  // namespace pipeline
