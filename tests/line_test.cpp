#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <random>
#include <thread>

#include "pipeline/json.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/sha256.hpp"

// Inbox to outbox through the real program: same bytes whatever the number of jobs, whatever kills it.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;

const std::string kNow = "2026-11-21T10:00:00+08:00";

class Line : public testing::Test {
 protected:
  Line() : root(fs::path(testing::TempDir()) / ("line-" + std::to_string(getpid()))) {
    fs::remove_all(root);
    fs::create_directories(root);
  }
  ~Line() override { fs::remove_all(root); }

  std::vector<std::string> arguments(const std::string& name, int jobs) const {
    return {DOSSIER_PROGRAM,
            "run",
            "--json",
            "--inbox",
            path(name, "inbox"),
            "--outbox",
            path(name, "outbox"),
            "--state",
            path(name, "state"),
            "--templates",
            std::string(DOSSIER_SOURCE_DIR) + "/templates",
            "--now",
            kNow,
            "--jobs",
            std::to_string(jobs)};
  }
  /// The token on a form is made with the key of the state folder: folders that are compared have the same one.
  void share_key(const std::string& from, const std::string& to) const {
    fs::create_directories(path(from, "state"));
    fs::create_directories(path(to, "state"));
    if (!fs::exists(path(from, "state/key")))
      std::ofstream(path(from, "state/key"), std::ios::binary) << std::string(32, 'k');
    fs::copy_file(path(from, "state/key"), path(to, "state/key"));
  }
  std::string path(const std::string& name, const std::string& what) const {
    return (root / name / what).string();
  }

  /// Starts the program with its output in files; the caller waits for it.
  pid_t start(const std::vector<std::string>& words) const {
    const pid_t child = fork();
    if (child != 0) return child;
    std::vector<char*> argv;
    for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    if (!freopen((root / "stdout").c_str(), "w", stdout)) _exit(98);
    if (!freopen((root / "stderr").c_str(), "w", stderr)) _exit(98);
    execv(argv[0], argv.data());
    _exit(99);
  }
  int finish(pid_t child) const {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  int run(const std::vector<std::string>& words) const { return finish(start(words)); }
  std::string output(const char* which = "stdout") const {
    std::ifstream in(root / which, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  void sample(const std::string& name, int count) const {
    ASSERT_EQ(
        run({DOSSIER_PROGRAM, "sample", std::to_string(count), path(name, "inbox"), "--seed", "7"}),
        0)
        << output("stderr");
  }
  void copy_inbox(const std::string& from, const std::string& to) const {
    fs::create_directories(root / to);
    const std::string command = "cp -a '" + path(from, "inbox") + "' '" + path(to, "inbox") + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  /// The files that only one has, or that differ.
  static std::vector<std::string> differences(const std::map<std::string, std::string>& a,
                                              const std::map<std::string, std::string>& b) {
    std::vector<std::string> names;
    for (const auto& [name, digest] : a) {
      const auto other = b.find(name);
      if (other == b.end())
        names.push_back("only the first: " + name);
      else if (other->second != digest)
        names.push_back("differs: " + name);
    }
    for (const auto& [name, digest] : b)
      if (!a.contains(name)) names.push_back("only the second: " + name);
    return names;
  }

  /// Every file below the folder with the digest of its bytes.
  static std::map<std::string, std::string> tree(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes(std::istreambuf_iterator<char>(in), {});
      files[fs::relative(entry.path(), folder).string()] = pipeline::sha256(bytes);
    }
    return files;
  }
  static int count_files(const std::string& folder) {
    int files = 0;
    if (fs::exists(folder))
      for (const auto& entry : fs::recursive_directory_iterator(folder))
        files += entry.is_regular_file();
    return files;
  }

  fs::path root;
};

TEST_F(Line, EveryBundleGetsOneReceiptAndEveryEntryOneFate) {
  constexpr int kBundles = 40;
  sample("a", kBundles);
  const int dropped = count_files(path("a", "inbox"));
  ASSERT_EQ(run(arguments("a", 2)), 0) << output("stderr");
  const Value summary = pipeline::parse_json(output()).value;
  EXPECT_EQ(summary["bundles"].integer(), dropped);
  EXPECT_EQ(summary["accepted"].integer() + summary["not_submitted"].integer() +
                summary["refused"].integer() + summary["quarantined"].integer() +
                summary["duplicate"].integer(),
            dropped);
  EXPECT_GT(summary["accepted"].integer(), 0);
  EXPECT_GT(summary["refused"].integer(), 0);
  EXPECT_EQ(count_files(path("a", "inbox")), 0);
  int receipts = 0;
  for (const auto& [name, digest] : tree(path("a", "outbox/receipts"))) {
    if (!name.ends_with(".json")) continue;
    ++receipts;
    std::ifstream in(path("a", "outbox/receipts/" + name), std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    const pipeline::Json receipt = pipeline::parse_json(text);
    ASSERT_EQ(receipt.error, "") << name;
    bool error = false;
    for (const Value& f : receipt.value["findings"].items()) {
      error = error || f["severity"].string() == "error";
      EXPECT_FALSE(f["message"].string().empty()) << name;
    }
    const std::string& result = receipt.value["result"].string();
    EXPECT_FALSE(result == "accepted" && error) << name;
    EXPECT_FALSE(result == "refused" && !error) << name;
    for (const Value& e : receipt.value["entries"].items()) {
      const std::string& role = e["role"].string();
      EXPECT_TRUE(role == "form" || role == "attachment" || role == "ignored" || role == "rejected")
          << role;
    }
    EXPECT_TRUE(
        fs::exists(path("a", "outbox/receipts/" + name.substr(0, name.size() - 5) + ".pdf")));
    const std::string& sha256 = receipt.value["sha256"].string();
    EXPECT_TRUE(fs::exists(path("a", "state/vault/" + sha256.substr(0, 2) + "/" + sha256)));
  }
  EXPECT_EQ(receipts, dropped);
  EXPECT_TRUE(fs::exists(path("a", "outbox/reports/统计汇总.xlsx")));
  EXPECT_FALSE(fs::exists(path("a", "outbox/.work")));
}

TEST_F(Line, TheOutboxIsTheSameWithOneJobAndWithThree) {
  sample("one", 40);
  copy_inbox("one", "three");
  share_key("one", "three");
  ASSERT_EQ(run(arguments("one", 1)), 0) << output("stderr");
  ASSERT_EQ(run(arguments("three", 3)), 0) << output("stderr");
  const auto one = tree(path("one", "outbox"));
  EXPECT_GT(one.size(), 80U);
  EXPECT_EQ(differences(one, tree(path("three", "outbox"))), std::vector<std::string>());
}

/// DOSSIER_KILLS=300 for a long night.
int kills() {
  const char* text = std::getenv("DOSSIER_KILLS");
  return text ? std::atoi(text) : 20;
}

TEST_F(Line, KillsAtRandomMomentsEndInTheSameOutbox) {
  sample("calm", 8 * kills());
  copy_inbox("calm", "killed");
  share_key("calm", "killed");
  ASSERT_EQ(run(arguments("calm", 2)), 0) << output("stderr");
  std::mt19937 random(20261121);
  std::uniform_int_distribution<int> milliseconds(0, 200);
  int killed = 0, at_work = 0;
  for (int most = 3 * kills(); killed < kills() && most > 0; --most) {
    const int before = count_files(path("killed", "inbox"));
    // From the moment in which it holds its folders, or in which it has told of its first decision.
    const fs::path sign = killed % 2 == 0 ? root / "stderr" : root / "killed/state/lock";
    fs::remove(sign);
    const pid_t child = start(arguments("killed", 2));
    pid_t ended = 0;
    while (ended == 0 && (!fs::exists(sign) || fs::file_size(sign) == 0)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
      ended = waitpid(child, nullptr, WNOHANG);
    }
    if (ended != 0) break;  // there is nothing left to do
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds(random)));
    kill(child, SIGKILL);
    if (finish(child) == -SIGKILL) ++killed;
    if (count_files(path("killed", "inbox")) < before) ++at_work;
  }
  std::cout << killed << " kills, " << at_work << " of them after bundles were taken\n";
  EXPECT_GE(killed, kills() / 2) << "the kills came too late: more bundles";
  EXPECT_GE(at_work, kills() / 10);
  ASSERT_EQ(run(arguments("killed", 2)), 0) << output("stderr");
  EXPECT_EQ(differences(tree(path("calm", "outbox")), tree(path("killed", "outbox"))),
            std::vector<std::string>());
  EXPECT_EQ(count_files(path("killed", "inbox")), 0);
}

TEST_F(Line, DroppingEverythingAgainAddsReceiptsAndNothingElse) {
  sample("a", 30);
  copy_inbox("a", "again");
  ASSERT_EQ(run(arguments("a", 2)), 0) << output("stderr");
  const Value first = pipeline::parse_json(output()).value;
  auto before = tree(path("a", "outbox"));
  fs::remove_all(path("a", "inbox"));
  fs::rename(path("again", "inbox"), path("a", "inbox"));
  ASSERT_EQ(run(arguments("a", 2)), 0) << output("stderr");
  const Value second = pipeline::parse_json(output()).value;
  EXPECT_EQ(second["duplicate"].integer(), first["accepted"].integer() +
                                               first["not_submitted"].integer() +
                                               first["duplicate"].integer());
  auto after = tree(path("a", "outbox"));
  for (auto& [name, digest] : before) {
    if (name.starts_with("reports/")) continue;
    // What was refused is judged anew and set aside anew, under the same name.
    if (name.starts_with("quarantine/")) continue;
    EXPECT_EQ(after[name], digest) << name;
  }
  for (const auto& [name, digest] : after) {
    const bool second_receipt = name.starts_with("receipts/") && name.find(".2.") != name.npos;
    EXPECT_TRUE(before.contains(name) || second_receipt) << name;
  }
}

TEST_F(Line, NamesTimesAndSizesThatAreMeantToHurtStopNothing) {
  const fs::path inbox = path("a", "inbox");
  fs::create_directories(inbox / "unit-X" / "folder");
  const auto write = [](const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary) << bytes;
  };
  std::string gbk;
  for (int i = 0; i < 120; ++i) gbk += "\xCE\xC4";  // 文: 240 bytes here, 360 in UTF-8
  write(inbox / (gbk + ".zip"), "junk");
  fs::create_directories(inbox / gbk);
  write(inbox / gbk / "a.zip", "junk");
  write(inbox / "two\nlines.zip", "junk");
  write(inbox / "cut.zip", "PK\3\4" + std::string(500, 'x'));
  fs::last_write_time(inbox / "cut.zip",
                      fs::file_time_type::clock::now() + std::chrono::hours(24 * 365));
  write(inbox / "huge.zip", "");
  fs::resize_file(inbox / "huge.zip", std::uintmax_t{600} << 20);
  fs::create_symlink("/etc/passwd", inbox / "link.zip");
  write(inbox / "good.json", R"({"kind":"status_query","uscc":"12431382PDY0000364"})");
  ASSERT_EQ(run(arguments("a", 2)), 0) << output("stderr");
  const Value summary = pipeline::parse_json(output()).value;
  EXPECT_EQ(summary["bundles"].integer(), 6);
  EXPECT_EQ(summary["quarantined"].integer(), 5);
  EXPECT_EQ(summary["accepted"].integer(), 1);
  EXPECT_LT(summary["peak_rss_mb"].number(), 250);
  EXPECT_EQ(count_files(path("a", "outbox/receipts")), 12);
}

TEST_F(Line, ASecondRunOnTheSameStateIsTurnedAway) {
  sample("a", 30);
  const pid_t first = start(arguments("a", 1));
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  while (!fs::exists(path("a", "state/ledger.sqlite")) && kill(first, 0) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const int second = run(arguments("a", 1));
  const std::string why = output("stderr");
  EXPECT_EQ(finish(first), 0);
  EXPECT_EQ(second, 3);
  EXPECT_NE(why.find("another run holds it: process "), why.npos) << why;
}

TEST_F(Line, AfterAKillTheLockOfTheDeadKeepsNobodyOut) {
  sample("a", 20);
  const pid_t dead = start(arguments("a", 1));
  while (!fs::exists(path("a", "state/ledger.sqlite")) && kill(dead, 0) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  kill(dead, SIGKILL);
  ASSERT_EQ(finish(dead), -SIGKILL);
  std::ifstream lock(path("a", "state/lock"));
  const std::string holder(std::istreambuf_iterator<char>(lock), {});
  EXPECT_NE(holder.find("process " + std::to_string(dead)), holder.npos) << holder;
  EXPECT_EQ(run(arguments("a", 2)), 0) << output("stderr");
  EXPECT_EQ(count_files(path("a", "inbox")), 0);
}

TEST_F(Line, StatusWithoutAKeyTellsWhatTheLineWaitsFor) {
  sample("a", 12);
  fs::create_directories(path("a", "state"));
  std::ofstream(path("a", "state/dossier.toml")) << "[line]\nmin_free_mb = 900000000\n";
  ASSERT_EQ(run(arguments("a", 1)), 3) << "no disk has that much room";
  EXPECT_NE(output("stderr").find("disk_full"), std::string::npos);
  const auto status = [&] {
    std::vector<std::string> words = arguments("a", 1);
    words.resize(words.size() - 2);
    words[1] = "status";
    EXPECT_EQ(run(words), 0) << output("stderr");
    return pipeline::parse_json(output()).value;
  };
  const Value full = status();
  EXPECT_EQ(full["in_inbox"].integer(), count_files(path("a", "inbox")));
  EXPECT_EQ(full["troubles"][0]["what"].string(), "disk_full");
  fs::remove(path("a", "state/dossier.toml"));
  ASSERT_EQ(run(arguments("a", 1)), 0) << output("stderr");
  const Value idle = status();
  EXPECT_EQ(idle["in_inbox"].integer(), 0);
  EXPECT_EQ(idle["papers_pending"].integer(), 0);
  EXPECT_EQ(idle["troubles"].size(), 0U);
}

}  // namespace
