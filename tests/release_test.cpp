#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>

#include "pipeline/attempts.hpp"
#include "tests/ledger_reading.hpp"
#include "tests/program.hpp"
#include "tests/registration_samples.hpp"
#include "tests/trees.hpp"

// The way back out of quarantine.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;
using tests::Program;

const std::string kUnit = "unit-12431382PDY0000364";

/// A registration too large for a limit that is raised later.
class Release : public testing::Test {
 protected:
  Release() : at("release") {
    at.write("state/dossier.toml", "[limits]\nbundle_mb = 1\n");
    at.write("inbox/" + kUnit + "/登记.zip", large());
    EXPECT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
    EXPECT_EQ(at.json()["quarantined"].integer(), 1) << at.out();
    for (const auto& [name, digest] : tests::tree(at.path("outbox")))
      if (name.starts_with("quarantine/") && name.ends_with("登记.zip")) aside = name;
  }

  /// The same registration with two megabytes that cannot be squeezed.
  static std::string large() {
    std::string noise(std::size_t{2} << 20, '\0');
    unsigned state = 1;
    for (char& c : noise) c = static_cast<char>((state = state * 1664525 + 1013904223) >> 24);
    return app::zip_bytes(
        {{"form.json", app::own(tests::registration().dump())}, {"U03.pdf", app::own(noise)}}, {},
        0);
  }
  std::string folder() const { return fs::path(aside).parent_path().string(); }
  std::int64_t number(const std::string& question) const {
    return std::stoll(tests::ask_ledger(at.path("state/ledger.sqlite"), question, {}).at(0).at(0));
  }

  const Program at;
  std::string aside;
};

TEST_F(Release, TheReasonFolderHoldsTheUntouchedFileAJsonAndANoteWithTheCommand) {
  ASSERT_FALSE(aside.empty());
  EXPECT_EQ(at.read("outbox/" + aside), large());
  const Value reason = pipeline::parse_json(at.read("outbox/" + folder() + "/reason.json")).value;
  EXPECT_EQ(reason["release"].string(), "dossier release " + folder());
  EXPECT_GT(reason["findings"].size(), 0U);
  const std::string note = at.read("outbox/" + folder() + "/原因.txt");
  EXPECT_NE(note.find("下一步"), note.npos) << note;
  EXPECT_NE(note.find("dossier release " + folder()), note.npos) << note;
}

TEST_F(Release, PutsTheFileBackAndTheNextRunJudgesItAnew) {
  at.write("state/dossier.toml", "[limits]\nbundle_mb = 10\n");
  ASSERT_EQ(at.run_here({"release", at.path("outbox/" + aside)}), 0) << at.err();
  EXPECT_NE(at.out().find("已放回收件箱"), std::string::npos) << at.out();
  EXPECT_EQ(at.read("inbox/" + kUnit + "/登记.zip"), large());
  EXPECT_FALSE(fs::exists(at.path("outbox/" + folder())));
  EXPECT_EQ(number("SELECT count(*) FROM event WHERE name = 'released' AND bundle = 1"), 1);
  ASSERT_EQ(at.run_here({"audit", "--deep"}), 0) << at.out();
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["bundles"].integer(), 1);
  EXPECT_EQ(at.json()["quarantined"].integer(), 0) << at.out();
  EXPECT_EQ(at.json()["duplicate"].integer(), 0) << at.out();
  ASSERT_EQ(at.run_here({"audit", "--deep"}), 0) << at.out();
  EXPECT_EQ(at.run_here({"release", folder()}), 1);
  EXPECT_NE(at.err().find("后来已经再次办理"), std::string::npos) << at.err();
}

TEST_F(Release, BeforeTheCauseIsGoneItOnlyComesBackToQuarantine) {
  ASSERT_EQ(at.run_here({"release", folder(), "--json"}), 0) << at.err();
  EXPECT_TRUE(at.json()["released"].boolean());
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["quarantined"].integer(), 1);
  EXPECT_EQ(at.read("outbox/" + aside), large());
  ASSERT_EQ(at.run_here({"audit", "--deep"}), 0) << at.out();
}

TEST_F(Release, NeverOverwritesAFileOfTheInbox) {
  at.write("inbox/" + kUnit + "/登记.zip", "another that came meanwhile");
  EXPECT_EQ(at.run_here({"release", folder()}), 1);
  EXPECT_NE(at.err().find("收件箱里已有同名的文件"), std::string::npos) << at.err();
  EXPECT_EQ(at.read("inbox/" + kUnit + "/登记.zip"), "another that came meanwhile");
  EXPECT_TRUE(fs::exists(at.path("outbox/" + aside)));
  EXPECT_EQ(number("SELECT count(*) FROM event WHERE name = 'released'"), 0);
}

TEST_F(Release, RefusesWhatIsNotAQuarantinedFile) {
  at.write("some.zip", "x");
  EXPECT_EQ(at.run_here({"release", at.path("some.zip")}), 1);
  EXPECT_NE(at.err().find("这不是隔离区里的文件"), std::string::npos) << at.err();
  EXPECT_EQ(at.run_here({"release", "quarantine/public/0123456789ab"}), 1);
  EXPECT_NE(at.err().find("台账里没有被隔离过的这份材料"), std::string::npos) << at.err();
  tests::flip(at.path("outbox/" + aside));
  EXPECT_EQ(at.run_here({"release", at.path("outbox/" + aside)}), 1);
  EXPECT_NE(at.err().find("改过的文件请直接投递"), std::string::npos) << at.err();
}

TEST_F(Release, ThatWasCutShortIsToldByTheAuditAndMayBeGivenAgain) {
  at.write("state/dossier.toml", "[limits]\nbundle_mb = 10\n");
  ASSERT_EQ(at.run_here({"release", folder()}), 0) << at.err();
  fs::remove(at.path("inbox/" + kUnit + "/登记.zip"));
  EXPECT_EQ(at.run_here({"audit"}), 3);
  EXPECT_NE(at.out().find("已放回收件箱，却既不在收件箱，也没有再次办理"), std::string::npos)
      << at.out();
  at.write("inbox/" + kUnit + "/登记.zip", "another of the same name");
  EXPECT_EQ(at.run_here({"audit"}), 3);
  EXPECT_NE(at.out().find("已放回收件箱，却既不在收件箱，也没有再次办理"), std::string::npos)
      << at.out();
  fs::remove(at.path("inbox/" + kUnit + "/登记.zip"));
  ASSERT_EQ(at.run_here({"release", folder()}), 0) << at.err();
  EXPECT_EQ(at.run_here({"audit"}), 0) << at.out();
}

TEST(ReleaseOfPoison, ItsAttemptsAreForgottenAndItIsOpenedAgain) {
  const Program at("release-poison");
  at.write("inbox/登记.zip", tests::zip_of(tests::registration()));
  const std::string file = at.path("inbox/登记.zip");
  struct stat s {};
  ASSERT_EQ(stat(file.c_str(), &s), 0);
  pipeline::Delivery delivery;
  delivery.path = file;
  delivery.size = static_cast<std::uint64_t>(s.st_size);
  delivery.modified_ns = std::int64_t{s.st_mtim.tv_sec} * 1'000'000'000 + s.st_mtim.tv_nsec;
  const std::string key = pipeline::attempt_key(delivery);
  at.write("state/attempts.json", Value::object({{"under_way", Value::array()},
                                                 {"suspects", Value::array({key})},
                                                 {"deaths", Value::object({{key, 3}})}})
                                      .dump());
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  ASSERT_EQ(at.json()["quarantined"].integer(), 1) << at.out();
  const std::string sha =
      tests::ask_ledger(at.path("state/ledger.sqlite"), "SELECT sha256 FROM bundle", {})[0][0];
  const std::string note = at.read("outbox/quarantine/public/" + sha.substr(0, 12) + "/原因.txt");
  EXPECT_NE(note.find("投递单位不需要做什么"), note.npos) << note;
  ASSERT_EQ(at.run_here({"release", sha.substr(0, 12)}), 0) << at.err();
  ASSERT_EQ(at.run_here({"run", "--json"}), 0) << at.err();
  EXPECT_EQ(at.json()["accepted"].integer(), 1) << at.out();
  EXPECT_EQ(at.run_here({"audit", "--deep"}), 0) << at.out();
}

}  // namespace
