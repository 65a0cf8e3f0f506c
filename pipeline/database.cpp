#include "pipeline/database.hpp"

#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>

#include <cassert>
#include <deque>
#include <mutex>
#include <variant>

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

using namespace Poco::Data::Keywords;
namespace sqlite = Poco::Data::SQLite;

/// Runs `work`; what the library throws becomes a Fault.
template <class Work>
auto guarded(const char* doing, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const sqlite::DBLockedException& e) {
    throw Fault(FaultKind::Retry, doing, e.displayText());
  } catch (const sqlite::TableLockedException& e) {
    throw Fault(FaultKind::Retry, doing, e.displayText());
  } catch (const sqlite::DatabaseFullException& e) {
    throw Fault(FaultKind::Retry, doing, e.displayText());
  } catch (const Poco::Exception& e) {
    throw Fault(FaultKind::Stop, doing, e.displayText());
  }
}

Poco::Data::Session connect(const std::string& file) {
  static std::once_flag once;
  std::call_once(once, [] { sqlite::Connector::registerConnector(); });
  constexpr int kBusySeconds = 30;
  return {"SQLite", file, kBusySeconds};
}

}  // namespace

struct Database::Connection {
  Poco::Data::Session session;
};

Database::Database(const std::string& place)
    : connection_(guarded("open the ledger", [&] {
        return std::make_unique<Connection>(Connection{connect(place)});
      })) {
  execute("PRAGMA journal_mode=WAL");
  execute("PRAGMA synchronous=FULL");
}

Database::~Database() = default;

void Database::execute(const std::string& sql) {
  guarded("use the ledger", [&] { connection_->session << sql, now; });
}

// Poco's own begin() is deferred: reading first and writing then would fail at once when another process writes.
void Database::begin() {
  execute("BEGIN IMMEDIATE");
}
void Database::commit() {
  execute("COMMIT");
}
void Database::rollback() {
  execute("ROLLBACK");
}

/// The library's statement is bound once, to slots whose places do not change.
struct Statement::Prepared {
  using Slot = std::variant<std::int64_t, std::string>;

  Database::Connection& connection;
  std::string sql;
  std::deque<Slot> parameters{}, columns{};
  std::size_t bound = 0;  ///< parameters given since start()
  std::optional<Poco::Data::Statement> statement{};

  template <class Given>
  void bind(const Given& given) {
    using Kept = std::conditional_t<std::is_same_v<Given, std::int64_t>, std::int64_t, std::string>;
    if (bound == parameters.size()) {
      assert(!statement);
      parameters.emplace_back(Kept());
    }
    std::get<Kept>(parameters[bound++]) = given;
  }

  void prepare() {
    statement.emplace(connection.session);
    *statement << sql;
    const auto with_each = [&](std::deque<Slot>& slots, const auto& add) {
      for (Slot& slot : slots) std::visit(add, slot);
    };
    with_each(columns, [&](auto& slot) { *statement, into(slot); });
    with_each(parameters, [&](auto& slot) { *statement, use(slot); });
    if (!columns.empty()) *statement, range(0, 1);
  }
};

Statement::Statement(Database& database, std::string sql)
    : Statement(database, std::move(sql), {}) {}

Statement::Statement(Database& database, std::string sql, std::vector<Kind> columns)
    : prepared_(new Prepared{*database.connection_, std::move(sql)}) {
  for (const Kind kind : columns)
    prepared_->columns.push_back(kind == Kind::Number ? Prepared::Slot(std::int64_t{0})
                                                      : Prepared::Slot(std::string()));
}

Statement::~Statement() = default;

void Statement::start() {
  prepared_->bound = 0;
  // Whoever asked before may have turned away from the rows.
  if (prepared_->statement && !prepared_->statement->done()) prepared_->statement.reset();
}
void Statement::bind(std::int64_t number) {
  prepared_->bind(number);
}
void Statement::bind(std::string_view text) {
  prepared_->bind(text);
}

std::size_t Statement::next() {
  return guarded("use the ledger", [&] {
    try {
      if (!prepared_->statement) prepared_->prepare();
      return prepared_->statement->execute();
    } catch (...) {
      // Half run, it would hold what it has locked, and go on from there the next time.
      prepared_->statement.reset();
      throw;
    }
  });
}

bool Statement::finished() const {
  return prepared_->statement->done();
}

std::int64_t& Statement::column(std::size_t place, std::int64_t*) {
  return std::get<std::int64_t>(prepared_->columns[place]);
}
std::string& Statement::column(std::size_t place, std::string*) {
  return std::get<std::string>(prepared_->columns[place]);
}

}  // namespace pipeline
