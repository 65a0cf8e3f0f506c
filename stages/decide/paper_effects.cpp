#include "stages/decide/deadlines.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/items.hpp"
#include "stages/decide/round.hpp"

#include <string>

namespace decide {

using pipeline::Effect;
using pipeline::Value;

Value labels_for_paper(const Rules& rules, const Value& document) {
  const auto label = [&](const char* dictionary, const char* member) {
    return Value(rules.dictionary.label(dictionary, document[member].string()));
  };
  Value types = Value::array();
  for (const Value& t : document["business_types"].items())
    types.push(rules.dictionary.label("business_type", t.string()));
  return Value::object({{"nature", label("nature", "unit_nature")},
                        {"level", label(document.has("series") ? "title_level" : "unit_level",
                                        document.has("series") ? "level" : "unit_level")},
                        {"business_types", std::move(types)},
                        {"series", label("series", "series")},
                        {"application_type", label("application_type", "application_type")},
                        {"sex", label("sex", "sex")}});
}

void add_registration_facts(Value& payload, const Rules& rules, const Value& document) {
  const Value& target = document["requested_target"];
  payload.set(
      "requested",
      Value::object({{"kind", target["kind"]},
                     {"label", rules.dictionary.label("review_target", target["kind"].text())},
                     {"name", target["name"]}}));
  payload.set("note", document["note"]);
  payload.set("region_name", rules.regions.full_name(document["region"].string()));
  payload.set("pooling_region_name", rules.regions.full_name(document["pooling_region"].text()));
}

namespace {

/// X52: open items are for this round; the others show in which round they passed.
Value items_for_paper(const Rules& rules, const Value& document) {
  const Value& locked = document["locked"];
  Value list = Value::array();
  for (const Item& item : rules.items) {
    if (!item.reviewed) continue;
    list.push(Value::object({{"item", item.code},
                             {"name", item.name},
                             {"locked", locked.has(item.code)},
                             {"passed_round", locked[std::string_view(item.code)]}}));
  }
  return list;
}

/// The deadline that nobody can count exactly.
std::string due_note(const Rules& rules, const Value& document) {
  const std::string& due = document["due"].string();
  const std::string note = calendar_note(rules, due);
  return note.empty() ? note : "办理期限" + due + "：" + note + "，如遇放假请自行核对。";
}

}  // namespace

Value actions_for_paper(const Rules& rules, const Value& document) {
  Value list = Value::array();
  for (const auto& [action, label] : rules.dictionary.words("action")) {
    const pipeline::TableRow* row = rules.actions.decide({{"case_kind", document["kind"].string()},
                                                          {"stage", review_stage(document)},
                                                          {"action", action}});
    if (row && rules.actions.output(*row, "verdict") == "allow")
      list.push(Value::object({{"action", action}, {"label", label}}));
  }
  return list;
}

std::string form_version(const Value& document) {
  constexpr const char* kFields = "1";
  return std::string(kFields) + '.' + std::to_string(document["visit"].integer(1));
}

std::string form_token(const Rules& rules, const Value& document, std::string_view version) {
  return token(rules, document["case"].string(), static_cast<int>(document["round"].integer()),
               document["queue"].string(), document["sha256"].string(), version);
}

Effect approval_form(const pipeline::View& view, const Rules& rules, const Value& document) {
  const std::string& case_id = document["case"].string();
  const std::string& queue = document["queue"].string();
  const int round = static_cast<int>(document["round"].integer());
  Value payload = Value::object({{"case", case_id},
                                 {"round", round},
                                 {"queue", queue},
                                 {"token", form_token(rules, document, form_version(document))},
                                 {"form_version", form_version(document)},
                                 {"received_at", document["received_at"]},
                                 {"due", document["due"]},
                                 {"sha256", document["sha256"]},
                                 {"province", document["province"]},
                                 {"reviewer", queue_label(view, rules, queue)},
                                 {"reviewer_label", document["reviewer_label"]},
                                 {"labels", labels_for_paper(rules, document)},
                                 {"history", document["history"]},
                                 {"due_note", due_note(rules, document)},
                                 {"actions", actions_for_paper(rules, document)}});
  const bool application = document["kind"].string() == "title_application";
  if (application) {
    Value targets = Value::array();
    for (const Target& t : next_targets(view, rules, document))
      targets.push(Value::object({{"id", t.id}, {"name", t.name}, {"default", t.is_default}}));
    payload.set("unit", document["unit"]);
    payload.set("unit_uscc", document["uscc"]);
    payload.set("stage", review_stage(document));
    const bool itemised = is_itemised(view, rules, queue);
    payload.set("itemised", itemised);
    if (itemised) payload.set("items", items_for_paper(rules, document));
    payload.set("publicity", document["publicity"]);
    payload.set("targets", std::move(targets));
    payload.set("opinions", document["opinions"]);
  } else {
    add_registration_facts(payload, rules, document);
  }
  add_what_came_since(payload, document);
  if (payload.has("attachments")) name_items(rules, payload.member("attachments"));
  return {application ? "application_form" : "registration_form",
          case_folder(queue, case_id, round), std::move(payload), round_reference(document)};
}

namespace {

std::string dossier_path(const Value& document) {
  return case_folder(document["queue"].string(), document["case"].string(),
                     static_cast<int>(document["round"].integer())) +
         "/卷宗.pdf";
}

Effect dossier(const pipeline::View& view, const Rules& rules, const Value& document) {
  Value payload =
      Value::object({{"case", document["case"]},
                     {"round", document["round"]},
                     {"kind", rules.dictionary.label("kind", document["kind"].string())},
                     {"unit", document["unit"]},
                     {"uscc", document["uscc"]},
                     {"applicant", document["applicant"]},
                     {"title", document["title"]},
                     {"reviewer", queue_label(view, rules, document["queue"].string())},
                     {"received_at", document["received_at"]},
                     {"sha256", document["sha256"]}});
  if (document.has("attachments")) payload.set("attachments", document["attachments"]);
  return {"dossier", dossier_path(document), std::move(payload), round_reference(document)};
}

}  // namespace

void lay_out_papers(pipeline::Outcome& outcome, const pipeline::View& view, const Rules& rules,
                    const Value& document) {
  outcome.effects.push_back(approval_form(view, rules, document));
  if (rules.settings.dossier) outcome.effects.push_back(dossier(view, rules, document));
}

void take_away_papers(pipeline::Outcome& outcome, const Value& document) {
  // By its own path too: one that is still to be made must not come after.
  outcome.effects.push_back({"remove", dossier_path(document), Value(), std::nullopt});
  outcome.effects.push_back({"remove",
                             case_folder(document["queue"].string(), document["case"].string(),
                                         static_cast<int>(document["round"].integer())),
                             Value(), std::nullopt});
}

}  // namespace decide
