#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <fstream>
#include <string>

#include "pipeline/database.hpp"

// The private PostgreSQL that tests/postgres.sh starts for a run of ctest.

/// Its URL; "" if there is none.
inline std::string postgres_url() {
  if (const char* given = std::getenv("DOSSIER_POSTGRES")) return given;
  std::ifstream in(DOSSIER_POSTGRES_URL);
  std::string url;
  std::getline(in, url);
  return url;
}

inline constexpr const char* kNoPostgres =
    "no PostgreSQL: run it through ctest on a machine with postgresql-15";

/// A database of its own, dropped at the end.
class PostgresDatabase {
 public:
  PostgresDatabase() {
    static std::atomic<int> count{0};
    name_ = "test_" + std::to_string(getpid()) + "_" + std::to_string(count++);
    pipeline::Database(postgres_url()).execute("CREATE DATABASE " + name_);
  }
  ~PostgresDatabase() {
    pipeline::Database(postgres_url()).execute("DROP DATABASE " + name_ + " WITH (FORCE)");
  }
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  std::string url() const {
    const std::string server = postgres_url();
    return server.substr(0, server.rfind('/') + 1) + name_;
  }

 private:
  std::string name_;
};
