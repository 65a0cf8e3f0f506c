#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

// Database: one connection, and statements that are prepared once and run many times.
//
//   takes   SQL with $1, $2 … in order of first use; numbers of 64 bits and texts in their places
//   gives   rows of numbers and texts, none of them null
//   faults  Retry: busy, full, the server gone or stopping; Stop: everything else. No message holds a password
//
// One thread uses one Database.

namespace pipeline {

struct Dialect;
template <class... Columns>
class Query;

class Database {
 public:
  /// postgresql://…, a file, made if it is not there, or ":memory:".
  explicit Database(const std::string& place);
  ~Database();

  const Dialect& dialect() const;
  /// Others may be at work on it, too.
  bool is_server() const;

  void execute(const std::string& sql);
  /// Nobody else writes from here to the end of the transaction.
  void begin();
  /// Only to be read in, and all that is read is of one moment; ended by rollback.
  void begin_snapshot();
  void commit();
  void rollback();
  void rollback_to_savepoint(const std::string& name);

 private:
  friend class Statement;
  struct Connection;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Query<std::string>> lock_;
};

class Statement {
 public:
  Statement(Database& database, std::string sql);
  ~Statement();

  /// Gives the number of rows that it changed.
  template <class... Parameters>
  std::size_t run(const Parameters&... parameters) {
    start();
    (bind(parameters), ...);
    return next();
  }

 protected:
  enum class Kind { Number, Text };

  Statement(Database& database, std::string sql, std::vector<Kind> columns);
  void start();
  void bind(std::int64_t number);
  void bind(std::string_view text);
  /// Takes the next row into the columns; 0 if there is none.
  std::size_t next();
  bool finished() const;
  std::int64_t& column(std::size_t place, std::int64_t*);
  std::string& column(std::size_t place, std::string*);

 private:
  struct Prepared;
  std::unique_ptr<Prepared> prepared_;
};

/// A statement that gives rows; each column is a std::int64_t or a std::string.
template <class... Columns>
class Query : private Statement {
 public:
  using Row = std::tuple<Columns...>;

  Query(Database& database, std::string sql)
      : Statement(database, std::move(sql),
                  {std::is_same_v<Columns, std::string> ? Kind::Text : Kind::Number...}) {}

  /// Row by row; `visit` takes the columns, and must not run this same query.
  template <class Visit, class... Parameters>
  void each(const Visit& visit, const Parameters&... parameters) {
    start();
    (bind(parameters), ...);
    do {
      if (next() > 0) take(visit, std::index_sequence_for<Columns...>());
    } while (!finished());
  }

  template <class... Parameters>
  std::vector<Row> all(const Parameters&... parameters) {
    std::vector<Row> rows;
    each([&](Columns&... columns) { rows.emplace_back(std::move(columns)...); }, parameters...);
    return rows;
  }

  template <class... Parameters>
  std::optional<Row> first(const Parameters&... parameters) {
    std::optional<Row> row;
    each(
        [&](Columns&... columns) {
          if (!row) row.emplace(std::move(columns)...);
        },
        parameters...);
    return row;
  }

 private:
  template <class Visit, std::size_t... Places>
  void take(const Visit& visit, std::index_sequence<Places...>) {
    visit(column(Places, static_cast<Columns*>(nullptr))...);
  }
};

}  // namespace pipeline
