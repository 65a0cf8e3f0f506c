#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace pipeline {

/// An SQL statement on an SQLite file, compiled once and run again and again: Poco 1.11 compiles it each time, which took longer than
/// most statements run. Throws what Poco throws.
class FileStatement {
 public:
  using Slot = std::variant<std::int64_t, std::string>;

  FileStatement(sqlite3* file, std::string sql) : file_(file), sql_(std::move(sql)) {}
  ~FileStatement();
  FileStatement(const FileStatement&) = delete;
  FileStatement& operator=(const FileStatement&) = delete;

  /// Takes the next row into the columns, and gives 1; at the end, 0 or, if it has no columns, how many rows it changed. Begins anew
  /// when it was done. The parameters stay where they are until then.
  std::size_t next(const std::deque<Slot>& parameters, std::deque<Slot>& columns);
  bool done() const { return !running_; }
  /// Nobody wants the rows that are left.
  void stop();

 private:
  void check(int status);
  void bind(const std::deque<Slot>& parameters);

  sqlite3* const file_;
  const std::string sql_;
  sqlite3_stmt* compiled_ = nullptr;
  bool running_ = false;
};

}  // namespace pipeline
