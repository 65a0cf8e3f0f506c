#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

// The rules of the house, as DESIGN.md §5 and STYLE.md write them, read off the sources.

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = DOSSIER_SOURCE_DIR;

struct Include {
  std::string from;  ///< path from the root
  std::string what;
  bool system = false;
};

std::vector<std::string> sources() {
  std::vector<std::string> files;
  for (const char* layer : {"app", "pipeline", "stages"})
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / layer))
      if (entry.path().extension() == ".cpp" || entry.path().extension() == ".hpp")
        files.push_back(fs::relative(entry.path(), kRoot).string());
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<Include> includes() {
  static const std::regex kLine(R"(^\s*#\s*include\s*([<"])([^>"]+)[>"])");
  std::vector<Include> all;
  for (const std::string& file : sources()) {
    std::ifstream in(kRoot / file);
    for (std::string line; std::getline(in, line);) {
      std::smatch match;
      if (std::regex_search(line, match, kLine)) all.push_back({file, match[2], match[1] == "<"});
    }
  }
  return all;
}

/// "pipeline", "stages/prepare", "app": the layer that a file lies in.
std::string layer(const std::string& path) {
  const auto first = path.find('/');
  if (path.substr(0, first) != "stages") return path.substr(0, first);
  return path.substr(0, path.find('/', first + 1));
}

bool may_include(const std::string& from, const std::string& to) {
  if (from == to || to == "pipeline") return true;
  return from == "app" && to.starts_with("stages/");
}

TEST(HouseRules, LayersIncludeOnlyWhatLiesBelowThem) {
  int seen = 0;
  for (const Include& i : includes()) {
    if (i.system) continue;
    ++seen;
    EXPECT_TRUE(fs::exists(kRoot / i.what))
        << i.from << " includes " << i.what << ", not from the root";
    EXPECT_TRUE(may_include(layer(i.from), layer(i.what))) << i.from << " includes " << i.what;
  }
  EXPECT_GT(seen, 100);
}

TEST(HouseRules, TheRuleItselfCanFail) {
  EXPECT_FALSE(may_include("pipeline", "stages/decide"));
  EXPECT_FALSE(may_include("stages/prepare", "stages/decide"));
  EXPECT_FALSE(may_include("stages/produce", "app"));
}

TEST(HouseRules, EachThirdPartyHeaderHasAtMostTwoHomesAndNoneIsAHeaderOfOurs) {
  static const std::set<std::string> kSystem{
      "dirent.h",      "fcntl.h",     "iconv.h",       "poll.h",         "time.h",
      "unistd.h",      "sys/file.h",  "sys/inotify.h", "sys/resource.h", "sys/stat.h",
      "sys/statvfs.h", "sys/mman.h",  "sys/types.h",   "sys/wait.h",     "sys/socket.h",
      "sys/pidfd.h",   "sys/ioctl.h", "linux/fs.h",    "spawn.h",        "signal.h",
      "malloc.h",      "sched.h",     "sys/syscall.h", "sys/prctl.h",    "linux/filter.h"};
  std::map<std::string, std::set<std::string>> homes;
  for (const Include& i : includes()) {
    const bool standard = i.what.find_first_of("./") == std::string::npos;
    if (!i.system || standard || kSystem.contains(i.what)) continue;
    // Poco's headers count by part: Poco/Data, Poco/Zip.
    std::string library = i.what.substr(0, i.what.find('/'));
    if (library == "Poco") library = i.what.substr(0, i.what.find('/', 5));
    homes[library].insert(i.from);
    EXPECT_FALSE(i.from.ends_with(".hpp")) << i.from << " includes <" << i.what << ">";
  }
  EXPECT_GE(homes.size(), 8U);
  for (const auto& [library, files] : homes) {
    std::string list;
    for (const std::string& file : files) list += " " + file;
    EXPECT_LE(files.size(), 2U) << library << ":" << list;
  }
}

TEST(HouseRules, NoFileIsLongerThanFourHundredLines) {
  for (const std::string& file : sources()) {
    std::ifstream in(kRoot / file);
    int lines = 0;
    for (std::string line; std::getline(in, line);) ++lines;
    EXPECT_LE(lines, 400) << file;
  }
}

}  // namespace
