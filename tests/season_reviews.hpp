#pragma once

#include "tests/season_desk.hpp"

// The reviewers of the season: they know of a case what its form and its row in the list say, and what the season wants to
// happen to it.

namespace season {

class Reviewers {
 public:
  Reviewers(Scene& scene, Desk& desk) : scene_(scene), desk_(desk) {}

  void review(Case& c, const Listed& listed, const std::string& form) {
    listed_ = listed;
    form_ = form;
    desk_.lay(listed, form);
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

 private:
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
  void go_on(Case& c, Paper paper) {
    const bool first_kept = c.at == 0 && !c.kept.empty() && !fs::exists(c.kept + ".filled");
    // H11: the PT section decides what lies with the HR section, with the form.
    const bool by_others = c.queue().ends_with("-hr");
    desk_.decide(c, usual(c), onward(c), moves_on(c), by_others ? Paper::Form : paper,
                 by_others ? c.queue().substr(0, c.queue().size() - 2) + "pt" : "",
                 first_kept ? c.kept + ".filled" : "");
  }

  void change_way(Case& c, Turn turn) {
    switch (turn) {
      case Turn::Reject:
        ++scene_.happened["注册不通过"];
        desk_.decide(
            c, against("reject"), {"accepted", {}, "rejected"},
            [&c](const Value&) { c.state = State::Rejected; }, Paper::Any);
        break;
      case Turn::Return:
      case Turn::ReturnItems:
        send_to_applicant(c, turn == Turn::ReturnItems);
        break;
      case Turn::SendBack:
        ++scene_.happened["回退"];
        desk_.decide(
            c, against("send_back"),
            {"accepted", {}, c.at == 1 ? "at_base_unit" : "at_receiving_unit", c.way[c.at - 1]},
            [&c](const Value&) { --c.at; }, Paper::Any);
        break;
      case Turn::Refuse:
        ++scene_.happened["不予受理"];
        desk_.decide(
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
          desk_.decide(c, usual(c), {"refused", {"CASE_CLOSED"}}, {}, Paper::Any);
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
    desk_.decide(
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
    desk_.decide(c, judgement, {"refused", codes}, {}, paper, drop);
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
        refused(c, judgement, {"FORM_UNREADABLE"}, Paper::Form, "public");
        break;
      case Turn::NotConfirmed:
        ++scene_.happened["未确认转交"];
        judgement.confirmed = false;
        desk_.decide(c, judgement, {"not_submitted", {"DECISION_NOT_CONFIRMED"}}, {}, Paper::Any);
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
        refused(c, judgement, {"ITEMS_NOT_PASSED"}, Paper::Form);
        break;
      case Turn::NoCommittee:
        judgement.target.clear();
        refused(c, judgement, {"COMMITTEE_UNRESOLVED"}, Paper::Any);
        break;
      case Turn::OldVisit:
      case Turn::OldRound: {
        // Another decision than the one that was made with that form.
        desk_.lay(listed_, c.kept + ".blank");
        Judgement other = turn == Turn::OldVisit ? against("return") : judgement;
        refused(c, other, {"FORM_OUTDATED"}, Paper::Form);

        break;
      }
      default:
        ++scene_.happened["重复的决定"];
        scene_.post.put({c.queue(),
                         scene_.name_of("审批单", ".pdf"),
                         {"refused", {"FORM_OUTDATED"}},
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
                       bundle(std::move(form), {{"A19", form_pdf::scan("photo " + c.id)}})});
      go_on(c, Paper::Any);
    } else if (turn == Turn::OwnName) {
      Judgement judgement = usual(c);
      judgement.reviewer = c.who.person.name;
      Expected expected = onward(c);
      expected.codes = {"SELF_REVIEW"};
      desk_.decide(c, judgement, expected, moves_on(c), Paper::Any);
    } else if (turn == Turn::BothWays) {
      ++scene_.happened["重复的决定"];
      const Judgement judgement = usual(c);
      desk_.decide(c, judgement, onward(c), moves_on(c), Paper::Form);
      desk_.decide(c, judgement, {"duplicate", {"DECISION_ALREADY_MADE"}}, {}, Paper::List);
    } else {
      ++scene_.happened["重复的决定"];
      const std::string kept = scene_.program.path("again-" + c.id);
      const auto again = [this, &c, queue, kept](const Value& receipt) {
        moves_on(c)(receipt);
        scene_.later.push_back({queue,
                                scene_.name_of("审批单", ".pdf"),
                                {"duplicate", {"DUPLICATE_BUNDLE"}},
                                {},
                                bytes_of(kept)});
      };
      desk_.decide(c, usual(c), onward(c), again, Paper::Form, "", kept);
    }
  }

  Scene& scene_;
  Desk& desk_;
  Listed listed_;
  std::string form_;
};

}  // namespace season
