#include <algorithm>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/accounts.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Time;
using pipeline::Value;

namespace {
void check_form(Matter& m, const Value& document) {
  const std::string& queue = document["queue"].string();
  const std::string label = queue_label(m.view, m.rules, queue);
  const std::string state = state_label(m.rules, document["state"].string());
  if (queue.empty()) {
    m.find("CASE_CLOSED", "case", {{"value", m.text("case")}, {"detail", state}});
    return;
  }
  const std::string claimed = m.text("queue");
  if (!may_decide(m.delivery.drop, queue) ||
      (!claimed.empty() && queue_named(m.rules, claimed) != queue))
    m.find("WRONG_QUEUE", "queue", {{"queue", label}});
  // X17: a unit reviews the applications of its own staff, nobody else does at this stage.
  if (document["state"].string() == "at_base_unit" && m.delivery.drop != queue &&
      m.delivery.drop.starts_with("unit-"))
    m.find("NOT_OWN_STAFF", "case", {{"unit", document["unit"].string()}});
  const std::int64_t round = document["round"].integer();
  if (!m.form()["round"].is_null() && m.form()["round"].integer() != round)
    m.find("FORM_OUTDATED", "round",
           {{"round", std::to_string(round)}, {"value", m.text("round")}});
  const std::string given = m.text("token");
  if (!given.empty() && given != token(m.rules, document["case"].string(), static_cast<int>(round),
                                       queue, document["sha256"].string()))
    m.find("TOKEN_INVALID", "token");
}

/// X18, X19: the same person may be administrator and applicant; it is only told.
void check_self_review(Matter& m, const Value& document) {
  const std::string name = m.text("reviewer.name");
  const std::string id = m.text("reviewer.id_number");
  const bool same = id.empty() ? !name.empty() && name == document["applicant"].text()
                               : id == document["applicant_id"].text();
  if (document["state"].string() == "at_base_unit" && same)
    m.find("SELF_REVIEW", "reviewer", {{"value", name}});
}

/// X44–X48: what a decision must say.
void check_completeness(Matter& m, const std::string& needs) {
  const auto missing = [&](const char* where, const char* field) {
    m.find("DECISION_INCOMPLETE", where, {{"field", field}});
  };
  if (m.text("reviewer.name").empty()) missing("reviewer.name", "审核人");
  if (needs == "recommendation_opinion" && m.text("recommendation_opinion").empty())
    missing("recommendation_opinion", "基层单位推荐意见");
  const auto& items = m.form()["items"].items();
  const bool item_opinion = std::any_of(items.begin(), items.end(), [](const Value& item) {
    return !item["opinion"].text().empty();
  });
  if (needs == "modification_opinion" && m.text("modification_opinion").empty() && !item_opinion)
    missing("modification_opinion", "修改意见");
}

std::string opinion_of(const Matter& m) {
  const std::string recommendation = m.text("recommendation_opinion");
  const std::string modification = m.text("modification_opinion");
  if (recommendation.empty() || modification.empty()) return recommendation + modification;
  return recommendation + "；" + modification;
}

Value reasons_of(const Matter& m) {
  Value reasons = Value::array();
  const auto add = [&](const std::string& text, const char* rule) {
    if (!text.empty())
      reasons.push(Value::object({{"text", text}, {"hint", "请修改后重新提交"}, {"rule", rule}}));
  };
  add(m.text("modification_opinion"), "X45");
  for (const Value& item : m.form()["items"].items()) {
    if (item["passed"].boolean(true)) continue;
    const std::string& code = item["item"].string();
    const auto name = std::find_if(m.rules.items.begin(), m.rules.items.end(),
                                   [&](const auto& known) { return known.first == code; });
    add((name == m.rules.items.end() ? code : code + " " + name->second) + "：" +
            item["opinion"].text(),
        "X50");
  }
  return reasons;
}

void write_decision(Matter& m, Value& document, const std::string& action) {
  document.set("decision", action);
  document.set("opinion", opinion_of(m));
  document.set("decided_by", m.text("reviewer.name"));
  document.set("decided_at", m.now.us);
  add_history(
      document, m.now, m.rules.dictionary.label("action", action),
      queue_label(m.view, m.rules, document["queue"].string()) + " " + m.text("reviewer.name"));
}

void commit(Matter& m, const Value& document, const char* event_name, Event event = {}) {
  event.name = event_name;
  event.case_id = document["case"].string();
  event.body = Value::object({{"action", document["decision"]},
                              {"by", document["decided_by"]},
                              {"from", m.delivery.drop},
                              {"opinion", document["opinion"]},
                              {"queue", document["queue"]}});
  event.puts.push_back(put_case(document));
  m.out.events.push_back(std::move(event));
  m.out.result = Result::Accepted;
  m.out.queue = document["queue"].string();
  m.out.state = document["state"].string();
}

void decide_on_registration(Matter& m, Value document, const std::string& action) {
  write_decision(m, document, action);
  m.out.effects.push_back(take_away_form(document));
  document.set("queue", "");
  document.set("state", action == "approve" ? "approved" : "rejected");
  // H42: only the core platform is slow; the unit portal is not (Q5).
  const bool core = document["channel"].string() == "core";
  const Time effective =
      core ? m.now + std::chrono::minutes(m.rules.settings.sync_delay_minutes) : m.now;
  document.set("effective_at", effective.us);
  const bool correction = document["kind"].string() == "unit_info_correction";
  const bool approved = action == "approve";
  commit(m, document,
         correction ? approved ? "correction_approved" : "correction_rejected"
         : approved ? "registration_approved"
                    : "registration_rejected");
  const std::string label = m.rules.dictionary.label("action", action);
  m.out.message =
      document["unit"].string() + (correction ? "的单位信息修正：" : "的注册申请：") + label + "。";
  if (m.now < effective) {
    m.out.timers.push_back(
        {effective, "decision_effective", Value::object({{"case", document["case"]}})});
    m.out.message += "审核结果最多半小时后生效（" + pipeline::chinese_time(effective) + "）。";
  } else {
    take_effect(m.view, m.rules, m.out, std::move(document), m.now);
  }
}

/// Hands the application to its next stage and lays out the form there.
void hand_over(Matter& m, Value& document, const Target& target) {
  m.out.effects.push_back(take_away_form(document));
  document.member("path").push(document["queue"]);
  document.set("queue", target.queue);
  const bool committee = target.queue.starts_with("committee-");
  document.set("state", committee ? "at_committee" : "at_receiving_unit");
  document.set("reviewer", target.name);
  document.set("reviewer_kind", committee ? "committee" : "receiving_unit");
  document.set("reviewer_label", committee ? "评审委员会" : "材料接收单位（推荐单位）");
  document.set("received_here_at", m.now.us);
  document.set("due", pipeline::iso_date(add_workdays(m.rules, pipeline::beijing_day(m.now),
                                                      m.rules.settings.review_workdays)));
  // X13, X14: what a created unit submits ends at its parent.
  const Value unit = unit_of(m.view, m.rules, document["uscc"].string());
  const Value parent = unit_of(m.view, m.rules, unit["parent"].text());
  document.set("ends_here", unit["mode"].string() == "CREATED_BY_PARENT" &&
                                parent["internal_scope"].boolean(true));
  m.out.effects.push_back(approval_form(m.view, m.rules, document));
}

std::optional<Target> choose_target(Matter& m, const Value& document) {
  const std::vector<Target> targets = next_targets(m.view, m.rules, document);
  std::string wanted = m.text("target");
  // "xj-engineering" is what the table calls committee-xj-engineering.
  if (!wanted.empty() && !pipeline::is_uscc_alphabet(wanted) && !wanted.starts_with("committee-"))
    wanted = "committee-" + wanted;
  const bool base = document["state"].string() == "at_base_unit";
  const bool last = goes_to_committee(m.view, m.rules, document);
  std::vector<std::string> names;
  for (const Target& t : targets) names.push_back(t.name + "（" + t.id + "）");
  if (!wanted.empty()) {
    for (const Target& t : targets)
      if (t.id == wanted) return t;
    // A series without a committee of its own: the last receiving unit names one by hand.
    if (last && targets.empty())
      for (const Committee& c : m.rules.committees)
        if (c.id == wanted) return Target{c.id, c.name, c.id, false};
    const Value unit = unit_of(m.view, m.rules, document["uscc"].string());
    m.find(base && is_bound_to_parent(unit) ? "TARGET_NOT_PARENT" : "TARGET_NOT_ALLOWED", "target",
           {{"value", wanted},
            {"unit", wanted},
            {"candidate", pipeline::join(names, "、")},
            {"allowed", pipeline::join(names, "、")}});
    return std::nullopt;
  }
  for (const Target& t : targets)
    if (t.is_default) return t;
  if (!last)
    m.find("NO_DEFAULT_RECEIVING_DEPARTMENT", "target");
  else
    m.find("COMMITTEE_UNRESOLVED", pipeline::Severity::Error, "target",
           {{"value", m.rules.dictionary.label("series", document["series"].string())}});
  return std::nullopt;
}

void decide_on_application(Matter& m, Value document, const std::string& action,
                           const std::string& next_state) {
  std::optional<Target> target;
  if (action == "report_up") target = choose_target(m, document);
  const auto& path = document["path"].items();
  const std::string label = m.rules.dictionary.label("action", action);
  if (m.refused()) {
    m.refuse("审核决定未生效：请按下列问题修改后重新投递。");
    return;
  }
  const std::string from = document["queue"].string();
  const std::string from_label = queue_label(m.view, m.rules, from);
  write_decision(m, document, action);
  const std::string opinion = document["opinion"].string();
  if (!opinion.empty())
    document.member("opinions")
        .push(Value::object({{"title", from == "unit-" + document["uscc"].string()
                                           ? "基层单位推荐意见"
                                           : document["reviewer_label"].string() + "意见"},
                             {"text", opinion},
                             {"by", from_label + " " + m.text("reviewer.name")},
                             {"at", m.now.us}}));
  m.out.message = document["applicant"].string() + "的申请书：" + label;
  if (target) {
    hand_over(m, document, *target);
    m.out.message += "至" + target->name;
    m.out.extra.set("reviewer", target->name);
  } else if (action == "send_back") {
    const std::string below = path.empty() ? "" : path.back().string();
    Target back{below, queue_label(m.view, m.rules, below), below, false};
    document.member("path").items_mutable().pop_back();
    hand_over(m, document, back);
    document.member("path").items_mutable().pop_back();
    if (below == "unit-" + document["uscc"].string()) {
      document.set("state", "at_base_unit");
      m.out.effects.back() = approval_form(m.view, m.rules, document);
    }
    m.out.message += "至" + back.name;
  } else {
    m.out.effects.push_back(take_away_form(document));
    document.set("queue", "");
    document.set("state", next_state);
    if (action == "return") document.set("returns", document["returns"].integer() + 1);
    const bool refused = action == "not_accept";
    const std::string title = action == "return" ? "退回修改通知书"
                              : refused          ? "不予受理通知书"
                                                 : "受理通知书";
    const std::string text = "你单位" + document["applicant"].string() + "的职称申请书（" +
                             document["title"].string() + "，案件编号" + document["case"].string() +
                             "）经" + from_label + "审核，" +
                             (action == "return" ? "现退回修改。请按下列意见修改后重新提交。"
                              : refused ? "不予受理，本年度不再受理其申请。"
                                        : "予以受理。");
    m.out.effects.push_back(
        notice(document, title, Value::array({text}), reasons_of(m), from_label, m.now));
  }
  m.out.message += "。";
  commit(m, document, "application_moved");
}

}  // namespace

void take_effect(const pipeline::View& view, const Rules& rules, pipeline::Outcome& outcome,
                 Value document, Time at) {
  if (document["kind"].string() == "unit_info_correction") {
    take_correction_effect(view, rules, outcome, document, at);
    return;
  }
  const bool approved = document["state"].string() == "approved";
  const std::string uscc = document["uscc"].string();
  const bool hunan = document["province"].string() == "hunan";
  Event event{"decision_effective",
              document["case"].string(),
              Value::object({{"state", document["state"]}}),
              {}};
  if (approved) {
    const auto form = view.document("form", document["case"].string() + "-r1");
    Value unit = unit_of(view, rules, uscc);
    if (unit.is_null()) unit = Value::object({{"uscc", uscc}});
    if (form)
      for (const auto& [key, value] : (*form)["unit"].members()) unit.set(key, value);
    unit.set("province", document["province"]);
    unit.set("state", "approved");
    unit.set("approved_at", at.us);
    unit.set("portal", true);
    if (!unit.has("mode")) unit.set("mode", "SELF");
    if (!hunan) {
      Value receiving = document["receiving_units"];
      if (receiving.size() == 1) receiving.items_mutable()[0].set("default", true);
      unit.set("receiving_units", std::move(receiving));
      // X38–X41: these open with the approval, none before.
      unit.set("capabilities", capabilities());
    }
    event.puts.push_back({"unit", uscc, std::move(unit), {}});
    // H08: whoever reviewed it, the unit gets both parts of the talent permission.
    grant(view, rules, event, document, {"TALENT", "PT", "HR_MARKET"});
  }
  outcome.events.push_back(std::move(event));
  Value reasons = Value::array();
  const std::string opinion = document["opinion"].text();
  if (!approved && !opinion.empty())
    reasons.push(
        Value::object({{"text", opinion}, {"hint", "请按意见修改后重新注册"}, {"rule", "H22"}}));
  const std::string text = "你单位提交的单位注册申请（案件编号" + document["case"].string() +
                           "）经" + document["reviewer"].string() +
                           (approved ? "审核通过。" : "审核不通过。");
  const std::string& url = rules.settings.hunan_portal_url;  // H02
  const std::string portal = url.empty() ? "" : "（网址：" + url + "）";
  const std::string next =
      approved ? (hunan ? "自即日起可用登记的用户名登录" + portal + "，已开通人才人事权限。"
                        : "审核、查询、填写审批单、上报和退回等功能已经开放。")
               : "请按审核意见修改后重新注册。";
  outcome.effects.push_back(
      notice(document, approved ? "单位注册审核通过通知书" : "单位注册审核不通过通知书",
             Value::array({text, next}), std::move(reasons), document["reviewer"].string(), at));
}

void decide_review(Matter& m) {
  const std::string case_id = m.text("case");
  std::optional<Value> document = m.view.document("case", case_id);
  if (!document) {
    if (!case_id.empty()) m.find("CASE_UNKNOWN", "case", {{"value", case_id}});
    m.refuse("审核决定未生效：没有找到对应的案件。");
    return;
  }
  m.out.case_id = case_id;
  m.out.round = static_cast<int>((*document)["round"].integer());
  m.out.state = (*document)["state"].string();
  m.out.queue = (*document)["queue"].string();
  check_form(m, *document);
  check_self_review(m, *document);
  const std::string action = m.text("action");
  std::string next_state;
  if (!action.empty() && !m.out.queue.empty()) {
    const std::string stage = review_stage(*document);
    const pipeline::TableRow* row =
        m.rules.dictionary.code("action", action)
            ? m.ask(m.rules.actions, {{"case_kind", (*document)["kind"].string()},
                                      {"stage", stage},
                                      {"action", action}})
            : nullptr;
    if (row && m.rules.actions.output(*row, "verdict") == "allow") {
      next_state = m.rules.actions.output(*row, "next");
      check_completeness(m, m.rules.actions.output(*row, "needs"));
    } else if (row) {
      m.find("ACTION_NOT_ALLOWED", "action",
             {{"value", m.rules.dictionary.label("action", action)}, {"allowed", row->note}});
    }
  }
  // X48: without the confirmation nothing happens, and nothing is lost.
  if (!m.refused() && !m.form()["confirmed"].boolean()) {
    m.find("DECISION_NOT_CONFIRMED", "confirmed");
    m.out.result = Result::NotSubmitted;
    m.out.message = "尚未确认转交，案件仍在" + queue_label(m.view, m.rules, m.out.queue) +
                    "待审核：请勾选“确认转交”后重新投递。";
    return;
  }
  if (m.refused()) {
    m.refuse("审核决定未生效：请按下列问题修改后重新投递。");
    return;
  }
  if ((*document)["kind"].string() == "title_application")
    decide_on_application(m, std::move(*document), action, next_state);
  else
    decide_on_registration(m, std::move(*document), action);
}

}  // namespace decide
