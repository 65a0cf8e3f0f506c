#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>

#include "tests/ledger_reading.hpp"
#include "tests/pdf_reading.hpp"
#include "tests/program.hpp"
#include "tests/story.hpp"

// Every story of tests/cases again, from inbox to outbox through the real program: the answers are those of cases_test, taken
// from what an office sees. The ledger's file is read for what a story asks about inner documents, and for the order in which
// papers are told; whether a paper is there is seen in the outbox alone.

namespace {

namespace fs = std::filesystem;
using pipeline::Value;

/// Every file of the outbox with what tells one writing of it from another.
std::map<std::string, std::pair<ino_t, std::int64_t>> files_in(const std::string& folder) {
  std::map<std::string, std::pair<ino_t, std::int64_t>> files;
  if (!fs::exists(folder)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    struct stat seen {};
    if (!entry.is_regular_file() || stat(entry.path().c_str(), &seen) != 0) continue;
    files[fs::relative(entry.path(), folder).string()] = {
        seen.st_ino, seen.st_ctim.tv_sec * 1'000'000'000 + seen.st_ctim.tv_nsec};
  }
  return files;
}

/// The step of the line that the file is a sign of, as "maker path"; "" for receipts and lists.
std::string paper_of(const std::string& file) {
  const std::string folder = fs::path(file).parent_path().string();
  const std::string name = fs::path(file).filename().string();
  if (file.starts_with("notices/") && name.ends_with(".pdf"))
    return "notice " + file.substr(0, file.size() - 4);
  if (file.starts_with("archive/") && name.ends_with(".pdf"))
    return "archive " + file.substr(0, file.size() - 4);
  if (!file.starts_with("queues/")) return {};
  if (name == "公示情况.pdf") return "publicity_sheet " + folder;
  if (name == "卷宗.pdf") return "dossier " + file;
  if (name != "审批单.pdf") return {};
  // A-…: a person's application.
  const bool application = fs::path(folder).filename().string().starts_with("A-");
  return (application ? "application_form " : "registration_form ") + folder;
}

class StoryThroughTheProgram : public tests::Story {
 public:
  explicit StoryThroughTheProgram(const std::string& name) : at_(name) {
    fs::create_directories(at_.path("inbox"));
  }

 private:
  Answer deliver(const std::string& drop, const std::string& bundle,
                 const std::string& bytes) override {
    at_.write("inbox/" + (drop == "public" ? "" : drop + "/") + bundle, bytes);
    const auto [appeared, papers] = run_line();
    EXPECT_FALSE(fs::exists(at_.path("inbox/" + (drop == "public" ? "" : drop + "/") + bundle)));
    Answer answer;
    for (const std::string& file : appeared) {
      if (!file.starts_with("receipts/") || !file.ends_with(".json")) continue;
      EXPECT_TRUE(answer.receipt.is_null()) << "two receipts: " << file;
      EXPECT_TRUE(file.starts_with("receipts/" + drop + "/" + bundle + ".")) << file;
      EXPECT_TRUE(appeared.contains(file.substr(0, file.size() - 5) + ".pdf")) << file;
      answer.receipt = pipeline::parse_json(at_.read("outbox/" + file)).value;
    }
    EXPECT_FALSE(answer.receipt.is_null()) << "no receipt for " << bundle;
    answer.papers = papers;
    return answer;
  }

  std::vector<Fired> go_on() override {
    at_.now = pipeline::iso_time(now());
    std::vector<Fired> all;
    if (!fs::exists(ledger_file())) return all;
    const auto due = pipeline::Ledger::open(ledger_file())->due_timers(now(), 100);
    const std::vector<std::string> papers = run_line().second;
    EXPECT_TRUE(pipeline::Ledger::open(ledger_file())->due_timers(now(), 1).empty());
    std::size_t told = 0;
    for (const pipeline::PendingTimer& timer : due) {
      Fired fired{timer.timer.name, {}};
      for (const std::string& paper : papers)
        if (paper.find(timer.timer.body["case"].string()) != paper.npos)
          fired.papers.push_back(paper);
      told += fired.papers.size();
      all.push_back(std::move(fired));
    }
    EXPECT_EQ(told, papers.size()) << "a paper that no timer led to";
    return all;
  }

  Value status(const std::string& key) override { return ask({"status", key}); }
  Value login(const std::string& username) override { return ask({"login", username}); }
  Value queue(const std::string& queue, const std::string& category) override {
    const Value answer = ask({"queue", queue, "--category", category});
    for (const Value& c : answer["cases"].items())
      EXPECT_TRUE(fs::exists(at_.path("outbox/" + c["form"].string()))) << c["form"].string();
    return answer;
  }
  const pipeline::View& view() override {
    ledger_ = pipeline::Ledger::open(ledger_file());
    return *ledger_;
  }

  Value form(const std::string& case_id) override {
    const auto rows = tests::ask_ledger(
        ledger_file(),
        "SELECT payload FROM effect WHERE maker IN ('application_form', 'registration_form') AND "
        "path LIKE '%' || ?1 || '-r%' ORDER BY id DESC LIMIT 1",
        {case_id});
    return rows.empty() ? Value() : pipeline::parse_json(rows[0][0]).value;
  }

  Value notice(const std::string& fragment) override {
    const auto rows = tests::ask_ledger(ledger_file(),
                                        "SELECT path, payload FROM effect WHERE maker = 'notice' "
                                        "AND instr(path, ?1) > 0 ORDER BY id DESC LIMIT 1",
                                        {fragment});
    if (rows.empty()) return {};
    Value payload = pipeline::parse_json(rows[0][1]).value;
    const std::string paper = papers::text_of("'" + at_.path("outbox/" + rows[0][0]) + ".pdf'");
    const auto expect_told = [&](const std::string& text) {
      EXPECT_NE(paper.find(papers::squeezed(text)), paper.npos) << text << "\nnot on " << paper;
    };
    expect_told(payload["to"].string());
    for (const Value& p : payload["paragraphs"].items()) expect_told(p.string());
    for (const Value& r : payload["reasons"].items()) expect_told(r["text"].string());
    expect_told(payload["from"].string());
    return payload;
  }

  void setting_changed(const std::string& name, const std::string& value) override {
    const bool bare =
        value == "true" || value == "false" || value.find_first_not_of("0123456789") == value.npos;
    settings_[name] = bare ? value : value == "none" ? "\"\"" : "\"" + value + "\"";
    std::string text;
    for (const auto& [key, written] : settings_) text += key + " = " + written + "\n";
    at_.write("state/dossier.toml", text);
  }

  std::string ledger_file() const { return at_.path("state/ledger.sqlite"); }

  Value ask(std::vector<std::string> words) {
    words.emplace_back("--json");
    EXPECT_EQ(at_.run_here(words), 0) << at_.err();
    return at_.json();
  }

  /// What a run leaves new in the outbox; and the papers that this is a sign of, in the order in which they were decided.
  std::pair<std::set<std::string>, std::vector<std::string>> run_line() {
    EXPECT_EQ(at_.run_here({"run", "--jobs", "1"}), 0) << at_.err();
    auto files = files_in(at_.path("outbox"));
    std::set<std::string> appeared, seen;
    for (const auto& [file, written] : files) {
      const auto old = files_.find(file);
      if (old != files_.end() && old->second == written) continue;
      appeared.insert(file);
      if (std::string paper = paper_of(file); !paper.empty()) seen.insert(std::move(paper));
    }
    for (const auto& [file, written] : files_) {
      if (files.contains(file) || paper_of(file).empty()) continue;
      const std::string folder = fs::path(file).parent_path().string();
      EXPECT_FALSE(fs::exists(at_.path("outbox/" + folder))) << folder;
      seen.insert("remove " + (file.ends_with("卷宗.pdf") ? file : folder));
    }
    files_ = std::move(files);
    std::vector<std::string> papers;
    for (const auto& row : tests::ask_ledger(
             ledger_file(), "SELECT id, maker || ' ' || path FROM effect WHERE id > ?1 ORDER BY id",
             {std::to_string(last_effect_)})) {
      last_effect_ = std::stoll(row[0]);
      if (seen.erase(row[1]) > 0) papers.push_back(row[1]);
    }
    papers.insert(papers.end(), seen.begin(), seen.end());
    return {appeared, papers};
  }

  tests::Program at_;
  std::unique_ptr<pipeline::Ledger> ledger_;
  std::map<std::string, std::string> settings_;
  std::map<std::string, std::pair<ino_t, std::int64_t>> files_;
  std::int64_t last_effect_ = 0;
};

class Stories : public testing::TestWithParam<std::string> {};

TEST_P(Stories, AnswerThroughTheProgramAsWritten) {
  for (const tests::StoryText& story : tests::stories_of(GetParam()))
    EXPECT_EQ(StoryThroughTheProgram("stories-" + GetParam()).run(story.steps), story.expected)
        << story.title;
}

INSTANTIATE_TEST_SUITE_P(All, Stories, testing::ValuesIn(tests::case_files()),
                         [](const auto& instance) { return instance.param; });

}  // namespace
