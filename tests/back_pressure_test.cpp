#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <set>

#include "tests/word_line.hpp"

// What takes long, or is large, and what becomes meanwhile of those behind it. Nothing here is timed: a stage waits until the
// others have got somewhere, and a line that keeps them back is found out by a wait that ends in vain.

namespace {

namespace fs = std::filesystem;
using pipeline::Delivery;
using pipeline::Effect;
using pipeline::Paper;
using pipeline::Value;

/// Counts up; who waits for it in vain learns so.
class Count {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool reaches(int wanted, std::chrono::milliseconds time = std::chrono::minutes(1)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [&] { return count_ >= wanted; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

/// Counts what comes into the outbox.
class OutboxFiles : public tests::OtherFiles {
 public:
  explicit OutboxFiles(std::string outbox) : outbox_(std::move(outbox)) {}
  void rename(const std::string& from, const std::string& to) override {
    OtherFiles::rename(from, to);
    if (to.starts_with(outbox_) && to.find("/receipts/") == to.npos) out.add();
  }
  Count out;

 private:
  const std::string outbox_;
};

/// Notes which files are said to be read soon.
class AnnouncedFiles : public tests::OtherFiles {
 public:
  void will_read(const std::string& path, std::uint64_t bytes) override {
    const std::lock_guard lock(mutex_);
    if (bytes > 0) announced.insert(path);
  }
  std::multiset<std::string> announced;

 private:
  std::mutex mutex_;
};

class BackPressure : public tests::WordLine {
 protected:
  BackPressure() { options.jobs = 2; }
  /// A bundle of many bytes that says one word.
  void drop_large(const std::string& word, std::size_t bytes) {
    drop(word);
    std::ofstream(fs::path(options.inbox) / (word + ".txt"), std::ios::app)
        << std::string(bytes, ' ');
    fs::last_write_time(fs::path(options.inbox) / (word + ".txt"),
                        fs::file_time_type(std::chrono::hours(dropped)));
  }
  void drop_words(int count) {
    for (int i = 0; i < count; ++i) drop("w" + std::to_string(i));
  }
  static std::string word(std::string_view bytes) {
    return std::string(bytes.substr(0, bytes.find(' ')));
  }
  /// Before a bundle is prepared.
  void before_preparing(std::function<void(const std::string& word, std::size_t bytes)> then) {
    stages.prepare = [then = std::move(then), prepare = stages.prepare](const Delivery& delivery,
                                                                        std::string_view bytes) {
      then(word(bytes), bytes.size());
      return prepare(delivery, word(bytes));
    };
  }
  void before_producing(std::function<void(const Effect&)> then) {
    stages.produce = [then = std::move(then), produce = stages.produce](const Effect& effect,
                                                                        const Value* subject) {
      then(effect);
      return produce(effect, subject);
    };
  }
};

TEST_F(BackPressure, WhileOneTakesItsTimeThoseBehindItArePreparedAndDecidedAfterIt) {
  constexpr int kOthers = 100;
  ASSERT_GT(kOthers, static_cast<int>(4 * options.group)) << "more than are claimed otherwise";
  drop("giant");
  drop_words(kOthers);
  Count others;
  bool in_vain = false;
  before_preparing([&](const std::string& word, std::size_t) {
    if (word == "giant")
      in_vain = !others.reaches(kOthers);
    else
      others.add();
  });
  EXPECT_EQ(run().bundles, kOthers + 1);
  EXPECT_FALSE(in_vain);
  EXPECT_EQ(events().front(), "said giant");
}

TEST_F(BackPressure, WhatComesNextIsFetchedFromTheDiskOnce) {
  constexpr int kOthers = 30;
  drop("first");
  drop_words(kOthers);
  Count others;
  before_preparing([&](const std::string& word, std::size_t) {
    if (word == "first")
      others.reaches(kOthers);
    else
      others.add();
  });
  AnnouncedFiles files;
  EXPECT_EQ(run(files).bundles, kOthers + 1);
  EXPECT_FALSE(files.announced.empty());
  EXPECT_EQ(files.announced.size(),
            std::set(files.announced.begin(), files.announced.end()).size());
}

TEST_F(BackPressure, PapersOfThoseBeforeAreOutWhileOneIsStillPrepared) {
  drop("early");
  drop("giant");
  OutboxFiles files(options.outbox);
  bool in_vain = false;
  before_preparing([&](const std::string& word, std::size_t) {
    if (word == "giant") in_vain = !files.out.reaches(1);
  });
  EXPECT_EQ(run(files).bundles, 2);
  EXPECT_FALSE(in_vain);
}

TEST_F(BackPressure, APaperThatTakesItsTimeKeepsNobodyBehindItWaiting) {
  constexpr int kOthers = 50;
  drop("giant");
  drop_words(kOthers);
  OutboxFiles files(options.outbox);
  bool in_vain = false;
  before_producing([&](const Effect& effect) {
    if (effect.path == "giant") in_vain = !files.out.reaches(kOthers);
  });
  EXPECT_EQ(run(files).bundles, kOthers + 1);
  EXPECT_FALSE(in_vain) << "the papers of all others are out before it is made";
  EXPECT_TRUE(is_out("giant"));
}

TEST_F(BackPressure, APaperWaitsForAnEarlierOneOfItsPlace) {
  drop("a1");
  drop("a2");
  drop("b");
  stages.decide = [decide = stages.decide](const auto& submission, auto&&... more) {
    pipeline::Outcome outcome = decide(submission, more...);
    outcome.effects.front().path = submission.kind.substr(0, 1);
    return outcome;
  };
  Count later;
  OutboxFiles files(options.outbox);
  bool in_vain = false;
  before_producing([&](const Effect& effect) {
    if (effect.payload == Value("a2")) later.add();
    if (effect.payload == Value("a1")) in_vain = !later.reaches(1) || !files.out.reaches(1);
  });
  run(files);
  EXPECT_FALSE(in_vain) << "b is out, and a2 made, before a1";
  std::ifstream made(root / "outbox" / "a");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(made), {}), "\"a2\"");
}

TEST_F(BackPressure, OfGiantsOneIsPreparedAtATimeAndTheOthersPassTheSecond) {
  constexpr int kOthers = 100;
  ASSERT_GT(kOthers, static_cast<int>(4 * options.group))
      << "some are claimed when all are done that were claimed at first";
  options.memory_mb = 1;
  drop_large("giant1", 2 << 20);
  drop_large("giant2", 2 << 20);
  drop_words(kOthers);
  Count others;
  std::atomic<int> giants = 0;
  bool in_vain = false, alone = true;
  before_preparing([&](const std::string& word, std::size_t) {
    if (!word.starts_with("giant")) return others.add();
    alone = alone && ++giants == 1;
    if (word == "giant1") in_vain = !others.reaches(kOthers);
    --giants;
  });
  EXPECT_EQ(run().bundles, kOthers + 2);
  EXPECT_FALSE(in_vain);
  EXPECT_TRUE(alone);
}

TEST_F(BackPressure, AGiantThatIsCutOffWhileItIsReadIsReadToItsEnd) {
  options.memory_mb = 1;
  drop_large("giant", 2 << 20);
  const fs::path file = fs::path(options.inbox) / "giant.txt";
  std::string digest;
  stages.prepare = [&, prepare = stages.prepare](const Delivery& delivery,
                                                 const pipeline::Bytes& bytes) {
    fs::resize_file(file, 0);
    digest = digest_of(bytes);
    pipeline::Submission submission = prepare(delivery, word(bytes));  // what was let go is back
    submission.sha256 = digest;
    return submission;
  };
  EXPECT_EQ(run().bundles, 1);
  EXPECT_EQ(events().front(), "said giant");
  const fs::path kept = root / "state" / "vault" / digest.substr(0, 2) / digest;
  EXPECT_EQ(pipeline::sha256_file(kept.string()), digest);
  EXPECT_GT(fs::file_size(kept), std::size_t{2} << 20);
}

TEST_F(BackPressure, WhatIsPreparedAtOnceFitsInTheLimit) {
  options.memory_mb = 1;
  options.jobs = 4;
  for (int i = 0; i < 4; ++i) drop_large("w" + std::to_string(i), 400 << 10);
  Count begun, left;
  bool in_vain = false, third = false;
  before_preparing([&](const std::string& word, std::size_t) {
    begun.add();
    if (word == "w0") {
      in_vain = !begun.reaches(2);
      // Two jobs more have nothing else to do: were there no limit, they would be here by then.
      third = begun.reaches(3, std::chrono::milliseconds(200));
      left.add();
    } else if (word == "w1") {
      left.reaches(1);
    }
  });
  EXPECT_EQ(run().bundles, 4);
  EXPECT_FALSE(in_vain) << "two at a time have room";
  EXPECT_FALSE(third);
}

}  // namespace
