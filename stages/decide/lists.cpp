#include "stages/decide/lists.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "pipeline/text.hpp"
#include "stages/decide/completeness.hpp"
#include "stages/decide/deadlines.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Effect;
using pipeline::Time;
using pipeline::Value;

namespace {

std::string worklist_path(const std::string& queue) {
  return "queues/" + queue + "/待审清单";
}

std::string roster_path(const std::string& place) {
  return "reports/" + place + "/申报人员花名册";
}

}  // namespace

void renew_lists(const pipeline::View& before, const Rules& rules, pipeline::Outcome& outcome,
                 Time at) {
  std::set<std::string> queues, rosters;
  for (const pipeline::Event& event : outcome.events)
    for (const pipeline::Put& put : event.puts) {
      // A unit's name and departments show in the lists that hold its cases.
      if (put.space == "unit")
        for (const std::string& id : before.find("case", "uscc", put.key)) {
          const auto document = before.document("case", id);
          if (!(*document)["queue"].text().empty()) queues.insert((*document)["queue"].string());
          if ((*document)["kind"].string() == "title_application")
            rosters.merge(rosters_of(*document));
        }
      if (put.space != "case" || !put.body) continue;
      if (const auto old = before.document("case", put.key); old && !(*old)["queue"].text().empty())
        queues.insert((*old)["queue"].string());
      if (const std::string queue = (*put.body)["queue"].text(); !queue.empty())
        queues.insert(queue);
      if ((*put.body)["kind"].string() == "title_application") rosters.merge(rosters_of(*put.body));
    }
  for (const std::string& queue : queues)
    outcome.effects.push_back({"worklist", worklist_path(queue),
                               Value::object({{"queue", queue}, {"at", at.us}}), std::nullopt});
  if (!rules.settings.statistics) return;  // X70
  for (const std::string& roster : rosters)
    outcome.effects.push_back({"roster", roster_path(roster),
                               Value::object({{"roster", roster}, {"at", at.us}}), std::nullopt});
}

std::optional<Value> resolve(const Effect& effect, const pipeline::View& view, const Rules& rules) {
  const Time at{effect.payload["at"].integer()};
  if (effect.maker == "worklist")
    return worklist_payload(view, rules, effect.payload["queue"].string(), at);
  if (effect.maker == "roster") {
    const std::string& roster = effect.payload["roster"].string();
    if (!roster.empty()) return roster_payload(view, rules, roster, at);
    // Of an earlier release, which had one roster for all years: that of its own year.
    const std::string year = pipeline::iso_date(pipeline::beijing_day(at)).substr(0, 4);
    return roster_payload(view, rules, effect.payload["drop"].string() + '/' + year, at);
  }
  return std::nullopt;
}

namespace {

std::string label(const Rules& rules, const char* dictionary, const Value& code) {
  return code.text().empty() ? "" : rules.dictionary.label(dictionary, code.text());
}

std::int64_t warnings_of(const Value& document) {
  if (document.has("warnings")) return document["warnings"].integer();
  const auto& findings = document["findings"].items();  // as earlier releases kept them
  return std::count_if(findings.begin(), findings.end(),
                       [](const Value& f) { return f["severity"].string() == "warning"; });
}

/// The same units stand behind most cases of a list: each is read once.
class KnownUnits : public pipeline::View {
 public:
  explicit KnownUnits(const pipeline::View& view) : view_(view) {}

  std::optional<Value> document(std::string_view space, std::string_view key) const override {
    if (space != "unit") return view_.document(space, key);
    const auto at = units_.find(key);
    return at != units_.end() ? at->second
                              : units_.emplace(key, view_.document(space, key)).first->second;
  }
  std::vector<std::string> find(std::string_view space, std::string_view index,
                                std::string_view value) const override {
    return view_.find(space, index, value);
  }
  void each(std::string_view space,
            const std::function<void(const std::string&, const Value&)>& visit) const override {
    view_.each(space, visit);
  }
  void each_received(const std::function<void(const pipeline::Received&)>& visit) const override {
    view_.each_received(visit);
  }

 private:
  const pipeline::View& view_;
  mutable std::map<std::string, std::optional<Value>, std::less<>> units_;
};

Value listed_case(const pipeline::View& view, const Rules& rules, const Value& document, Time at) {
  const std::string& case_id = document["case"].string();
  const std::string& queue = document["queue"].string();
  const int round = static_cast<int>(document["round"].integer());
  Value targets = Value::array();
  if (document["kind"].string() == "title_application")
    for (const Target& t : next_targets(view, rules, document))
      targets.push(Value::object({{"id", t.id}, {"name", t.name}, {"default", t.is_default}}));
  const auto due = pipeline::parse_iso_date(document["due"].text());
  const Deadline seen = due ? deadline(rules, *due, pipeline::beijing_day(at)) : Deadline::Later;
  const std::string version = form_version(document);
  return Value::object(
      {{"case", case_id},
       {"round", round},
       {"queue", queue},
       {"token", form_token(rules, document, version)},
       {"form_version", version},
       {"kind", document["kind"]},
       {"kind_label", label(rules, "kind", document["kind"])},
       {"unit", document["unit"]},
       {"uscc", document["uscc"]},
       {"applicant", document["applicant"]},
       {"series", label(rules, "series", document["series"])},
       {"level", label(rules, "title_level", document["level"])},
       {"title", document["title"]},
       {"application_type", label(rules, "application_type", document["application_type"])},
       {"received_at", document["received_at"]},
       {"due", document["due"]},
       {"overdue_state", name(seen)},
       {"warnings", warnings_of(document)},
       {"folder", case_id + "-r" + std::to_string(round)},
       {"actions", actions_for_paper(rules, document)},
       {"targets", std::move(targets)}});
}

}  // namespace

Value worklist_payload(const pipeline::View& view, const Rules& rules, const std::string& queue,
                       Time at) {
  Value cases = Value::array();
  const KnownUnits known(view);
  for (const std::string& id : view.find("case", "queue", queue))
    if (const auto document = view.document("case", id))
      cases.push(listed_case(known, rules, *document, at));
  std::stable_sort(cases.items_mutable().begin(), cases.items_mutable().end(),
                   [](const Value& a, const Value& b) {
                     return std::tie(a["due"].string(), a["case"].string()) <
                            std::tie(b["due"].string(), b["case"].string());
                   });
  std::string note;
  for (const Value& one : cases.items())
    if (note.empty()) note = calendar_note(rules, one["due"].text());
  return Value::object({{"queue", queue},
                        {"label", queue_label(view, rules, queue)},
                        {"at", at.us},
                        {"calendar_note", note},
                        {"cases", std::move(cases)}});
}

namespace {

const Value& first_education(const Value& form) {
  static const Value kNone;
  const auto& all = form["education"].items();
  for (const Value& e : all)
    if (e["first"].boolean()) return e;
  return all.empty() ? kNone : all.front();
}

Value education_for_roster(const Rules& rules, const Value& e) {
  return Value::object({{"level", label(rules, "education_level", e["level"])},
                        {"degree", label(rules, "degree", e["degree"])},
                        {"school", e["school"]},
                        {"major", e["major"]},
                        {"end", e["end"]}});
}

std::string appraisals_text(const Rules& rules, const Value& form) {
  std::vector<std::string> all;
  for (const Value& a : form["appraisals"].items())
    all.push_back(a["year"].text() + label(rules, "appraisal_grade", a["grade"]));
  return pipeline::join(all, "、");
}

std::string hours_text(const Value& form) {
  std::vector<std::string> all;
  for (const Value& c : form["continuing_education"].items())
    all.push_back(c["year"].text() + "年" +
                  std::to_string(c["public_hours"].integer() + c["professional_hours"].integer()) +
                  "学时");
  return pipeline::join(all, "、");
}

std::string publicity_text(const Value& publicity) {
  if (publicity["start"].text().empty()) return {};
  std::string text = publicity["start"].text() + "至" + publicity["end"].text();
  if (publicity["workdays"].is_number()) text += "，" + publicity["workdays"].text() + "个工作日";
  if (!publicity["objections"].text().empty()) text += "，" + publicity["objections"].text();
  return text;
}

Value listed_person(const pipeline::View& view, const Rules& rules, const Value& document) {
  const std::string& case_id = document["case"].string();
  const Value form = form_of(view, document);
  const Value& person = form["applicant"];
  const Value& current = form["current"];
  Value history = Value::array();
  for (const Value& step : document["history"].items())
    history.push(Value::object({{"at", step["at"]},
                                {"what", step["what"]},
                                {"by", step["by"]},
                                {"round", step["round"]},
                                {"queue_label", queue_label(view, rules, step["queue"].text())}}));
  return Value::object(
      {{"case", case_id},
       {"name", document["applicant"]},
       {"sex", label(rules, "sex", document["sex"])},
       {"ethnicity", label(rules, "ethnicity", document["ethnicity"])},
       {"birth_date", document["birth_date"]},
       {"id_number", document["applicant_id"]},
       {"unit", document["unit"]},
       {"uscc", document["uscc"]},
       {"unit_nature", label(rules, "nature", document["unit_nature"])},
       {"work_start", person["work_start"]},
       {"first_education", education_for_roster(rules, first_education(form))},
       {"highest_education", education_for_roster(rules, highest_education(rules, form))},
       {"current_title", current["title"]},
       {"current_date", current["date"]},
       {"appointed_date", current["appointed_date"]},
       {"series", label(rules, "series", document["series"])},
       {"specialty", document["specialty"]},
       {"level", label(rules, "title_level", document["level"])},
       {"title", document["title"]},
       {"application_type", label(rules, "application_type", document["application_type"])},
       {"appraisals", appraisals_text(rules, form)},
       {"ce_hours", hours_text(form)},
       {"publicity", publicity_text(document["publicity"])},
       {"state", document["state"]},
       {"state_label", state_label(rules, document["state"].string())},
       {"reviewer", document["queue"].text().empty() ? Value("") : document["reviewer"]},
       {"round", document["round"]},
       {"remark", document["returns"].integer() > 0 ? "退回" + document["returns"].text() + "次"
                                                    : std::string()},
       {"year", document["year"]},
       {"history", std::move(history)}});
}

struct UnitCount {
  std::string name;
  std::int64_t submitted = 0, reported = 0, returned = 0, accepted = 0, not_accepted = 0,
               recalled = 0, in_progress = 0;
};

void count_in(UnitCount& count, const Value& document) {
  const std::string& state = document["state"].string();
  const auto& made = document["decisions"].items();
  ++count.submitted;
  count.reported += std::any_of(made.begin(), made.end(),
                                [](const Value& d) { return d["action"].string() == "report_up"; });
  count.returned += document["returns"].integer() > 0;
  count.accepted += state == "accepted";
  count.not_accepted += state == "not_accepted";
  count.recalled += state == "recalled";
  count.in_progress += state != "accepted" && state != "not_accepted" && state != "recalled";
}

}  // namespace

Value roster_payload(const pipeline::View& view, const Rules& rules, const std::string& roster,
                     Time at) {
  const std::string drop = roster.substr(0, roster.find('/'));
  std::vector<std::string> ids = view.find("case", "roster", roster);
  // Of a ledger of earlier releases, which had one roster for all years.
  for (std::string& id : view.find("case", "roster", drop)) ids.push_back(std::move(id));
  std::vector<Value> documents;
  for (const std::string& id : ids)
    if (auto document = view.document("case", id);
        document && rosters_of(*document).contains(roster))
      documents.push_back(std::move(*document));
  // Who recalled his application and made another stands there once.
  std::set<std::string> live;
  const auto person = [](const Value& d) {
    return d["applicant_id"].text() + '/' + d["year"].text();
  };
  for (const Value& d : documents)
    if (d["state"].string() != "recalled") live.insert(person(d));
  std::erase_if(documents, [&](const Value& d) {
    return d["state"].string() == "recalled" && live.contains(person(d));
  });
  std::stable_sort(documents.begin(), documents.end(), [](const Value& a, const Value& b) {
    return std::make_tuple(a["uscc"].string(), a["received_at"].integer(), a["case"].string()) <
           std::make_tuple(b["uscc"].string(), b["received_at"].integer(), b["case"].string());
  });
  Value people = Value::array();
  std::map<std::string, UnitCount> counts;
  for (const Value& document : documents) {
    people.push(listed_person(view, rules, document));
    UnitCount& count = counts[document["uscc"].string()];
    count.name = document["unit"].text();
    count_in(count, document);
  }
  Value units = Value::array();
  for (const auto& [uscc, c] : counts)
    units.push(Value::object({{"uscc", uscc},
                              {"name", c.name},
                              {"submitted", c.submitted},
                              {"reported", c.reported},
                              {"returned", c.returned},
                              {"accepted", c.accepted},
                              {"not_accepted", c.not_accepted},
                              {"recalled", c.recalled},
                              {"in_progress", c.in_progress}}));
  return Value::object({{"drop", drop},
                        {"label", queue_label(view, rules, drop)},
                        {"at", at.us},
                        {"people", std::move(people)},
                        {"units", std::move(units)}});
}

}  // namespace decide
