#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "pipeline/ledger.hpp"
#include "tests/postgres.hpp"

/// One suite on both engines: for each test a place of its own where no ledger is yet. Where there is no server it is skipped.
class EitherEngine : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "SQLite") {
      folder_ = testing::TempDir() + "engine-" + std::to_string(getpid());
      std::filesystem::remove_all(folder_);
      std::filesystem::create_directories(folder_);
      place = folder_ + "/ledger.sqlite";
    } else {
      if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
      server_.emplace();
      place = server_->url();
    }
  }
  void TearDown() override {
    ledger.reset();
    server_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }

  std::string place;
  std::unique_ptr<pipeline::Ledger> ledger;

 private:
  std::string folder_;
  std::optional<PostgresDatabase> server_;
};
