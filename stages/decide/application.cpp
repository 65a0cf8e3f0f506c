#include <algorithm>

#include "pipeline/identifiers.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Value;

namespace {

/// X38: only an approved unit works with applications; who never registered is told so (X04).
void check_unit(Matter& m, const std::string& uscc, const Value& unit) {
  if (!unit.is_null()) return;
  for (const std::string& key : m.view.find("case", "uscc", uscc)) {
    const auto other = m.view.document("case", key);
    if (!other || (*other)["kind"].string() != "unit_registration") continue;
    m.find("UNIT_NOT_APPROVED", "unit_uscc",
           {{"unit", (*other)["unit"].string()}, {"candidate", (*other)["reviewer"].string()}});
    return;
  }
  m.find("UNIT_NOT_REGISTERED", "unit_uscc", {{"unit", uscc}});
}

/// Windows of forms.md; nothing configured for the province means always open.
void check_window(Matter& m, const std::string& province) {
  bool configured = false;
  const Window* nearest = nullptr;
  for (const Window& w : m.rules.windows) {
    if (w.province != province || w.kind != "title_application") continue;
    configured = true;
    nearest = &w;
    if (w.from <= m.now && m.now <= w.to) return;
  }
  if (configured)
    m.find("LATE", "", {{"time", pipeline::chinese_time(m.now)},
                        {"detail", pipeline::chinese_time(nearest->from) + "至" +
                                        pipeline::chinese_time(nearest->to)}});
}

/// One application a person and year, unless the earlier one came to an end without a result.
void check_duplicate(Matter& m) {
  const std::string person_year = m.text("applicant.id_number") + '/' + m.text("year");
  for (const std::string& key : m.view.find("case", "applicant_year", person_year)) {
    const auto other = m.view.document("case", key);
    if (!other || (*other)["state"].string() == "recalled") continue;
    m.find("DUPLICATE_APPLICATION", "applicant.id_number",
           {{"value", key + "（" + (*other)["unit"].text() + "）"}});
  }
}

const Value& highest_education(const Value& form) {
  static const Value kNone;
  const auto& all = form["education"].items();
  return all.empty() ? kNone : all.back();
}

Value application_document(const Matter& m, const Value& unit, const std::string& case_id) {
  const Value& form = m.form();
  const Value& person = form["applicant"];
  const Value& target = form["target"];
  const std::string uscc = unit["uscc"].string();
  Value document = Value::object(
      {{"case", case_id},
       {"kind", "title_application"},
       {"state", "at_base_unit"},
       {"round", 1},
       {"queue", "unit-" + uscc},
       {"drop", m.delivery.drop},
       {"province", unit["province"]},
       {"uscc", uscc},
       {"unit", unit["name"]},
       {"unit_nature", unit["nature"]},
       {"unit_level", unit["level"]},
       {"region", unit["region"]},
       {"reviewer_kind", "base_unit"},
       {"reviewer_label", "基层单位"},
       {"reviewer", unit["name"]},
       {"channel", "portal"},
       {"hr_override", false},
       {"received_at", m.now.us},
       {"decided_at", nullptr},
       {"effective_at", nullptr},
       {"due", pipeline::iso_date(add_workdays(m.rules, pipeline::beijing_day(m.now),
                                               m.rules.settings.review_workdays))},
       {"decision", nullptr},
       {"opinion", nullptr},
       {"decided_by", nullptr},
       {"sha256", m.submission.sha256},
       {"returns", 0},
       {"itemised", unit["itemised"].boolean()},
       {"applicant", person["name"]},
       {"applicant_id", person["id_number"]},
       {"sex", person["sex"]},
       {"birth_date", person["birth_date"]},
       {"ethnicity", person["ethnicity"]},
       {"political_status", person["political_status"]},
       {"education", highest_education(form)["level"]},
       {"degree", highest_education(form)["degree"]},
       {"series", target["series"]},
       {"specialty", target["specialty"]},
       {"level", target["level"]},
       {"title", target["title"]},
       {"application_type", target["application_type"]},
       {"year", form["year"]},
       {"publicity", form["publicity"]},
       {"opinions", Value::array()},
       {"path", Value::array()},
       {"attachments", attachments_for_paper(m.rules, m.submission)},
       {"findings", findings_for_paper(m.submission.findings)}});
  Value& told = document.member("findings");
  const Value decided = findings_for_paper(m.out.findings);
  for (const Value& f : decided.items()) told.push(f);
  return document;
}

}  // namespace

void decide_application(Matter& m) {
  const std::string uscc = m.text("unit_uscc");
  const auto [family, owner] = split_drop(m.delivery.drop);
  if (family == "unit" && !uscc.empty() && owner != uscc)
    m.find("WRONG_FOLDER", "unit_uscc", {{"detail", "这里只能办理本单位的业务。"}});
  const Value unit = unit_of(m.view, m.rules, uscc);
  if (!uscc.empty()) check_unit(m, uscc, unit);
  check_window(m, unit["province"].text());
  check_duplicate(m);
  const bool submits = m.form()["submit"].boolean();
  if (m.refused()) {
    m.refuse("申请书未受理：请按下列问题逐项修改后重新提交。");
    return;
  }
  if (!submits) {
    m.find("NOT_SUBMITTED", "submit");
    m.out.result = Result::NotSubmitted;
    m.out.state = "attachments_received";
    m.out.message = "材料已收到，但尚未提交：请确认后将 submit（是否提交）改为“是”重新投递。";
    return;
  }
  const std::string case_id = pipeline::case_number('A', m.submission.sha256);
  Value document = application_document(m, unit, case_id);
  add_history(document, m.now, "提交申请书", document["applicant"].string());
  Event event{"application_received", case_id, Value::object({{"queue", document["queue"]}}), {}};
  event.puts.push_back(put_case(document));
  event.puts.push_back({"form", case_id + "-r1", m.form(), {}});
  m.out.events.push_back(std::move(event));
  m.out.effects.push_back(approval_form(m.view, m.rules, document));
  m.out.result = Result::Accepted;
  m.out.case_id = case_id;
  m.out.round = 1;
  m.out.queue = document["queue"].string();
  m.out.state = "at_base_unit";
  m.out.message = "申请书已提交，待" + document["unit"].string() + "（基层单位）审核，应于" +
                  document["due"].string() + "前办理。案件编号：" + case_id + "。";
  m.out.extra.set("reviewer", document["unit"]);
}

std::vector<Target> next_targets(const pipeline::View& view, const Rules& rules,
                                 const Value& document) {
  std::vector<Target> targets;
  const auto unit_target = [&](const std::string& uscc, bool is_default) {
    if (!uscc.empty())
      targets.push_back({uscc, unit_name(view, rules, uscc), "unit-" + uscc, is_default});
  };
  const std::string& state = document["state"].string();
  if (state == "at_base_unit") {
    const Value unit = unit_of(view, rules, document["uscc"].string());
    for (const Value& r : unit["receiving_units"].items())
      unit_target(r["uscc"].string(),
                  r["default"].boolean() || unit["receiving_units"].size() == 1);
    // X14, X27: who was assigned or created submits to the superior and to nobody else.
    if (targets.empty()) unit_target(unit["parent"].text(), true);
    std::stable_sort(targets.begin(), targets.end(),
                     [](const Target& a, const Target& b) { return a.is_default > b.is_default; });
  } else if (state == "at_receiving_unit") {
    const auto [family, uscc] = split_drop(document["queue"].string());
    const Value here = unit_of(view, rules, uscc);
    // X32: a county bureau hands over to its prefecture, never to a committee.
    if (here["level"].string() == "county") {
      unit_target(here["parent"].text(), true);
      return targets;
    }
    for (const Committee& c : rules.committees) {
      const bool fits = c.series == document["series"].string() &&
                        pipeline::Regions::province(c.region) == document["province"].string() &&
                        std::find(c.levels.begin(), c.levels.end(),
                                  document["level"].string()) != c.levels.end();
      if (fits) targets.push_back({c.id, c.name, c.id, targets.empty()});
    }
  }
  return targets;
}

}  // namespace decide
