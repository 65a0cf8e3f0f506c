#include <gtest/gtest.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "pipeline/fault.hpp"
#include "pipeline/files.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/lines.hpp"
#include "pipeline/sha256.hpp"
#include "tests/postgres.hpp"
#include "tests/program.hpp"
#include "tests/xlsx_reading.hpp"

// Several processes on one ledger, one inbox, one outbox and one vault, through the real program; and a server that falls over.

namespace {

namespace fs = std::filesystem;

const std::string kWorkbook = "reports/统计汇总.xlsx";
constexpr int kBundles = 160;  // more than one line claims at a time

class Hosts : public testing::Test {
 protected:
  void SetUp() override {
    if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
    // Bundles that have nothing to do with each other: the order in which they are decided shows nowhere.
    ASSERT_EQ(program.run({"sample", std::to_string(kBundles), program.path("inbox"), "--seed", "7",
                           "--size-kb", "60"}),
              0)
        << program.err();
    for (const char* state : {"calm-state", "vault"}) {
      fs::create_directories(program.path(state));
      program.write(std::string(state) + "/key", std::string(32, 'k'));
      program.write(std::string(state) + "/dossier.toml", "[line]\nlease_seconds = 1\n");
    }
    // The inbox's own path is part of nothing that is compared: one copy for the calm run, one for the others.
    const std::string copy =
        "cp -a '" + program.path("inbox") + "' '" + program.path("calm-inbox") + "'";
    ASSERT_EQ(std::system(copy.c_str()), 0);
    ASSERT_EQ(program.run(words("calm-inbox", "calm-outbox", program.path("calm-state"))), 0)
        << program.err();
    calm = tree("calm-outbox");
    ASSERT_GT(calm.size(), 3U * kBundles);
  }

  std::vector<std::string> words(const std::string& inbox, const std::string& outbox,
                                 const std::string& state) const {
    return {"run",         "--json",
            "--inbox",     program.path(inbox),
            "--outbox",    program.path(outbox),
            "--state",     state,
            "--vault",     program.path("vault"),
            "--templates", program.templates,
            "--now",       program.now,
            "--jobs",      "2"};
  }
  std::vector<std::string> shared_words(const std::string& url) const {
    return words("inbox", "outbox", url);
  }

  /// Starts it in the background, with what it says in files of that name.
  pid_t start(std::vector<std::string> all, const std::string& name) const {
    all.insert(all.begin(), DOSSIER_PROGRAM);
    const pid_t child = fork();
    if (child != 0) return child;
    std::vector<char*> argv;
    for (std::string& word : all) argv.push_back(word.data());
    argv.push_back(nullptr);
    if (!freopen(program.path(name + ".out").c_str(), "w", stdout)) _exit(98);
    if (!freopen(program.path(name + ".err").c_str(), "a", stderr)) _exit(98);
    execv(argv[0], argv.data());
    _exit(99);
  }
  static int finish(pid_t child) {
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  static bool is_running(pid_t child) {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == 0;
  }

  /// What stands in the workbook, row by row, without the running number: it is the order in which things were decided.
  std::multiset<std::string> rows(const std::string& outbox) const {
    const xlsx::Book book(program.path(outbox + "/" + kWorkbook));
    std::map<std::pair<std::string, int>, std::string> by_row;
    for (const auto& [sheet, cells] : book.sheets)
      for (const auto& [place, cell] : cells)
        if (place.second > 0 || cell.text.find_first_not_of("0123456789") != cell.text.npos)
          by_row[{sheet, place.first}] += cell.text + "|";
    std::multiset<std::string> all;
    for (const auto& [row, text] : by_row) all.insert(row.first + ": " + text);
    return all;
  }
  std::map<std::string, std::string> tree(const std::string& folder) const {
    std::map<std::string, std::string> files;
    if (!fs::exists(program.path(folder))) return files;
    for (const auto& entry : fs::recursive_directory_iterator(program.path(folder))) {
      const std::string below = fs::relative(entry.path(), program.path(folder)).string();
      if (entry.is_regular_file() && !below.starts_with(".work-") && below != kWorkbook)
        files[below] = pipeline::sha256(program.read(folder + "/" + below));
    }
    return files;
  }
  static std::vector<std::string> differences(const std::map<std::string, std::string>& a,
                                              const std::map<std::string, std::string>& b) {
    std::vector<std::string> names;
    for (const auto& [name, digest] : a) {
      const auto other = b.find(name);
      if (other == b.end())
        names.push_back("missing: " + name);
      else if (other->second != digest)
        names.push_back("differs: " + name);
    }
    for (const auto& [name, digest] : b)
      if (!a.contains(name)) names.push_back("too much: " + name);
    return names;
  }

  static std::int64_t number(const std::string& url, const std::string& sql) {
    pipeline::Database database(url);
    return std::get<0>(*pipeline::Query<std::int64_t>(database, sql).first());
  }
  /// -1 while the server is away.
  static std::int64_t number_or_less(const std::string& url, const std::string& sql) {
    try {
      return number(url, sql);
    } catch (const pipeline::Fault&) {
      return -1;
    }
  }
  /// Runs until nobody's work is left; a dead line's lease must run out first.
  void finish_everything(const std::string& url) const {
    constexpr int kRuns = 30;
    for (int i = 0; i < kRuns; ++i) {
      ASSERT_EQ(finish(start(shared_words(url), "last")), 0) << program.read("last.err");
      if (number(url, "SELECT count(*) FROM line") == 0) return;
    }
    FAIL() << "a dead line's work was taken over by nobody";
  }
  void expect_all_done_once(const std::string& url) const {
    EXPECT_EQ(number(url, "SELECT count(*) FROM bundle"), kBundles);
    EXPECT_EQ(number(url, "SELECT count(DISTINCT sha256) FROM bundle"), kBundles);
    EXPECT_EQ(number(url, "SELECT count(*) FROM bundle WHERE result <> 'accepted'"), 0);
    EXPECT_EQ(number(url, "SELECT count(*) FROM bundle WHERE taken = 0"), 0);
    EXPECT_EQ(number(url, "SELECT count(*) FROM effect WHERE done = 0"), 0);
    EXPECT_EQ(number(url, "SELECT count(*) FROM claim"), 0);
    EXPECT_EQ(tree("inbox").size(), 0U);
    EXPECT_EQ(differences(calm, tree("outbox")), std::vector<std::string>());
    EXPECT_TRUE(rows("calm-outbox") == rows("outbox")) << "the workbooks differ";
  }

  tests::Program program{"hosts"};
  std::map<std::string, std::string> calm;
};

TEST_F(Hosts, TwoProcessesShareTheWorkAndMakeTheOutboxOfOne) {
  const PostgresDatabase server;
  fs::rename(program.path("inbox"), program.path("arrivals"));
  std::vector<std::string> watch = shared_words(server.url());
  watch.push_back("--watch");
  const pid_t a = start(watch, "a");
  const pid_t b = start(watch, "b");
  const auto waiting = [&](const char* sql, std::int64_t until) {
    while (is_running(a) && is_running(b) && number_or_less(server.url(), sql) != until)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
  };
  // Both are at work before there is any.
  waiting("SELECT count(*) FROM line", 2);
  for (const auto& entry : fs::directory_iterator(program.path("arrivals")))
    fs::rename(entry.path(), fs::path(program.path("inbox")) / entry.path().filename());
  waiting("SELECT count(*) FROM bundle WHERE taken = 1", kBundles);
  waiting("SELECT count(*) FROM effect WHERE done = 0", 0);
  kill(a, SIGTERM);
  kill(b, SIGTERM);
  EXPECT_EQ(finish(a), 0) << program.read("a.err");
  EXPECT_EQ(finish(b), 0) << program.read("b.err");
  finish_everything(server.url());
  expect_all_done_once(server.url());
  const auto part = [&](const char* which) {
    return pipeline::parse_json(program.read(which)).value["bundles"].integer();
  };
  EXPECT_EQ(part("a.out") + part("b.out"), kBundles);
  EXPECT_GT(part("a.out"), 0);
  EXPECT_GT(part("b.out"), 0);
}

TEST_F(Hosts, OneOfTwoProcessesIsKilledAgainAndAgainAndNothingIsLostOrDoubled) {
  const PostgresDatabase server;
  std::mt19937 random(20261122);
  std::uniform_int_distribution<int> milliseconds(20, 300);
  int killed = 0;
  pid_t steady = start(shared_words(server.url()), "a");
  for (int i = 0; i < 12; ++i) {
    const pid_t child = start(shared_words(server.url()), "b");
    std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds(random)));
    kill(child, SIGKILL);
    if (finish(child) == -SIGKILL) ++killed;
    // Now and then the other one dies, too.
    if (i % 4 == 3 && is_running(steady)) {
      kill(steady, SIGKILL);
      finish(steady);
      ++killed;
      steady = start(shared_words(server.url()), "a");
    }
  }
  EXPECT_GE(killed, 6) << "the machine is so fast that the kills came too late: more bundles";
  EXPECT_EQ(finish(steady), 0) << program.read("a.err");
  finish_everything(server.url());
  expect_all_done_once(server.url());
}

TEST_F(Hosts, AServerThatFallsOverInMidRunStopsItAndTheNextRunGoesOn) {
  const std::string script = std::string(DOSSIER_SOURCE_DIR) + "/tests/postgres.sh ";
  const std::string file = program.path("own-server.url");
  ASSERT_EQ(std::system((script + "start '" + file + "' " + std::to_string(getpid())).c_str()), 0);
  const std::string url =
      program.read("own-server.url").substr(0, program.read("own-server.url").find('\n'));
  const pid_t child = start(shared_words(url), "a");
  // In the middle of it: something is decided, not everything.
  while (is_running(child) && tree("outbox").size() < 20)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_EQ(std::system((script + "restart '" + file + "'").c_str()), 0);
  EXPECT_EQ(finish(child), 3) << program.read("a.err");
  EXPECT_NE(program.read("a.err").find("ledger"), std::string::npos) << program.read("a.err");
  finish_everything(url);
  expect_all_done_once(url);
  EXPECT_EQ(std::system((script + "stop '" + file + "'").c_str()), 0);
}

TEST_F(Hosts, AWatchingRunGoesOnWhenTheServerHasComeBack) {
  const std::string script = std::string(DOSSIER_SOURCE_DIR) + "/tests/postgres.sh ";
  const std::string file = program.path("own-server.url");
  ASSERT_EQ(std::system((script + "start '" + file + "' " + std::to_string(getpid())).c_str()), 0);
  std::string url = program.read("own-server.url");
  url.pop_back();
  std::vector<std::string> watch = shared_words(url);
  watch.push_back("--watch");
  const pid_t child = start(watch, "a");
  while (is_running(child) && tree("outbox").size() < 20)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  ASSERT_EQ(std::system((script + "restart '" + file + "'").c_str()), 0);
  while (is_running(child) &&
         (!tree("inbox").empty() ||
          number_or_less(url, "SELECT count(*) FROM effect WHERE done = 0") != 0))
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(child, SIGTERM);
  EXPECT_EQ(finish(child), 0) << program.read("a.err");
  EXPECT_NE(program.read("a.err").find("\"waiting\""), std::string::npos);
  finish_everything(url);
  expect_all_done_once(url);
  EXPECT_EQ(std::system((script + "stop '" + file + "'").c_str()), 0);
}

TEST(AServerThatFellOver, IsAFaultThatMayPassWhateverItStillHadToSay) {
  if (postgres_url().empty()) GTEST_SKIP() << kNoPostgres;
  const tests::Program program{"fallen"};
  const std::string script = std::string(DOSSIER_SOURCE_DIR) + "/tests/postgres.sh ";
  const std::string file = program.path("own-server.url");
  ASSERT_EQ(std::system((script + "start '" + file + "' " + std::to_string(getpid())).c_str()), 0);
  const std::string text = program.read("own-server.url");
  const std::string url = text.substr(0, text.find('\n'));
  // Both were silent while it fell, so its last words wait to be read.
  pipeline::Database begins(url), asks(url);
  ASSERT_EQ(std::system((script + "restart '" + file + "'").c_str()), 0);
  const auto kind_of = [](const auto& work) {
    try {
      work();
    } catch (const pipeline::Fault& fault) {
      return fault.kind;
    }
    ADD_FAILURE() << "the connection outlived its server";
    return pipeline::FaultKind::Stop;
  };
  EXPECT_EQ(kind_of([&] { begins.begin(); }), pipeline::FaultKind::Retry);
  EXPECT_EQ(kind_of([&] { asks.execute("SELECT 1"); }), pipeline::FaultKind::Retry);
  EXPECT_EQ(std::system((script + "stop '" + file + "'").c_str()), 0);
}

TEST_F(Hosts, AProcessThatFroseUntilItsWorkWasTakenOverDoesNoHarmWhenItWakesUp) {
  const PostgresDatabase server;
  const pid_t frozen = start(shared_words(server.url()), "b");
  while (is_running(frozen) && tree("outbox").size() < 20)
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  kill(frozen, SIGSTOP);
  finish_everything(server.url());
  expect_all_done_once(server.url());
  kill(frozen, SIGCONT);
  EXPECT_EQ(finish(frozen), 3) << program.read("b.err");
  expect_all_done_once(server.url());
}

TEST_F(Hosts, AnotherVaultThanThatOfTheLedgerIsRefused) {
  const PostgresDatabase server;
  ASSERT_EQ(finish(start(shared_words(server.url()), "a")), 0) << program.read("a.err");
  program.write("vault/key", std::string(32, 'x'));
  EXPECT_EQ(finish(start(shared_words(server.url()), "b")), 3);
  EXPECT_NE(program.read("b.err").find("--vault must be the same folder"), std::string::npos)
      << program.read("b.err");
}

TEST_F(Hosts, TheOutboxIsNotRebuiltBesideALineThatIsAlive) {
  const PostgresDatabase server;
  ASSERT_EQ(finish(start(shared_words(server.url()), "a")), 0) << program.read("a.err");
  const std::map<std::string, std::string> made = tree("outbox");
  std::vector<std::string> rebuild{"rebuild"};
  for (const char* place : {"inbox", "outbox", "vault"})
    rebuild.insert(rebuild.end(), {std::string("--") + place, program.path(place)});
  rebuild.insert(rebuild.end(), {"--state", server.url(), "--templates", program.templates});
  {
    const auto ledger = pipeline::Ledger::open(server.url());
    ledger->lines().join("elsewhere-1", {}, 60);
    EXPECT_EQ(program.run(rebuild), 3);
    EXPECT_NE(program.err().find("elsewhere-1"), std::string::npos) << program.err();
    EXPECT_EQ(tree("outbox"), made);
    ledger->lines().leave();
  }
  const auto alone = pipeline::FileLock::take(program.path("vault/lock"));
  EXPECT_EQ(finish(start(shared_words(server.url()), "b")), 3);
  EXPECT_NE(program.read("b.err").find("a rebuild holds it"), std::string::npos)
      << program.read("b.err");
}

TEST_F(Hosts, ALedgerOnAServerAsksForTheVaultAndNamesNoPassword) {
  std::string url = postgres_url();
  url.insert(url.find('@'), ":s3cret-w0rd");
  EXPECT_EQ(program.run({"run", "--state", url}), 3);
  EXPECT_NE(program.err().find("--vault"), std::string::npos) << program.err();
  url = url.substr(0, url.rfind('/')) + "/no_such_database";
  EXPECT_EQ(program.run({"run", "--state", url, "--vault", program.path("vault")}), 3);
  EXPECT_NE(program.err().find("no_such_database"), std::string::npos) << program.err();
  EXPECT_EQ(program.err().find("s3cret"), std::string::npos) << program.err();
}

}  // namespace
