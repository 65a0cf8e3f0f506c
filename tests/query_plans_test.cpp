#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "app/crash_corpus.hpp"
#include "app/make_stages.hpp"
#include "pipeline/line.hpp"

// What the line asks its ledger while it takes a week of every kind of delivery, and how SQLite finds the answers: a query that
// looks at every row of a table gets slower with every case that was ever decided.

namespace {

namespace fs = std::filesystem;

std::set<std::string> asked;  ///< texts of all statements that ran

int note(unsigned, void*, void* statement, void*) {
  if (const char* text = sqlite3_sql(static_cast<sqlite3_stmt*>(statement))) asked.insert(text);
  return 0;
}

/// SQLite calls it for every connection that is opened.
int listen(sqlite3* connection, const char**, const sqlite3_api_routines*) {
  return sqlite3_trace_v2(connection, SQLITE_TRACE_STMT, note, nullptr);
}

void take_a_week(const fs::path& root) {
  app::Places places;
  places.state = (root / "state").string();
  places.templates = std::string(DOSSIER_SOURCE_DIR) + "/templates";
  fs::create_directories(places.state);
  const pipeline::Stages stages =
      app::make_stages(app::open_installation(places, app::Access::Works));
  const auto files = pipeline::make_files();
  pipeline::LineOptions line;
  line.inbox = (root / "inbox").string();
  line.outbox = (root / "outbox").string();
  line.state = places.state;
  line.jobs = 0;
  line.settle_seconds = 0;
  line.min_free_mb = 0;
  for (const app::CrashPass& pass : app::crash_corpus()) {
    for (const app::Dropped& dropped : pass.deliveries) {
      const fs::path folder = fs::path(line.inbox) / dropped.drop;
      fs::create_directories(folder);
      std::ofstream(folder / dropped.name, std::ios::binary) << dropped.bytes;
    }
    const auto ledger = pipeline::Ledger::open(places.state + "/ledger.sqlite");
    const auto clock = pipeline::make_clock(pass.now);
    run_line(line, stages, *files, *ledger, *clock, {});
  }
}

/// Steps of the plan that look at every row of a table.
std::vector<std::string> scans(sqlite3* connection, const std::string& statement) {
  sqlite3_stmt* plan = nullptr;
  const std::string question = "EXPLAIN QUERY PLAN " + statement;
  std::vector<std::string> found;
  if (sqlite3_prepare_v2(connection, question.c_str(), -1, &plan, nullptr) != SQLITE_OK)
    return {std::string("cannot be explained: ") + sqlite3_errmsg(connection)};
  while (sqlite3_step(plan) == SQLITE_ROW) {
    const std::string step = reinterpret_cast<const char*>(sqlite3_column_text(plan, 3));
    // A partial index holds only what is still to be done.
    if (step.starts_with("SCAN") && step != "SCAN CONSTANT ROW" &&
        step.find("effect_pending") == std::string::npos &&
        step.find("bundle_untaken") == std::string::npos)
      found.push_back(step);
  }
  sqlite3_finalize(plan);
  return found;
}

bool reads(const std::string& statement) {
  return statement.starts_with("SELECT") || statement.starts_with("DELETE") ||
         statement.starts_with("UPDATE");
}

/// What the statistics need, and the schema when it is carried over: they are about everything. The rest of the list is small
/// whatever has been decided.
bool may_look_at_all(const std::string& statement) {
  for (const std::string_view known : {
           "FROM sqlite_master",
           "FROM bundle ORDER BY id",
           "FROM index_before",
       })
    if (statement.find(known) != std::string::npos) return true;
  return false;
}

TEST(QueryPlans, NoQueryOfTheLineLooksAtAllThatWasEverDecided) {
  const fs::path root = fs::path(testing::TempDir()) / "dossier-query-plans";
  fs::remove_all(root);
  asked.clear();
  sqlite3_auto_extension(reinterpret_cast<void (*)()>(listen));
  take_a_week(root);
  sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(listen));

  sqlite3* connection = nullptr;
  ASSERT_EQ(sqlite3_open((root / "state" / "ledger.sqlite").c_str(), &connection), SQLITE_OK);
  int explained = 0;
  for (const std::string& statement : asked) {
    if (!reads(statement) || may_look_at_all(statement)) continue;
    ++explained;
    for (const std::string& step : scans(connection, statement))
      ADD_FAILURE() << step << "\n  in " << statement;
  }
  EXPECT_GT(explained, 20);
  EXPECT_EQ(scans(connection, "SELECT body FROM event WHERE name = 'x'").size(), 1U)
      << "the test sees a scan";
  sqlite3_close(connection);
  fs::remove_all(root);
}

}  // namespace
