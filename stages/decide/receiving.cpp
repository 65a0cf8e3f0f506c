#include <algorithm>

#include "pipeline/text.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Value;

namespace {

/// X38: only an approved unit adds receiving departments. X14, X27: who was assigned or created has none to choose.
void check_change_allowed(Matter& m, const std::string& uscc, const Value& unit) {
  check_approved(m, uscc, "uscc", unit);
  if (unit.is_null()) return;
  if (unit["province"].text() != "xinjiang")
    m.find("KIND_NOT_OPEN", "kind",
           {{"value", m.rules.dictionary.label("kind", m.submission.kind)}});
  if (is_bound_to_parent(unit))
    m.find("TARGET_NOT_PARENT", "receiving_unit.uscc",
           {{"candidate", unit_name(m.view, m.rules, unit["parent"].string())}});
}

/// X23, X29: it must exist, receive, and stand above the unit's place. Its level is free: what X24–X26 ask for was chosen
/// at registration.
void check_receiver(Matter& m, const std::string& uscc, const Value& unit) {
  const std::string chosen = m.text("receiving_unit.uscc");
  if (chosen.empty()) return;  // FIELD_REQUIRED has said so
  const Value receiver = unit_of(m.view, m.rules, chosen);
  const std::string name = receiver["name"].text();
  const std::string shown = name.empty() ? chosen : name;
  const std::string candidate =
      receiving_candidates(m.rules, unit["level"].text(), unit["region"].text());
  const char* why = receiver.is_null()                ? "查无此单位"
                    : chosen == uscc                  ? "不能选择本单位"
                    : !receiver["receives"].boolean() ? "该单位不接收材料"
                                                      : nullptr;
  if (why)
    m.find("RECEIVING_UNIT_REQUIRED", "receiving_unit.uscc",
           {{"detail", std::string(why) + "：" + shown + "。"}, {"candidate", candidate}});
  else if (!same_place(receiver["region"].text(), unit["region"].text()))
    m.find("RECEIVING_UNIT_REGION", "receiving_unit.uscc",
           {{"unit", shown}, {"candidate", candidate}});
}

/// X33: the list with the department in it, and exactly one default.
Value changed_list(Value list, const std::string& chosen, const Value& wanted) {
  if (!list.is_array()) list = Value::array();
  auto& all = list.items_mutable();
  const auto is_chosen = [&](const Value& r) { return r["uscc"].string() == chosen; };
  if (std::none_of(all.begin(), all.end(), is_chosen))
    all.push_back(Value::object({{"uscc", chosen}, {"default", false}}));
  const bool first = all.size() == 1;
  for (Value& r : all) {
    if (is_chosen(r) && (first || !wanted.is_null()))
      r.set("default", first || wanted.boolean());
    else if (wanted.boolean())
      r.set("default", false);
  }
  return list;
}

std::string told_list(const Matter& m, const Value& list) {
  std::vector<std::string> names;
  for (const Value& r : list.items())
    names.push_back(unit_name(m.view, m.rules, r["uscc"].string()) +
                    (r["default"].boolean() ? "（默认）" : ""));
  return pipeline::join(names, "、");
}

/// The forms that lie with the unit offer the departments of today; their tokens stay what they were.
void renew_forms(Matter& m, const std::string& uscc, const Event& event) {
  pipeline::Overlay changed(m.view);
  changed.apply({event});
  for (const std::string& id : changed.find("case", "queue", "unit-" + uscc)) {
    const auto document = changed.document("case", id);
    if (document && (*document)["state"].string() == "at_base_unit")
      m.out.effects.push_back(approval_form(changed, m.rules, *document));
  }
}

}  // namespace

void decide_receiving_change(Matter& m) {
  const std::string uscc = m.text("uscc");
  const auto [family, owner] = split_drop(m.delivery.drop);
  if (family == "unit" && !uscc.empty() && owner != uscc)
    m.find("WRONG_FOLDER", "uscc", {{"detail", "这里只能办理本单位的业务。"}});
  const Value unit = unit_of(m.view, m.rules, uscc);
  if (!uscc.empty()) check_change_allowed(m, uscc, unit);
  if (unit["province"].text() == "xinjiang" && !is_bound_to_parent(unit))
    check_receiver(m, uscc, unit);
  const Value list =
      changed_list(unit["receiving_units"], m.text("receiving_unit.uscc"), m.form()["default"]);
  if (std::none_of(list.items().begin(), list.items().end(),
                   [](const Value& r) { return r["default"].boolean(); }))
    m.find("NO_DEFAULT_RECEIVING_DEPARTMENT", "default");
  if (m.refused()) {
    m.refuse("材料接收部门未变更：请按下列问题修改后重新投递。");
    return;
  }
  if (m.form().has("submit") && !m.form()["submit"].boolean()) {
    m.find("NOT_SUBMITTED", "submit");
    m.out.result = Result::NotSubmitted;
    m.out.message = "表单已收到，但尚未提交：材料接收部门没有变更。";
    return;
  }
  Value changed = m.view.document("unit", uscc).value_or(Value::object({{"uscc", uscc}}));
  changed.set("receiving_units", list);
  Event event{"receiving_department_changed",
              "",
              Value::object({{"uscc", uscc}, {"receiving_units", list}}),
              {}};
  event.puts.push_back({"unit", uscc, std::move(changed), {}});
  renew_forms(m, uscc, event);
  m.out.events.push_back(std::move(event));
  m.out.result = Result::Accepted;
  m.out.message = "材料接收部门已变更，现为：" + told_list(m, list) +
                  "。以后上报的申请书提交至默认的材料接收部门；已经上报的不变。";
}

}  // namespace decide
