#pragma once

#include <memory>

#include "tests/season_cases.hpp"

// The reviewers of the season: they know of a case what its form and its row in the list say, and what the season wants to
// happen to it.

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

class Reviewers {
 public:
  explicit Reviewers(Scene& scene) : scene_(scene) {}

  void review(Case& c, const Listed& listed, const std::string& form) {
    listed_ = listed;
    form_ = form;
    keep_first_form(c);
    if (c.troubles.empty() || c.troubles.front().at != c.at) {
      go_on(c, Paper::Any);
      return;
    }
    const Turn turn = c.troubles.front().turn;
    c.troubles.pop_front();
    if (turn <= Turn::RecallTooLate)
      change_way(c, turn);
    else if (turn < Turn::SameBytes)
      err(c, turn);
    else
      go_on_oddly(c, turn);
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
  enum class Paper { Any, Form, List };
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

  /// For those to whom it will be handed in later, when it is out of date.
  void keep_first_form(Case& c) {
    const bool wanted = std::any_of(c.troubles.begin(), c.troubles.end(), [](const Trouble& t) {
      return t.turn == Turn::OldVisit || t.turn == Turn::SameDecision || t.turn == Turn::OldRound;
    });
    if (!wanted || !c.kept.empty() || c.at != 0) return;
    c.kept = scene_.program.path("kept-" + c.id);
    fs::copy(form_, c.kept + ".blank");
  }

  Judgement judgement(const std::string& action) {
    static const std::vector<std::string> kNames{"王一", "李主任", "买买提·吐尔逊", "𬭎䶮"};
    Judgement out;
    out.action = action;
    out.reviewer = scene_.random.pick(kNames);
    return out;
  }
  Judgement usual(const Case& c) {
    if (c.registration) return judgement("approve");
    if (c.is_last()) return judgement("accept");
    Judgement out = judgement("report_up");
    out.recommendation = "经审核，情况属实，同意推荐（" + c.who.person.name + "）。";
    const bool by_hand = c.committee_by_hand && c.at + 2 == c.way.size();
    const bool names_it = scene_.random.chance(20) && !c.way[c.at + 1].starts_with("agency-");
    if (by_hand || names_it) {
      out.target = c.way[c.at + 1];
      if (out.target.starts_with("unit-")) out.target = out.target.substr(5);
    }
    return out;
  }
  Judgement against(const std::string& action) {
    Judgement out = judgement(action);
    out.modification = "请补充材料：“学历”一项不清晰，\n请重新扫描。";
    return out;
  }

  using Then = std::function<void(const Value&)>;

  void decide(Case& c, Judgement judgement, Expected expected, Then then, Paper paper,
              const std::string& drop = {}) {
    const bool keeps = c.at == 0 && !c.kept.empty() && !fs::exists(c.kept + ".filled");
    const bool by_form =
        keeps || paper == Paper::Form || (paper == Paper::Any && scene_.random.chance(52));
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
    const std::string kept = keeps ? c.kept + ".filled" : "";
    Errand errand{drop.empty() ? c.queue() : drop, scene_.name_of("审批单", ".pdf"),
                  std::move(expected), std::move(then)};
    errand.make = [form = form_, judgement, kept](const std::string& to) {
      fill_form(form, judgement, to);
      if (!kept.empty()) fs::copy(to, kept);
    };
    scene_.post.put(std::move(errand));
  }
  static std::string label_of(const std::string& action) {
    static const std::map<std::string, std::string> kLabels{
        {"approve", "审核通过"},  {"reject", "审核不通过"}, {"report_up", "上报"},
        {"return", "退回申请人"}, {"send_back", "回退"},    {"not_accept", "不予受理"},
        {"accept", "受理"}};
    return kLabels.at(action);
  }

  /// To the next stage, or to its end.
  Expected onward(const Case& c) const {
    if (c.registration) return {"accepted", {}, "approved"};
    if (c.is_last()) return {"accepted", {}, "accepted"};
    const std::string& next = c.way[c.at + 1];
    return {"accepted",
            {},
            next.starts_with("committee-") ? "at_committee" : "at_receiving_unit",
            next};
  }
  static Then moves_on(Case& c) {
    return [&c](const Value&) {
      if (c.is_last()) {
        c.state = State::Accepted;
        return;
      }
      ++c.reports;
      c.lain_with.insert(c.way[++c.at]);
    };
  }
  void go_on(Case& c, Paper paper) { decide(c, usual(c), onward(c), moves_on(c), paper); }

  void change_way(Case& c, Turn turn) {
    switch (turn) {
      case Turn::Reject:
        ++scene_.happened["注册不通过"];
        decide(
            c, against("reject"), {"accepted", {}, "rejected"},
            [&c](const Value&) { c.state = State::Rejected; }, Paper::Any);
        break;
      case Turn::Return:
      case Turn::ReturnItems:
        send_to_applicant(c, turn == Turn::ReturnItems);
        break;
      case Turn::SendBack:
        ++scene_.happened["回退"];
        decide(
            c, against("send_back"),
            {"accepted", {}, c.at == 1 ? "at_base_unit" : "at_receiving_unit", c.way[c.at - 1]},
            [&c](const Value&) { --c.at; }, Paper::Any);
        break;
      case Turn::Refuse:
        ++scene_.happened["不予受理"];
        decide(
            c, against("not_accept"), {"accepted", {}, "not_accepted"},
            [&c](const Value&) { c.state = State::NotAccepted; }, Paper::Any);
        break;
      case Turn::RecallTooLate:
        ++scene_.happened["收回过晚"];
        recall(c, {"refused", {"RECALL_NOT_ALLOWED"}}, {});
        break;
      default:
        ++scene_.happened["收回"];
        recall(c, {"accepted", {}, "recalled"}, [&c, turn](const Value&) {
          c.state = State::Recalled;
          c.is_gone = turn == Turn::RecallForGood;
        });
        // The receiver's answer comes after it.
        if (turn == Turn::RecallCrossed)
          decide(c, usual(c), {"refused", {"CASE_CLOSED"}}, {}, Paper::Any);
    }
  }

  void recall(Case& c, Expected expected, Then then) {
    const Value form = Value::object({{"kind", "application_recall"}, {"case", c.id}});
    scene_.post.put({c.office->queue(), scene_.name_of("收回", ".json"), std::move(expected),
                     std::move(then), form.dump(true)});
  }

  void send_to_applicant(Case& c, bool by_items) {
    ++scene_.happened["退回"];
    Judgement judgement = against("return");
    std::set<std::string> locked = c.locked, failed;
    if (by_items) {
      ++scene_.happened["分项退回"];
      judgement.modification.clear();
      for (const char* item : {"S1", "S2", "S8", "S3", "S6", "S7", "S12"}) {
        if (c.locked.contains(item)) continue;
        const bool open = failed.empty() &&
                          (item[1] == '3' || item[1] == '6' || item[1] == '7' || item[2] == '2');
        judgement.items.push_back({item, !open, open ? "请补充证明" : ""});
        (open ? failed : locked).insert(item);
      }
    }
    if (!c.is_itemised()) locked.clear();
    decide(
        c, judgement, {"accepted", {}, "returned"},
        [&c, locked, failed](const Value&) {
          c.state = State::Returned;
          ++c.returns;
          c.locked = locked;
          c.failed = failed;
        },
        by_items ? Paper::Form : Paper::Any);
  }

  void refused(Case& c, const Judgement& judgement, const Codes& codes, Paper paper,
               const std::string& drop = {}) {
    ++scene_.happened["审核人的差错"];
    decide(c, judgement, {"refused", codes}, {}, paper, drop);
  }

  /// A mistake that is answered; the case stays where it is.
  void err(Case& c, Turn turn) {
    Judgement judgement = usual(c);
    const bool base = c.at == 0;
    switch (turn) {
      case Turn::OtherFolder:
        refused(c, judgement, base ? Codes{"WRONG_QUEUE", "NOT_OWN_STAFF"} : Codes{"WRONG_QUEUE"},
                Paper::Form,
                "unit-" + std::string(c.way[0].ends_with(kRoads) ? kServices : kRoads));
        break;
      case Turn::PublicFolder:
        refused(c, judgement, {"WRONG_FOLDER", "WRONG_QUEUE"}, Paper::Form, "public");
        break;
      case Turn::NotConfirmed:
        ++scene_.happened["未确认转交"];
        judgement.confirmed = false;
        decide(c, judgement, {"not_submitted", {"DECISION_NOT_CONFIRMED"}}, {}, Paper::Any);
        break;
      case Turn::NoOpinion:
        judgement.recommendation.clear();
        refused(c, judgement, {"DECISION_INCOMPLETE"}, Paper::Any);
        break;
      case Turn::NoName:
        judgement.reviewer.clear();
        refused(c, judgement, {"DECISION_INCOMPLETE"}, Paper::Any);
        break;
      case Turn::OtherToken:
        judgement.token = std::string(32, '0');
        refused(c, judgement, {"TOKEN_INVALID"}, Paper::Form);
        break;
      case Turn::OtherText:
        judgement.other_text = true;
        refused(c, judgement, {"REVIEW_MODIFIED_CONTENT"}, Paper::Form);
        break;
      case Turn::OtherTarget:
        judgement = usual(c);
        judgement.target = kUniversity;
        refused(c, judgement, {"TARGET_NOT_ALLOWED"}, Paper::Any);
        break;
      case Turn::NotHere:
        judgement.action = c.is_last() ? "send_back" : "accept";
        judgement.modification = "不妥";
        refused(c, judgement, {"ACTION_NOT_ALLOWED"}, Paper::Any);
        break;
      case Turn::FailedItem:
        judgement.items = {{"S3", false, "不清晰"}};
        refused(c, judgement, {"ACTION_NOT_ALLOWED"}, Paper::Form);
        break;
      case Turn::NoCommittee:
        judgement.target.clear();
        refused(c, judgement, {"COMMITTEE_UNRESOLVED"}, Paper::Any);
        break;
      case Turn::OldVisit:
      case Turn::OldRound: {
        // Another decision than the one that was made with that form.
        const std::string now = form_;
        form_ = c.kept + ".blank";
        Judgement other = turn == Turn::OldVisit ? against("return") : judgement;
        refused(c, other, {"FORM_OUTDATED"}, Paper::Form);
        form_ = now;
        break;
      }
      default:
        ++scene_.happened["重复的决定"];
        scene_.post.put({c.queue(),
                         scene_.name_of("审批单", ".pdf"),
                         {"duplicate", {"DECISION_ALREADY_MADE"}},
                         {},
                         bytes_of(c.kept + ".filled")});
    }
  }

  void go_on_oddly(Case& c, Turn turn) {
    const std::string queue = c.queue();
    if (turn == Turn::Photo) {
      ++scene_.happened["公示照片"];
      Value form = Value::object(
          {{"kind", "publicity_photo"},
           {"unit_uscc", c.office->uscc},
           {"year", 2026},
           {"cases", Value::array({c.id})},
           {"period", Value::object({{"start", "2026-10-12"}, {"end", "2026-10-16"}})}});
      scene_.post.put({queue,
                       scene_.name_of("公示照片", ".zip"),
                       {"accepted"},
                       {},
                       bundle(std::move(form), {{"A19", scan("photo " + c.id)}})});
      go_on(c, Paper::Any);
    } else if (turn == Turn::OwnName) {
      Judgement judgement = usual(c);
      judgement.reviewer = c.who.person.name;
      Expected expected = onward(c);
      expected.codes = {"SELF_REVIEW"};
      decide(c, judgement, expected, moves_on(c), Paper::Any);
    } else if (turn == Turn::BothWays) {
      ++scene_.happened["重复的决定"];
      const Judgement judgement = usual(c);
      decide(c, judgement, onward(c), moves_on(c), Paper::Form);
      decide(c, judgement, {"duplicate", {"DECISION_ALREADY_MADE"}}, {}, Paper::List);
    } else {
      ++scene_.happened["重复的决定"];
      const std::string kept = scene_.program.path("again-" + c.id);
      Judgement judgement = usual(c);
      Errand first{queue, scene_.name_of("审批单", ".pdf"), onward(c)};
      first.make = [form = form_, judgement, kept](const std::string& to) {
        fill_form(form, judgement, to);
        fs::copy(to, kept);
      };
      first.then = [this, &c, queue, kept](const Value& receipt) {
        moves_on(c)(receipt);
        scene_.later.push_back({queue,
                                scene_.name_of("审批单", ".pdf"),
                                {"duplicate", {"DUPLICATE_BUNDLE"}},
                                {},
                                bytes_of(kept)});
      };
      ++scene_.happened["按审批单的决定"];
      scene_.post.put(std::move(first));
    }
  }

  Scene& scene_;
  Listed listed_;
  std::string form_;
  std::vector<Row> rows_;
};

}  // namespace season
