#include <algorithm>
#include <cassert>

#include "pipeline/text.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/decision.hpp"
#include "stages/decide/items.hpp"

namespace decide {

using pipeline::Value;

namespace {

/// Hands the application to its next stage; its papers are still to be laid out there.
void hand_over(Matter& m, Value& document, const Target& target) {
  take_away_papers(m.out, document);
  document.member("path").push(document["queue"]);
  document.set("visit", document["visit"].integer(1) + 1);
  document.set("queue", target.queue);
  const bool committee = target.queue.starts_with("committee-");
  document.set("state", committee ? "at_committee" : "at_receiving_unit");
  document.set("reviewer", target.name);
  document.set("reviewer_kind", committee ? "committee" : "receiving_unit");
  document.set("reviewer_label", committee ? "评审委员会" : "材料接收单位（推荐单位）");
  document.set("received_here_at", m.now.us);
  document.set("due", m.due_day());
  // X13, X14: what a created unit submits ends at its parent.
  const Value unit = unit_of(m.view, m.rules, document["uscc"].string());
  const Value parent = unit_of(m.view, m.rules, unit["parent"].text());
  document.set("ends_here", unit["mode"].string() == "CREATED_BY_PARENT" &&
                                parent["internal_scope"].boolean(true));
}

std::optional<Target> choose_target(Matter& m, const Value& document) {
  const std::vector<Target> targets = next_targets(m.view, m.rules, document);
  std::string wanted = m.text("target");
  // "xj-engineering" is what the table calls committee-xj-engineering.
  const bool committee =
      std::any_of(m.rules.committees.begin(), m.rules.committees.end(),
                  [&](const Committee& c) { return c.id == "committee-" + wanted; });
  if (committee) wanted = "committee-" + wanted;
  const bool base = document["state"].string() == "at_base_unit";
  const bool last = goes_to_committee(m.view, m.rules, document);
  std::vector<std::string> names;
  for (const Target& t : targets) names.push_back(t.name + "（" + t.id + "）");
  if (!wanted.empty()) {
    // People choose a name from a list, or write it; programs write the id.
    for (const Target& t : targets)
      for (const std::string& written :
           {t.id, t.name, t.name + "（默认）", t.name + "（" + t.id + "）"})
        if (wanted == written) return t;
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

/// X49–X52: what the answers to the items must be like for that action; nothing for reviewers who judge the whole.
void check_items(Matter& m, const Value& document, const std::string& action) {
  std::vector<std::string> failed;
  bool answered = false;
  for (const Value& answer : m.form()["items"].items()) {
    if (!answer["passed"].is_bool()) continue;
    const Item* item = m.rules.item(answer["item"].string());
    if (!item || !item->reviewed) {
      m.find("ITEM_UNKNOWN", "items", {{"value", answer["item"].text()}});
      continue;
    }
    answered = true;
    if (!answer["passed"].boolean()) failed.push_back(item_label(m.rules, item->code));
  }
  if ((action == "report_up" || action == "accept") && !failed.empty())
    m.find("ITEMS_NOT_PASSED", "action",
           {{"value", m.rules.dictionary.label("action", action)},
            {"detail", pipeline::join(failed, "、")}});
  // X50: the applicant may change only what was marked 否.
  const Value locked = locked_after(m.rules, document["locked"], m.form()["items"], 1);
  const auto open = std::count_if(m.rules.items.begin(), m.rules.items.end(),
                                  [&](const Item& i) { return i.reviewed && !locked.has(i.code); });
  if (action == "return" && answered && (failed.empty() || open == 0))
    m.find("DECISION_INCOMPLETE", "items", {{"field", "要修改的项目（至少一项选“否”）"}});
}

std::string locked_items(const Rules& rules, const Value& locked) {
  std::vector<std::string> names;
  for (const Item& item : rules.items)
    if (locked.has(item.code)) names.push_back(item_label(rules, item.code));
  return pipeline::join(names, "、");
}

/// When the window ends in which it may come back (X50); "" if none is open.
std::string last_moment(const Matter& m, const Value& document) {
  for (const Window& window : m.rules.windows)
    if (window.province == document["province"].string() && window.kind == "title_application" &&
        window.from <= m.now && m.now <= window.to)
      return pipeline::chinese_time(window.to);
  return {};
}

/// It goes back to the one below; what it lay with there counts as a new visit.
void send_back(Matter& m, Value& document) {
  auto& path = document.member("path").items_mutable();
  assert(!path.empty());  // nobody sends back who was not reported to
  const std::string below = path.back().string();
  path.pop_back();
  hand_over(m, document, {below, queue_label(m.view, m.rules, below), below, false});
  document.member("path").items_mutable().pop_back();
  if (below == "unit-" + document["uscc"].string()) {
    document.set("state", "at_base_unit");
    document.set("reviewer_kind", "base_unit");
    document.set("reviewer_label", "基层单位");
    document.set("receiver_acted", false);
  }
  lay_out_papers(m.out, m.view, m.rules, document);
}

/// Nobody reviews it any more in this round.
void end_round(Matter& m, Value& document, const std::string& action, const std::string& next_state,
               const std::string& from_label) {
  take_away_papers(m.out, document);
  Letter letter{
      "accepted", {}, {}, reasons_of(m, document), from_label, document["queue"].string()};
  document.set("queue", "");
  document.set("state", next_state);
  if (action == "return") {
    letter.notice = "returned";
    document.set("returns", document["returns"].integer() + 1);
    Value returned = Value::array();
    for (const Value& item : m.form()["items"].items())
      if (!item["passed"].boolean(true)) returned.push(item["item"]);
    document.set("last_return",
                 Value::object({{"queue", letter.queue}, {"items", std::move(returned)}}));
    letter.arguments["locked"] = locked_items(m.rules, document["locked"]);
    letter.arguments["until"] = last_moment(m, document);
  } else if (action == "not_accept") {
    letter.notice = "not_accepted";
  }
  m.out.effects.push_back(notice(m.view, m.rules, document, std::move(letter), m.now));
}

void add_opinion(Matter& m, Value& document, const std::string& from_label) {
  const std::string opinion = document["opinion"].string();
  if (opinion.empty()) return;
  const bool base = document["queue"].string() == "unit-" + document["uscc"].string();
  const std::string action = document["decision"].string();
  const std::string title = base && action == "report_up"
                                ? "基层单位推荐意见"
                                : document["reviewer_label"].string() + "意见（" +
                                      m.rules.dictionary.label("action", action) + "）";
  document.member("opinions")
      .push(Value::object({{"title", title},
                           {"text", opinion},
                           {"by", from_label + " " + m.text("reviewer.name")},
                           {"at", m.now.us}}));
}

}  // namespace

void decide_on_application(Matter& m, Value document, const std::string& action,
                           const std::string& next_state) {
  const std::string from = document["queue"].string();
  const bool itemised = is_itemised(m.view, m.rules, from);
  if (itemised) check_items(m, document, action);
  std::optional<Target> target;
  if (action == "report_up") target = choose_target(m, document);
  if (m.refused()) {
    m.refuse("审核决定未生效：请按下列问题修改后重新投递。");
    return;
  }
  const std::string from_label = queue_label(m.view, m.rules, from);
  const int round = static_cast<int>(document["round"].integer());
  write_decision(m, document, action);
  document.set("receiver_acted", from != "unit-" + document["uscc"].string());
  // Q20: elsewhere the whole application is open again.
  if (action == "return")
    document.set("locked", itemised
                               ? locked_after(m.rules, document["locked"], m.form()["items"], round)
                               : Value::object());
  add_opinion(m, document, from_label);
  m.out.message =
      document["applicant"].string() + "的申请书：" + m.rules.dictionary.label("action", action);
  if (target) {
    hand_over(m, document, *target);
    lay_out_papers(m.out, m.view, m.rules, document);
    m.out.message += "至" + target->name;
    m.out.extra.set("reviewer", target->name);
  } else if (action == "send_back") {
    send_back(m, document);
    m.out.message += "至" + document["reviewer"].string();
  } else {
    end_round(m, document, action, next_state, from_label);
  }
  m.out.message += "。";
  commit_decision(m, document, "application_moved");
}

}  // namespace decide
