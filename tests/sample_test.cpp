#include "app/sample.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "pipeline/identifiers.hpp"
#include "pipeline/json.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/attachment.hpp"
#include "stages/prepare/zip.hpp"

namespace {

namespace fs = std::filesystem;
using app::Sample;
using app::SampleOptions;
using pipeline::Value;

class Folder {
 public:
  Folder() {
    std::string pattern = (fs::temp_directory_path() / "dossier-sample-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~Folder() { fs::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// Path below the folder -> (digest, modification time).
std::map<std::string, std::pair<std::string, fs::file_time_type>> all_files(const Folder& folder) {
  std::map<std::string, std::pair<std::string, fs::file_time_type>> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
    if (entry.is_regular_file())
      files[fs::relative(entry.path(), folder.path()).string()] = {
          pipeline::sha256(read(entry.path())), entry.last_write_time()};
  return files;
}

struct Opened {
  Sample sample;
  std::string bytes;
  prepare::Zip zip;  ///< empty if it is a form alone
  std::vector<std::pair<prepare::ZipEntry, std::string>> entries;
  Value form;
};

/// 120 samples: enough for every kind and every flaw to occur.
class Samples : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new Folder;
    SampleOptions options;
    options.max_kb = 600;
    for (const Sample& sample : app::write_samples(120, folder_->path(), options))
      all_.push_back(open(sample));
  }
  static void TearDownTestSuite() {
    all_.clear();
    delete folder_;
  }

  static Opened open(const Sample& sample) {
    Opened out{sample, read(fs::path(folder_->path()) / sample.path), {}, {}, {}};
    std::string form;
    if (sample.path.ends_with(".json")) {
      form = out.bytes;
    } else {
      out.zip = prepare::read_zip(out.bytes, {});
      prepare::Inflater inflater;
      if (out.zip.verdict == prepare::ZipVerdict::Sound)
        for (const prepare::ZipEntry& entry : out.zip.entries) {
          if (entry.folder) continue;
          const auto content = inflater.read(out.bytes, entry);
          EXPECT_TRUE(content) << sample.path << ": " << entry.name;
          out.entries.emplace_back(entry, std::string(content.value_or("")));
          if (entry.name.ends_with("form.json") && !entry.name.starts_with("__MACOSX"))
            form = out.entries.back().second;
        }
    }
    out.form = pipeline::parse_json(pipeline::decode_text(form).value_or("")).value;
    return out;
  }

  static Folder* folder_;
  static std::vector<Opened> all_;
};
Folder* Samples::folder_ = nullptr;
std::vector<Opened> Samples::all_;

TEST(SampleFolders, TheSameSeedGivesTheSameNamesBytesAndTimes) {
  SampleOptions options;
  options.seed = 7;
  options.max_kb = 200;
  const Folder one, two, other;
  app::write_samples(12, one.path(), options);
  app::write_samples(12, two.path(), options);
  options.seed = 8;
  app::write_samples(12, other.path(), options);
  EXPECT_EQ(all_files(one), all_files(two));
  EXPECT_EQ(all_files(one).size(), 12U);
  EXPECT_NE(all_files(one), all_files(other));
}

TEST(SampleFolders, AShorterRunIsTheBeginningOfALongerOne) {
  SampleOptions options;
  options.max_kb = 100;
  const Folder some, more;
  app::write_samples(20, some.path(), options);
  app::write_samples(25, more.path(), options);
  const auto longer = all_files(more);
  for (const auto& [path, file] : all_files(some)) {
    ASSERT_TRUE(longer.contains(path)) << path;
    EXPECT_EQ(longer.at(path), file) << path;
  }
}

TEST(SampleFolders, ThreeHundredTakeFarLessThanAMinute) {
  const Folder folder;
  SampleOptions options;
  options.max_kb = 300;
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(app::write_samples(300, folder.path(), options).size(), 300U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(60));
}

TEST(SampleFolders, UniformOnesAreRightRegistrationsOfFiveDeflatedAttachments) {
  const Folder folder;
  SampleOptions options;
  options.uniform_kb = 1000;
  std::set<std::string> digests, codes;
  for (const Sample& sample : app::write_samples(12, folder.path(), options)) {
    EXPECT_EQ(sample.kind, "unit_registration");
    EXPECT_EQ(sample.flaw, "");
    const std::string bytes = read(fs::path(folder.path()) / sample.path);
    EXPECT_NEAR(static_cast<double>(bytes.size()), 1000 * 1024, 100 * 1024);
    const prepare::Zip zip = prepare::read_zip(bytes, {});
    ASSERT_EQ(zip.verdict, prepare::ZipVerdict::Sound) << zip.why;
    EXPECT_EQ(zip.entries.size(), 6U);
    prepare::Inflater inflater;
    for (const prepare::ZipEntry& entry : zip.entries) {
      EXPECT_EQ(entry.method, 8);
      const auto content = inflater.read(bytes, entry);
      ASSERT_TRUE(content);
      EXPECT_TRUE(digests.insert(pipeline::sha256(*content)).second) << entry.name;
    }
  }
}

TEST_F(Samples, SortByNameInOrderOfArrivalOneMinuteApart) {
  fs::file_time_type last;
  std::string last_name;
  for (const Opened& one : all_) {
    const fs::path path = fs::path(folder_->path()) / one.sample.path;
    const std::string name = path.filename().string();
    const auto time = fs::last_write_time(path);
    if (!last_name.empty()) {
      EXPECT_LT(last_name, name);
      EXPECT_EQ(time - last, std::chrono::minutes(1)) << name;
    }
    last = time;
    last_name = name;
  }
}

TEST_F(Samples, EveryKindAndEveryFlawOccursAndThreeQuartersAreRight) {
  std::set<std::string> kinds, flaws;
  for (const Opened& one : all_) {
    kinds.insert(one.sample.kind);
    if (!one.sample.flaw.empty()) flaws.insert(one.sample.flaw);
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"review_decision", "status_query", "title_application",
                                          "unit_registration"}));
  EXPECT_EQ(flaws.size(), 24U);
  const auto right = std::count_if(all_.begin(), all_.end(),
                                   [](const Opened& one) { return one.sample.flaw.empty(); });
  EXPECT_EQ(right, 90);
}

TEST_F(Samples, OnlyBrokenArchivesCannotBeOpened) {
  for (const Opened& one : all_) {
    if (one.sample.path.ends_with(".json")) continue;
    const auto verdict = one.zip.verdict;
    if (one.sample.flaw == "truncated") {
      EXPECT_TRUE(one.zip.incomplete || verdict == prepare::ZipVerdict::Corrupt) << one.zip.why;
      EXPECT_NE(verdict, prepare::ZipVerdict::Sound);
    } else if (one.sample.flaw == "encrypted") {
      EXPECT_EQ(verdict, prepare::ZipVerdict::Encrypted) << one.zip.why;
    } else if (one.sample.flaw == "disguised_rar") {
      EXPECT_EQ(prepare::sniff_type(one.bytes), "rar");
    } else {
      EXPECT_EQ(verdict, prepare::ZipVerdict::Sound) << one.sample.path << ": " << one.zip.why;
    }
    const bool unsafe =
        std::any_of(one.zip.entries.begin(), one.zip.entries.end(),
                    [](const prepare::ZipEntry& entry) { return !entry.problem.empty(); });
    EXPECT_EQ(unsafe, one.sample.flaw == "path_traversal") << one.sample.path;
  }
}

TEST_F(Samples, AttachmentsAreWholeAndWhatTheirNamesSay) {
  std::map<std::string, int> seen;
  for (const Opened& one : all_)
    for (const auto& [entry, content] : one.entries) {
      const std::string ending = fs::path(entry.name).extension().string();
      if (ending != ".jpg" && ending != ".png" && ending != ".pdf") continue;
      const prepare::Inspection inspection = prepare::inspect(content);
      const std::string expected = ending == ".jpg" ? "jpeg" : ending.substr(1);
      EXPECT_EQ(inspection.type, expected) << entry.name;
      ++seen[inspection.type];
      if (one.sample.flaw == "damaged_image") continue;
      EXPECT_EQ(inspection.why, "") << one.sample.path << ": " << entry.name;
      EXPECT_EQ(inspection.doubt, prepare::Doubt::None) << "costs a reader: " << entry.name;
      if (ending == ".pdf")
        EXPECT_GT(inspection.pages, 0);
      else
        EXPECT_GT(inspection.image.width, 300);
    }
  EXPECT_GT(seen["jpeg"], 100);
  EXPECT_GT(seen["png"], 10);
  EXPECT_GT(seen["pdf"], 10);
}

TEST_F(Samples, NoTwoAttachmentsAreTheSame) {
  std::set<std::string> digests;
  for (const Opened& one : all_) {
    if (one.sample.flaw == "duplicate" || one.sample.flaw == "damaged_image") continue;
    const bool again = one.form.has("resubmits");
    for (const auto& [entry, content] : one.entries) {
      const std::string ending = fs::path(entry.name).extension().string();
      if (again || (ending != ".jpg" && ending != ".png" && ending != ".pdf")) continue;
      EXPECT_TRUE(digests.insert(pipeline::sha256(content)).second)
          << one.sample.path << ": " << entry.name;
    }
  }
}

TEST_F(Samples, DecisionsSpeakOfCasesThatCameBefore) {
  std::map<std::string, std::string> queues;  // by case number
  int decisions = 0;
  for (const Opened& one : all_) {
    const std::string& kind = one.sample.kind;
    const std::string digest = pipeline::sha256(one.bytes);
    if (one.sample.flaw.empty() && kind == "unit_registration")
      queues[pipeline::case_number('R', digest)];
    if (one.sample.flaw.empty() && kind == "title_application" && !one.form.has("resubmits"))
      queues[pipeline::case_number('A', digest)];
    if (kind != "review_decision") continue;
    const std::string case_id = one.form["case"].string();
    ++decisions;
    EXPECT_TRUE(queues.contains(case_id)) << one.sample.path;
    EXPECT_EQ(case_id, one.sample.case_id);
    // H11: a queue for human resources is also decided upon from the professional section's folder.
    std::string drop = fs::path(one.sample.path).parent_path().string(),
                queue = one.form["queue"].string();
    if (queue.ends_with("-hr") && drop.ends_with("-pt")) queue.replace(queue.size() - 2, 2, "pt");
    if (one.sample.flaw == "wrong_folder")
      EXPECT_NE(drop, queue) << one.sample.path;
    else
      EXPECT_EQ(drop, queue) << one.sample.path;
  }
  EXPECT_GT(decisions, 15);
}

TEST_F(Samples, CheckDigitsAreWrongOnlyWhereMeant) {
  int codes = 0, numbers = 0;
  for (const Opened& one : all_) {
    if (one.sample.kind == "unit_registration" && one.form.is_object()) {
      const std::string uscc = one.form["unit"]["uscc"].string(),
                        id = one.form["handler"]["id_number"].string();
      EXPECT_EQ(pipeline::is_uscc(uscc), one.sample.flaw != "uscc_check") << uscc;
      EXPECT_EQ(uscc.substr(8, 3), "PDY");
      EXPECT_EQ(pipeline::organisation_check(uscc.substr(8, 8)), uscc[16]) << uscc;
      EXPECT_EQ(pipeline::id_check(id.substr(0, 17)) == id[17], one.sample.flaw != "id_check")
          << id;
      ++codes;
    }
    if (one.sample.kind == "title_application" && one.form.is_object()) {
      const Value& applicant = one.form["applicant"];
      const std::string id = applicant["id_number"].string();
      EXPECT_EQ(pipeline::id_check(id.substr(0, 17)), id[17]) << id;
      EXPECT_EQ(pipeline::id_is_male(id) == (applicant["sex"].string() == "男"),
                one.sample.flaw != "sex_mismatch")
          << id;
      ++numbers;
    }
  }
  EXPECT_GT(codes, 20);
  EXPECT_GT(numbers, 10);
}

TEST_F(Samples, NamesComeInEveryCodingIncludingTheBackslashInGbk) {
  std::set<std::string> codings;
  bool backslash = false;
  for (const Opened& one : all_)
    for (const prepare::ZipEntry& entry : one.zip.entries) {
      codings.insert(entry.encoding);
      backslash = backslash ||
                  (entry.encoding == "gb18030" && entry.name.find("刘昞") != std::string::npos);
    }
  EXPECT_TRUE(backslash);
  for (const char* coding : {"ascii", "utf8", "unicode-extra", "gb18030"})
    EXPECT_TRUE(codings.contains(coding)) << coding;
}

TEST_F(Samples, SummariesAreAsLongAsPeopleWriteThem) {
  for (const Opened& one : all_) {
    if (one.sample.kind != "title_application" || !one.form.is_object()) continue;
    const std::size_t length = pipeline::count_code_points(one.form["summary"].string());
    EXPECT_GE(length, 300U) << one.sample.path;
    EXPECT_LE(length, 1500U) << one.sample.path;
  }
}

}  // namespace
