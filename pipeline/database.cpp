#include "pipeline/database.hpp"

#include <Poco/Data/DataException.h>
#include <Poco/Data/SQLite/Connector.h>
#include <Poco/Data/SQLite/SQLiteException.h>
#include <Poco/Data/SQLite/Utility.h>
#include <Poco/Data/Session.h>
#include <Poco/Data/Statement.h>
#include <Poco/SharedLibrary.h>

#include <cassert>
#include <deque>
#include <mutex>

#include "pipeline/dialect.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/file_statement.hpp"
#include "pipeline/server_address.hpp"
#include "pipeline/stored_path.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

using namespace Poco::Data::Keywords;
namespace sqlite = Poco::Data::SQLite;

/// PostgreSQL's five characters; "" if there are none. The library hands them on in its text only.
std::string sql_state(const std::string& text) {
  constexpr std::string_view kBefore = " State: ";
  const std::size_t at = text.find(kBefore);
  return at == text.npos ? "" : text.substr(at + kBefore.size(), 5);
}

bool may_pass(const std::string& state) {
  for (const char* kind : {"08", "40", "53", "57P", "25P03", "55P03"})
    if (state.starts_with(kind)) return true;
  return false;
}

bool may_pass(const Poco::Exception& e) {
  return dynamic_cast<const sqlite::DBLockedException*>(&e) ||
         dynamic_cast<const sqlite::TableLockedException*>(&e) ||
         dynamic_cast<const sqlite::DatabaseFullException*>(&e) ||
         dynamic_cast<const Poco::Data::NotConnectedException*>(&e) ||
         may_pass(sql_state(e.displayText()));
}

std::string without(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  for (std::size_t at = 0; (at = text.find(secret, at)) != text.npos; at += 3)
    text.replace(at, secret.size(), "***");
  return text;
}

/// PostgreSQL keeps neither a NUL in a text, where libpq would end it without a word, nor what is not UTF-8.
bool is_storable(std::string_view text) {
  return text.find('\0') == text.npos && is_utf8(text);
}

std::string storable(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c == '\0')
      out += "\xE2\x90\x80";  // ␀
    else
      out += c;
  return to_stored(out);
}

Poco::Data::Session connect_file(const std::string& file) {
  static std::once_flag once;
  std::call_once(once, [] { sqlite::Connector::registerConnector(); });
  constexpr int kBusySeconds = 30;
  return {"SQLite", file, kBusySeconds};
}

/// Only now: libpq and what it wants are twenty libraries, which every other start of the program would wait for.
void load_server_client() {
  try {
    // Never unloaded: sessions may live until the process ends.
    static Poco::SharedLibrary client(DOSSIER_POSTGRESQL_CLIENT);
    const auto register_connector = reinterpret_cast<void (*)()>(
        client.getSymbol("_ZN4Poco4Data10PostgreSQL9Connector17registerConnectorEv"));
    register_connector();
  } catch (const Poco::Exception& e) {
    throw Fault(FaultKind::Stop, "load the client of PostgreSQL",
                e.message() + " (on Debian: apt-get install libpoco-dev)");
  }
}

Poco::Data::Session connect_server(const ServerAddress& address) {
  static std::once_flag once;
  std::call_once(once, load_server_client);
  constexpr int kConnectSeconds = 10;
  try {
    return {"PostgreSQL", address.connection, kConnectSeconds};
  } catch (const Poco::Exception& e) {
    throw Fault(FaultKind::Retry, "reach the ledger at " + address.shown,
                without(e.displayText(), address.password));
  }
}

}  // namespace

struct Database::Connection {
  Poco::Data::Session session;
  const Dialect& dialect;
  bool server = false;
  sqlite3* file = nullptr;
  std::string password{};
  /// PostgreSQL: a statement failed, and a COMMIT would silently be a ROLLBACK.
  bool aborted = false;

  /// A connection that could not be written to, but still had words of the server to be read ("I am shutting down"), passes for
  /// a good one until the next try.
  bool is_gone() {
    if (!server) return false;
    try {
      if (session.isConnected()) session << "SELECT 1", now;
    } catch (const Poco::Exception&) {
      // Within a transaction that has failed it is refused, and the connection is good.
    }
    return !session.isConnected();
  }

  /// Runs `work`; what the library throws becomes a Fault.
  template <class Work>
  auto guarded(const char* doing, const Work& work) -> decltype(work()) {
    try {
      return work();
    } catch (const Poco::Exception& e) {
      aborted = server;
      const bool passes = may_pass(e) || is_gone();
      throw Fault(passes ? FaultKind::Retry : FaultKind::Stop, doing,
                  without(e.displayText(), password));
    }
  }
};

Database::Database(const std::string& place) {
  if (is_server_url(place)) {
    const ServerAddress address = parse_server_url(place);
    connection_.reset(new Connection{connect_server(address), postgresql_dialect(), true, nullptr,
                                     address.password});
  } else {
    try {
      connection_.reset(new Connection{connect_file(place), sqlite_dialect()});
      connection_->file = sqlite::Utility::dbHandle(connection_->session);
    } catch (const Poco::Exception& e) {
      throw Fault(FaultKind::Stop, "open the ledger " + place, e.displayText());
    }
  }
  for (const std::string& statement : dialect().session) execute(statement);
}

Database::~Database() = default;

const Dialect& Database::dialect() const {
  return connection_->dialect;
}
bool Database::is_server() const {
  return connection_->server;
}

void Database::execute(const std::string& sql) {
  connection_->guarded("use the ledger", [&] { connection_->session << sql, now; });
}

void Database::begin() {
  if (!dialect().begin.empty())
    execute(dialect().begin);
  else
    connection_->guarded("use the ledger", [&] { connection_->session.begin(); });
  connection_->aborted = false;
  if (dialect().lock.empty()) return;
  try {
    if (!lock_) lock_ = std::make_unique<Query<std::string>>(*this, dialect().lock);
    lock_->first();
  } catch (const Fault&) {
    rollback();
    throw;
  }
}

void Database::begin_snapshot() {
  if (connection_->server)
    connection_->guarded("use the ledger", [&] { connection_->session.begin(); });
  connection_->aborted = false;
  execute(dialect().snapshot);
}

void Database::commit() {
  if (!connection_->server) {
    execute("COMMIT");
    return;
  }
  if (connection_->aborted)
    throw Fault(FaultKind::Stop, "commit to the ledger", "a statement of the transaction failed");
  // The library's own also lets go of statements that were dropped within the transaction.
  connection_->guarded("commit to the ledger", [&] { connection_->session.commit(); });
}

void Database::rollback() {
  if (!connection_->server) {
    execute("ROLLBACK");
    return;
  }
  connection_->guarded("use the ledger", [&] { connection_->session.rollback(); });
  connection_->aborted = false;
}

void Database::rollback_to_savepoint(const std::string& name) {
  execute("ROLLBACK TO SAVEPOINT " + name);
  connection_->aborted = false;
}

/// The library's statement is bound once, to slots whose places do not change.
struct Statement::Prepared {
  using Slot = FileStatement::Slot;

  Database::Connection& connection;
  std::string sql;
  std::deque<Slot> parameters{}, columns{};
  std::size_t bound = 0;                             ///< parameters given since start()
  std::optional<Poco::Data::Statement> statement{};  ///< on a server …
  std::optional<FileStatement> on_file{};            ///< … or else

  template <class Given>
  void bind(const Given& given) {
    using Kept = std::conditional_t<std::is_same_v<Given, std::int64_t>, std::int64_t, std::string>;
    if (bound == parameters.size()) {
      assert(!statement && !on_file);
      parameters.emplace_back(Kept());
    }
    std::get<Kept>(parameters[bound++]) = given;
  }

  /// Half run, a statement would hold what it has locked, and go on from there the next time.
  void drop() {
    // Poco 1.11 frees the result of a PostgreSQL statement twice if it ran before and has failed now: it is let go of unfreed.
    if (connection.server && statement) new Poco::Data::Statement(*statement);
    statement.reset();
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
  if (prepared_->on_file && !prepared_->on_file->done()) prepared_->on_file->stop();
  if (prepared_->statement && !prepared_->statement->done()) prepared_->statement.reset();
}
void Statement::bind(std::int64_t number) {
  prepared_->bind(number);
}
void Statement::bind(std::string_view text) {
  if (prepared_->connection.server && !is_storable(text))
    prepared_->bind(std::string_view(storable(text)));
  else
    prepared_->bind(text);
}

std::size_t Statement::next() {
  return prepared_->connection.guarded("use the ledger", [&] {
    Prepared& p = *prepared_;
    if (p.connection.file) {
      if (!p.on_file) p.on_file.emplace(p.connection.file, p.sql);
      return p.on_file->next(p.parameters, p.columns);
    }
    try {
      if (!p.statement) p.prepare();
      return p.statement->execute();
    } catch (...) {
      p.drop();
      throw;
    }
  });
}

bool Statement::finished() const {
  return prepared_->on_file ? prepared_->on_file->done() : prepared_->statement->done();
}

std::int64_t& Statement::column(std::size_t place, std::int64_t*) {
  return std::get<std::int64_t>(prepared_->columns[place]);
}
std::string& Statement::column(std::size_t place, std::string*) {
  return std::get<std::string>(prepared_->columns[place]);
}

}  // namespace pipeline
