#include <gtest/gtest.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

// glibc 2.36 forgot to say so itself.
extern "C" {
#include <sys/pidfd.h>
}

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <set>

#include "pipeline/fault.hpp"
#include "pipeline/json.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/prepare/foreign_confinement.hpp"
#include "stages/prepare/foreign_programs.hpp"
#include "stages/prepare/prepare.hpp"
#include "tests/form_pdf.hpp"
#include "tests/image_files.hpp"
#include "tests/odd_readers.hpp"
#include "tests/zip_builder.hpp"

// The process that bears the readers of foreign files: it may be killed, or its readers, and the next file is read; and nobody is left.

namespace {

using prepare::ForeignKind;
using prepare::ForeignReaders;
using prepare::ForeignTask;
using prepare::Limits;

std::optional<std::string> read(ForeignReaders& readers, const std::string& drop,
                                const std::string& bytes = form_pdf::filled_form().bytes(),
                                const Limits& limits = {}) {
  return readers.read(drop, ForeignTask::PdfForm, bytes, limits).answer;
}

/// Whether a process has ended, or does within a minute.
bool ends(int pid_descriptor) {
  constexpr int kMinute = 60'000;
  pollfd one{pid_descriptor, POLLIN, 0};
  return poll(&one, 1, kMinute) == 1;
}

/// What each descriptor of a process is.
std::map<std::string, std::string> open_files(int pid) {
  std::map<std::string, std::string> out;
  for (const auto& entry :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/fd"))
    out[entry.path().filename()] = std::filesystem::read_symlink(entry.path());
  return out;
}

/// No process that this one started is there, not even as one that nobody has asked after.
bool no_children() {
  return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD;
}

TEST(Nursery, KilledByOthersItIsReplacedAndItsReadersReadOn) {
  ForeignReaders readers;
  EXPECT_EQ(readers.nursery_process(ForeignKind::Pdf), 0) << "it is started when first needed";
  ASSERT_TRUE(read(readers, "unit-1"));
  const int first = readers.nursery_process(ForeignKind::Pdf);
  const int reader = readers.processes().at(0);
  const int descriptor = pidfd_open(first, 0);
  ASSERT_EQ(kill(first, SIGKILL), 0);
  ASSERT_TRUE(ends(descriptor));
  close(descriptor);
  EXPECT_TRUE(read(readers, "unit-1"));
  EXPECT_EQ(readers.processes(), std::vector<int>{reader});
  EXPECT_EQ(readers.nursery_process(ForeignKind::Pdf), first) << "nobody has missed it";
  EXPECT_TRUE(read(readers, "unit-2"));
  EXPECT_NE(readers.nursery_process(ForeignKind::Pdf), first);
  EXPECT_EQ(readers.processes().size(), 2U);
}

TEST(Nursery, AFileThatEndsItsReaderHasTheNextOneReadByAReaderOfAnother) {
  ForeignReaders readers;
  ASSERT_TRUE(read(readers, "unit-1"));
  const int first = readers.nursery_process(ForeignKind::Pdf);
  Limits none;
  none.reader_cpu_seconds = 0;
  none.reader_seconds = 100;  // however busy the machine is
  std::string slow = "%PDF-1.7\n";
  while (slow.size() < 40u << 20) slow += "\n1 0 obj\n";
  EXPECT_EQ(read(readers, "unit-2", slow, none), std::nullopt);
  EXPECT_NE(readers.nursery_process(ForeignKind::Pdf), first) << "its readers lie in memory alike";
  EXPECT_TRUE(read(readers, "unit-2"));
  EXPECT_TRUE(read(readers, "unit-1"));
}

TEST(Nursery, AReaderKilledByOthersLeavesItAsItIs) {
  ForeignReaders readers;
  ASSERT_TRUE(read(readers, "unit-1"));
  const int nursery = readers.nursery_process(ForeignKind::Pdf);
  kill(readers.processes().at(0), SIGKILL);
  EXPECT_TRUE(read(readers, "unit-1"));
  EXPECT_EQ(readers.nursery_process(ForeignKind::Pdf), nursery);
}

TEST(Nursery, AReaderHoldsOneSocketThatNobodyElseHolds) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitized reader has files of its own";
#endif
  ForeignReaders readers;
  std::set<std::string> sockets;
  for (const char* drop : {"unit-1", "unit-2", "unit-3"}) ASSERT_TRUE(read(readers, drop));
  std::vector<int> all = readers.processes();
  all.push_back(readers.nursery_process(ForeignKind::Pdf));
  for (const int pid : all) {
    const auto open = open_files(pid);
    EXPECT_EQ(open.size(), 3U);
    EXPECT_EQ(open.at("0"), open.at("1"));
    EXPECT_EQ(open.at("2"), "/dev/null");
    EXPECT_TRUE(open.at("0").starts_with("socket:")) << open.at("0");
    sockets.insert(open.at("0"));
  }
  EXPECT_EQ(sockets.size(), all.size());
}

TEST(Nursery, TwoStrangersHaveTwoReadersAndNoneWaitsForAThird) {
  const prepare::Rules rules =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  const std::string zip =
      zip_builder::Builder().add("审批单.pdf", form_pdf::filled_form().bytes()).end();
  const auto deliver = [&](const std::string& drop, const std::string& name) {
    pipeline::Delivery delivery;
    delivery.drop = drop;
    delivery.name = name;
    return prepare::prepare(delivery, zip, rules);
  };
  for (const char* name : {"a.zip", "b.zip"}) {
    deliver("public", name);
    EXPECT_NE(rules.foreign->nursery_process(ForeignKind::Pdf), 0) << "somebody had to read it";
    EXPECT_TRUE(rules.foreign->processes().empty());
  }
  deliver("agency-431382-pt", "a.zip");
  EXPECT_EQ(rules.foreign->processes().size(), 1U) << "more may come from there";
}

TEST(Nursery, PicturesAndPdfsHaveReadersOfTwoProgramsAndNeitherIsMissedWhereItIsNotNeeded) {
  ForeignReaders readers;
  const auto shows = [&](const std::string& picture) {
    return readers.read("unit-1", ForeignTask::ImageBlank, picture, Limits{}).answer;
  };
  const auto picture = [](unsigned columns) {
    return image_files::real_jpeg(
        160, 160, [=](unsigned x, unsigned) { return x < columns ? '\0' : '\xFF'; });
  };
  EXPECT_EQ(shows(picture(0)), R"({"blank":true})");
  EXPECT_EQ(shows(picture(80)), R"({"blank":false})");
  EXPECT_EQ(shows("\x89PNG nonsense"), R"({"error":"damaged"})");
  EXPECT_EQ(readers.nursery_process(ForeignKind::Pdf), 0);
  const int of_pictures = readers.nursery_process(ForeignKind::Picture);
  const std::vector<int> first = readers.processes();
  ASSERT_EQ(first.size(), 1U);
  ASSERT_TRUE(read(readers, "unit-1"));
  EXPECT_EQ(readers.processes().size(), 2U) << "what a PDF did to its reader, no picture sees";
  EXPECT_NE(readers.nursery_process(ForeignKind::Pdf), of_pictures);
  EXPECT_EQ(readers.nursery_process(ForeignKind::Picture), of_pictures);
  for (const int pid : readers.processes()) {
    const auto program = std::filesystem::read_symlink("/proc/" + std::to_string(pid) + "/exe");
    EXPECT_TRUE(program.string().starts_with("/memfd:")) << program;
  }
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  // A fork costs what is mapped.
  std::ifstream maps("/proc/" + std::to_string(first[0]) + "/maps");
  const std::string mapped{std::istreambuf_iterator<char>(maps), {}};
  EXPECT_NE(mapped.find("/memfd:"), std::string::npos) << mapped;
  EXPECT_EQ(mapped.find(".so"), std::string::npos) << mapped;
#endif
  EXPECT_EQ(shows(picture(0)), R"({"blank":true})");
  EXPECT_EQ(readers.processes().size(), 2U);
  readers.dismiss("unit-1");
  EXPECT_TRUE(readers.processes().empty());
}

TEST(Nursery, NobodyCanChangeTheProgramThatIsStarted) {
  const prepare::CarriedProgram program(ForeignKind::Picture);
  const int file = open(program.path().c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_GE(file, 0);
  EXPECT_EQ(pwrite(file, "x", 1, 0), -1);
  EXPECT_EQ(ftruncate(file, 0), -1);
  EXPECT_EQ(fcntl(file, F_ADD_SEALS, F_SEAL_FUTURE_WRITE), -1);
  close(file);
}

TEST(Nursery, WhoIsBornUnfitIsAFaultAndLeavesNobody) {
  const tests::OddReaders unfit("");
  {
    ForeignReaders readers(unfit.path());
    EXPECT_THROW(read(readers, "unit-1", "%PDF"), pipeline::Fault);
    EXPECT_TRUE(readers.processes().empty());
    EXPECT_EQ(readers.nursery_process(ForeignKind::Pdf), 0);
    EXPECT_TRUE(no_children());
  }
}

TEST(Nursery, NobodyIsLeftWhenTheReadingIsOver) {
  for (int times = 0; times < 3; ++times) {
    ForeignReaders readers;
    for (const char* drop : {"unit-1", "unit-2", "unit-3"}) ASSERT_TRUE(read(readers, drop));
    kill(readers.processes().at(0), SIGKILL);
    ASSERT_TRUE(read(readers, "unit-1"));
    readers.dismiss("unit-2");
    kill(readers.nursery_process(ForeignKind::Pdf), SIGKILL);
  }
  EXPECT_TRUE(no_children());
}

TEST(Nursery, NobodyOutlivesARunThatIsKilled) {
  std::array<int, 2> ends_of_pipe{};
  ASSERT_EQ(pipe(ends_of_pipe.data()), 0);
  const pid_t run = fork();
  if (run == 0) {
    ForeignReaders readers;
    read(readers, "unit-1");
    read(readers, "unit-2");
    std::vector<int> all = readers.processes();
    all.push_back(readers.nursery_process(ForeignKind::Pdf));
    const auto size = all.size() * sizeof(int);
    if (write(ends_of_pipe[1], all.data(), size) == static_cast<ssize_t>(size)) pause();
    _exit(1);
  }
  std::array<int, 3> all{};
  ASSERT_EQ(::read(ends_of_pipe[0], all.data(), sizeof all), static_cast<ssize_t>(sizeof all));
  std::vector<int> descriptors;
  for (const int pid : all) descriptors.push_back(pidfd_open(pid, 0));
  EXPECT_EQ(kill(run, SIGKILL), 0);
  EXPECT_EQ(waitpid(run, nullptr, 0), run);
  for (const int descriptor : descriptors) {
    EXPECT_GE(descriptor, 0);
    EXPECT_TRUE(ends(descriptor));
    close(descriptor);
  }
  close(ends_of_pipe[0]);
  close(ends_of_pipe[1]);
}

/// What a process as confined as a reader ends with when it does that.
int end_of_a_confined(const std::function<void()>& deed) {
  const pid_t confined = fork();
  if (confined == 0) {
    constexpr int kUnfit = 9;
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    const prepare::Confinement confinement;
    if (!confinement.of_the_nursery() || !confinement.of_a_reader()) _exit(kUnfit);
    deed();
    _exit(0);
  }
  int status = -1;
  waitpid(confined, &status, 0);
  return status;
}

TEST(Nursery, AReaderThatOpensBearsConnectsOrRunsAnythingDiesOfIt) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "a sanitized reader keeps its system calls";
#endif
  EXPECT_EQ(end_of_a_confined([] {}), 0);
  EXPECT_EQ(end_of_a_confined([] {
              if (write(STDERR_FILENO, "", 0) != 0) _exit(1);
              mmap(nullptr, 1, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            }),
            0);
  int number = 0;
  char byte = 0;
  msghdr message{};
  const rlimit plenty{RLIM_INFINITY, RLIM_INFINITY};
  const std::map<std::string, std::function<void()>> deeds{
      {"open", [&] { number = open("/etc/passwd", O_RDONLY); }},
      {"socket", [&] { number = socket(AF_INET, SOCK_STREAM, 0); }},
      {"execute", [&] { execl("/bin/true", "true", nullptr); }},
      {"fork", [&] { number = fork(); }},
      {"take sockets", [&] { number = static_cast<int>(recvmsg(STDIN_FILENO, &message, 0)); }},
      {"copy sockets", [&] { number = dup2(0, 5); }},
      {"close", [&] { number = close(0); }},
      {"leave its group", [&] { number = setpgid(0, 0); }},
      {"raise a limit", [&] { number = setrlimit(RLIMIT_NOFILE, &plenty); }},
      {"control itself", [&] { number = prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }},
      {"kill", [&] { number = kill(getppid(), 0); }},
      {"read another file", [&] { number = static_cast<int>(::read(3, &byte, 1)); }},
      {"make code",
       [&] { mmap(nullptr, 1, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }}};
  for (const auto& [name, deed] : deeds) {
    const int status = end_of_a_confined(deed);
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) << name << ": " << status;
  }
}

}  // namespace
