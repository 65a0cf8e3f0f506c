#include "pipeline/troubles.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include "pipeline/json.hpp"

#include "tests/word_line.hpp"

// What the world keeps the line from: told, tried again later and later, and over by itself.

namespace {

namespace fs = std::filesystem;
using pipeline::Fault;
using pipeline::FaultKind;
using pipeline::Value;

class TroublesTest : public tests::WordLine {
 protected:
  TroublesTest() {
    observer.log = [this](std::string_view step, Value fields) {
      log.push_back(std::string(step) + " " + fields.dump());
    };
  }
  std::string troubles() const {
    std::string text;
    pipeline::make_files()->read((root / "state" / "troubles.json").string(), text);
    return text;
  }
  int told(const std::string& beginning) const {
    return static_cast<int>(std::count_if(log.begin(), log.end(), [&](const std::string& line) {
      return line.starts_with(beginning);
    }));
  }
  std::vector<std::string> log;
};

TEST_F(TroublesTest, EachPauseIsTwiceTheOneBeforeUpToTheLongest) {
  pipeline::Troubles all(*real, (root / "troubles.json").string(), {5, 30}, observer);
  for (int i = 0; i < 5; ++i) all.met("bundle a", "left_in_inbox", Value::object());
  EXPECT_EQ(log,
            (std::vector<std::string>{R"(left_in_inbox {"tries":1,"again_in_seconds":5.0})",
                                      R"(left_in_inbox {"tries":2,"again_in_seconds":10.0})",
                                      R"(left_in_inbox {"tries":3,"again_in_seconds":20.0})",
                                      R"(left_in_inbox {"tries":4,"again_in_seconds":30.0})",
                                      R"(left_in_inbox {"tries":5,"again_in_seconds":30.0})"}));
  EXPECT_TRUE(all.waits("bundle a"));
  all.over("bundle a");
  EXPECT_FALSE(all.waits("bundle a"));
  all.met("bundle a", "left_in_inbox", Value::object());
  EXPECT_EQ(log.back(), R"(left_in_inbox {"tries":1,"again_in_seconds":5.0})");
}

/// Does not read one file so many times.
class ReadsBadly : public tests::OtherFiles {
 public:
  ReadsBadly(std::string name, int times) : name_(std::move(name)), left_(times) {}
  bool read(const std::string& path, std::string& bytes) override {
    if (path.ends_with(name_) && left_-- > 0)
      throw Fault(FaultKind::Retry, "read " + path, "Input/output error");
    return OtherFiles::read(path, bytes);
  }

 private:
  std::string name_;
  int left_;
};

TEST_F(TroublesTest, AFaultOfAMomentChangesNoOrder) {
  drop("first");
  drop("second");
  ReadsBadly files("first.txt", 2);
  EXPECT_EQ(run(files).faults, 0);
  EXPECT_EQ(events(), (std::vector<std::string>{"said first", "said second"}));
}

TEST_F(TroublesTest, WhatCannotBeReadStaysInTheInboxAndKeepsNothingElseWaiting) {
  drop("first");
  drop("second");
  ReadsBadly files("first.txt", 3);
  EXPECT_EQ(run(files).faults, 1);
  EXPECT_EQ(events(), (std::vector<std::string>{"said second"}));
  EXPECT_EQ(in_inbox(), 1U);
  EXPECT_NE(troubles().find("first.txt"), std::string::npos) << troubles();
  EXPECT_EQ(run().faults, 0);
  EXPECT_EQ(events(), (std::vector<std::string>{"said second", "said first"}));
  EXPECT_EQ(troubles(), "");
}

/// A drop folder in which nothing may be removed.
class KeepsItsFiles : public tests::OtherFiles {
 public:
  explicit KeepsItsFiles(std::string name) : name_(std::move(name)) {}
  void remove(const std::string& path) override {
    if (path.ends_with(name_)) throw Fault(FaultKind::Retry, "remove " + path, "Permission denied");
    OtherFiles::remove(path);
  }

 private:
  std::string name_;
};

TEST_F(TroublesTest, WhatCannotBeRemovedIsDecidedOnceAndKeepsNothingElseWaiting) {
  drop("first");
  drop("second");
  KeepsItsFiles files("first.txt");
  for (int again = 0; again < 2; ++again) EXPECT_EQ(run(files).faults, 1);
  EXPECT_EQ(events(), (std::vector<std::string>{"said first", "said second"}));
  EXPECT_EQ(in_inbox(), 1U);
  EXPECT_NE(troubles().find("first.txt"), std::string::npos) << troubles();
  drop("third");
  EXPECT_EQ(run(files).faults, 1);
  EXPECT_EQ(events().back(), "said third");
  EXPECT_EQ(run().faults, 0);
  EXPECT_EQ(in_inbox(), 0U);
  EXPECT_EQ(events().size(), 3U) << "nothing is decided twice";
  EXPECT_EQ(troubles(), "");
}

TEST_F(TroublesTest, AWatchingLineTriesABundleAgainUntilItCanBeRead) {
  drop("first");
  ReadsBadly files("first.txt", 3 * 4);
  options.watch = true;
  observer.stop = until([&] { return in_inbox() == 0; });
  EXPECT_EQ(run(files).faults, 0);
  EXPECT_EQ(told("left_in_inbox"), 4);
  EXPECT_EQ(told("over"), 1);
  EXPECT_EQ(events(), (std::vector<std::string>{"said first"}));
}

TEST_F(TroublesTest, AWatchingLineLeavesABundleAloneUntilItsPauseIsOver) {
  drop("first");
  ReadsBadly files("first.txt", 1000);
  options.watch = true;
  options.retry_seconds = options.longest_retry_seconds = 3600;
  int rescans = 0;
  observer.stop = until([&] {
    if (++rescans == 20) drop("second");  // the first is not tried again for that
    return is_out("second");
  });
  EXPECT_EQ(run(files).faults, 1);
  EXPECT_EQ(told("left_in_inbox"), 1);
}

/// Cannot list the inbox so many times: a share that is away.
class ShareIsAway : public tests::OtherFiles {
 public:
  ShareIsAway(std::string inbox, int times) : inbox_(std::move(inbox)), left_(times) {}
  std::vector<pipeline::Listed> list(const std::string& folder) override {
    if (folder == inbox_ && left_-- > 0)
      throw Fault(FaultKind::Retry, "list " + folder, "Host is down");
    return OtherFiles::list(folder);
  }

 private:
  std::string inbox_;
  int left_;
};

TEST_F(TroublesTest, AWatchingLineOutlivesAShareThatIsAway) {
  drop("first");
  ShareIsAway files(options.inbox, 3);
  options.watch = true;
  observer.stop = until([&] { return in_inbox() == 0; });
  EXPECT_EQ(run(files).faults, 0);
  EXPECT_EQ(told("line_failed"), 3);
  EXPECT_TRUE(is_out("first"));
}

TEST_F(TroublesTest, WithoutWatchAShareThatIsAwayEndsTheRunAndIsTold) {
  ShareIsAway files(options.inbox, 1);
  EXPECT_THROW(run(files), Fault);
  EXPECT_NE(troubles().find("Host is down"), std::string::npos);
  run();
  EXPECT_EQ(troubles(), "");
}

/// Cannot be synced, once.
class SyncFails : public tests::OtherFiles {
 public:
  void sync(const std::string& folder) override {
    if (++syncs == 2) throw Fault(FaultKind::Stop, "sync " + folder, "Input/output error");
    OtherFiles::sync(folder);
  }
  int syncs = 0;
};

TEST_F(TroublesTest, AFailedSyncStopsEvenAWatchingLine) {
  drop("first");
  SyncFails files;
  options.watch = true;
  observer.stop = until([&] { return in_inbox() == 0 && is_out("first"); });
  EXPECT_THROW(run(files), Fault);
  EXPECT_EQ(files.syncs, 2) << "and it is not asked again";
}

/// A disk with little room, until somebody has asked so often.
class FillsUp : public tests::OtherFiles {
 public:
  explicit FillsUp(int asked) : left_(asked) {}
  std::uint64_t free_bytes(const std::string&) override {
    return left_-- > 0 ? 1 << 20 : std::uint64_t{1} << 40;
  }

 private:
  int left_;
};

TEST_F(TroublesTest, WithTooLittleRoomNothingIsClaimedAndTheExitStatusSaysSo) {
  drop("first");
  options.min_free_mb = 200;
  FillsUp files(1000);
  EXPECT_EQ(run(files).faults, 2) << "the vault's folder and the outbox's";
  EXPECT_EQ(in_inbox(), 1U);
  EXPECT_TRUE(events().empty());
  EXPECT_EQ(told("disk_full"), 2);
  EXPECT_NE(troubles().find("disk_full"), std::string::npos);
}

TEST_F(TroublesTest, AWatchingLineGoesOnByItselfWhenThereIsRoomAgain) {
  drop("first");
  options.min_free_mb = 200;
  options.watch = true;
  FillsUp files(5);
  observer.stop = until([&] { return is_out("first"); });
  EXPECT_EQ(run(files).faults, 0);
  EXPECT_EQ(told("disk_full"), 2) << "once for each folder, however often it is asked";
  EXPECT_EQ(told("over"), 2);
  EXPECT_EQ(troubles(), "");
}

/// Writes nothing of a certain size or more: the space is not there, whatever was said of it.
class NoSpace : public tests::OtherFiles {
 public:
  void write(const std::string& path, std::string_view bytes) override {
    if (full && path.find("/vault/") != path.npos) {
      OtherFiles::write(path, bytes.substr(0, bytes.size() / 2));
      throw Fault(FaultKind::Retry, "write " + path, "No space left on device");
    }
    OtherFiles::write(path, bytes);
  }
  bool full = true;
};

TEST_F(TroublesTest, ADiskThatIsFullInTheMiddleLosesNothing) {
  drop("first");
  drop("second");
  NoSpace files;
  EXPECT_EQ(run(files).faults, 2);
  EXPECT_EQ(in_inbox(), 2U);
  files.full = false;
  EXPECT_EQ(run(files).faults, 0);
  EXPECT_EQ(events(), (std::vector<std::string>{"said first", "said second"}));
}

/// Has room for one piece of a paper that is put piece by piece.
class NoSpaceForPieces : public tests::OtherFiles {
 public:
  void write_pieces(
      const std::string& path,
      const std::function<void(const std::function<void(std::string_view)>&)>& fill) override {
    std::ofstream out(path, std::ios::binary);
    bool used = false;
    fill([&](std::string_view piece) {
      if (std::exchange(used, true))
        throw Fault(FaultKind::Retry, "write " + path, "No space left on device");
      out << piece << std::flush;
    });
  }
};

TEST_F(TroublesTest, NothingIsLeftOfAPaperForWhichThereIsNoRoom) {
  stages.produce = [](const pipeline::Effect& effect, const pipeline::Value*) {
    pipeline::Paper large{effect.path, "", "", ""};
    large.fill = [](const pipeline::Vault&, const pipeline::Sink& put) { put("one"), put("two"); };
    return std::vector<pipeline::Paper>{{effect.path + ".json", "{}", "", ""}, large};
  };
  drop("first");
  NoSpaceForPieces files;
  options.watch = true;
  std::size_t left = 9;
  observer.stop = until([&] {
    if (told("paper_failed") == 0) return false;
    const fs::directory_iterator work(root / "outbox" / ".work");
    left = static_cast<std::size_t>(std::distance(begin(work), end(work)));
    return true;
  });
  EXPECT_GT(run(files).faults, 0);
  EXPECT_EQ(left, 0U);
}

/// Once does not take a paper's folder away.
class RemovesBadly : public tests::OtherFiles {
 public:
  void remove_tree(const std::string& folder) override {
    if (folder.ends_with("/paper") && left_-- > 0)
      throw Fault(FaultKind::Retry, "remove " + folder, "Input/output error");
    OtherFiles::remove_tree(folder);
  }

 private:
  int left_ = 1;
};

/// A bundle takes its paper away and makes it anew.
class PaperAgain : public TroublesTest {
 protected:
  PaperAgain() {
    stages.decide = [](const pipeline::Submission& submission, const pipeline::Delivery&,
                       const std::optional<pipeline::Earlier>&, const pipeline::View&,
                       pipeline::Time) {
      pipeline::Outcome outcome;
      outcome.result = pipeline::Result::Accepted;
      outcome.effects.push_back({"remove", "paper", Value(), std::nullopt});
      outcome.effects.push_back({"paper", "paper", submission.kind, std::nullopt});
      return outcome;
    };
    stages.produce = [](const pipeline::Effect& effect, const pipeline::Value*) {
      return std::vector<pipeline::Paper>{{effect.path + "/a", effect.payload.dump(), "", ""}};
    };
    drop("again");
  }
  RemovesBadly files;
};

TEST_F(PaperAgain, AFolderTakenAwayLateDoesNotTakeWhatWasMadeThereSince) {
  EXPECT_EQ(run(files).faults, 1);
  EXPECT_TRUE(is_out("paper/a"));
  EXPECT_EQ(run(files).faults, 0);
  EXPECT_TRUE(is_out("paper/a"));
}

TEST_F(PaperAgain, WhatALaterPaperHasAnsweredIsNoTroubleAnyMore) {
  options.watch = true;
  observer.stop = until([&] {
    return is_out("paper/a") && pipeline::Ledger::open(ledger_file())->papers_pending() == 0;
  });
  EXPECT_EQ(run(files).faults, 0);
  EXPECT_EQ(troubles(), "");
}

}  // namespace
