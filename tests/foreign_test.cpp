#include <gtest/gtest.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <thread>

#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"
#include "stages/prepare/foreign.hpp"
#include "tests/form_pdf.hpp"
#include "tests/odd_readers.hpp"

// The process in which foreign PDFs are read: it may die, and nothing else does.

namespace {

using prepare::ForeignReaders;
using prepare::ForeignTask;
using prepare::Limits;

std::string field(const std::optional<std::string>& answer, const std::string& name) {
  if (!answer) return "no answer";
  const pipeline::Value value = pipeline::parse_json(*answer).value;
  for (const auto& each : value["fields"].items())
    if (each["name"].string() == name) return each["value"].string();
  return value["error"].string();
}

std::optional<std::string> read(ForeignReaders& readers, const std::string& bytes,
                                const Limits& limits = {}, const std::string& drop = "unit-1") {
  return readers.read(drop, ForeignTask::PdfForm, bytes, limits).answer;
}

/// Resident memory in KB.
long resident(int pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  long size = 0, pages = 0;
  in >> size >> pages;
  return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/// A file of that size in which there is nothing to find; of 40 MB it costs a second or two.
std::string laborious(std::size_t megabytes) {
  std::string out = "%PDF-1.7\n";
  while (out.size() < megabytes << 20) out += "\n1 0 obj\n";
  return out + "%%EOF\n";
}

/// Why it is to be tried again; "" if nothing is thrown.
std::string fault(const auto& action) {
  try {
    action();
  } catch (const pipeline::Fault& thrown) {
    EXPECT_EQ(thrown.kind, pipeline::FaultKind::Retry);
    return thrown.why;
  }
  return {};
}

TEST(Foreign, OneReaderServesManyFilesAndDoesNotGrow) {
  ForeignReaders readers;
  const std::string form = form_pdf::filled_form().bytes();
  const std::string other = form_pdf::blank_form().bytes();
  const auto read_each = [&](int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_EQ(field(read(readers, form), "action"), "return");
      ASSERT_EQ(field(read(readers, other), "action"), "");
      ASSERT_EQ(field(read(readers, "%PDF-1.4 nonsense"), "action"), "damaged");
    }
  };
  read_each(20);
  ASSERT_EQ(readers.processes().size(), 1U);
  const int pid = readers.processes()[0];
  [[maybe_unused]] const long before = resident(pid);
  read_each(200);
  EXPECT_EQ(readers.processes(), std::vector<int>{pid});
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // A sanitizer keeps what was freed.
  EXPECT_LE(resident(pid), before + 1024);
#endif
}

TEST(Foreign, AReaderNeverSeesFilesOfTwoDrops) {
  ForeignReaders readers;
  const std::string form = form_pdf::filled_form().bytes();
  const auto of = [&](int n) {
    return field(read(readers, form, {}, "unit-" + std::to_string(n)), "action");
  };
  ASSERT_EQ(of(1), "return");
  const int first = readers.processes().at(0);
  ASSERT_EQ(of(2), "return");
  ASSERT_EQ(readers.processes().size(), 2U);
  const int second = readers.processes().at(1);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(of(1 + i % 2), "return");
  EXPECT_EQ(readers.processes(), (std::vector<int>{first, second})) << "each waits for its drop";
  // The first was given back last: the second is the oldest now.
  const int most = static_cast<int>(ForeignReaders::kMostIdle);
  for (int n = 3; n <= most; ++n) ASSERT_EQ(of(n), "return");
  EXPECT_EQ(kill(second, 0), 0);
  ASSERT_EQ(of(most + 1), "return");
  EXPECT_EQ(readers.processes().size(), ForeignReaders::kMostIdle);
  EXPECT_EQ(kill(second, 0), -1);
  EXPECT_EQ(kill(first, 0), 0);
}

TEST(Foreign, AReaderThatSomethingElseKilledIsReplaced) {
  ForeignReaders readers;
  const std::string form = form_pdf::filled_form().bytes();
  ASSERT_EQ(field(read(readers, form), "case"), "A-3F9A2C1B77D0");
  const auto first = readers.processes();
  ASSERT_EQ(first.size(), 1U);
  kill(first[0], SIGKILL);
  EXPECT_EQ(field(read(readers, form), "case"), "A-3F9A2C1B77D0");
  ASSERT_EQ(readers.processes().size(), 1U);
  EXPECT_NE(readers.processes(), first);
}

TEST(Foreign, TheTerminalsSignalsAreNotForReaders) {
  ForeignReaders readers;
  const std::string form = form_pdf::filled_form().bytes();
  ASSERT_EQ(field(read(readers, form), "round"), "1");
  const auto first = readers.processes();
  ASSERT_EQ(first.size(), 1U);
  EXPECT_EQ(getpgid(first[0]), first[0]);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) kill(first[0], signal);
  EXPECT_EQ(field(read(readers, form), "round"), "1");
  EXPECT_EQ(readers.processes(), first);
}

TEST(Foreign, ThreadsHaveReadersOfTheirOwn) {
  ForeignReaders readers;
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      auto form = form_pdf::filled_form();
      form.set(form_pdf::text("queue", "unit-" + std::to_string(t)));
      const std::string bytes = form.bytes();
      for (int i = 0; i < 25; ++i)
        right += field(read(readers, bytes), "queue") == "unit-" + std::to_string(t);
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 100);
  EXPECT_LE(readers.processes().size(), 4U);
}

TEST(Foreign, ReadersEndWithThoseWhoAskThem) {
  int pid = 0;
  {
    ForeignReaders readers;
    read(readers, "%PDF");
    ASSERT_EQ(readers.processes().size(), 1U);
    pid = readers.processes()[0];
    EXPECT_EQ(kill(pid, 0), 0);
  }
  EXPECT_EQ(kill(pid, 0), -1);
}

TEST(Foreign, AReaderHasNoFilesNoEnvironmentAndNoNewSystemCalls) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitized reader keeps its system calls";
#endif
  ForeignReaders readers;
  read(readers, "%PDF");
  const std::string proc = "/proc/" + std::to_string(readers.processes().at(0));
  std::set<std::string> open;
  for (const auto& entry : std::filesystem::directory_iterator(proc + "/fd"))
    open.insert(entry.path().filename());
  EXPECT_EQ(open, (std::set<std::string>{"0", "1", "2"}));
  std::ifstream environment(proc + "/environ");
  EXPECT_EQ(environment.get(), std::ifstream::traits_type::eof());
  std::ifstream status(proc + "/status");
  const std::string text{std::istreambuf_iterator<char>(status), {}};
  EXPECT_NE(text.find("Seccomp:\t2"), std::string::npos) << text;
  EXPECT_NE(text.find("NoNewPrivs:\t1"), std::string::npos);
  std::ifstream limits(proc + "/limits");
  const std::string limit{std::istreambuf_iterator<char>(limits), {}};
  EXPECT_NE(limit.find("Max file size             0                    0"), std::string::npos)
      << limit;
  EXPECT_NE(limit.find("Max open files            0                    0"), std::string::npos);
  EXPECT_NE(limit.find("Max address space         402653184"), std::string::npos);
}

TEST(Foreign, AFileThatOverrunsALimitIsGivenUpAndTheNextOneIsRead) {
  ForeignReaders readers;
  const std::string form = form_pdf::filled_form().bytes();
  const std::string slow = laborious(40);
  Limits work;
  work.reader_cpu_seconds = 0;
  work.reader_seconds = 100;  // however busy the machine is
  EXPECT_EQ(read(readers, slow, work), std::nullopt);
  EXPECT_TRUE(readers.processes().empty());
  EXPECT_EQ(field(read(readers, form), "round"), "1");
  ForeignReaders poor;
  Limits memory;
  memory.reader_memory_mb = 120;
  EXPECT_EQ(field(read(poor, form, memory), "round"), "1");
  const auto answer = read(poor, slow, memory);
  EXPECT_TRUE(!answer || field(answer, "") == "damaged");
  EXPECT_EQ(field(read(poor, form, memory), "round"), "1");
}

TEST(Foreign, AReaderKilledWhileItReadsIsReplacedToo) {
  ForeignReaders readers;
  read(readers, "%PDF");
  const int pid = readers.processes().at(0);
  std::optional<std::string> answer;
  Limits patient;  // however busy the machine is
  patient.reader_seconds = patient.reader_cpu_seconds = 100;
  // It is at work once it holds more than its own libraries.
  const long idle = resident(pid);
  std::atomic<bool> done = false;
  std::thread asking([&] {
    answer = read(readers, laborious(10), patient);
    done = true;
  });
  while (!done && resident(pid) < idle + (5l << 10)) std::this_thread::yield();
  kill(pid, SIGKILL);
  asking.join();
  EXPECT_EQ(field(answer, ""), "damaged") << "the second reader's answer";
  EXPECT_EQ(readers.processes().size(), 1U);
  EXPECT_NE(readers.processes().at(0), pid);
}

TEST(Foreign, ABusyMachineIsNoFaultOfTheFile) {
  ForeignReaders readers;
  Limits clock;
  clock.reader_seconds = 0;
  EXPECT_EQ(fault([&] { read(readers, laborious(40), clock); }),
            "the machine is too busy to read it");
  EXPECT_TRUE(readers.processes().empty());
  EXPECT_EQ(field(read(readers, form_pdf::filled_form().bytes()), "round"), "1");
}

TEST(Foreign, AReaderThatOthersKillAgainAndAgainIsNoFaultOfTheFile) {
  const tests::OddReaders script("kill -9 $$");
  ForeignReaders readers(script.path());
  EXPECT_EQ(fault([&] { read(readers, "%PDF"); }), "its reader was killed twice by something else");
  EXPECT_TRUE(readers.processes().empty());
}

TEST(Foreign, AReaderThatDiesByItselfOrSpeaksNonsenseIsTheFilesFault) {
  for (const char* end :
       {"kill -SEGV $$", "kill -ABRT $$", "exit 3", "printf '\\377\\377\\377\\377'"}) {
    const tests::OddReaders script(end);
    ForeignReaders readers(script.path());
    EXPECT_EQ(read(readers, "%PDF"), std::nullopt) << end;
    EXPECT_TRUE(readers.processes().empty());
  }
}

TEST(Foreign, AReaderThatAFileMadeSleepOrWorkForeverIsTheFilesFault) {
  Limits limits;
  limits.reader_seconds = 2;
  limits.reader_cpu_seconds = 0;
  for (const char* way : {"exec sleep 100", "while :; do :; done"}) {
    const tests::OddReaders script(std::string("trap '' XCPU; ") + way);
    ForeignReaders readers(script.path());
    // On a busy machine it may not come to that the first time.
    std::string last = "not tried";
    for (int i = 0; i < 20 && !last.empty(); ++i)
      last = fault([&] { EXPECT_EQ(read(readers, "%PDF", limits), std::nullopt); });
    EXPECT_EQ(last, "") << way;
  }
}

TEST(Foreign, AProgramThatCannotBeStartedIsAFaultAndNotTheFiles) {
  for (const char* program : {"/nonexistent/dossier", "/bin/true", "/bin/cat"}) {
    ForeignReaders readers(program);
    EXPECT_THROW(read(readers, "%PDF"), pipeline::Fault) << program;
  }
}

TEST(Foreign, MoreThanTheLargestFileIsNotSent) {
  ForeignReaders readers;
  Limits limits;
  limits.entry_mb = 1;
  EXPECT_EQ(read(readers, std::string((1u << 20) + 1, ' '), limits), std::nullopt);
  EXPECT_TRUE(readers.processes().empty());
  EXPECT_EQ(field(read(readers, std::string(1u << 20, ' '), limits), ""), "damaged");
}

}  // namespace
