#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>

#include "tests/ledger_reading.hpp"
#include "tests/program.hpp"
#include "tests/registration_samples.hpp"
#include "tests/trees.hpp"

// `dossier backup`: taken while a line works, it is whole, and another machine goes on from it.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;

/// Starts `dossier run` on the program's folders and does not wait.
pid_t start_run(const Program& at) {
  std::vector<std::string> words{DOSSIER_PROGRAM, "run", "--jobs", "1"};
  for (const char* place : {"inbox", "outbox", "state"}) {
    words.push_back(std::string("--") + place);
    words.push_back(at.path(place));
  }
  words.insert(words.end(), {"--templates", at.templates, "--now", at.now});
  const pid_t child = fork();
  if (child != 0) return child;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  if (!freopen("/dev/null", "w", stderr) || !freopen("/dev/null", "w", stdout)) _exit(98);
  execv(argv[0], argv.data());
  _exit(99);
}

std::int64_t deliveries(const Program& at) {
  if (!fs::exists(at.path("state/ledger.sqlite"))) return 0;
  return std::stoll(
      tests::ask_ledger(at.path("state/ledger.sqlite"), "SELECT count(*) FROM bundle", {})
          .at(0)
          .at(0));
}

TEST(Backup, UnderLoadIsWholeAndTheLineGoesOnFromIt) {
  const Program at("backup-load");
  ASSERT_EQ(at.run_here({"run"}), 0) << at.err();
  ASSERT_EQ(at.run({"sample", "150", at.path("inbox"), "--seed", "9"}), 0);
  const auto dropped = static_cast<std::int64_t>(tests::tree(at.path("inbox")).size());
  fs::copy(at.path("inbox"), at.path("inbox-kept"), fs::copy_options::recursive);
  const pid_t line = start_run(at);
  int status = 0;
  while (deliveries(at) < dropped / 4 && waitpid(line, &status, WNOHANG) == 0) usleep(1000);
  ASSERT_EQ(at.run_here({"backup", at.path("backups/today"), "--json"}), 0) << at.out() << at.err();
  const Value said = at.json();
  EXPECT_TRUE(said["holds"].boolean());
  waitpid(line, &status, 0);
  EXPECT_EQ(deliveries(at), dropped);
  EXPECT_GE(said["deliveries"].integer(), dropped / 4);
  EXPECT_LT(said["deliveries"].integer(), dropped) << "the line was done before: more bundles";
  EXPECT_EQ(std::distance(fs::directory_iterator(at.path("backups")), {}), 1);
  struct stat key {};
  ASSERT_EQ(stat(at.path("backups/today/state/key").c_str(), &key), 0);
  EXPECT_EQ(key.st_mode & 0777, 0600U);

  // Another machine: the backup's state and templates, an empty outbox, and what offices deliver again.
  Program other("backup-restored");
  fs::copy(at.path("backups/today/state"), other.path("state"), fs::copy_options::recursive);
  other.templates = at.path("backups/today/templates");
  ASSERT_EQ(other.run_here({"rebuild"}), 0) << other.err();
  ASSERT_EQ(other.run_here({"run"}), 0) << other.err();
  ASSERT_EQ(other.run_here({"audit", "--deep", "--head", said["delivery_head"].string()}), 0)
      << other.out();
  EXPECT_EQ(deliveries(other), said["deliveries"].integer());
  fs::copy(at.path("inbox-kept"), other.path("inbox"), fs::copy_options::recursive);
  ASSERT_EQ(other.run_here({"run"}), 0) << other.err();
  ASSERT_EQ(other.run_here({"audit", "--deep"}), 0) << other.out();
  EXPECT_EQ(deliveries(other), said["deliveries"].integer() + dropped);
}

TEST(Backup, RebuiltFromItTheOutboxIsTheSame) {
  Program at("backup-outbox");
  ASSERT_EQ(at.run({"sample", "20", at.path("inbox"), "--seed", "3"}), 0);
  ASSERT_EQ(at.run_here({"run"}), 0) << at.err();
  const auto made = tests::tree(at.path("outbox"));
  at.write("state/dossier.toml", "[review]\nworkdays = 5\n");
  ASSERT_EQ(at.run_here({"backup", at.path("kept")}), 0) << at.out() << at.err();
  EXPECT_NE(at.out().find("逐字节核对：全部相符"), std::string::npos) << at.out();
  EXPECT_EQ(at.read("kept/state/dossier.toml"), "[review]\nworkdays = 5\n");
  fs::remove_all(at.path("state"));
  fs::remove_all(at.path("outbox"));
  fs::copy(at.path("kept/state"), at.path("state"), fs::copy_options::recursive);
  at.templates = at.path("kept/templates");
  ASSERT_EQ(at.run_here({"rebuild"}), 0) << at.err();
  EXPECT_EQ(tests::tree(at.path("outbox")), made);
}

TEST(Backup, IsRefusedWhereSomethingLiesAndWhereNothingIs) {
  const Program at("backup-refused");
  EXPECT_EQ(at.run_here({"backup", at.path("kept")}), 3);
  EXPECT_NE(at.err().find("there is no ledger"), std::string::npos) << at.err();
  ASSERT_EQ(at.run_here({"run"}), 0);
  at.write("kept/mine.txt", "mine");
  EXPECT_EQ(at.run_here({"backup", at.path("kept")}), 3);
  EXPECT_NE(at.err().find("it is there already"), std::string::npos) << at.err();
  EXPECT_EQ(at.read("kept/mine.txt"), "mine");
  at.write("fresh.part/mine.txt", "mine");
  ASSERT_EQ(at.run_here({"backup", at.path("fresh") + "//"}), 0) << at.err();
  EXPECT_EQ(at.read("fresh.part/mine.txt"), "mine");
  EXPECT_TRUE(fs::exists(at.path("fresh/state/ledger.sqlite")));
  EXPECT_FALSE(fs::exists(at.path("fresh/.part")));
  EXPECT_EQ(at.run({"backup", at.path("served"), "--templates", at.templates, "--state",
                    "postgresql://nobody@127.0.0.1:1/x", "--vault", at.path("state")}),
            3);
  EXPECT_NE(at.err().find("pg_dump"), std::string::npos) << at.err();
  EXPECT_FALSE(fs::exists(at.path("served")));
}

TEST(Backup, OfDamagedDataSaysSo) {
  const Program at("backup-damaged");
  at.write("inbox/坏包.zip", "PK and nothing");
  ASSERT_EQ(at.run_here({"run"}), 0);
  for (const auto& [name, digest] : tests::tree(at.path("state/vault")))
    tests::flip(at.path("state/vault/" + name));
  EXPECT_EQ(at.run_here({"backup", at.path("kept")}), 3);
  EXPECT_NE(at.out().find("有不符之处"), std::string::npos) << at.out();
  EXPECT_TRUE(fs::exists(at.path("kept/backup.json")));
}

}  // namespace
