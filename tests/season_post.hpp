#pragma once

#include <atomic>
#include <chrono>

#include <functional>
#include <thread>

#include "tests/program.hpp"
#include "tests/season_applications.hpp"
#include "tests/season_papers.hpp"

// Post: what is dropped into the inbox in the course of a day, and whether each receipt says what it must. A finding that
// nobody put there, or that is missing, fails the test.

namespace season {

struct Expected {
  std::string result = "accepted";
  Codes codes{};
  std::string state{}, queue{};            ///< not looked at if empty
  std::map<std::string, Expected> rows{};  ///< of a worklist, by case
};

struct Errand {
  std::string drop, name;
  Expected expected{};
  std::function<void(const Value& receipt)> then{};
  std::string bytes{};
  /// Makes the file instead of `bytes`; called from several threads at once.
  std::function<void(const std::string& path)> make{};
};

inline std::string listed(const Codes& codes) {
  std::string all;
  for (const std::string& code : codes) all += (all.empty() ? "" : " ") + code;
  return "{" + all + "}";
}

class Post {
 public:
  explicit Post(tests::Program& program) : program_(program) {
    std::filesystem::create_directories(program.path("desk"));
  }

  void put(Errand errand) { today_.push_back(std::move(errand)); }
  std::size_t deliveries() const { return deliveries_; }
  std::size_t planted() const { return planted_; }
  const std::map<std::string, int>& results() const { return results_; }
  const std::map<std::string, int>& codes() const { return codes_; }
  double seconds() const { return seconds_; }  ///< of the program's runs
  double filling_seconds() const { return filling_seconds_; }

  /// One run of the program over what was put; then every receipt is read.
  void run(const std::string& now) {
    const auto start = std::chrono::steady_clock::now();
    make_files();
    filling_seconds_ += since(start);
    std::vector<std::string> receipts;
    for (std::size_t i = 0; i < today_.size(); ++i) receipts.push_back(drop(today_[i], i));
    program_.now = now;
    const auto begun = std::chrono::steady_clock::now();
    const int status = program_.run_here({"run", "--json"});
    seconds_ += since(begun);
    ASSERT_EQ(status, 0) << program_.err();
    const Value tally = program_.json();
    ASSERT_EQ(tally["bundles"].integer(), static_cast<std::int64_t>(today_.size()));
    std::vector<Errand> done;
    done.swap(today_);
    for (std::size_t i = 0; i < done.size(); ++i) check(done[i], receipts[i]);
  }

 private:
  static double since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  void make_files() {
    std::vector<std::pair<const Errand*, std::string>> jobs;
    for (std::size_t i = 0; i < today_.size(); ++i)
      if (today_[i].make) jobs.emplace_back(&today_[i], desk(i));
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
      for (std::size_t i = next++; i < jobs.size(); i = next++) jobs[i].first->make(jobs[i].second);
    };
    std::thread other(work), third(work);
    work();
    other.join();
    third.join();
  }
  std::string desk(std::size_t i) const {
    const std::string ending = fs::path(today_[i].name).extension().string();
    return program_.path("desk/" + std::to_string(i) + ending);
  }

  /// Gives the stem of its receipt.
  std::string drop(const Errand& errand, std::size_t i) {
    const fs::path folder =
        program_.path(errand.drop == "public" ? "inbox" : "inbox/" + errand.drop);
    fs::create_directories(folder);
    const std::string file = (folder / errand.name).string();
    EXPECT_FALSE(fs::exists(file)) << file << " would be overwritten";
    if (errand.make)
      fs::rename(desk(i), file);
    else
      write_bytes(file, errand.bytes);
    // The order of arrival is that of the files' times.
    ++deliveries_;
    const auto arrived = std::chrono::sys_days(std::chrono::year(2020) / 1 / 1) +
                         std::chrono::milliseconds(deliveries_);
    fs::last_write_time(file, std::chrono::file_clock::from_sys(arrived));
    std::string stem = "outbox/receipts/" + errand.drop + "/" + errand.name + "." +
                       pipeline::sha256(bytes_of(file)).substr(0, 12);
    const int times = ++stems_[stem];
    return times == 1 ? stem : stem + "." + std::to_string(times);
  }

  void check(const Errand& errand, const std::string& stem) {
    ASSERT_TRUE(fs::exists(program_.path(stem + ".pdf"))) << stem;
    ASSERT_TRUE(fs::exists(program_.path(stem + ".json"))) << stem;
    const Value receipt = pipeline::parse_json(program_.read(stem + ".json")).value;
    ++results_[receipt["result"].string()];
    bool result = agrees(receipt, errand.expected, errand.drop + "/" + errand.name);
    if (!errand.expected.rows.empty()) {
      EXPECT_EQ(receipt["rows"].size(), errand.expected.rows.size()) << stem;
      for (const Value& row : receipt["rows"].items()) {
        const auto at = errand.expected.rows.find(row["case"].string());
        ASSERT_NE(at, errand.expected.rows.end()) << stem << " " << row["case"].string();
        result &= agrees(row, at->second, errand.name + " " + row["case"].string());
      }
    }
    if (result && errand.then) errand.then(receipt);
  }

  /// Gives whether it had the result that it should have.
  bool agrees(const Value& told, const Expected& expected, const std::string& what) {
    Codes codes;
    std::string words;
    for (const Value& finding : told["findings"].items()) {
      codes.insert(finding["code"].string());
      ++codes_[finding["code"].string()];
      words += "\n  " + finding["code"].string() + " " + finding["where"].text() + " " +
               finding["message"].text();
    }
    planted_ += expected.codes.size();
    const bool right = told["result"].string() == expected.result && codes == expected.codes &&
                       (expected.state.empty() || told["state"].string() == expected.state) &&
                       (expected.queue.empty() || told["queue"].string() == expected.queue);
    if (!right && ++wrong_ <= 20)
      ADD_FAILURE() << program_.now << " " << what << "\n  expected " << expected.result << " "
                    << expected.state << " " << expected.queue << " " << listed(expected.codes)
                    << "\n  receipt  " << told["result"].string() << " " << told["state"].text()
                    << " " << told["queue"].text() << " " << listed(codes) << words << "\n  "
                    << told["message"].text();
    return told["result"].string() == expected.result;
  }

  tests::Program& program_;
  std::vector<Errand> today_;
  std::map<std::string, int> stems_, results_, codes_;
  std::size_t deliveries_ = 0, planted_ = 0;
  int wrong_ = 0;
  double seconds_ = 0, filling_seconds_ = 0;
};

}  // namespace season
