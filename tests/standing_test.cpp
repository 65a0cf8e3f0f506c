#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include "pipeline/fault.hpp"
#include "pipeline/line.hpp"
#include "pipeline/sha256.hpp"

// Papers that show the ledger as it is, through the line, with stages that stand in for the real ones: a bundle is a line of
// text, "open C1 north" or "close C1".

namespace {

namespace fs = std::filesystem;
using pipeline::Effect;
using pipeline::Fault;
using pipeline::FaultKind;
using pipeline::Paper;
using pipeline::Value;
using pipeline::View;

/// The real files, until the n-th call; from then on nothing works any more, as after a crash.
class CrashingFiles : public pipeline::Files {
 public:
  explicit CrashingFiles(int last) : left_(last) {}
  bool crashed() const { return left_ < 0; }

  std::vector<pipeline::Listed> list(const std::string& f) override { return step().list(f); }
  std::optional<pipeline::Listed> look(const std::string& p) override { return step().look(p); }
  bool read(const std::string& p, std::string& b) override { return step().read(p, b); }
  void write(const std::string& p, std::string_view b) override { step().write(p, b); }
  void rename(const std::string& a, const std::string& b) override { step().rename(a, b); }
  void copy(const std::string& a, const std::string& b) override { step().copy(a, b); }
  void make_folders(const std::string& f) override { step().make_folders(f); }
  void remove(const std::string& p) override { step().remove(p); }
  void remove_tree(const std::string& f) override { step().remove_tree(f); }
  std::uint64_t free_bytes(const std::string& f) override { return step().free_bytes(f); }
  /// Nobody pulls the plug here: what was written stays.
  void sync(const std::string&) override { step(); }

 private:
  pipeline::Files& step() {
    if (--left_ < 0) throw Fault(FaultKind::Stop, "use the disk", "the process has died");
    return *files_;
  }
  std::unique_ptr<pipeline::Files> files_ = pipeline::make_files();
  std::atomic<int> left_;
};

constexpr int kNever = 1 << 30;

std::vector<std::string> words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

class StandingPapers : public testing::Test {
 protected:
  StandingPapers() : root(fs::path(testing::TempDir()) / ("standing-" + std::to_string(getpid()))) {
    fs::remove_all(root);
    stages.prepare = [](const pipeline::Delivery&, std::string_view bytes) {
      pipeline::Submission submission;
      submission.sha256 = pipeline::sha256(bytes);
      submission.size = bytes.size();
      submission.opened = true;
      submission.kind = std::string(bytes);
      return submission;
    };
    stages.decide = decide;
    stages.fire = [](const pipeline::Timer&, const View&, pipeline::Time) {
      return pipeline::Outcome{};
    };
    stages.standing = {"worklist"};
    stages.resolve = [this](const Effect& effect, const View& view) -> std::optional<Value> {
      ++resolved;
      Value cases = Value::array();
      for (const std::string& id : view.find("case", "queue", effect.payload["queue"].string()))
        cases.push(id);
      return Value::object({{"at", effect.payload["at"]}, {"cases", std::move(cases)}});
    };
    stages.produce = [this](const Effect& effect, const Value*) {
      if (effect.maker == "worklist" && ++made <= failures)
        throw Fault(FaultKind::Retry, "write the worklist", "no space");
      const std::string path = effect.path + (effect.maker == "form" ? "/form" : "");
      return std::vector<Paper>{{path, effect.payload.dump(), "", ""}};
    };
  }
  ~StandingPapers() override { fs::remove_all(root); }

  static pipeline::Outcome decide(const pipeline::Submission& submission, const pipeline::Delivery&,
                                  const std::optional<pipeline::Earlier>&, const View& view,
                                  pipeline::Time) {
    const std::vector<std::string> said = words(submission.kind);
    pipeline::Outcome outcome;
    outcome.result = pipeline::Result::Accepted;
    outcome.case_id = said[1];
    std::string queue;
    if (said[0] == "open") {
      queue = said[2];
      outcome.events.push_back(
          {"opened",
           said[1],
           Value(),
           {{"case", said[1], Value::object({{"queue", queue}}), {{"queue", queue}}}}});
      outcome.effects.push_back({"form", folder(queue, said[1]), Value(said[1]), std::nullopt});
    } else {
      queue = (*view.document("case", said[1]))["queue"].string();
      outcome.events.push_back({"closed", said[1], Value(), {{"case", said[1], Value(), {}}}});
      outcome.effects.push_back({"remove", folder(queue, said[1]), Value(), std::nullopt});
    }
    outcome.effects.push_back({"worklist", "queues/" + queue + "/list",
                               Value::object({{"queue", queue}, {"at", submission.kind}}),
                               std::nullopt});
    return outcome;
  }
  static std::string folder(const std::string& queue, const std::string& id) {
    return "queues/" + queue + "/" + id + "-r1";
  }

  /// In order of arrival.
  void drop(const std::string& name, const std::vector<std::string>& bundles) {
    fs::create_directories(root / name / "inbox");
    for (const std::string& text : bundles) {
      const fs::path file = root / name / "inbox" / (std::to_string(100 + dropped++) + ".txt");
      std::ofstream(file, std::ios::binary) << text;
      fs::last_write_time(file, fs::file_time_type(std::chrono::hours(dropped)));
    }
  }
  void drop_many(const std::string& name) {
    std::vector<std::string> bundles;
    for (int i = 10; i < 40; ++i)
      bundles.push_back("open C" + std::to_string(i) + (i % 3 == 0 ? " north" : " south"));
    for (int i = 10; i < 40; i += 3) bundles.push_back("close C" + std::to_string(i));
    drop(name, bundles);
  }

  pipeline::Tally run(const std::string& name, int jobs, pipeline::Files& files,
                      const pipeline::Observer& observer = {}) {
    options.inbox = (root / name / "inbox").string();
    options.outbox = (root / name / "outbox").string();
    options.state = (root / name / "state").string();
    options.jobs = jobs;
    options.min_free_mb = 0;
    fs::create_directories(options.state);
    const auto ledger = pipeline::Ledger::open((root / name / "state" / "ledger").string());
    const auto clock = pipeline::make_clock(pipeline::Time{1'000'000});
    const pipeline::Tally tally =
        pipeline::run_line(options, stages, files, *ledger, *clock, observer);
    pending = ledger->pending_effects(1000).size();
    return tally;
  }
  pipeline::Tally run(const std::string& name, int jobs = 2) {
    CrashingFiles files(kNever);
    return run(name, jobs, files);
  }

  std::string read(const std::string& name, const std::string& path) const {
    std::ifstream in(root / name / "outbox" / path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::map<std::string, std::string> outbox(const std::string& name) const {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(root / name / "outbox")) {
      const std::string path = fs::relative(entry.path(), root / name / "outbox").string();
      if (entry.is_regular_file()) files[path] = read(name, path);
    }
    return files;
  }

  fs::path root;
  pipeline::Stages stages;
  pipeline::LineOptions options;
  int dropped = 0;
  int failures = 0;  ///< so many worklists cannot be made
  std::atomic<int> resolved = 0, made = 0;
  std::size_t pending = 0;
};

TEST_F(StandingPapers, ManyEffectsOfOnePathGiveOneFileThatShowsTheLedgerAtTheEndOfThePass) {
  drop_many("a");
  const pipeline::Tally tally = run("a");
  EXPECT_EQ(tally.bundles, 40);
  EXPECT_EQ(made, 2) << "one for each queue";
  EXPECT_EQ(pending, 0U) << "all that asked for it are answered";
  EXPECT_EQ(
      read("a", "queues/north/list"),
      R"({"at":"open C39 north","cases":["C12","C15","C18","C21","C24","C27","C30","C33","C36","C39"]})");
  EXPECT_EQ(outbox("a").size(), 40U + 20U + 2U) << "receipts, forms of open cases, lists";
}

TEST_F(StandingPapers, TheOutboxIsTheSameWithOneJobAndWithTwo) {
  drop_many("one");
  dropped = 0;
  drop_many("two");
  run("one", 1);
  run("two", 2);
  EXPECT_EQ(outbox("one"), outbox("two"));
}

TEST_F(StandingPapers, ACrashAtAnyStepEndsInTheSameOutbox) {
  drop("calm", {"open C1 north", "open C2 north", "close C1", "open C3 south", "close C3"});
  run("calm", 1);
  const auto expected = outbox("calm");
  int crashes = 0;
  for (int step = 1;; ++step) {
    dropped = 0;
    fs::remove_all(root / "crashed");
    drop("crashed", {"open C1 north", "open C2 north", "close C1", "open C3 south", "close C3"});
    CrashingFiles files(step);
    try {
      run("crashed", 1, files);
    } catch (const Fault&) {
      ++crashes;
    }
    if (!files.crashed()) break;
    run("crashed", 1);
    ASSERT_EQ(outbox("crashed"), expected) << "crashed at step " << step;
    ASSERT_EQ(pending, 0U) << "crashed at step " << step;
  }
  EXPECT_GT(crashes, 30);
}

TEST_F(StandingPapers, AFolderThatIsTakenAwayLeavesTheListBesideIt) {
  drop("a", {"open C1 north", "open C2 north"});
  run("a");
  drop("a", {"close C1"});
  run("a");
  EXPECT_FALSE(fs::exists(root / "a" / "outbox" / folder("north", "C1")));
  EXPECT_EQ(read("a", "queues/north/list"), R"({"at":"close C1","cases":["C2"]})");
  drop("a", {"close C2"});
  run("a");
  EXPECT_EQ(read("a", "queues/north/list"), R"({"at":"close C2","cases":[]})")
      << "an empty queue says so";
}

TEST_F(StandingPapers, WhereNothingChangedNothingIsMade) {
  drop("a", {"open C1 north"});
  run("a");
  made = resolved = 0;
  run("a");
  EXPECT_EQ(made, 0);
  EXPECT_EQ(resolved, 0);
}

TEST_F(StandingPapers, ALongPassMakesThemFromTimeToTimeToo) {
  drop_many("calm");
  run("calm");
  dropped = 0;
  drop_many("eager");
  options.standing_seconds = 0;
  made = 0;
  run("eager");
  EXPECT_GT(made, 2);
  EXPECT_EQ(outbox("eager"), outbox("calm"));
  EXPECT_EQ(pending, 0U);
}

TEST_F(StandingPapers, AFailureLeavesAllThatAskedForItToTheNextRun) {
  drop_many("a");
  failures = 1;
  const pipeline::Tally tally = run("a", 1);
  EXPECT_EQ(tally.faults, 10) << "what opened the ten cases of the north";
  EXPECT_EQ(pending, 10U);
  EXPECT_FALSE(fs::exists(root / "a" / "outbox" / "queues/north/list"));
  EXPECT_TRUE(fs::exists(root / "a" / "outbox" / "queues/south/list"));
  run("a");
  EXPECT_EQ(pending, 0U);
  EXPECT_TRUE(fs::exists(root / "a" / "outbox" / "queues/north/list"));
}

TEST_F(StandingPapers, AMistakeOfOursInOneListStopsNothingElse) {
  drop_many("a");
  const auto resolve = stages.resolve;
  stages.resolve = [&](const Effect& effect, const View& view) {
    if (effect.payload["queue"].string() == "north") throw std::logic_error("our mistake");
    return resolve(effect, view);
  };
  run("a");
  EXPECT_EQ(pending, 10U);
  EXPECT_TRUE(fs::exists(root / "a" / "outbox" / "queues/south/list"));
}

TEST_F(StandingPapers, AWatchingLineTriesAgain) {
  drop("a", {"open C1 north", "open C2 north"});
  failures = 1;
  options.watch = true;
  options.retry_seconds = 0;
  pipeline::Observer observer;
  int told = 0;
  observer.log = [&](std::string_view step, const Value&) { told += step == "paper_failed"; };
  observer.stop = [&] { return fs::exists(root / "a" / "outbox" / "queues/north/list"); };
  CrashingFiles files(kNever);
  const pipeline::Tally tally = run("a", 1, files, observer);
  EXPECT_EQ(made, 2);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(tally.faults, 0);
  EXPECT_EQ(pending, 0U);
}

}  // namespace
