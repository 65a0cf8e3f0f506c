#include "pipeline/attempts.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "pipeline/line.hpp"
#include "pipeline/sha256.hpp"

// What kills the process, again and again, is found out and set aside; what merely was there goes on.

namespace {

namespace fs = std::filesystem;
using pipeline::Attempts;
using pipeline::Value;

class AttemptsTest : public testing::Test {
 protected:
  AttemptsTest() : root(fs::path(testing::TempDir()) / ("attempts-" + std::to_string(getpid()))) {
    fs::remove_all(root);
    fs::create_directories(root / "inbox");
    fs::create_directories(root / "state");
  }
  ~AttemptsTest() override { fs::remove_all(root); }

  /// As after a crash; `killed`: after a kill -9.
  Attempts next_run(bool killed = false) {
    if (!killed) std::ofstream(root / "state" / "attempts.json.crash") << "x";
    return Attempts(*files, (root / "state" / "attempts.json").string(), 3);
  }

  fs::path root;
  std::unique_ptr<pipeline::Files> files = pipeline::make_files();
};

TEST_F(AttemptsTest, OfManyAtOnceAllAreSuspectsAndNoneIsCounted) {
  next_run().begin({"bundle a", "bundle b"});
  const Attempts after = next_run();
  EXPECT_TRUE(after.is_suspect("bundle a"));
  EXPECT_TRUE(after.is_suspect("bundle b"));
  EXPECT_EQ(after.deaths("bundle a"), 0);
}

TEST_F(AttemptsTest, ADeathAloneIsCountedAndTheThirdMakesPoison) {
  for (int death = 1; death <= 3; ++death) {
    Attempts run = next_run();
    EXPECT_FALSE(run.is_poison("bundle a"));
    run.begin({"bundle a"});
    EXPECT_EQ(next_run().deaths("bundle a"), death);
  }
  EXPECT_TRUE(next_run().is_poison("bundle a"));
}

TEST_F(AttemptsTest, WhatComesToAnEndIsForgotten) {
  next_run().begin({"bundle a"});
  Attempts run = next_run();
  run.begin({"bundle a"});
  run.end("bundle a");
  run.rest();
  EXPECT_FALSE(next_run().is_suspect("bundle a"));
  EXPECT_EQ(next_run().deaths("bundle a"), 0);
}

TEST_F(AttemptsTest, SuspectsThatWereNotReachedStaySuspects) {
  next_run().begin({"bundle a", "bundle b"});
  next_run().begin({"bundle a"});
  EXPECT_TRUE(next_run().is_suspect("bundle b"));
}

TEST_F(AttemptsTest, AKillFromOutsideCountsNothing) {
  next_run().begin({"bundle a"});
  const Attempts after = next_run(true);
  EXPECT_FALSE(after.has_suspects());
  EXPECT_EQ(after.deaths("bundle a"), 0);
}

TEST_F(AttemptsTest, ADamagedFileCountsNothing) {
  std::ofstream(root / "state" / "attempts.json") << "{\"under_way\":[\"bundle a\"";
  EXPECT_FALSE(next_run().has_suspects());
}

/// A line over twelve bundles, in a process that `prepare` or `produce` may abort. Bytes are their own kind; the paper of "ink"
/// kills.
class LethalLine : public AttemptsTest {
 protected:
  void drop(const std::string& name, const std::string& bytes) {
    std::ofstream(root / "inbox" / name) << bytes;
  }

  static pipeline::Stages stages() {
    pipeline::Stages s;
    s.prepare = [](const pipeline::Delivery&, std::string_view bytes) {
      if (bytes == "poison") std::abort();
      pipeline::Submission submission;
      submission.sha256 = pipeline::sha256(bytes);
      submission.opened = true;
      submission.kind = std::string(bytes);
      return submission;
    };
    s.decide = [](const pipeline::Submission& submission, const pipeline::Delivery&,
                  const std::optional<pipeline::Earlier>&, const pipeline::View&, pipeline::Time) {
      pipeline::Outcome outcome;
      outcome.result =
          submission.opened ? pipeline::Result::Accepted : pipeline::Result::Quarantined;
      if (submission.opened)
        outcome.effects.push_back({"paper", "papers/" + submission.kind, Value(), std::nullopt});
      return outcome;
    };
    s.fire = [](const pipeline::Timer&, const pipeline::View&, pipeline::Time) {
      return pipeline::Outcome{};
    };
    s.produce = [](const pipeline::Effect& effect, const Value*) {
      if (effect.path == "papers/ink") std::abort();
      return std::vector<pipeline::Paper>{{effect.path, "x", "", ""}};
    };
    return s;
  }

  /// Runs until the process ends by itself; how often it died before.
  int deaths_until_done() {
    constexpr int kEnough = 20;
    for (int deaths = 0; deaths < kEnough; ++deaths) {
      const pid_t child = fork();
      if (child == 0) {
        pipeline::LineOptions options;
        options.inbox = (root / "inbox").string();
        options.outbox = (root / "outbox").string();
        options.state = (root / "state").string();
        options.jobs = 2;
        options.min_free_mb = 0;
        pipeline::mark_crashes(pipeline::attempts_file(options.state));
        const auto own = pipeline::make_files();
        const auto ledger = pipeline::Ledger::open((root / "state" / "ledger.sqlite").string());
        const auto clock = pipeline::make_clock(pipeline::Time{0});
        run_line(options, stages(), *own, *ledger, *clock, {});
        _exit(0);
      }
      int status = 0;
      waitpid(child, &status, 0);
      if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return deaths;
    }
    return kEnough;
  }

  std::vector<std::string> papers() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(root / "outbox" / "papers"))
      names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
  }
};

TEST_F(LethalLine, ABundleThatKillsItIsSetAsideAfterTheThirdDeathAlone) {
  for (char c = 'a'; c <= 'k'; ++c) drop(std::string(1, c), std::string("good ") + c);
  drop("f2", "poison");
  // Once with others under way, then alone until the third.
  EXPECT_LE(deaths_until_done(), 5);
  EXPECT_TRUE(fs::is_empty(root / "inbox"));
  EXPECT_EQ(papers().size(), 11U);
  int quarantined = 0;
  pipeline::Ledger::open((root / "state" / "ledger.sqlite").string())
      ->each_received([&](const pipeline::Received& r) {
        if (r.result != pipeline::Result::Quarantined) return;
        ++quarantined;
        EXPECT_EQ(r.bundle, "f2");
      });
  EXPECT_EQ(quarantined, 1);
}

TEST_F(LethalLine, APaperThatKillsItIsGivenUpAndTheOthersAreMade) {
  drop("a", "good a");
  drop("b", "ink");
  drop("c", "good c");
  EXPECT_LE(deaths_until_done(), 5);
  EXPECT_EQ(papers(), (std::vector<std::string>{"good a", "good c"}));
  EXPECT_TRUE(fs::is_empty(root / "inbox"));
}

}  // namespace
