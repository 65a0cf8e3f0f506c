#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <set>

#include "pipeline/inbox.hpp"
#include "pipeline/sha256.hpp"
#include "tests/corpus_forms.hpp"
#include "tests/corpus_images.hpp"
#include "tests/corpus_pdfs.hpp"
#include "tests/corpus_zips.hpp"
#include "tests/measuring.hpp"
#include "tests/program.hpp"

// The corpus through the real program: what every file is answered, what it costs, and that it hurts nothing beside it.

namespace {

namespace fs = std::filesystem;
using corpus::Row;
using corpus::Units;
using pipeline::Value;
using tests::Cost;
using tests::Program;
using Codes = std::set<std::string>;

/// However busy the machine is.
const std::string kPatient = "[limits]\nreader_seconds = 300\n";
constexpr double kMostSeconds = 10, kMostMegabytes = 1024;

void add(std::vector<Row>& to, std::vector<Row> more) {
  std::move(more.begin(), more.end(), std::back_inserter(to));
}

void number(std::vector<Row>& rows, const std::string& table) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto dot = rows[i].name.rfind('.');
    const bool named = dot != std::string::npos && rows[i].name.size() - dot <= 5;
    rows[i].name = corpus::file_name(table, i, rows[i].name, named ? "" : ".zip");
  }
}

std::vector<Row> zips() {
  Units units(1, "430102");
  std::vector<Row> all = corpus::honest_zips(units);
  add(all, corpus::odd_zips(units));
  add(all, corpus::hostile_zips(units));
  number(all, "zip");
  return all;
}

/// An attachment as the one scan that a registration cannot do without.
template <typename Attachment>
void attach(std::vector<Row>& to, Units& units, const std::vector<Attachment>& attachments) {
  static const Codes kSpoilt{"CORRUPT", "EMPTY", "ENCRYPTED", "UNREADABLE", "TYPE"};
  for (const Attachment& one : attachments) {
    const bool spoilt = kSpoilt.contains(one.codes);
    to.push_back({one.name, units.begun(false).add("U03 证书.x", one.bytes).end(),
                  spoilt ? "refused" : "accepted",
                  one.codes.empty()
                      ? ""
                      : "ATTACHMENT_" + one.codes + (spoilt ? " +ATTACHMENT_MISSING" : ""),
                  4, one.text});
  }
}

std::vector<Row> pictures() {
  Units units(2, "430102");
  std::vector<Row> all;
  for (const auto& table : {corpus::jpegs(), corpus::pngs(), corpus::other_pictures(),
                            corpus::blank_sheets(), corpus::turned_pictures()})
    attach(all, units, table);
  number(all, "image");
  return all;
}

std::vector<Row> pdfs() {
  Units units(3, "430102");
  std::vector<Row> all;
  for (const auto& table : {corpus::pdf_kinds(), corpus::broken_pdfs(), corpus::hostile_pdfs()})
    attach(all, units, table);
  number(all, "pdf");
  return all;
}

std::vector<Row> forms() {
  Units units(4, "430102");
  std::vector<Row> all = corpus::json_forms(units);
  add(all, corpus::sheet_forms(units));
  number(all, "form");
  return all;
}

std::vector<Row> good_bundles() {
  Units units(5, "431382");
  std::vector<Row> all;
  for (int i = 0; i < 8; ++i) all.push_back({"good", units.begun().end(), "accepted", "", 4});
  number(all, "good");
  return all;
}

/// Codes of a row; of prepare only, or of the ledger's side too.
Codes expected(const Row& row, bool of_prepare) {
  Codes out;
  for (const std::string_view word : pipeline::split(row.codes, ' ')) {
    if (word.empty()) continue;
    const bool of_ledger = word[0] == '+';
    if (!of_ledger || !of_prepare) out.emplace(word.substr(of_ledger ? 1 : 0));
  }
  return out;
}

Codes codes_of(const Value& receipt) {
  Codes out;
  for (const Value& finding : receipt["findings"].items()) out.insert(finding["code"].string());
  return out;
}

bool is_chinese(const std::string& text) {
  for (const char32_t c : pipeline::code_points(text))
    if (c >= 0x4E00 && c < 0xA000) return true;
  return false;
}

bool is_plain(const std::string& text) {
  for (const char32_t c : pipeline::code_points(text))
    if (pipeline::is_invisible(c) && c != '\n') return false;
  return true;
}

/// All that people read in it.
std::string words_of(const Value& receipt) {
  std::string all;
  for (const Value& finding : receipt["findings"].items())
    all += finding["message"].text() + finding["hint"].text();
  for (const Value& entry : receipt["entries"].items())
    all += entry["name"].text() + entry["note"].text();
  return all;
}

/// What holds of every answer, whatever was dropped.
void check_answer(const Row& row, const Value& answer, bool alone) {
  SCOPED_TRACE(row.name + "\n" + answer.dump(true));
  EXPECT_EQ(answer["bundle"].string(), row.name);
  const Codes codes = codes_of(answer), all = expected(row, false), prepared = expected(row, true);
  if (alone) {
    // Without a ledger it can say some of what the ledger's side would.
    EXPECT_TRUE(std::includes(codes.begin(), codes.end(), prepared.begin(), prepared.end()));
    EXPECT_TRUE(std::includes(all.begin(), all.end(), codes.begin(), codes.end()));
  } else {
    EXPECT_EQ(codes, all);
  }
  EXPECT_EQ(answer["sha256"].string(), pipeline::sha256(row.bytes));
  EXPECT_EQ(answer["entries"].size(), row.entries);
  const std::string words = words_of(answer);
  EXPECT_NE(words.find(row.told), std::string::npos);
  EXPECT_TRUE(is_plain(words));
  std::set<std::string> names;
  for (const Value& entry : answer["entries"].items()) {
    const std::string& role = entry["role"].string();
    names.insert(entry["name"].string());
    EXPECT_TRUE((Codes{"form", "attachment", "ignored", "rejected"}.contains(role))) << role;
    if (role == "ignored" || role == "rejected") {
      EXPECT_TRUE(is_chinese(entry["note"].text())) << entry["name"].text();
    }
  }
  for (const Value& finding : answer["findings"].items()) {
    EXPECT_TRUE(is_chinese(finding["message"].string()));
    EXPECT_TRUE(is_chinese(finding["hint"].text()))
        << "the next step of " << finding["code"].text();
    const std::string& where = finding["where"].text();
    const std::string& code = finding["code"].string();
    if (names.contains(where) && (code.starts_with("ATTACHMENT_") || code.starts_with("ENTRY_"))) {
      EXPECT_NE(finding["message"].string().find(where), std::string::npos) << "names the file";
    }
  }
}

/// Folders within folders, so that what climbs out of one is seen.
class World {
 public:
  explicit World(const std::string& name) : at_(name) {
    for (const char* folder : {"deep/down/inbox", "deep/down/state", "deep/canary", "home", "tmp"})
      fs::create_directories(at_.path(folder));
    at_.write("deep/canary/alive", "alive");
    at_.write("deep/down/state/key", std::string(32, 'k'));
    at_.write("deep/down/state/dossier.toml", kPatient);
  }

  /// An hour ago, one after the other: nothing is young enough to be waited for.
  void drop(const Row& row) {
    const std::string file = inbox() + (row.drop == "public" ? "" : row.drop + "/") + row.name;
    at_.write(file, row.bytes);
    fs::last_write_time(at_.path(file),
                        begun_ - std::chrono::hours(1) + std::chrono::milliseconds(++dropped_));
  }
  /// With the times at which the other's were dropped.
  void take_inbox_of(const World& other) const {
    fs::copy(other.at_.path(other.inbox()), at_.path(inbox()),
             fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    for (const auto& entry : fs::recursive_directory_iterator(other.at_.path(other.inbox())))
      if (entry.is_regular_file())
        fs::last_write_time(
            fs::path(at_.path(inbox())) / fs::relative(entry.path(), other.at_.path(other.inbox())),
            fs::last_write_time(entry.path()));
  }

  Cost run(int jobs) const {
    std::vector<std::string> words{"run",   "--json", "--jobs",      std::to_string(jobs),
                                   "--now", at_.now,  "--templates", at_.templates};
    for (const char* place : {"inbox", "outbox", "state"}) {
      words.push_back(std::string("--") + place);
      words.push_back(at_.path(std::string("deep/down/") + place));
    }
    setenv("TMPDIR", at_.path("tmp").c_str(), 1);
    setenv("HOME", at_.path("home").c_str(), 1);
    const fs::path here = fs::current_path();
    fs::current_path(at_.path("home"));
    const Cost cost = tests::wait_measuring(at_.start(words));
    fs::current_path(here);
    unsetenv("TMPDIR");
    return cost;
  }

  std::vector<std::string> files_left() const {
    std::vector<std::string> left;
    for (const auto& entry : fs::recursive_directory_iterator(at_.path(inbox())))
      if (!entry.is_directory()) left.push_back(entry.path().string());
    return left;
  }
  /// Everything but inbox, outbox and state.
  std::set<std::string> around() const {
    std::set<std::string> all;
    for (const auto& entry : fs::recursive_directory_iterator(at_.path(""))) {
      const std::string name = fs::relative(entry.path(), at_.path("")).string();
      const bool ours = name.starts_with("deep/down/inbox") ||
                        name.starts_with("deep/down/outbox") ||
                        name.starts_with("deep/down/state") || name == "stdout" || name == "stderr";
      if (!ours) all.insert(name + (entry.is_regular_file() ? "=" + at_.read(name) : ""));
    }
    return all;
  }
  std::map<std::string, std::string> outbox() const {
    std::map<std::string, std::string> all;
    const fs::path root = at_.path("deep/down/outbox");
    for (const auto& entry : fs::recursive_directory_iterator(root))
      if (entry.is_regular_file())
        all[fs::relative(entry.path(), root).string()] =
            at_.read(fs::relative(entry.path(), at_.path("")).string());
    return all;
  }
  const Program& program() const { return at_; }

 private:
  static std::string inbox() { return "deep/down/inbox/"; }
  Program at_;
  fs::file_time_type begun_ = fs::file_time_type::clock::now();
  int dropped_ = 0;
};

Value receipt_of(const std::map<std::string, std::string>& outbox, const Row& row) {
  pipeline::Delivery delivery;
  delivery.drop = row.drop;
  delivery.name = row.name;
  const std::string stem = pipeline::receipt_stem(delivery, pipeline::sha256(row.bytes));
  EXPECT_TRUE(outbox.contains(stem + ".pdf")) << stem;
  const auto found = outbox.find(stem + ".json");
  EXPECT_NE(found, outbox.end()) << "no receipt " << stem;
  return found == outbox.end() ? Value() : pipeline::parse_json(found->second).value;
}

TEST(Corpus, EveryFileIsAnsweredAndNoneHurtsWhatIsBesideIt) {
  const std::vector<Row> good = good_bundles();
  std::vector<Row> all;
  for (const auto& table : {zips(), pictures(), pdfs(), forms()}) add(all, table);
  for (std::size_t i = 0; i < good.size(); ++i)
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(i * all.size() / good.size()), good[i]);

  World together("corpus-together");
  for (const Row& row : all) together.drop(row);
  const World one_job("corpus-one-job");
  one_job.take_inbox_of(together);
  const auto around = together.around();
  const std::set<std::string> left_in_tmp{"dossier-canary", "canary", "canary.pdf"};

  const Cost cost = together.run(2);
  EXPECT_EQ(cost.status, 0) << together.program().err();
  EXPECT_LT(cost.memory_mb, kMostMegabytes);
  std::cout << all.size() << " files in " << cost.wall_seconds << " s, " << cost.cpu_seconds
            << " s of the processor, " << cost.memory_mb << " MB\n";
  EXPECT_EQ(together.around(), around) << "something was written outside outbox and state";
  for (const std::string& name : left_in_tmp)
    EXPECT_FALSE(fs::exists(fs::temp_directory_path() / name)) << name;
  EXPECT_EQ(together.files_left(), std::vector<std::string>());
  const auto outbox = together.outbox();
  for (const Row& row : all) {
    const Value receipt = receipt_of(outbox, row);
    EXPECT_EQ(receipt["result"].string(), row.result) << row.name;
    check_answer(row, receipt, false);
  }

  World alone("corpus-alone");
  for (const Row& row : good) alone.drop(row);
  ASSERT_EQ(alone.run(2).status, 0) << alone.program().err();
  for (const auto& [name, bytes] : alone.outbox())
    if (!name.starts_with("reports/")) {
      EXPECT_TRUE(outbox.contains(name) && outbox.at(name) == bytes) << name << " is another alone";
    }

  EXPECT_EQ(one_job.run(1).status, 0) << one_job.program().err();
  const auto other = one_job.outbox();
  EXPECT_EQ(other.size(), outbox.size());
  for (const auto& [name, bytes] : other)
    EXPECT_TRUE(outbox.contains(name) && outbox.at(name) == bytes)
        << name << " is another with one job";
}

TEST(Corpus, TheGreediestTwoAtOnceStayBelowAGigabyte) {
  const auto hostile = corpus::hostile_pdfs();
  const auto greedy = std::find_if(hostile.begin(), hostile.end(), [](const corpus::Pdf& pdf) {
    return pdf.name == "a million pages that are one";
  });
  ASSERT_NE(greedy, hostile.end());
  Units units(6, "430102");
  World world("corpus-greedy");
  for (const char* name : {"a.zip", "b.zip"})
    world.drop({name, units.begun(false).add("U03.pdf", greedy->bytes).end(), "", "", 4});
  const Cost cost = world.run(2);
  EXPECT_EQ(cost.status, 0) << world.program().err();
  EXPECT_LT(cost.memory_mb, kMostMegabytes);
  EXPECT_GT(cost.memory_mb, 300) << "else nothing was measured";
  std::cout << cost.memory_mb << " MB\n";
}

struct Table {
  const char* name;
  std::vector<Row> (*rows)();
  std::size_t least;
};

class CorpusTable : public testing::TestWithParam<Table> {};

TEST_P(CorpusTable, IsToldTheSameBeforeItIsDroppedEachFileInItsTime) {
  const std::vector<Row> rows = GetParam().rows();
  EXPECT_GE(rows.size(), GetParam().least);
  const Program at(std::string("corpus-check-") + GetParam().name);
  at.write("patient.toml", kPatient);
  std::pair<double, std::string> slowest, largest;
  for (const Row& row : rows) {
    at.write(row.name, row.bytes);
    const Cost cost = tests::wait_measuring(
        at.start({"check", at.path(row.name), "--json", "--drop", row.drop, "--templates",
                  at.templates, "--state", at.path("state"), "--settings", at.path("patient.toml"),
                  "--inbox", at.path("inbox"), "--now", at.now}));
    EXPECT_EQ(cost.status, 0) << row.name << at.err();
    // A busy machine is no fault of the file.
    EXPECT_LT(cost.cpu_seconds, kMostSeconds) << row.name;
    EXPECT_LT(cost.memory_mb, kMostMegabytes) << row.name;
    slowest = std::max(slowest, {cost.cpu_seconds, row.name});
    largest = std::max(largest, {cost.memory_mb, row.name});
    check_answer(row, at.json()["bundles"][0], true);
    fs::remove(at.path(row.name));
  }
  std::cout << rows.size() << " files; slowest: " << slowest.second << ", " << slowest.first
            << " s of the processor; largest: " << largest.second << ", " << largest.first
            << " MB\n";
}

INSTANTIATE_TEST_SUITE_P(Tables, CorpusTable,
                         testing::Values(Table{"zips", zips, 80}, Table{"pictures", pictures, 40},
                                         Table{"pdfs", pdfs, 60}, Table{"forms", forms, 40}),
                         [](const auto& each) { return std::string(each.param.name); });

}  // namespace
