#include <algorithm>
#include <array>

#include "pipeline/identifiers.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Time;
using pipeline::Value;

namespace {

struct CorrectedField {
  const char *name, *label, *dictionary;
};

/// What may be corrected; the USCC may not, for it is the identity.
constexpr std::array<CorrectedField, 9> kFields{{{"name", "单位名称", ""},
                                                 {"nature", "单位性质", "nature"},
                                                 {"level", "隶属关系", "unit_level"},
                                                 {"region", "所在地区", ""},
                                                 {"address", "单位地址", ""},
                                                 {"postcode", "邮政编码", ""},
                                                 {"legal_rep", "法定代表人（负责人）", ""},
                                                 {"phone", "单位电话", ""},
                                                 {"industry", "行业", ""}}};

std::string shown(const Rules& rules, const CorrectedField& field, const std::string& value) {
  if (value.empty()) return "（空）";
  if (*field.dictionary) return rules.dictionary.label(field.dictionary, value);
  const std::string_view name = field.name;
  return name == "region" ? rules.regions.full_name(value) : value;
}

/// The latest registration of the unit that was approved, and the latest that waits for its review.
struct Registrations {
  Value approved, pending;
};

Registrations registrations_of(const Matter& m, const std::string& uscc) {
  Registrations found;
  for (const std::string& key : cases_of_unit(m.view, uscc, 'R')) {
    auto document = m.view.document("case", key);
    if (!document || (*document)["kind"].string() != "unit_registration") continue;
    const std::string& state = (*document)["state"].string();
    const bool approved = state == "approved" && is_effective(*document, m.now);
    const bool waits = state == "pending_review" || (state == "approved" && !approved);
    Value* place = approved ? &found.approved : waits ? &found.pending : nullptr;
    if (place && (place->is_null() ||
                  (*place)["decided_at"].integer() <= (*document)["decided_at"].integer()))
      *place = std::move(*document);
  }
  return found;
}

/// H21: only what was reviewed is corrected.
void check_reviewed(Matter& m, const std::string& uscc, const Value& unit,
                    const Registrations& registrations) {
  if (!unit.is_null()) return;
  const Value& pending = registrations.pending;
  if (pending.is_null())
    m.find("UNIT_NOT_REGISTERED", "uscc", {{"unit", uscc}});
  else
    m.find("UNIT_NOT_APPROVED", "uscc",
           {{"unit", pending["unit"].string()}, {"candidate", pending["reviewer"].string()}});
}

void check_pending_correction(Matter& m, const std::string& uscc) {
  for (const std::string& key : cases_of_unit(m.view, uscc, 'C')) {
    const auto other = m.view.document("case", key);
    if (!other || (*other)["kind"].string() != "unit_info_correction") continue;
    const std::string& state = (*other)["state"].string();
    if (state == "pending_review" || (state == "approved" && !is_effective(*other, m.now)))
      m.find("ALREADY_PENDING", "uscc",
             {{"kinds", m.rules.dictionary.label("kind", "unit_info_correction")},
              {"value", key},
              {"candidate", (*other)["reviewer"].string()}});
  }
}

/// [{field,label,old,new}]; each change is told, for the office and the reviewer to see.
Value changes_of(Matter& m, const Value& unit) {
  Value changes = Value::array();
  for (const CorrectedField& field : kFields) {
    const Value& wanted = m.form()["unit"][field.name];
    const Value& present = unit[field.name];
    if (wanted.is_null() || wanted.text() == present.text()) continue;
    changes.push(Value::object({{"field", std::string("unit.") + field.name},
                                {"label", field.label},
                                {"old", present},
                                {"new", wanted}}));
    m.find("UNIT_INFO_CHANGED", std::string("unit.") + field.name,
           {{"field", field.label},
            {"expected", shown(m.rules, field, present.text())},
            {"value", shown(m.rules, field, wanted.text())}});
  }
  return changes;
}

void check_changes(Matter& m, const std::string& uscc, const Value& unit, const Value& changes) {
  const std::string other = m.text("unit.uscc");
  if (!other.empty() && other != uscc)
    m.find("FIELD_INVALID", "unit.uscc",
           {{"field", "统一社会信用代码"},
            {"value", other},
            {"detail", "统一社会信用代码不能修正；换发了新代码的，请用新代码重新注册。"},
            {"allowed", uscc}});
  const std::string region = m.text("unit.region");
  if (!region.empty() && pipeline::Regions::province(region) != unit["province"].string())
    m.find("FIELD_INVALID", "unit.region",
           {{"field", "所在地区"},
            {"value", region},
            {"detail", "不能改到外省。"},
            {"allowed", "本省的区划代码"}});
  if (changes.size() == 0 && !m.refused())
    m.find("FIELD_REQUIRED", "unit", {{"field", "要修正的内容（与现有信息不同的项目）"}});
}

/// Whoever reviews the unit: the queue of its last approved registration, in Xinjiang its default receiving unit.
Route route_correction(Matter& m, const Value& unit, const Value& registration) {
  Route route;
  if (unit["province"].string() == "xinjiang") {
    route.reviewer_kind = "receiving_unit";
    route.channel = "portal";
    std::string receiver;
    for (const Value& r : unit["receiving_units"].items())
      if (r["default"].boolean() || unit["receiving_units"].size() == 1)
        receiver = r["uscc"].string();
    if (receiver.empty()) receiver = unit["parent"].text();
    if (receiver.empty())
      m.find("NO_DEFAULT_RECEIVING_DEPARTMENT", "uscc");
    else
      route.queue = "unit-" + receiver;
    return route;
  }
  if (!registration.is_null()) {
    route.reviewer_kind = registration["reviewer_kind"].string();
    route.channel = registration["channel"].string();
    route.queue = reviewing_queue(registration);
    return route;
  }
  // A unit of the directory that never registered here: the agency of its region.
  const std::string& region = unit["region"].string();
  route.reviewer_kind = "competent_agency";
  route.channel = "core";
  if (m.rules.agencies.contains(region))
    route.queue = "agency-" + region + "-pt";
  else
    m.find("AGENCY_NOT_CONFIGURED", "uscc", {{"value", m.rules.regions.full_name(region)}});
  return route;
}

/// What the reviewer sees: the whole unit as it would be, and who registered it.
Value corrected_form(const Matter& m, Value unit, const Value& registration, const Value& changes) {
  Value form = Value::object({{"kind", "unit_info_correction"}});
  Value whole = Value::object({{"uscc", unit["uscc"]}});
  for (const CorrectedField& field : kFields)
    if (!unit[field.name].is_null()) whole.set(field.name, unit[field.name]);
  for (const Value& change : changes.items())
    whole.set(change["field"].string().substr(5), change["new"]);
  form.set("unit", std::move(whole));
  if (registration.is_null()) return form;
  const Value earlier = form_of(m.view, registration);
  for (const char* member : {"handler", "account", "business_types", "pooling_region",
                             "review_target", "receiving_units"})
    if (!earlier[member].is_null()) form.set(member, earlier[member]);
  return form;
}

/// The case under the unit's present name; `form` holds it as it would be.
Value correction_document(const Matter& m, const Value& unit, const Value& form,
                          const Value& registration, const Route& route, const std::string& case_id,
                          Value changes) {
  const bool hunan = unit["province"].string() == "hunan";
  return Value::object(
      {{"case", case_id},
       {"kind", "unit_info_correction"},
       {"state", "pending_review"},
       {"round", 1},
       {"queue", route.queue},
       {"drop", m.delivery.drop},
       {"province", unit["province"]},
       {"uscc", unit["uscc"]},
       {"unit", unit["name"]},
       {"unit_nature", form["unit"]["nature"]},
       {"unit_level", form["unit"]["level"]},
       {"region", form["unit"]["region"]},
       {"pooling_region", registration["pooling_region"]},
       {"username", registration["username"]},
       {"handler", registration["handler"]},
       {"handler_id", registration["handler_id"]},
       {"business_types", registration["business_types"]},
       {"category", hunan ? Value(route.queue.ends_with("-hr") ? "hr_market" : "pt") : Value()},
       {"requested_target", registration["requested_target"]},
       {"reviewer_kind", route.reviewer_kind},
       {"reviewer_label",
        hunan ? m.rules.dictionary.label("review_target", route.reviewer_kind) : "材料接收单位"},
       {"reviewer", queue_label(m.view, m.rules, route.queue)},
       {"channel", route.channel},
       {"hr_override", false},
       {"received_at", m.now.us},
       {"decided_at", nullptr},
       {"effective_at", nullptr},
       {"due", m.due_day()},
       {"decision", nullptr},
       {"opinion", nullptr},
       {"decided_by", nullptr},
       {"sha256", m.submission.sha256},
       {"returns", 0},
       {"changes", std::move(changes)},
       {"note", "单位信息修正，改动见“系统检查”"},
       {"warnings", count_warnings(m.findings())}});
}

std::string labels_of(const Value& changes) {
  std::string text;
  for (const Value& change : changes.items())
    text += (text.empty() ? "" : "、") + change["label"].string();
  return text;
}

void open_case(Matter& m, Value document, Value form) {
  const std::string case_id = document["case"].string();
  add_history(document, m.now, "提交单位信息修正：" + labels_of(document["changes"]),
              document["unit"].string(), m.submission.sha256);
  Event event{"correction_received",
              case_id,
              Value::object({{"queue", document["queue"]}, {"changes", document["changes"]}}),
              {}};
  event.puts.push_back(put_case(document));
  event.puts.push_back(put_round(
      document, Value::object({{"form", std::move(form)},
                               {"attachments", attachments_for_paper(m.rules, m.submission)},
                               {"findings", findings_for_paper(m.findings())}})));
  m.out.events.push_back(std::move(event));
  lay_out_papers(m.out, m.view, m.rules, document);
  m.out.result = Result::Accepted;
  m.out.case_id = case_id;
  m.out.round = 1;
  m.out.queue = document["queue"].string();
  m.out.state = "pending_review";
  m.out.message = "单位信息修正（" + labels_of(document["changes"]) + "）已提交，由" +
                  document["reviewer"].string() + "审核，应于" + document["due"].string() +
                  "前办理；审核通过以前，原信息不变。案件编号：" + case_id + "。";
  m.out.extra.set("reviewer", document["reviewer"]);
}

}  // namespace

void decide_correction(Matter& m) {
  const std::string uscc = m.text("uscc");
  const auto [family, owner] = split_drop(m.delivery.drop);
  const bool foreign = family == "unit" && !uscc.empty() && owner != uscc;
  if (foreign) m.find("WRONG_FOLDER", "uscc", {{"detail", "这里只能办理本单位的业务。"}});
  if (uscc.empty() || foreign || family != "unit") {
    m.refuse("单位信息修正未受理：请按下列问题修改后重新投递。");
    return;
  }
  const Value unit = unit_of(m.view, m.rules, uscc);
  const Registrations registrations = registrations_of(m, uscc);
  check_reviewed(m, uscc, unit, registrations);
  check_pending_correction(m, uscc);
  Route route;
  Value changes = Value::array();
  if (!unit.is_null()) {
    changes = changes_of(m, unit);
    check_changes(m, uscc, unit, changes);
    route = route_correction(m, unit, registrations.approved);
  }
  if (m.refused()) {
    m.refuse("单位信息修正未受理：请按下列问题修改后重新投递。");
    return;
  }
  // H36: the same two steps as a registration.
  if (!m.form()["submit"].boolean()) {
    m.find("NOT_SUBMITTED", "submit");
    m.out.result = Result::NotSubmitted;
    m.out.state = "attachments_received";
    m.out.message =
        "材料已收到，尚未提交，单位信息没有变动：请确认后将“是否提交”改为“是”重新投递。";
    return;
  }
  const std::string case_id = new_case_number(m, 'C');
  Value form = corrected_form(m, unit, registrations.approved, changes);
  Value document = correction_document(m, unit, form, registrations.approved, route, case_id,
                                       std::move(changes));
  open_case(m, std::move(document), std::move(form));
}

void take_correction_effect(const pipeline::View& view, const Rules& rules,
                            pipeline::Outcome& outcome, const Value& document, Time at) {
  const bool approved = document["state"].string() == "approved";
  const std::string& uscc = document["uscc"].string();
  Event event{"correction_effective",
              document["case"].string(),
              Value::object({{"state", document["state"]}, {"changes", document["changes"]}}),
              {}};
  if (approved) {
    Value unit = unit_of(view, rules, uscc);
    for (const Value& change : document["changes"].items())
      unit.set(change["field"].string().substr(5), change["new"]);
    unit.set("corrected_at", at.us);
    event.puts.push_back({"unit", uscc, std::move(unit), {}});
  }
  outcome.events.push_back(std::move(event));
  Letter letter{approved ? "correction_approved" : "correction_rejected",
                {},
                {},
                Value::array(),
                document["reviewer"].string(),
                reviewing_queue(document)};
  const std::string opinion = document["opinion"].text();
  if (!approved && !opinion.empty())
    letter.reasons.push(Value::object({{"text", opinion}, {"rule", "H21"}}));
  if (approved)
    for (const Value& change : document["changes"].items()) {
      const auto field = std::find_if(kFields.begin(), kFields.end(), [&](const CorrectedField& f) {
        return change["field"].string().substr(5) == f.name;
      });
      letter.details.push_back(change["label"].string() + "：" +
                               shown(rules, *field, change["old"].text()) + " → " +
                               shown(rules, *field, change["new"].text()));
    }
  outcome.effects.push_back(notice(view, rules, document, std::move(letter), at));
}

}  // namespace decide
