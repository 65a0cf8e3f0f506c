#include "app/explain.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/json.hpp"
#include "stages/decide/matter.hpp"

namespace app {

using pipeline::Value;

namespace {

/// "r3f9a2c1b77d0" as people type it, to "R-3F9A2C1B77D0" as it is printed.
std::string canonical(const std::string& written) {
  std::string code = pipeline::normalise_code(written);
  if (code.size() > 1) code.insert(1, "-");
  return code;
}

/// The case as that event left it; null if the event did not touch it.
Value case_after(const Value& body) {
  for (const Value& put : body["puts"].items())
    if (put["space"].string() == "case") return put["body"];
  return {};
}

Value explain_event(const Explaining& with, const pipeline::StoredEvent& event,
                    const std::map<std::int64_t, pipeline::Received>& deliveries) {
  const decide::Rules& rules = *with.in.rules;
  const Value body = pipeline::parse_own_json(event.body);
  const Value& what = body["what"];
  const Value document = case_after(body);
  const Value& history = document["history"];
  const Value step = history.size() > 0 ? history[history.size() - 1] : Value();
  const bool of_this_step = step["at"].integer() == event.at.us;
  const bool decided = document["decided_at"].integer(-1) == event.at.us;
  const bool same_tables = event.rules == rules.digest;
  Value rows = Value::array();
  for (const Value& fired : what["rows"].items())
    rows.push(explain_row(with.book, fired.string(), same_tables));
  const std::string queue = document["queue"].text();
  const auto text_or_null = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
  Value delivery;
  if (const auto at = deliveries.find(event.bundle); at != deliveries.end())
    delivery = Value::object({{"drop", at->second.drop},
                              {"bundle", at->second.bundle},
                              {"sha256", at->second.sha256},
                              {"findings", at->second.findings}});
  return Value::object(
      {{"seq", event.seq},
       {"at", pipeline::iso_time(event.at)},
       {"event", event.name},
       {"label", rules.dictionary.label("event", event.name)},
       {"what", of_this_step ? step["what"] : Value()},
       {"by", of_this_step ? step["by"]
                           : Value(decide::unit_name(with.ledger, rules, what["by"].text()))},
       {"opinion", decided ? text_or_null(document["opinion"].text()) : Value()},
       {"state", document["state"]},
       {"round", document["round"]},
       {"queue", text_or_null(queue)},
       {"reviewer",
        queue.empty() ? Value() : Value(decide::queue_label(with.ledger, rules, queue))},
       {"note", text_or_null(document["note"].text())},
       {"delivery", std::move(delivery)},
       {"rows", std::move(rows)},
       {"rules_digest", event.rules},
       {"tables_unchanged", same_tables}});
}

}  // namespace

Value explain_row(const RuleBook& book, const std::string& fired, bool same_tables) {
  const auto colon = fired.find(':');
  Value out = Value::object({{"table", fired.substr(0, colon)},
                             {"row", colon == fired.npos ? fired : fired.substr(colon + 1)},
                             {"rules", nullptr},
                             {"note", nullptr},
                             {"then", nullptr}});
  const pipeline::TableRow* row = same_tables ? book.row(fired) : nullptr;
  if (!row) return out;
  Value rules = Value::array();
  for (const std::string& rule : row->rules)
    rules.push(Value::object({{"rule", rule}, {"gist", book.gist(rule)}}));
  out.set("rules", std::move(rules));
  out.set("note", row->note);
  Value then = Value::array();
  for (const std::string& answer : row->then)
    if (!answer.empty()) then.push(answer);
  out.set("then", std::move(then));
  return out;
}

Value explain_case(const Explaining& with, const std::string& written) {
  std::string id = written;
  std::vector<pipeline::StoredEvent> events = with.ledger.events_of(id);
  if (events.empty() && !written.empty()) events = with.ledger.events_of(id = canonical(written));
  if (events.empty() || id.empty()) return Value::object({{"case", written}, {"found", false}});
  std::map<std::int64_t, pipeline::Received> deliveries;
  for (const pipeline::StoredEvent& event : events) deliveries[event.bundle] = {};
  with.ledger.each_received([&](const pipeline::Received& received) {
    if (const auto at = deliveries.find(received.id); at != deliveries.end()) at->second = received;
  });
  deliveries.erase(0);  // a timer, not a delivery
  const decide::Rules& rules = *with.in.rules;
  auto kept = with.ledger.document("case", id);
  if (!kept) kept = with.ledger.document("provision", id);
  const Value document = kept.value_or(Value());
  const bool provision = document["kind"].text() == "unit_provision";
  Value list = Value::array();
  for (const pipeline::StoredEvent& event : events)
    list.push(explain_event(with, event, deliveries));
  return Value::object(
      {{"case", id},
       {"found", true},
       {"kind", document["kind"]},
       {"kind_label", rules.dictionary.label("kind", document["kind"].text())},
       {"unit", document["unit"]},
       {"uscc", document["uscc"]},
       {"state", document["state"]},
       {"state_label", provision ? "已开通" : decide::state_label(rules, document["state"].text())},
       {"events", std::move(list)}});
}

}  // namespace app
