#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

// SQLite statement: prepared once, run many times; the library of database.cpp prepares it anew each time, which takes longer than running it.
//
//   takes   an open connection that outlives it; SQL of one statement
//   gives   rows
//   faults  Retry: busy or full; Stop: everything else

namespace pipeline {

class SqliteStatement {
 public:
  SqliteStatement(sqlite3* connection, const std::string& sql);
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  /// The first parameter is 0.
  void bind(std::size_t parameter, std::int64_t number);
  void bind(std::size_t parameter, std::string_view text);
  /// Whether there is one more row; if not, it has been reset.
  bool step();
  /// Rows that it changed when it ran last.
  std::size_t changed() const;
  void read(std::size_t column, std::int64_t& number) const;
  void read(std::size_t column, std::string& text) const;
  /// Lets go of what it holds, wherever it is.
  void reset();

 private:
  void check(int code) const;

  sqlite3* connection_;
  sqlite3_stmt* statement_ = nullptr;
};

}  // namespace pipeline
