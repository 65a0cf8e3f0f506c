#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <string>
#include <vector>

// What a ledger file keeps that no View shows, read with SQL. Nothing is changed.

namespace tests {

/// One row of texts an answer; `words` are bound to ?1, ?2 …
inline std::vector<std::vector<std::string>> ask_ledger(const std::string& file,
                                                        const std::string& sql,
                                                        const std::vector<std::string>& words) {
  sqlite3* ledger = nullptr;
  EXPECT_EQ(sqlite3_open_v2(file.c_str(), &ledger, SQLITE_OPEN_READWRITE, nullptr), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(ledger, sql.c_str(), -1, &statement, nullptr), SQLITE_OK)
      << sqlite3_errmsg(ledger);
  for (std::size_t i = 0; i < words.size(); ++i)
    sqlite3_bind_text(statement, static_cast<int>(i) + 1, words[i].c_str(), -1, SQLITE_TRANSIENT);
  std::vector<std::vector<std::string>> rows;
  while (sqlite3_step(statement) == SQLITE_ROW) {
    std::vector<std::string>& row = rows.emplace_back();
    for (int i = 0; i < sqlite3_column_count(statement); ++i) {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
      row.emplace_back(text ? text : "");
    }
  }
  sqlite3_finalize(statement);
  sqlite3_close(ledger);
  return rows;
}

}  // namespace tests
