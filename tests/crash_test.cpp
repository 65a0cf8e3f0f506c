#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <set>

#include "app/crash_bench.hpp"
#include "app/make_stages.hpp"
#include "pipeline/faulty_ledger.hpp"
#include "pipeline/json.hpp"
#include "tests/season_papers.hpp"
#include "tests/word_line.hpp"

// Whatever fails, dies or loses its power, at whichever step: the line comes to the same outbox and the same ledger.

namespace {

namespace fs = std::filesystem;
using pipeline::Fault;
using pipeline::FaultKind;
using pipeline::FaultyFiles;
using pipeline::FaultyLedgerDisk;
using pipeline::Harm;
using pipeline::Mishap;
using pipeline::Survives;
using pipeline::Syncs;
using pipeline::Touch;

int number(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::atoi(text) : otherwise;
}

class Crash : public tests::WordLine {
 protected:
  /// Minus the signal that ended it.
  int run_in_child(Mishap& mishap) {
    const pid_t child = fork();
    if (child == 0) {
      int status = 0;
      try {
        run_with(mishap);
      } catch (const std::exception&) {
        status = 3;
      }
      _exit(status);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  pipeline::Tally run_with(Mishap& mishap) {
    FaultyFiles files(*real, mishap, Syncs::Counted);
    const FaultyLedgerDisk disk(mishap, Syncs::Counted);
    return run(files);
  }
  /// Three bundles, and a ledger in which nothing is.
  void begin_anew() {
    for (const fs::path& folder : {root / "state", root / "outbox", fs::path(options.inbox)})
      fs::remove_all(folder);
    fs::create_directories(root / "state");
    pipeline::Ledger::open(ledger_file());
    dropped = 0;
    for (const char* word : {"a", "b", "c"}) drop(word);
  }
  std::vector<Mishap::Step> calm_steps() {
    begin_anew();
    Mishap none;
    run_with(none);
    return none.steps();
  }
  std::vector<std::string> rows() const { return pipeline::ledger_rows(ledger_file()); }
};

season::Judgement approval() {
  season::Judgement judgement;
  judgement.action = "approve";
  judgement.recommendation = "同意";
  judgement.reviewer = "王一";
  return judgement;
}

/// In place of the JSON, the filled approval form.
void by_form(app::Dropped& decision, const std::string& outbox) {
  const std::string id = pipeline::parse_json(decision.bytes).value["case"].string();
  const std::string filled = outbox + "/../filled.pdf";
  season::Judgement judgement = approval();
  std::swap(judgement.recommendation,
            judgement.modification);  // a registration's form has the latter
  season::fill_form(outbox + "/queues/" + decision.drop + "/" + id + "-r1/审批单.pdf", judgement,
                    filled);
  decision = {decision.drop, "审批单.pdf", season::bytes_of(filled)};
}

/// In place of the JSON, the worklist with that row filled in.
void by_worklist(app::Dropped& decision, const std::string& outbox) {
  const std::string id = pipeline::parse_json(decision.bytes).value["case"].string();
  const std::string filled = outbox + "/../filled.xlsx";
  const season::Worklist list(outbox + "/queues/" + decision.drop + "/待审清单.xlsx");
  std::vector<std::pair<int, season::Judgement>> rows;
  for (const season::Listed& listed : list.cases())
    if (listed.case_id == id) rows.emplace_back(listed.row, approval());
  ASSERT_EQ(rows.size(), 1U);
  season::fill_worklist(list.path(), list.columns(), rows, season::Strings::Inline, filled);
  decision = {decision.drop, "待审清单.xlsx", season::bytes_of(filled)};
}

std::string result_of(const app::Dropped& dropped, const std::string& outbox) {
  const std::string file = outbox + "/receipts/" + dropped.drop + "/" + dropped.name + "." +
                           pipeline::sha256(dropped.bytes).substr(0, 12) + ".json";
  return pipeline::parse_json(season::bytes_of(file)).value["result"].string();
}

TEST_F(Crash, AWeekOfEveryKindEndsTheSameWhateverHappensAtWhicheverStep) {
  app::Places places;
  places.state = (root / "installation").string();
  places.templates = std::string(DOSSIER_SOURCE_DIR) + "/templates";
  fs::create_directories(places.state);
  app::CrashOptions how;
  // DOSSIER_CRASH_EVERY=1 for all of them.
  how.every = number("DOSSIER_CRASH_EVERY", 29);
  how.workers = 2;
  app::CrashBench bench((root / "bench").string(),
                        app::make_stages(app::open_installation(places, app::Access::Works),
                                         app::Recent::Forgotten),
                        how);
  app::CrashCounts sum;
  std::size_t steps = 0;
  std::vector<app::CrashPass> passes = app::crash_corpus();
  for (std::size_t i = 0; i < passes.size(); ++i) {
    // The first two decisions of the week, on the papers that lie in the outbox.
    if (i == 2) {
      by_worklist(passes[i].deliveries.at(0), bench.outbox());
      by_form(passes[i].deliveries.at(1), bench.outbox());
    }
    bench.pass(passes[i]);
    if (i == 2) {
      EXPECT_EQ(result_of(passes[i].deliveries[0], bench.outbox()), "accepted");
      EXPECT_EQ(result_of(passes[i].deliveries[1], bench.outbox()), "accepted");
    }
    steps += bench.steps().size();
    sum.add(bench.disturb([](std::int64_t, std::int64_t) {}));
  }
  std::cout << steps << " steps: " << sum.failed << " operations failed, " << sum.deaths
            << " deaths, " << sum.cuts << " power cuts; lost " << sum.lost << ", doubled "
            << sum.doubled << ", different " << sum.different << "\n";
  EXPECT_GT(steps, 1500U);
  EXPECT_GT(sum.failed + sum.deaths + sum.cuts, 10'000 / how.every);
  EXPECT_EQ(sum.by_kind.size(), 9U) << "every kind of mishap happened";
  for (const std::string& example : sum.examples) ADD_FAILURE() << example;
  EXPECT_TRUE(sum.clean());
}

TEST_F(Crash, TheBenchSeesWhatIsTooMuchAndWhatIsMissing) {
  // The bench itself can fail: papers that another process would make otherwise, a file too many, a bundle too few.
  stages.produce = [](const pipeline::Effect& effect, const pipeline::Value*) {
    return std::vector<pipeline::Paper>{
        {effect.path, effect.maker == "receipt" ? "" : std::to_string(getpid()), "", ""}};
  };
  stages.summarise = nullptr;
  app::CrashBench bench((root / "bench").string(), stages, {});
  const auto write = [](const std::string& path, const std::string& bytes) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path) << bytes;
  };
  bench.pass({pipeline::Time{1}, {{"", "first.txt", "first"}}});
  const auto& steps = bench.steps();
  const auto commit = std::find_if(steps.begin(), steps.end(), [](const Mishap::Step& step) {
    return step.what.starts_with("remove inbox/");
  });
  ASSERT_NE(commit, steps.end());
  const std::int64_t n = commit - steps.begin() + 1;
  EXPECT_TRUE(bench.disturb("death", n).clean()) << "what was made before is remembered";
  write((root / "bench/before/outbox/more").string(), "x");
  EXPECT_EQ(bench.disturb("death", n).doubled, 1);
  fs::remove(root / "bench/before/outbox/more");
  fs::remove(root / "bench/before/inbox/first.txt");
  EXPECT_GT(bench.disturb("death", 1).lost, 0);
}

TEST_F(Crash, ABundleTooLargeForMemoryEndsTheSameWhateverHappens) {
  stages.summarise = nullptr;
  app::CrashOptions how;
  how.memory_mb = 0;  // everything is
  how.every = 2;
  how.workers = 2;
  app::CrashBench bench((root / "bench").string(), stages, how);
  const auto clean = [&] {
    const app::CrashCounts counts = bench.disturb([](std::int64_t, std::int64_t) {});
    for (const std::string& example : counts.examples) ADD_FAILURE() << example;
    return counts.clean() && counts.cuts > 10;
  };
  bench.pass({pipeline::Time{1}, {{"", "first.txt", "first"}, {"", "other.txt", "other"}}});
  EXPECT_TRUE(std::any_of(bench.steps().begin(), bench.steps().end(), [](const auto& step) {
    return step.what.find("/.work/large-") != step.what.npos;
  })) << "it is copied first";
  EXPECT_TRUE(clean());
  bench.pass({pipeline::Time{2}, {{"", "again.txt", "first"}}});
  EXPECT_TRUE(clean());
}

TEST_F(Crash, ASyncThatFailsStopsTheLineAndIsNeverAskedAgain) {
  const std::vector<Mishap::Step> steps = calm_steps();
  // What closes the ledger comes last: by then all of it is durable in its log, from which it is written again if need be.
  std::size_t end = steps.size();
  while (!steps[end - 1].what.starts_with("remove folder")) --end;
  std::set<std::string> synced;
  int failed = 0;
  for (std::size_t i = 0; i < end; ++i) {
    if (steps[i].touch != Touch::Syncs) continue;
    begin_anew();
    const std::int64_t n = static_cast<std::int64_t>(i) + 1;
    Mishap mishap(n, Harm::Broken);
    try {
      run_with(mishap);
      ADD_FAILURE() << "step " << n << ", " << steps[i].what << ": the line went on";
    } catch (const Fault& fault) {
      EXPECT_EQ(fault.kind, FaultKind::Stop) << fault.what();
    }
    ++failed;
    synced.insert(steps[i].what);
    for (std::size_t later = i + 1; later < mishap.steps().size(); ++later)
      EXPECT_NE(mishap.steps()[later].what, steps[i].what)
          << "step " << n << " failed, and step " << later + 1 << " asks again";
  }
  EXPECT_GT(failed, 5);
  EXPECT_GE(synced.size(), 2U) << "of the ledger and of the outbox";
}

TEST_F(Crash, AnInboxOnAnotherFileSystemIsEmptiedForGoodBeforeTheLedgerSaysSo) {
  const fs::path elsewhere = fs::path("/dev/shm") / ("dossier-crash-" + std::to_string(getpid()));
  struct stat here {
  }, there{};
  if (stat(root.c_str(), &here) != 0 || stat("/dev/shm", &there) != 0 ||
      here.st_dev == there.st_dev)
    GTEST_SKIP() << "/dev/shm is no file system of its own";
  options.inbox = (elsewhere / "inbox").string();
  const std::vector<Mishap::Step> steps = calm_steps();
  int cuts = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].touch == Touch::Reads) continue;
    begin_anew();
    for (const fs::path& aside : {root / "aside", elsewhere / "aside"}) {
      fs::remove_all(aside);
      fs::create_directories(aside);
    }
    pipeline::Unsynced unsynced({(root / "aside").string(), (elsewhere / "aside").string()});
    Mishap cut(static_cast<std::int64_t>(i) + 1, unsynced, Survives::Nothing);
    ASSERT_EQ(run_in_child(cut), -SIGKILL);
    ++cuts;
    fs::remove(ledger_file() + "-shm");
    run();
    ASSERT_EQ(events(), (std::vector<std::string>{"said a", "said b", "said c"}))
        << "cut at " << steps[i].what;
    const auto all = rows();
    ASSERT_EQ(std::count_if(all.begin(), all.end(),
                            [](const std::string& row) { return row.starts_with("bundle:"); }),
              3)
        << "cut at " << steps[i].what;
    ASSERT_EQ(in_inbox(), 0U) << "cut at " << steps[i].what;
  }
  fs::remove_all(elsewhere);
  EXPECT_GT(cuts, 50);
}

}  // namespace
