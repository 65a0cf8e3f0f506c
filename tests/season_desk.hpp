#pragma once

#include <memory>

#include "tests/season_cases.hpp"

// The desk at which decisions are written: half of them on forms, half of them into rows of the list.

namespace season {

/// What all of them share.
struct Scene {
  explicit Scene(tests::Program& p) : program(p), post(p) {}

  tests::Program& program;
  Post post;
  app::Random random{20261102};
  std::vector<Errand> later{};  ///< to be dropped tomorrow
  std::map<std::string, int> happened{};
  int day = 0, named = 0;

  std::string name_of(const std::string& what, const std::string& ending) {
    return std::to_string(++named) + "-" + what + ending;
  }
};

/// On what a decision is written.
enum class Paper { Any, Form, List };

using Then = std::function<void(const Value&)>;

class Desk {
 public:
  explicit Desk(Scene& scene) : scene_(scene) {}

  /// The case that lies on it: its row in the list and its form.
  void lay(const Listed& listed, const std::string& form) {
    listed_ = listed;
    form_ = form;
  }

  /// `keep`: where a copy of the filled form goes; then it is one.
  void decide(Case& c, Judgement judgement, Expected expected, Then then, Paper paper,
              const std::string& drop = {}, const std::string& keep = {}) {
    const bool by_form =
        !keep.empty() || paper == Paper::Form || (paper == Paper::Any && scene_.random.chance(52));
    if (!by_form) {
      ++scene_.happened["按清单的决定"];
      if (scene_.random.chance(60)) judgement.action = label_of(judgement.action);
      rows_.push_back({listed_.row, judgement, c.id, std::move(expected), std::move(then)});
      return;
    }
    ++scene_.happened["按审批单的决定"];
    static const std::vector<std::string> kSaved{
        "", "", "--object-streams=generate", "--linearize", "--qdf", "--compress-streams=n"};
    judgement.saving = scene_.random.pick(kSaved);

    Errand errand{drop.empty() ? c.queue() : drop, scene_.name_of("审批单", ".pdf"),
                  std::move(expected), std::move(then)};
    errand.make = [form = form_, judgement, keep](const std::string& to) {
      fill_form(form, judgement, to);
      if (!keep.empty()) fs::copy(to, keep);
    };
    scene_.post.put(std::move(errand));
  }

  /// What was written into the rows of that list is dropped.
  void send_list(const Worklist& list, const std::string& queue) {
    if (rows_.empty()) {
      if (scene_.random.chance(1)) {
        ++scene_.happened["待审清单（未填写）"];
        scene_.post.put({queue,
                         scene_.name_of("待审清单", ".xlsx"),
                         {"not_submitted", {"WORKLIST_EMPTY"}},
                         {},
                         bytes_of(list.path())});
      }
      return;
    }
    ++scene_.happened["待审清单"];
    Errand errand{queue, scene_.name_of("待审清单", ".xlsx"), expected_of_rows()};
    std::vector<std::pair<int, Judgement>> written;
    std::map<std::string, std::function<void(const Value&)>> then;
    for (Row& row : rows_) {
      written.emplace_back(row.row, row.judgement);
      if (row.then) then[row.case_id] = std::move(row.then);
    }
    errand.then = [then](const Value& receipt) {
      for (const Value& row : receipt["rows"].items())
        if (const auto at = then.find(row["case"].string()); at != then.end()) at->second(row);
    };
    const Strings strings = scene_.random.chance(50) ? Strings::Inline : Strings::Shared;
    errand.make = [path = list.path(), columns = list.columns(), written,
                   strings](const std::string& to) {
      fill_worklist(path, columns, written, strings, to);
    };
    scene_.post.put(std::move(errand));
    rows_.clear();
  }

 private:
  struct Row {
    int row = 0;
    Judgement judgement;
    std::string case_id;
    Expected expected;
    std::function<void(const Value&)> then;
  };

  Expected expected_of_rows() const {
    Expected all{"duplicate"};
    Codes errors;
    bool accepted = false, refused = false, unconfirmed = false;
    for (const Row& row : rows_) {
      accepted |= row.expected.result == "accepted";
      unconfirmed |= row.expected.result == "not_submitted";
      all.rows[row.case_id] = row.expected;
      if (row.expected.result != "refused") continue;
      refused = true;
      errors.insert(row.expected.codes.begin(), row.expected.codes.end());
    }
    if (accepted)
      all.result = "accepted";
    else if (refused)
      all.result = "refused";
    else if (unconfirmed)
      all.result = "not_submitted";
    if (accepted && refused) all.codes = {"WORKLIST_ROWS_REFUSED"};
    if (!accepted && refused) all.codes = errors;
    return all;
  }

  static std::string label_of(const std::string& action) {
    static const std::map<std::string, std::string> kLabels{
        {"approve", "审核通过"},  {"reject", "审核不通过"}, {"report_up", "上报"},
        {"return", "退回申请人"}, {"send_back", "回退"},    {"not_accept", "不予受理"},
        {"accept", "受理"}};
    return kLabels.at(action);
  }

  Scene& scene_;
  Listed listed_;
  std::string form_;
  std::vector<Row> rows_;
};

}  // namespace season
