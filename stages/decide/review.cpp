#include <algorithm>
#include <optional>

#include "pipeline/text.hpp"
#include "stages/decide/complete_notice.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/decision.hpp"
#include "stages/decide/items.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Time;
using pipeline::Value;

namespace {

/// The form that a reviewer fills says for which visit of the case it was made; what programs write need not.
void check_version(Matter& m, const Value& document) {
  const std::int64_t round = document["round"].integer();
  const std::string given = m.text("token");
  const std::string version = m.text("form_version");
  const auto words = [](const std::string& of_round) { return "第 " + of_round + " 轮"; };
  if (!m.form()["round"].is_null() && m.form()["round"].integer() != round) {
    m.find("FORM_OUTDATED", "round",
           {{"round", words(std::to_string(round))}, {"value", words(m.text("round"))}});
  } else if (!version.empty() && version != form_version(document)) {
    const auto visit = [&](const std::string& v) {
      return words(std::to_string(round)) + "第 " + v.substr(v.find('.') + 1) + " 次送达";
    };
    m.find("FORM_OUTDATED", "form_version",
           {{"round", visit(form_version(document))}, {"value", visit(version)}});
  } else if (!given.empty()) {
    bool right = false;
    for (std::int64_t visit = document["visit"].integer(1); visit >= 1 && !right; --visit) {
      Value then = document;
      then.set("visit", visit);
      right = given == form_token(m.rules, document, form_version(then));
      if (!version.empty()) break;
    }
    if (!right) m.find("TOKEN_INVALID", "token");
  }
}

void check_form(Matter& m, const Value& document) {
  const std::string& queue = document["queue"].string();
  if (queue.empty()) {
    m.find(
        "CASE_CLOSED", "case",
        {{"value", m.text("case")}, {"detail", state_label(m.rules, document["state"].string())}});
    return;
  }
  const std::string claimed = m.text("queue");
  const bool here = may_decide(m.delivery.drop, queue) &&
                    (claimed.empty() || queue_named(m.rules, claimed) == queue);
  if (!here) m.find("WRONG_QUEUE", "queue", {{"queue", queue_label(m.view, m.rules, queue)}});
  // X17: a unit reviews the applications of its own staff, nobody else does at this stage.
  if (document["state"].string() == "at_base_unit" && m.delivery.drop != queue &&
      m.delivery.drop.starts_with("unit-"))
    m.find("NOT_OWN_STAFF", "case", {{"unit", document["unit"].string()}});
  if (here) check_version(m, document);
}

/// A form or a list dropped again after it was decided as it says: nothing is done twice, and nothing is wrong.
const Value* made_already(const Matter& m, const Value& document) {
  const std::string version = m.text("form_version");
  const std::string queue = queue_named(m.rules, m.text("queue"));
  if (version.empty() || !may_decide(m.delivery.drop, queue)) return nullptr;
  // Sent back, it waits here again: then the form is stale, not done with (X57).
  if (may_decide(m.delivery.drop, document["queue"].text())) return nullptr;
  for (const Value& made : document["decisions"].items())
    if (made["version"].string() == version && made["queue"].string() == queue &&
        made["round"].integer() == m.form()["round"].integer() &&
        made["action"].string() == m.text("action"))
      return &made;
  return nullptr;
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

/// X44–X48: what a decision must say. As long as it is not confirmed, what is missing is only told.
void check_completeness(Matter& m, const std::string& needs) {
  const auto severity =
      m.form()["confirmed"].boolean() ? pipeline::Severity::Error : pipeline::Severity::Info;
  const auto missing = [&](const char* where, const char* field) {
    m.find("DECISION_INCOMPLETE", severity, where, {{"field", field}});
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

/// What common/actions.csv says of the action here; nothing if it is not allowed, which a finding has said.
std::optional<std::string> next_state_of(Matter& m, const Value& document,
                                         const std::string& action) {
  if (action.empty() || document["queue"].string().empty() ||
      !m.rules.dictionary.code("action", action))
    return std::nullopt;
  const pipeline::Table& table = m.rules.actions;
  const pipeline::TableRow* row = m.ask(table, {{"case_kind", document["kind"].string()},
                                                {"stage", review_stage(document)},
                                                {"action", action}});
  // A table with a gap must not make a decision vanish: the case stays, and the reviewer is told.
  if (!row || table.output(*row, "verdict") != "allow") {
    m.find("ACTION_NOT_ALLOWED", "action",
           {{"value", m.rules.dictionary.label("action", action)},
            {"allowed", row ? row->note : "规则表没有规定这一步的办理，请联系系统管理员"}});
    return std::nullopt;
  }
  check_completeness(m, table.output(*row, "needs"));
  return table.output(*row, "next");
}

}  // namespace

Value reasons_of(const Matter& m, const Value& document) {
  Value reasons = Value::array();
  const bool returned = m.text("action") == "return";
  const auto add = [&](const std::string& text, const char* rule, const std::string& item) {
    if (!text.empty())
      reasons.push(Value::object({{"text", text}, {"item", item}, {"rule", rule}}));
  };
  add(m.text("modification_opinion"), returned ? "X45" : "X54", "");
  for (const Value& item : m.form()["items"].items()) {
    if (item["passed"].boolean(true)) continue;
    const std::string opinion = item["opinion"].text();
    const std::string name = item_label(m.rules, item["item"].string());
    add(name + "：" + (opinion.empty() ? "未通过" : opinion) +
            (is_overlooked_item(document, item["item"].string())
                 ? "（该项上次退回后没有改动，此前应一并告知）"
                 : ""),
        returned ? "X50" : "X54", name);
  }
  return reasons;
}

void write_decision(Matter& m, Value& document, const std::string& action) {
  const std::string label = queue_label(m.view, m.rules, document["queue"].string());
  document.set("decision", action);
  document.set("opinion", opinion_of(m));
  document.set("decided_by", m.text("reviewer.name"));
  document.set("decided_at", m.now.us);
  Value rows = Value::array();
  for (const std::string& row : m.out.rows) rows.push(row);
  document.member("decisions")
      .push(Value::object({{"queue", document["queue"]},
                           {"version", form_version(document)},
                           {"round", document["round"]},
                           {"action", action},
                           {"at", m.now.us},
                           {"by", m.text("reviewer.name")},
                           {"label", label},
                           {"opinion", document["opinion"]},
                           {"checks", m.form()["checks"]},
                           {"items", m.form()["items"]},
                           {"rows", std::move(rows)}}));
  add_history(document, m.now, m.rules.dictionary.label("action", action),
              label + " " + m.text("reviewer.name"), m.submission.sha256);
}

void commit_decision(Matter& m, const Value& document, const char* event_name) {
  Event event{event_name,
              document["case"].string(),
              Value::object({{"action", document["decision"]},
                             {"by", document["decided_by"]},
                             {"from", m.delivery.drop},
                             {"opinion", document["opinion"]},
                             {"checks", m.form()["checks"]},
                             {"items", m.form()["items"]},
                             {"queue", document["queue"]}}),
              {}};
  event.puts.push_back(put_case(document));
  m.out.events.push_back(std::move(event));
  m.out.result = Result::Accepted;
  m.out.queue = document["queue"].string();
  m.out.state = document["state"].string();
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
  if (const Value* made = m.refused() ? nullptr : made_already(m, *document)) {
    const std::string at = pipeline::chinese_time(Time{(*made)["at"].integer()});
    m.find("DECISION_ALREADY_MADE", "case", {{"time", at}});
    m.out.result = Result::Duplicate;
    m.out.message = "这项审核决定已于" + at + "办理，不重复办理。";
    return;
  }
  check_form(m, *document);
  check_self_review(m, *document);
  const std::string action = m.text("action");
  if (action.empty() && !m.refused())
    m.find("DECISION_INCOMPLETE",
           m.form()["confirmed"].boolean() ? pipeline::Severity::Error : pipeline::Severity::Info,
           "action", {{"field", "办理结果"}});
  if (action.empty() && !m.refused()) check_completeness(m, "");
  const auto next_state = next_state_of(m, *document, action);
  // X48: without the confirmation nothing happens, and nothing is lost.
  if (!m.refused() && !m.form()["confirmed"].boolean()) {
    m.find("DECISION_NOT_CONFIRMED", "confirmed");
    m.out.result = Result::NotSubmitted;
    m.out.message = "尚未确认转交，案件仍在" + queue_label(m.view, m.rules, m.out.queue) +
                    "待审核：请勾选“确认转交”后重新投递。";
    return;
  }
  if (m.refused() || !next_state) {
    m.refuse("审核决定未生效：请按下列问题修改后重新投递。");
    return;
  }
  if ((*document)["kind"].string() == "title_application")
    decide_on_application(m, std::move(*document), action, *next_state);
  else
    decide_on_registration(m, std::move(*document), action);
}

}  // namespace decide
