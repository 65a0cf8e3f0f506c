#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "pipeline/sha256.hpp"
#include "tests/program.hpp"

// A small disk that fills up, and is given room again: a tmpfs of 64 MB in a mount namespace of its own, where one may be made.

namespace {

namespace fs = std::filesystem;

class FullDisk : public testing::Test {
 protected:
  FullDisk() : at("full-disk") {}

  /// Runs a shell in which $D is a disk of 64 MB with a copy of the calm one's folders. Below it, `dossier`.
  int on_small_disk(const std::string& script) {
    at.write("script", R"sh(set -eu
D=$1/small
mkdir -p $D
mount -t tmpfs -o size=64m none $D
cp -a $1/first/. $D
cd $D
become_line() {
  exec "$2" run --json --inbox $D/inbox --outbox $D/outbox --state $D/state --templates "$3" --jobs 2 \
    --now 2026-11-20T10:00:00+08:00 "${@:4}"
}
line() { ( become_line "$@" ) }
fill() { # leaves so many KB
  rm -f $D/ballast
  head -c $(( ($(df --output=avail -k $D | tail -1) - $1) * 1024 )) /dev/zero > $D/ballast
}
end() { mkdir -p $1/after && cp -a $D/outbox $D/inbox $D/state $1/after; exit 0; }
)sh" + script);
    return at.run_program({"/usr/bin/unshare", "-m", "--propagation", "private", "/bin/bash",
                           at.path("script"), at.path("."), DOSSIER_PROGRAM, at.templates});
  }
  void make_first_and_calm(int bundles) {
    fs::create_directories(at.path("first/outbox"));
    fs::create_directories(at.path("first/state"));
    ASSERT_EQ(at.run({"sample", std::to_string(bundles), at.path("first/inbox"), "--seed", "7"}),
              0);
    at.write("first/state/key", std::string(32, 'k'));
    fs::copy(at.path("first"), at.path("."),
             fs::copy_options::recursive | fs::copy_options::skip_existing |
                 fs::copy_options::skip_symlinks);
    ASSERT_EQ(std::system(
                  ("cp -a '" + at.path("first/inbox") + "/.' '" + at.path("inbox") + "'").c_str()),
              0);
    at.now = "2026-11-20T10:00:00+08:00";
    ASSERT_EQ(at.run_here({"run", "--jobs", "2"}), 0) << at.err();
  }
  void expect_all_as_calm() const {
    EXPECT_EQ(tree(at.path("after/outbox")), tree(at.path("outbox")));
    EXPECT_EQ(tree(at.path("after/state/vault")), tree(at.path("state/vault")));
    EXPECT_TRUE(tree(at.path("after/inbox")).empty());
  }
  static std::map<std::string, std::string> tree(const std::string& folder) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[fs::relative(entry.path(), folder).string()] =
          pipeline::sha256(std::string(std::istreambuf_iterator<char>(in), {}));
    }
    return files;
  }
  bool may_mount() { return on_small_disk("exit 7") == 7; }

  tests::Program at;
};

constexpr const char* kNotHere = "a mount namespace needs root (unshare -m; mount -t tmpfs)";

TEST_F(FullDisk, NothingIsClaimedBelowTheLimitAndItGoesOnByItself) {
  make_first_and_calm(10);
  if (!may_mount()) GTEST_SKIP() << kNotHere;
  const std::string script = R"sh(
echo '[line]
min_free_mb = 20
retry_seconds = 1' > $D/state/dossier.toml
N=$(find $D/inbox -type f | wc -l)
fill 10000
set +e
line "$@" 2> $D/log
STATUS=$?
set -e
[ $STATUS = 3 ] || { echo "exit status $STATUS"; exit 10; }
[ $(find $D/inbox -type f | wc -l) = $N ] || { echo "something was claimed"; exit 11; }
grep -q '"step":"disk_full"' $D/log || { cat $D/log; exit 12; }
become_line "$@" --watch 2> $D/log &
LINE=$!
until grep -q disk_full $D/state/troubles.json && grep -q '"step":"disk_full"' $D/log; do kill -0 $LINE; sleep 0.1; done
rm $D/ballast
until [ -z "$(find $D/inbox -type f)" ] && [ -f $D/outbox/reports/统计汇总.xlsx ]; do kill -0 $LINE; sleep 0.1; done
kill $LINE
wait $LINE || {
    echo "watch ended with $?";
    cat $D / log;
    exit 13; }
grep -q '"step":"over"' $D/log || exit 14
line "$@"
end "$@"
)sh";
  EXPECT_EQ(on_small_disk(script), 0) << at.out() << at.err();
  expect_all_as_calm();
}

TEST_F(FullDisk, ADiskThatFillsUpInTheMiddleEndsInTheSameOutboxWhenThereIsRoomAgain) {
  make_first_and_calm(10);
  if (!may_mount()) GTEST_SKIP() << kNotHere;
  // Less and less room, and none at all in between: every write may be the one that fails.
  const std::string script = R"sh(
echo '[line]
min_free_mb = 0' > $D/state/dossier.toml
FAILED=0
for LEFT in 40 120 400 900 1700 3000 5000; do
  fill $LEFT
  line "$@" 2>> $D/log || FAILED=$((FAILED + 1))
done
echo "$FAILED runs of 7 failed"
[ $FAILED -ge 4 ] || exit 10
rm $D/ballast
rm $D/log
line "$@" 2> $D/log || { cat $D/log; exit 11; }
end "$@"
)sh";
  EXPECT_EQ(on_small_disk(script), 0) << at.out() << at.err();
  expect_all_as_calm();
}

}  // namespace
