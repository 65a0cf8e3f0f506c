#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>

#include "pipeline/inbox.hpp"
#include "pipeline/line.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/zip_builder.hpp"

// A copy that is not finished is told from a broken file. The ages of files are the test's: nothing here waits for a clock.

namespace {

namespace fs = std::filesystem;
using pipeline::Files;
using pipeline::Listed;
using pipeline::Result;

const prepare::Rules& rules() {
  static const prepare::Rules kLoaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return kLoaded;
}

/// The disk, but for how old files are, and for what others do to them while they are read.
class StagedFiles : public Files {
 public:
  std::map<std::string, double> ages;  ///< by name, in seconds
  std::function<void(const std::string& name)> while_reading = [](const std::string&) {};

  std::function<void()> while_listing = [] {};
  int copies = 0;

  std::vector<Listed> list(const std::string& folder) override {
    while_listing();
    auto all = disk_->list(folder);
    for (Listed& file : all) make_old(file);
    return all;
  }
  std::optional<Listed> look(const std::string& path) override {
    auto file = disk_->look(path);
    if (!file) return file;
    file->name = fs::path(path).filename().string();
    make_old(*file);
    return file;
  }
  bool read(const std::string& path, std::string& bytes) override {
    const bool there = disk_->read(path, bytes);
    while_reading(fs::path(path).filename().string());
    return there;
  }
  void write(const std::string& p, std::string_view b) override { disk_->write(p, b); }
  void rename(const std::string& a, const std::string& b) override { disk_->rename(a, b); }
  void copy(const std::string& a, const std::string& b) override {
    ++copies;
    disk_->copy(a, b);
  }
  void make_folders(const std::string& f) override { disk_->make_folders(f); }
  void remove(const std::string& p) override { disk_->remove(p); }
  void remove_tree(const std::string& f) override { disk_->remove_tree(f); }
  std::uint64_t free_bytes(const std::string& f) override { return disk_->free_bytes(f); }
  void sync(const std::string& f) override { disk_->sync(f); }

 private:
  void make_old(Listed& file) const {
    const auto age = ages.find(file.name);
    if (age == ages.end()) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    file.modified_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(now).count() -
                       static_cast<std::int64_t>(age->second * 1e9);
    // The same age is the same time, however long the test takes.
    const auto [first, fresh] = told_.try_emplace({file.name, age->second}, file.modified_ns);
    file.modified_ns = first->second;
  }
  mutable std::map<std::pair<std::string, double>, std::int64_t> told_;
  std::unique_ptr<Files> disk_ = pipeline::make_files();
};

class Unfinished : public testing::Test {
 protected:
  /// No test lasts so long. The wait for files to settle is cut to nothing when it begins.
  static constexpr double kLong = 1000;

  Unfinished() : root(fs::path(testing::TempDir()) / ("unfinished-" + std::to_string(getpid()))) {
    fs::remove_all(root);
    for (const char* folder : {"inbox", "outbox", "state"}) fs::create_directories(root / folder);
    options.inbox = (root / "inbox").string();
    options.outbox = (root / "outbox").string();
    options.state = (root / "state").string();
    options.min_free_mb = 0;
    options.settle_seconds = kLong;
  }
  ~Unfinished() override { fs::remove_all(root); }

  void drop(const std::string& name, const std::string& bytes) const {
    std::ofstream(root / "inbox" / name, std::ios::binary) << bytes;
  }
  bool waits(const std::string& name) const { return fs::exists(root / "inbox" / name); }

  pipeline::Stages stages() {
    pipeline::Stages s;
    s.prepare = [](const pipeline::Delivery& delivery, std::string_view bytes) {
      return prepare::prepare(delivery, bytes, rules());
    };
    s.decide = [this](const pipeline::Submission& submission, const pipeline::Delivery& delivery,
                      const std::optional<pipeline::Earlier>&, const pipeline::View&,
                      pipeline::Time) {
      pipeline::Outcome outcome;
      outcome.result = submission.opened ? Result::Accepted : Result::Quarantined;
      decided[delivery.name] = submission.opened ? "accepted" : submission.findings.at(0).code;
      return outcome;
    };
    s.fire = [](const pipeline::Timer&, const pipeline::View&, pipeline::Time) {
      return pipeline::Outcome{};
    };
    s.produce = [](const pipeline::Effect&, const pipeline::Value*) {
      return std::vector<pipeline::Paper>();
    };
    return s;
  }

  /// Watching: `looks` passes over the inbox, with something done before each of them.
  void run(
      int looks = 1, const std::function<void(int pass)>& before = [](int) {}) {
    pipeline::Observer observer;
    int listed = 0, pass = 0, asked = 0;
    if (options.watch)
      files.while_listing = [&] {
        // The inbox is listed twice a pass: to watch its folders, and to scan it.
        if (++listed % 2 == 1 && pass < looks) before(++pass);
      };
    observer.stop = [&] {
      if (!options.watch) return false;
      drop(".wake" + std::to_string(++asked), "");  // or it would sleep
      return listed > 2 * looks;
    };
    observer.log = [&](std::string_view step, const pipeline::Value& fields) {
      if (step == "left_in_inbox") left(fs::path(fields["path"].string()).filename().string());
    };
    const auto ledger = pipeline::Ledger::open((root / "state" / "ledger.sqlite").string());
    const auto clock = pipeline::make_clock(pipeline::Time{0});
    run_line(options, stages(), files, *ledger, *clock, observer);
  }

  fs::path root;
  StagedFiles files;
  pipeline::LineOptions options;
  std::map<std::string, std::string> decided;
  std::function<void(const std::string& name)> left = [](const std::string&) {};
  const std::string whole =
      zip_builder::Builder().add("form.json", R"({"kind":"status_query"})").end();
  const std::string half = whole.substr(0, whole.size() - 30);
};

TEST_F(Unfinished, NamesOfProgramsThatAreStillWritingAreLeftAlone) {
  for (const char* name : {"a.zip.part", "a.zip.PARTIAL", "a.tmp", "~$a.xlsx", "a.zip.crdownload",
                           "a.zip.filepart", "a.download", "a.zip.opdownload", "a.zip.downloading",
                           "a.zip.xltd", ".a.zip.Xy12z", "Thumbs.db", "desktop.ini"})
    drop(name, whole);
  drop("a.zip", whole);
  const auto found = pipeline::scan_inbox(files, options.inbox).deliveries;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].name, "a.zip");
}

TEST_F(Unfinished, ACopyThatIsFinishedWhileItSettlesIsTakenWhole) {
  drop("a.zip", half);
  files.ages["a.zip"] = 1;
  left = [&](const std::string& name) {
    EXPECT_EQ(name, "a.zip");
    drop(name, whole);
    options.settle_seconds = 0;
  };
  run();
  EXPECT_EQ(decided, (std::map<std::string, std::string>{{"a.zip", "accepted"}}));
  EXPECT_FALSE(waits("a.zip"));
}

TEST_F(Unfinished, WhatStaysBrokenWhileItSettlesIsSetAside) {
  drop("a.zip", half);
  files.ages["a.zip"] = 1;
  left = [&](const std::string&) {
    EXPECT_TRUE(decided.empty()) << "not before";
    options.settle_seconds = 0;
  };
  run();
  EXPECT_EQ(decided["a.zip"], "ZIP_CORRUPT");
  EXPECT_FALSE(waits("a.zip"));
}

TEST_F(Unfinished, ACopyThatStillGrowsAfterThatWaitsForTheNextRun) {
  drop("a.zip", half);
  files.ages["a.zip"] = 1;
  left = [&](const std::string&) {
    options.settle_seconds = 0;
    // At the second look it was written to a second ago.
    files.while_listing = [&] { options.settle_seconds = kLong; };
  };
  run();
  EXPECT_TRUE(decided.empty());
  EXPECT_TRUE(waits("a.zip"));
}

TEST_F(Unfinished, AnOldBrokenFileIsSetAsideAtOnce) {
  drop("a.zip", half);
  files.ages["a.zip"] = 3;
  options.settle_seconds = 2.9;
  run();
  EXPECT_EQ(decided["a.zip"], "ZIP_CORRUPT");
}

TEST_F(Unfinished, WatchingItWaitsForMinutesAndNotLonger) {
  options.watch = true;
  options.incomplete_minutes = 10;
  drop("a.zip", half);
  drop("b.zip", half);
  drop("other.zip", "Rar!\x1A\x07");
  files.ages = {{"a.zip", 1}, {"b.zip", 1}, {"other.zip", 0}};
  run(3, [&](int pass) {
    if (pass == 2) {
      // What is no ZIP at all becomes none by waiting.
      EXPECT_EQ(decided, (std::map<std::string, std::string>{{"other.zip", "NOT_A_ZIP"}}));
      files.ages = {{"a.zip", 599}, {"b.zip", 300}};
    }
    if (pass == 3) {
      EXPECT_EQ(decided.size(), 1U) << "not before ten minutes";
      files.ages = {{"a.zip", 601}, {"b.zip", 2}};
      drop("b.zip", whole);
    }
  });
  EXPECT_EQ(decided["a.zip"], "ZIP_CORRUPT");
  EXPECT_EQ(decided["b.zip"], "accepted");
  EXPECT_FALSE(waits("a.zip") || waits("b.zip"));
}

TEST_F(Unfinished, AGiantIsNotCopiedAgainWhileItDoesNotChange) {
  options.watch = true;
  options.memory_mb = 0;  // everything is one
  options.incomplete_minutes = 10;
  drop("a.zip", half);
  files.ages = {{"a.zip", 1}};
  run(5, [&](int pass) {
    constexpr int kCopies[] = {0, 1, 1, 2, 3};  // when it came, when it changed, when it is old
    EXPECT_EQ(files.copies, kCopies[pass - 1]) << "before pass " << pass;
    if (pass == 3) files.ages = {{"a.zip", 2}};
    if (pass == 4) files.ages = {{"a.zip", 601}};
  });
  EXPECT_EQ(decided["a.zip"], "ZIP_CORRUPT");
}

TEST_F(Unfinished, WhatChangesWhileItIsReadIsReadAgain) {
  options.watch = true;
  drop("a.zip", whole + "rest of something longer that was here before");
  int reads = 0;
  files.while_reading = [&](const std::string& name) {
    if (name != "a.zip" || ++reads > 1) return;
    drop("a.zip", whole);
  };
  run(3);
  EXPECT_EQ(decided["a.zip"], "accepted");
  EXPECT_EQ(reads, 2);
}

TEST_F(Unfinished, AHoleThatAShareHasNotFilledYetIsWaitedFor) {
  options.watch = true;
  const std::string large = zip_builder::Builder()
                                .add("form.json", R"({"kind":"status_query"})")
                                .add("a.bin", std::string(100'000, 'x'))
                                .end();
  std::string holed = large;
  std::fill(holed.begin() + 30'000, holed.end() - 300, '\0');
  drop("a.zip", holed);
  files.ages = {{"a.zip", 5}};
  run(2, [&](int pass) {
    if (pass != 2) return;
    EXPECT_TRUE(decided.empty());
    drop("a.zip", large);
  });
  EXPECT_EQ(decided["a.zip"], "accepted");
}

}  // namespace
