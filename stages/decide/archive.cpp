#include "stages/decide/archive.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "pipeline/sha256.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/items.hpp"
#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Time;
using pipeline::Value;

namespace {

constexpr std::array<std::string_view, 6> kLastStates{"approved", "rejected",     "withdrawn",
                                                      "accepted", "not_accepted", "recalled"};

std::string opinion_of(const Value& document, const Value& decision) {
  if (decision["opinion"].is_string()) return decision["opinion"].string();
  // A decision that an earlier release wrote has it elsewhere, at the same moment.
  const Value& at = decision["at"];
  for (const Value& opinion : document["opinions"].items())
    if (opinion["at"] == at) return opinion["text"].text();
  return document["decided_at"] == at ? document["opinion"].text() : "";
}

/// "基层单位": who decides in that queue, in the words of the forms.
std::string stage_label(const Value& document, const std::string& queue) {
  if (document["kind"].string() != "title_application") return document["reviewer_label"].text();
  if (queue.starts_with("committee-")) return "评审委员会";
  return queue == "unit-" + document["uscc"].string() ? "基层单位" : "材料接收单位";
}

Value steps_for_paper(const Rules& rules, const Value& document) {
  Value steps = Value::array();
  for (const Value& made : document["decisions"].items()) {
    Value items = Value::array();
    for (const Value& answer : made["items"].items())
      if (answer["passed"].is_bool() || !answer["opinion"].text().empty())
        items.push(Value::object({{"name", item_label(rules, answer["item"].text())},
                                  {"passed", answer["passed"]},
                                  {"opinion", answer["opinion"]}}));
    steps.push(Value::object({{"stage", stage_label(document, made["queue"].text())},
                              {"reviewer", made["label"]},
                              {"by", made["by"]},
                              {"at", made["at"]},
                              {"round", made["round"]},
                              {"action", rules.dictionary.label("action", made["action"].text())},
                              {"opinion", opinion_of(document, made)},
                              {"checks", made["checks"]},
                              {"items", std::move(items)},
                              {"rows", made["rows"]}}));
  }
  return steps;
}

Value history_for_paper(const pipeline::View& view, const Rules& rules, const Value& document) {
  Value history = Value::array();
  for (const Value& step : document["history"].items()) {
    const std::string queue = step["queue"].text();
    history.push(
        Value::object({{"at", step["at"]},
                       {"what", step["what"]},
                       {"by", step["by"]},
                       {"round", step["round"]},
                       {"queue_label", queue.empty() ? "" : queue_label(view, rules, queue)},
                       {"sha256", step["sha256"]}}));
  }
  return history;
}

/// What the case received in its round, put by this outcome or before: its record.
Value received(const pipeline::View& before, const pipeline::Outcome& outcome,
               const pipeline::Reference& round) {
  for (const pipeline::Event& event : outcome.events)
    for (const pipeline::Put& put : event.puts)
      if (put.space == round.space && put.key == round.key && put.body) return *put.body;
  return before.document(round.space, round.key).value_or(Value());
}

pipeline::Effect archive_copy(const pipeline::View& view, const Rules& rules,
                              const pipeline::Outcome& outcome, const Value& document, Time at) {
  pipeline::Reference round = round_reference(document);
  Value payload =
      Value::object({{"case", document["case"]},
                     {"round", document["round"]},
                     {"kind", document["kind"]},
                     {"kind_label", rules.dictionary.label("kind", document["kind"].text())},
                     {"state", document["state"]},
                     {"state_label", state_label(rules, document["state"].text())},
                     {"unit", document["unit"]},
                     {"unit_uscc", document["uscc"]},
                     {"applicant", document["applicant"]},
                     {"province", document["province"]},
                     {"labels", labels_for_paper(rules, document)},
                     {"received_at", document["received_at"]},
                     {"decided_at", document["decided_at"]},
                     {"effective_at", document["effective_at"]},
                     {"at", at.us},
                     {"sha256", document["sha256"]},
                     {"reviewer", document["reviewer"]},
                     {"reviewer_label", document["reviewer_label"]},
                     {"steps", steps_for_paper(rules, document)},
                     {"history", history_for_paper(view, rules, document)},
                     {"rules_digest", rules.digest},
                     {"record_digest", pipeline::sha256(document.dump())},
                     {"form_digest", pipeline::sha256(received(view, outcome, round).dump())}});
  add_what_came_since(payload, document);
  if (document["kind"].string() == "title_application") {
    payload.set("publicity", document["publicity"]);
  } else {
    add_registration_facts(payload, rules, document);
    payload.set("rows", document["rows"]);
  }
  return {"archive", archive_path(document), std::move(payload), std::move(round)};
}

}  // namespace

bool is_closed(const Value& document) {
  return document["queue"].text().empty() &&
         std::find(kLastStates.begin(), kLastStates.end(), document["state"].string()) !=
             kLastStates.end();
}

std::string archive_path(const Value& document) {
  const std::string day =
      pipeline::iso_date(pipeline::beijing_day(Time{document["decided_at"].integer()}));
  return "archive/" + day.substr(0, 4) + '/' + document["case"].string() + "-r" +
         document["round"].text();
}

void archive_closed_cases(const pipeline::View& before, const Rules& rules,
                          pipeline::Outcome& outcome, Time at) {
  std::map<std::string, const Value*> last;
  for (const pipeline::Event& event : outcome.events)
    for (const pipeline::Put& put : event.puts)
      if (put.space == "case" && put.body) last[put.key] = &*put.body;
  for (const auto& [id, document] : last) {
    if (!is_closed(*document)) continue;
    const auto known = before.document("case", id);
    if (known && *known == *document) continue;
    outcome.effects.push_back(archive_copy(before, rules, outcome, *document, at));
  }
}

}  // namespace decide
