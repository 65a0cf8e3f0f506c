#include "stages/decide/matter.hpp"

#include <algorithm>

#include "pipeline/fill_in.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/line.hpp"
#include "pipeline/text.hpp"

namespace decide {

using pipeline::Value;

namespace {

void keep_fired(std::vector<std::string>& rows, const pipeline::Table& table,
                const pipeline::TableRow& row) {
  std::string fired = table.name() + ':' + row.id;
  if (std::find(rows.begin(), rows.end(), fired) == rows.end()) rows.push_back(std::move(fired));
}

}  // namespace

const pipeline::TableRow* Matter::ask(const pipeline::Table& table,
                                      std::initializer_list<pipeline::Table::Input> facts) {
  const pipeline::TableRow* row = table.decide(facts);
  if (row) keep_fired(out.rows, table, *row);
  return row;
}

std::vector<const pipeline::TableRow*> Matter::ask_all(
    const pipeline::Table& table, std::initializer_list<pipeline::Table::Input> facts) {
  std::vector<const pipeline::TableRow*> rows = table.decide_all(facts);
  for (const pipeline::TableRow* row : rows) keep_fired(out.rows, table, *row);
  return rows;
}

void Matter::find(std::string_view code, std::string where, const pipeline::Arguments& arguments) {
  out.findings.push_back(rules.catalogue.make(code, std::move(where), arguments));
}

void Matter::find(std::string_view code, pipeline::Severity severity, std::string where,
                  const pipeline::Arguments& arguments) {
  out.findings.push_back(rules.catalogue.make(code, severity, std::move(where), arguments));
}

std::vector<pipeline::Finding> Matter::findings() const {
  pipeline::Outcome joined;
  joined.settled = out.settled;
  joined.findings = out.findings;
  pipeline::join_findings(joined, submission);
  return std::move(joined.findings);
}

bool Matter::refused() const {
  return pipeline::has_error(findings());
}

std::string Matter::due_day() const {
  return pipeline::iso_date(
      add_workdays(rules, pipeline::beijing_day(now), rules.settings.review_workdays));
}

void Matter::refuse(std::string message) {
  out.result = pipeline::Result::Refused;
  out.message = std::move(message);
}

Value unit_of(const pipeline::View& view, const Rules& rules, std::string_view uscc) {
  const Institution* known = rules.institution(uscc);
  std::optional<Value> kept = view.document("unit", uscc);
  if (!kept && !known) return {};
  Value unit = kept ? std::move(*kept) : Value::object();
  if (!known) return unit;
  const auto add = [&](const char* key, Value value) {
    if (!unit.has(key)) unit.set(key, std::move(value));
  };
  add("uscc", known->uscc);
  add("name", known->name);
  add("nature", known->nature);
  add("level", known->level);
  add("region", known->region);
  add("province", known->province);
  add("state", "approved");
  add("mode", known->assigned_by.empty() ? "SELF" : "ASSIGNED");
  add("parent", known->assigned_by.empty() ? known->parent : known->assigned_by);
  add("portal", known->portal);
  add("receives", known->receives);
  add("assigns", known->assigns);
  add("creates", known->creates);
  add("itemised", known->itemised);
  add("internal_scope", known->internal_scope);
  add("contact", known->contact);
  add("contact_phone", known->phone);
  return unit;
}

std::string unit_name(const pipeline::View& view, const Rules& rules, std::string_view uscc) {
  const std::string name = unit_of(view, rules, uscc)["name"].text();
  return name.empty() ? std::string(uscc) : name;
}

std::pair<std::string, std::string> split_drop(std::string_view drop) {
  for (const std::string_view family : {"unit-", "agency-", "committee-"})
    if (drop.starts_with(family) && drop.size() > family.size())
      return {std::string(family.substr(0, family.size() - 1)),
              std::string(drop.substr(family.size()))};
  return {drop == "public" ? "public" : "unknown", ""};
}

namespace {

const Agency* agency_of(const Rules& rules, std::string_view rest) {
  const auto at = rules.agencies.find(rest.substr(0, rest.find('-')));
  return at == rules.agencies.end() ? nullptr : &at->second;
}

const Committee* committee_of(const Rules& rules, std::string_view queue) {
  const auto at = std::find_if(rules.committees.begin(), rules.committees.end(),
                               [&](const Committee& c) { return c.id == queue; });
  return at == rules.committees.end() ? nullptr : &*at;
}

}  // namespace

std::string queue_label(const pipeline::View& view, const Rules& rules, std::string_view queue) {
  const auto [family, rest] = split_drop(queue);
  if (family == "unit") return unit_name(view, rules, rest);
  if (const Agency* agency = family == "agency" ? agency_of(rules, rest) : nullptr)
    return agency->name + (rest.ends_with("-hr") ? agency->hr_section : agency->pt_section);
  if (const Committee* committee = committee_of(rules, queue)) return committee->name;
  return std::string(queue);
}

bool is_queue_known(const pipeline::View& view, const Rules& rules, std::string_view queue) {
  const auto [family, rest] = split_drop(queue);
  if (family == "unit") return !unit_of(view, rules, rest).is_null();
  if (family == "agency") return agency_of(rules, rest) != nullptr;
  return committee_of(rules, queue) != nullptr;
}

std::string queue_contact(const pipeline::View& view, const Rules& rules, std::string_view queue) {
  const auto [family, rest] = split_drop(queue);
  const auto both = [](const std::string& who, const std::string& phone) {
    return who.empty() ? phone : phone.empty() ? who : who + " " + phone;
  };
  if (const Agency* agency = family == "agency" ? agency_of(rules, rest) : nullptr)
    return both(agency->contact, agency->phone);
  if (family == "unit") {
    const Value unit = unit_of(view, rules, rest);
    return both(unit["contact"].text(), unit["contact_phone"].text());
  }
  return {};
}

bool may_decide(const std::string& drop, const std::string& queue) {
  if (drop == queue) return true;
  return drop.starts_with("agency-") && drop.ends_with("-pt") && queue.ends_with("-hr") &&
         drop.substr(0, drop.size() - 3) == queue.substr(0, queue.size() - 3);
}

std::string new_case_number(const Matter& m, char kind) {
  // The bytes are the submitter's choice: whoever finds others with the same digits must not take a case over.
  std::string number;
  for (std::size_t digits = 12; digits <= 64; digits += 4) {
    number = pipeline::case_number(kind, m.submission.sha256, digits);
    if (!m.view.document("case", number) && !m.view.document("provision", number)) break;
  }
  return number;
}

std::vector<std::string> cases_of_unit(const pipeline::View& view, std::string_view uscc,
                                       char kind) {
  std::vector<std::string> numbers = view.find("case", "uscc", uscc);
  std::erase_if(numbers, [&](const std::string& number) { return !number.starts_with(kind); });
  return numbers;
}

std::string review_stage(const Value& document) {
  const std::string& state = document["state"].string();
  if (state == "at_base_unit") return "base_unit";
  if (state == "at_committee") return "committee";
  if (state == "at_receiving_unit")
    return document["ends_here"].boolean() ? "parent" : "receiving_unit";
  const std::string& kind = document["reviewer_kind"].string();
  return kind == "competent_agency" ? "agency" : kind;
}

std::string fold_username(std::string_view username) {
  return pipeline::ascii_lower(pipeline::nfkc(username));
}

bool is_effective(const Value& document, pipeline::Time now) {
  const Value& at = document["effective_at"];
  return at.is_null() || at.integer() <= now.us;
}

pipeline::Put put_case(Value document) {
  pipeline::Put put{"case", document["case"].string(), std::nullopt, {}};
  const auto index = [&](const char* field, const std::string& content) {
    if (!content.empty()) put.index.emplace_back(field, content);
  };
  index("queue", document["queue"].text());
  index("uscc", document["uscc"].text());
  index("username", document["username"].text());
  index("handler_id", document["handler_id"].text());
  index("username_folded", fold_username(document["username"].text()));
  index("open", document["queue"].text().empty() ? "" : "yes");
  if (document["kind"].string() == "title_application") {
    index("applicant_year", document["applicant_id"].text() + '/' + document["year"].text());
    for (const std::string& roster : rosters_of(document)) index("roster", roster);
  }
  put.body = std::move(document);
  return put;
}

std::set<std::string> rosters_of(const Value& document) {
  const std::string year = '/' + document["year"].text();
  std::set<std::string> rosters{"unit-" + document["uscc"].text() + year};
  for (const Value& step : document["history"].items())
    if (!step["queue"].text().empty()) rosters.insert(step["queue"].string() + year);
  if (!document["queue"].text().empty()) rosters.insert(document["queue"].string() + year);
  return rosters;
}

void add_history(Value& document, pipeline::Time at, std::string what, std::string by,
                 std::string bundle) {
  document.member("history").push(Value::object({{"at", at.us},
                                                 {"what", std::move(what)},
                                                 {"by", std::move(by)},
                                                 {"round", document["round"]},
                                                 {"queue", document["queue"]},
                                                 {"sha256", std::move(bundle)}}));
}

std::string reviewing_queue(const Value& document) {
  std::string queue = document["queue"].text();
  for (const Value& step : document["history"].items())
    if (document["queue"].text().empty() && !step["queue"].text().empty())
      queue = step["queue"].string();
  return queue;
}

std::string state_label(const Rules& rules, std::string_view state) {
  return state.empty() ? "" : rules.dictionary.label("state", state);
}

std::int64_t count_warnings(const std::vector<pipeline::Finding>& findings) {
  return std::count_if(findings.begin(), findings.end(), [](const pipeline::Finding& f) {
    return f.severity == pipeline::Severity::Warning;
  });
}

Value findings_for_paper(const std::vector<pipeline::Finding>& findings) {
  Value list = Value::array();
  for (const pipeline::Finding& f : findings)
    list.push(Value::object({{"code", f.code},
                             {"severity", pipeline::name(f.severity)},
                             {"where", f.where},
                             {"message", f.message},
                             {"hint", f.hint},
                             {"rule", f.rule}}));
  return list;
}

Value attachments_for_paper(const Rules& rules, const pipeline::Submission& submission) {
  Value list = Value::array();
  for (const pipeline::Entry& e : submission.entries) {
    if (e.role != pipeline::Role::Attachment) continue;
    Value one = Value::object({{"slot", e.slot},
                               {"name", rules.slot_name(e.slot)},
                               {"file", e.name.substr(e.name.rfind('/') + 1)},
                               {"type", e.type},
                               {"pages", e.pages},
                               {"size", static_cast<std::int64_t>(e.size)},
                               {"sha256", e.sha256}});
    if (!e.packed.empty()) one.set("packed", e.packed);
    list.push(std::move(one));
  }
  name_items(rules, list);
  return list;
}

void name_items(const Rules& rules, Value& attachments) {
  for (Value& a : attachments.items_mutable()) {
    const auto item = rules.slot_items.find(a["slot"].string());
    if (item != rules.slot_items.end()) a.set("item", item->second);
  }
}

std::string case_folder(std::string_view queue, std::string_view case_id, int round) {
  return "queues/" + std::string(queue) + '/' + std::string(case_id) + "-r" + std::to_string(round);
}

pipeline::Effect notice(const pipeline::View& view, const Rules& rules, const Value& document,
                        Letter letter, pipeline::Time at) {
  pipeline::Arguments& arguments = letter.arguments;
  arguments["case"] = document["case"].text();
  arguments["round"] = document["round"].text();
  arguments["unit"] = document["unit"].text();
  arguments["applicant"] = document["applicant"].text();
  arguments["title"] = document["title"].text();
  arguments["from"] = letter.from;
  arguments["contact"] = queue_contact(view, rules, letter.queue);
  const std::string day = pipeline::iso_date(pipeline::beijing_day(at));
  arguments["year"] = day.substr(0, day.find('-'));
  const NoticeTexts texts =
      rules.notices.texts(letter.notice, document["province"].text(), arguments);
  for (Value& reason : letter.reasons.items_mutable()) {
    arguments["item"] = reason["item"].text();
    reason.set("hint", pipeline::fill_in(texts.hint, arguments));
  }
  const auto list = [](const std::vector<std::string>& words) {
    Value out = Value::array();
    for (const std::string& word : words) out.push(word);
    return out;
  };
  const bool person = document.has("applicant");
  return {
      "notice",
      "notices/unit-" + document["uscc"].string() + '/' + document["case"].string() + "-r" +
          document["round"].text() + '-' + texts.title,
      Value::object({{"title", texts.title},
                     {"number", texts.number},
                     {"to", document["unit"].string() +
                                (person ? "（申请人：" + document["applicant"].text() + "）" : "")},
                     {"paragraphs", list(texts.body)},
                     {"details", list(letter.details)},
                     {"reasons", std::move(letter.reasons)},
                     {"closing", list(texts.closing)},
                     {"from", std::move(letter.from)},
                     {"at", at.us},
                     {"case", document["case"]},
                     {"sha256", document["sha256"]}}),
      std::nullopt};
}

}  // namespace decide
