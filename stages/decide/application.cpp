#include <algorithm>
#include <map>
#include <set>

#include "pipeline/text.hpp"
#include "stages/decide/classification.hpp"
#include "stages/decide/complete_notice.hpp"
#include "stages/decide/completeness.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/items.hpp"
#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Member;
using pipeline::Result;
using pipeline::Severity;
using pipeline::Value;

namespace {

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
    m.find("LATE", "",
           {{"time", pipeline::chinese_time(m.now)},
            {"detail",
             pipeline::chinese_time(nearest->from) + "至" + pipeline::chinese_time(nearest->to)}});
}

/// One application a person and year: the year is that of the window, not the submitter's choice.
void check_year(Matter& m, const Value& year) {
  const std::string now = pipeline::iso_date(pipeline::beijing_day(m.now)).substr(0, 4);
  if (year.is_integer() && year.text() != now)
    m.find("FIELD_INVALID", "year",
           {{"field", "申报年度"},
            {"value", year.text()},
            {"detail", "应为本年度。"},
            {"allowed", now}});
}

/// One application a person and year, unless the earlier one came to an end without a result, or is the one resubmitted.
void check_duplicate(Matter& m, const Value& form, const std::string& resubmitted) {
  const std::string person_year = form["applicant"]["id_number"].text() + '/' + form["year"].text();
  for (const std::string& key : m.view.find("case", "applicant_year", person_year)) {
    const auto other = m.view.document("case", key);
    if (!other || key == resubmitted) continue;
    // What was returned once keeps its number, its locks and its history, recalled or not (X51).
    if ((*other)["state"].string() == "recalled" && (*other)["returns"].integer() == 0) continue;
    m.find("DUPLICATE_APPLICATION", "applicant.id_number",
           {{"value", key + "（" + (*other)["unit"].text() + "）"}});
  }
}

/// What the overviews show of an application: taken from the form of each round.
void write_content(const Rules& rules, Value& document, const Value& form) {
  const Value& education = highest_education(rules, form);
  const Value& person = form["applicant"];
  const Value& target = form["target"];
  const std::vector<Member> content{{"applicant", person["name"]},
                                    {"applicant_id", person["id_number"]},
                                    {"sex", person["sex"]},
                                    {"birth_date", person["birth_date"]},
                                    {"ethnicity", person["ethnicity"]},
                                    {"political_status", person["political_status"]},
                                    {"education", education["level"]},
                                    {"degree", education["degree"]},
                                    {"series", target["series"]},
                                    {"specialty", target["specialty"]},
                                    {"level", target["level"]},
                                    {"title", target["title"]},
                                    {"application_type", target["application_type"]},
                                    {"year", form["year"]}};
  for (const auto& [key, value] : content) document.set(key, value);
}

/// It lies with the base unit: a new application, or a corrected one, whoever returned it.
void write_start(const Matter& m, Value& document, const Value& form, int round) {
  document.set("state", "at_base_unit");
  document.set("round", round);
  document.set("queue", "unit-" + document["uscc"].string());
  document.set("reviewer_kind", "base_unit");
  document.set("reviewer_label", "基层单位");
  document.set("reviewer", document["unit"]);
  document.set("received_here_at", m.now.us);
  document.set("due", m.due_day());
  for (const char* decided : {"decided_at", "effective_at", "decision", "opinion", "decided_by"})
    document.set(decided, nullptr);
  document.set("sha256", m.submission.sha256);
  document.set("path", Value::array());
  document.set("visit", 1);
  document.set("receiver_acted", false);
  document.set("warnings", count_warnings(m.findings()));
  forget_what_came_since(document);
  write_content(m.rules, document, form);
}

Value new_document(const Matter& m, const Value& unit, const std::string& case_id) {
  return Value::object({{"case", case_id},
                        {"kind", "title_application"},
                        {"drop", m.delivery.drop},
                        {"province", unit["province"]},
                        {"uscc", unit["uscc"]},
                        {"unit", unit["name"]},
                        {"unit_nature", unit["nature"]},
                        {"unit_level", unit["level"]},
                        {"region", unit["region"]},
                        {"channel", "portal"},
                        {"hr_override", false},
                        {"received_at", m.now.us},
                        {"returns", 0},
                        {"locked", Value::object()},
                        {"decisions", Value::array()},
                        {"opinions", Value::array()}});
}

/// X18: the unit's own registrant applies; told at once, so that somebody else reviews it.
void check_registrant(Matter& m, const Value& unit, const Value& form) {
  const Value registration = approved_registration(m.view, unit["uscc"].text());
  const Value& registrant = registration.is_null() ? unit : registration;
  const std::string id = form["applicant"]["id_number"].text();
  const std::string name = form["applicant"]["name"].text();
  if (!id.empty() && registrant["handler_id"].text() == id && registrant["handler"].text() == name)
    m.find("SELF_REVIEW", "applicant", {{"value", name + "（单位注册人）"}});
}

/// A member that is absent stays as it was; one that is a list is replaced, for its rows have no names.
Value merged(Value earlier, const Value& later) {
  if (!earlier.is_object() || !later.is_object()) return later;
  for (const auto& [key, value] : later.members()) earlier.set(key, merged(earlier[key], value));
  return earlier;
}

/// The new scans of a slot take the place of all its old ones.
Value merged_attachments(const Value& earlier, Value later) {
  Value all = Value::array();
  for (const Value& old : earlier.items()) {
    const auto& fresh = later.items();
    if (std::none_of(fresh.begin(), fresh.end(),
                     [&](const Value& a) { return a["slot"].string() == old["slot"].string(); }))
      all.push(old);
  }
  for (Value& a : later.items_mutable()) all.push(std::move(a));
  std::stable_sort(
      all.items_mutable().begin(), all.items_mutable().end(),
      [](const Value& a, const Value& b) { return a["slot"].string() < b["slot"].string(); });
  return all;
}

/// Each names the bundle in which it came, for a case may hold those of several rounds.
Value attachments_of(const Matter& m) {
  Value list = attachments_for_paper(m.rules, m.submission);
  for (Value& a : list.items_mutable()) a.set("bundle", m.submission.sha256);
  return list;
}

/// X58, X59: only what was returned or recalled comes again, from its own unit and of the same person.
void check_resubmission(Matter& m, const Value& earlier, const Value& form,
                        const std::string& owner) {
  const std::string& state = earlier["state"].string();
  const std::string case_id = m.text("resubmits");
  if (state == "accepted" || state == "not_accepted")
    m.find("CASE_CLOSED", "resubmits",
           {{"value", case_id}, {"detail", state_label(m.rules, state)}});
  else if (state != "returned" && state != "recalled")
    m.find("DUPLICATE_APPLICATION", "resubmits",
           {{"value", case_id + "（" + state_label(m.rules, state) + "）"}});
  const std::string& uscc = earlier["uscc"].string();
  if (owner != uscc || form["unit_uscc"].text() != uscc)
    m.find("NOT_OWN_STAFF", "resubmits", {{"unit", earlier["unit"].text()}});
  if (form["applicant"]["id_number"].text() != earlier["applicant_id"].text())
    m.find("FIELD_INVALID", "applicant.id_number",
           {{"field", "身份证号"},
            {"value", m.text("applicant.id_number")},
            {"detail", "与原申请书的申请人不是同一人。"},
            {"allowed", "原申请书的身份证号"}});
}

/// X51, Q19: an item that passed is locked, its fields and its scans; every one that was touched is named.
void check_locked(Matter& m, const Value& locked, const std::vector<Change>& changes) {
  std::string told;
  for (const Change& change : changes) {
    if (!locked.has(change.item) || change.item == told) continue;
    told = change.item;
    m.find("LOCKED_ITEM_CHANGED", change.where,
           {{"field", item_label(m.rules, change.item)},
            {"round", locked[std::string_view(change.item)].text()}});
  }
}

/// A round that was recalled before anybody decided on it, no reviewer has seen: the comparison is with the last one that
/// somebody decided on. The document keeps which that was, with the scans that came after it.
std::vector<Change> changes_since_review(const Matter& m, Value& document, const Content& now) {
  const auto& made = document["decisions"].items();
  const bool decided = std::any_of(made.begin(), made.end(), [&](const Value& d) {
    return d["round"].integer() == document["round"].integer();
  });
  if (decided) {
    Value reviewed = Value::object({{"round", document["round"]}});
    if (document.has("attachments")) reviewed.set("attachments", document["attachments"]);
    document.set("reviewed", std::move(reviewed));
  }
  Value reviewed = document["reviewed"];
  if (reviewed.is_null()) return {};
  reviewed.set("case", document["case"]);
  const Value round = round_of(m.view, reviewed);
  if (round["form"].is_null()) return {};
  return changes_between(m.rules, {round["form"], round["attachments"]}, now);
}

/// For the next reviewer, item by item; of a long list the first of each item, and how many more.
Value changes_for_paper(const Rules& rules, const std::vector<Change>& changes) {
  constexpr int kMostOfAnItem = 12;
  constexpr std::size_t kLongest = 600;  // bytes of a text
  std::map<std::string, int> seen;
  Value list = Value::array();
  const auto add = [&](const std::string& code, const std::string& where, std::string before,
                       std::string after) {
    const Item* item = rules.item(code);
    list.push(Value::object({{"item", code},
                             {"name", item ? item->name : ""},
                             {"where", where},
                             {"before", std::move(before)},
                             {"after", std::move(after)}}));
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Change& change = changes[i];
    const int number = ++seen[change.item];
    if (number <= kMostOfAnItem)
      add(change.item, change.where, pipeline::shorten(change.before, kLongest),
          pipeline::shorten(change.after, kLongest));
    const bool last = i + 1 == changes.size() || changes[i + 1].item != change.item;
    if (last && number > kMostOfAnItem)
      add(change.item, "", "", "另有" + std::to_string(number - kMostOfAnItem) + "处改动");
  }
  return list;
}

Value changed_items(const std::vector<Change>& changes) {
  Value list = Value::array();
  for (const Change& change : changes)
    if (list.items().empty() || list.items().back().string() != change.item) list.push(change.item);
  return list;
}

/// Each scan leads to the round in which it came, so that the same one with another applicant is noticed.
pipeline::Put put_indexed(const Value& document, Value round, const std::string& bundle) {
  pipeline::Put put = put_round(document, std::move(round));
  std::set<std::string> seen;
  for (const Value& a : (*put.body)["attachments"].items())
    if (a["bundle"].string() == bundle && seen.insert(a["sha256"].string()).second)
      put.index.emplace_back("scan", a["sha256"].string());
  return put;
}

void accept(Matter& m, const Value& document, Value received, const char* event_name) {
  const std::string case_id = document["case"].string();
  const int round = static_cast<int>(document["round"].integer());
  Event event{
      event_name, case_id, Value::object({{"queue", document["queue"]}, {"round", round}}), {}};
  event.puts.push_back(put_case(document));
  event.puts.push_back(put_indexed(document, std::move(received), m.submission.sha256));
  m.out.events.push_back(std::move(event));
  lay_out_papers(m.out, m.view, m.rules, document);
  m.out.result = Result::Accepted;
  m.out.case_id = case_id;
  m.out.round = round;
  m.out.queue = document["queue"].string();
  m.out.state = "at_base_unit";
  m.out.message = (round > 1 ? "申请书已再次提交（第" + std::to_string(round) + "轮），待"
                             : std::string("申请书已提交，待")) +
                  document["unit"].string() + "（基层单位）审核，应于" + document["due"].string() +
                  "前办理。案件编号：" + case_id + "。";
  m.out.extra.set("reviewer", document["unit"]);
}

}  // namespace

void check_approved(Matter& m, const std::string& uscc, const std::string& where,
                    const Value& unit) {
  if (!unit.is_null()) return;
  for (const std::string& key : cases_of_unit(m.view, uscc, 'R')) {
    const auto other = m.view.document("case", key);
    if (!other || (*other)["kind"].string() != "unit_registration") continue;
    const std::string& state = (*other)["state"].string();
    if (state == "rejected" || state == "withdrawn") continue;
    m.find("UNIT_NOT_APPROVED", where,
           {{"unit", (*other)["unit"].string()}, {"candidate", (*other)["reviewer"].string()}});
    return;
  }
  m.find("UNIT_NOT_REGISTERED", where, {{"unit", uscc}});
}

void decide_application(Matter& m) {
  const std::string resubmits = m.text("resubmits");
  const auto [family, owner] = split_drop(m.delivery.drop);
  Value earlier, earlier_round;
  Value form = m.form();
  if (!resubmits.empty()) {
    auto document = m.view.document("case", resubmits);
    if (document && (*document)["kind"].string() == "title_application") {
      earlier = std::move(*document);
      earlier_round = round_of(m.view, earlier);
      form = merged(earlier_round["form"], m.form());
      check_resubmission(m, earlier, form, owner);
    } else {
      m.find("CASE_UNKNOWN", "resubmits", {{"value", resubmits}});
    }
  }
  const bool again = !earlier.is_null();
  const std::string uscc = form["unit_uscc"].text();
  if (family == "unit" && !again && !uscc.empty() && owner != uscc)
    m.find("WRONG_FOLDER", "unit_uscc", {{"detail", "这里只能办理本单位的业务。"}});
  const Value unit = unit_of(m.view, m.rules, uscc);
  if (!uscc.empty()) check_approved(m, uscc, "unit_uscc", unit);
  check_window(m, unit["province"].text());
  check_year(m, form["year"]);
  classify(m, form);
  check_duplicate(m, form, resubmits);
  Value attachments = merged_attachments(earlier_round["attachments"], attachments_of(m));
  if (attachments.size() > 0) name_items(m.rules, attachments);
  const Application application{form, attachments, unit};
  Value attention = Value::array();
  std::vector<Change> changes;
  if (resubmits.empty() || again) {
    check_application_attachments(m, application);
    check_publicity(m, application);
    attention = check_eligibility(m, application);
    const Value same = check_scans(m, application);
    for (const Value& line : same.items()) attention.push(line);
  }
  if (again) {
    changes = changes_between(m.rules, {earlier_round["form"], earlier_round["attachments"]},
                              {form, attachments});
    check_locked(m, earlier["locked"], changes);
    changes = changes_since_review(m, earlier, {form, attachments});
  }
  check_registrant(m, unit, form);
  if (again) mark_overlooked(m, earlier_round, form, attachments);
  if (m.refused()) {
    m.refuse("申请书未受理：请按下列问题逐项修改后重新提交。");
    return;
  }
  if (!m.form()["submit"].boolean()) {
    m.find("NOT_SUBMITTED", "submit");
    m.out.result = Result::NotSubmitted;
    m.out.state = "attachments_received";
    m.out.message = "材料已收到，但尚未提交：请确认后将 submit（是否提交）改为“是”重新投递。";
    return;
  }
  const std::string case_id = again ? resubmits : new_case_number(m, 'A');
  const int round = again ? static_cast<int>(earlier["round"].integer()) + 1 : 1;
  Value document = again ? std::move(earlier) : new_document(m, unit, case_id);
  document.set("changed_items", changed_items(changes));
  write_start(m, document, form, round);
  document.set("publicity", publicity_for_paper(m, application));
  add_history(document, m.now, again ? "再次提交申请书" : "提交申请书",
              document["applicant"].string(), m.submission.sha256);
  Value received = Value::object({{"form", std::move(form)},
                                  {"attachments", attachments},
                                  {"findings", findings_for_paper(m.findings())},
                                  {"changes", changes_for_paper(m.rules, changes)},
                                  {"attention", std::move(attention)}});
  accept(m, document, std::move(received),
         again ? "application_resubmitted" : "application_received");
}

}  // namespace decide
