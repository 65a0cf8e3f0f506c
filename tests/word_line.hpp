#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "pipeline/fault.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/line.hpp"
#include "pipeline/sha256.hpp"

// Word line: the line with stages that stand in for the real ones. A bundle is a word; it is answered by a paper of that name,
// and sets a timer that is due a minute later and makes another.

namespace tests {

namespace fs = std::filesystem;

class WordLine : public testing::Test {
 protected:
  WordLine()
      : root(fs::path(testing::TempDir()) /
             (std::string("word-line-") +
              testing::UnitTest::GetInstance()->current_test_info()->name() + "-" +
              std::to_string(getpid()))) {
    fs::remove_all(root);
    fs::create_directories(root / "inbox");
    fs::create_directories(root / "state");
    options.inbox = (root / "inbox").string();
    options.outbox = (root / "outbox").string();
    options.state = (root / "state").string();
    options.jobs = 0;
    options.min_free_mb = 0;
    options.group = 2;
    options.retry_seconds = options.longest_retry_seconds = options.retry_at_once_seconds = 0;
    stages.prepare = [](const pipeline::Delivery&, std::string_view bytes) {
      pipeline::Submission submission;
      submission.sha256 = pipeline::sha256(bytes);
      submission.size = bytes.size();
      submission.opened = true;
      submission.kind = std::string(bytes);
      return submission;
    };
    stages.decide = [](const pipeline::Submission& submission, const pipeline::Delivery&,
                       const std::optional<pipeline::Earlier>& earlier, const pipeline::View&,
                       pipeline::Time now) {
      pipeline::Outcome outcome;
      outcome.result = earlier ? pipeline::Result::Duplicate : pipeline::Result::Accepted;
      if (earlier) return outcome;
      outcome.events.push_back({"said", submission.kind, {}, {}});
      outcome.effects.push_back({"paper", submission.kind, submission.kind, std::nullopt});
      outcome.timers.push_back({now + std::chrono::minutes(1), "echo", submission.kind});
      return outcome;
    };
    stages.fire = [](const pipeline::Timer& timer, const pipeline::View&, pipeline::Time) {
      pipeline::Outcome outcome;
      outcome.events.push_back({"echoed", timer.body.string(), {}, {}});
      outcome.effects.push_back({"paper", "echo " + timer.body.string(), timer.body, std::nullopt});
      return outcome;
    };
    stages.produce = [](const pipeline::Effect& effect, const pipeline::Value*) {
      return std::vector<pipeline::Paper>{{effect.path, effect.payload.dump(), "", ""}};
    };
  }
  ~WordLine() override { fs::remove_all(root); }

  /// In order of arrival.
  void drop(const std::string& word, const std::string& folder = "") {
    const fs::path file = fs::path(options.inbox) / folder / (word + ".txt");
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << word;
    fs::last_write_time(file, fs::file_time_type(std::chrono::hours(++dropped)));
  }

  pipeline::Tally run(pipeline::Files& files, const pipeline::Clock& clock) {
    const auto ledger = pipeline::Ledger::open(ledger_file());
    return pipeline::run_line(options, stages, files, *ledger, clock, observer);
  }
  pipeline::Tally run(pipeline::Files& files) {
    return run(files, *pipeline::make_clock(pipeline::Time{1'000'000}));
  }
  pipeline::Tally run() { return run(*real); }

  std::string ledger_file() const { return (root / "state" / "ledger.sqlite").string(); }
  /// The events in order, as "name case" each.
  std::vector<std::string> events() const {
    std::vector<std::string> all;
    pipeline::Ledger::open(ledger_file())->each_event([&](const pipeline::StoredEvent& e) {
      all.push_back(e.name + " " + e.case_id);
    });
    return all;
  }
  std::size_t in_inbox() const {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(options.inbox))
      files += entry.is_regular_file() && entry.path().filename().string()[0] != '.';
    return files;
  }
  /// Ends a watching line at that; until then each look wakes it, so that it does not wait for its next rescan.
  std::function<bool()> until(std::function<bool()> done) const {
    return [this, done = std::move(done)] {
      if (fs::exists(options.inbox)) std::ofstream(options.inbox + "/.wake") << "x";
      return done();
    };
  }
  bool is_out(const std::string& paper) const { return fs::exists(root / "outbox" / paper); }

  fs::path root;
  pipeline::LineOptions options;
  pipeline::Stages stages;
  pipeline::Observer observer;
  std::unique_ptr<pipeline::Files> real = pipeline::make_files();
  int dropped = 0;
};

/// The real files, and what a test wants to be otherwise.
class OtherFiles : public pipeline::Files {
 public:
  std::vector<pipeline::Listed> list(const std::string& f) override { return real_->list(f); }
  std::optional<pipeline::Listed> look(const std::string& p) override { return real_->look(p); }
  bool read(const std::string& p, std::string& b) override { return real_->read(p, b); }
  void write(const std::string& p, std::string_view b) override { real_->write(p, b); }
  void rename(const std::string& a, const std::string& b) override { real_->rename(a, b); }
  void copy(const std::string& a, const std::string& b) override { real_->copy(a, b); }
  void make_folders(const std::string& f) override { real_->make_folders(f); }
  void remove(const std::string& p) override { real_->remove(p); }
  void remove_tree(const std::string& f) override { real_->remove_tree(f); }
  std::uint64_t free_bytes(const std::string& f) override { return real_->free_bytes(f); }
  void sync(const std::string& f) override { real_->sync(f); }

 private:
  std::unique_ptr<pipeline::Files> real_ = pipeline::make_files();
};

}  // namespace tests
