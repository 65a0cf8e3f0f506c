#include "app/dry_run.hpp"
#include "app/explain.hpp"
#include "pipeline/identifiers.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/line.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/matter.hpp"

namespace app {

using pipeline::Value;
using prepare::Field;
using prepare::FieldType;

namespace {

/// What people go by when they read a form: no texts, no telephone numbers, nobody's whole ID number.
bool matters(FieldType type) {
  switch (type) {
    case FieldType::LongText:
    case FieldType::Phone:
    case FieldType::Email:
    case FieldType::Digest:
    case FieldType::Attachments:
    case FieldType::Any:
      return false;
    default:
      return true;
  }
}

std::string shown(const decide::Rules& rules, const Field& field, const Value& value) {
  const std::string text = value.text();
  if (field.type == FieldType::Boolean && value.is_bool()) return value.boolean() ? "是" : "否";
  if (field.type == FieldType::IdNumber) return pipeline::mask_id(text);
  if (field.type == FieldType::Enum) return rules.dictionary.label(field.dictionary, text);
  if (field.type == FieldType::Region && rules.regions.find(text))
    return text + " " + rules.regions.full_name(text);
  return text;
}

void read_fields(const decide::Rules& rules, const Field& of, const Value& value,
                 const std::string& path, Value& out) {
  if (value.is_null() || !matters(of.type)) return;
  if (of.list && value.is_array()) {
    Field one = of;
    one.list = false;
    for (std::size_t i = 0; i < value.size(); ++i)
      read_fields(rules, one, value[i], path + '[' + std::to_string(i) + ']', out);
    return;
  }
  for (const Field& member : of.members)
    read_fields(rules, member, value[member.name],
                path.empty() ? member.name : path + '.' + member.name, out);
  const std::string text = of.members.empty() ? shown(rules, of, value) : "";
  if (!text.empty())
    out.push(Value::object({{"path", path}, {"label", of.label}, {"value", text}}));
}

/// Who would review it; null if nobody would.
Value review_of(const Explaining& with, const pipeline::View& view,
                const pipeline::Outcome& outcome) {
  const decide::Rules& rules = *with.in.rules;
  const Value* document = nullptr;
  for (const pipeline::Event& event : outcome.events)
    for (const pipeline::Put& put : event.puts)
      if (put.space == "case" && put.body) document = &*put.body;
  if (!document || (*document)["queue"].text().empty()) return {};
  const std::string queue = (*document)["queue"].text();
  const std::string contact = decide::queue_contact(view, rules, queue);
  Value why = Value::array();
  for (const std::string& fired : outcome.rows) {
    const std::string table = fired.substr(0, fired.find(':'));
    const pipeline::TableRow* row = with.book.row(fired);
    const bool says_who = table == "routing" || table == "supervising_unit" ||
                          table == "receiving" || table == "actions";
    if (row && says_who && !row->note.empty())
      why.push(row->note + "（" + pipeline::join(row->rules, "、") + "）");
  }
  const std::string note = (*document)["note"].text();
  if (!note.empty()) why.push(note);
  return Value::object({{"queue", queue},
                        {"reviewer", decide::queue_label(view, rules, queue)},
                        {"reviewer_label", (*document)["reviewer_label"]},
                        {"contact", contact.empty() ? Value() : Value(contact)},
                        {"due", (*document)["due"]},
                        {"why", std::move(why)}});
}

Value papers_of(const pipeline::Outcome& outcome, const pipeline::Delivery& delivery,
                const std::string& sha256) {
  Value papers = Value::array();
  const auto add = [&](const std::string& maker, const std::string& path) {
    papers.push(Value::object({{"maker", maker}, {"path", path}}));
  };
  for (const pipeline::Effect& effect : outcome.effects) add(effect.maker, effect.path);
  if (outcome.result == pipeline::Result::Quarantined)
    add("quarantine", "quarantine/" + delivery.drop + '/' + sha256.substr(0, 12));
  add("receipt", pipeline::receipt_stem(delivery, sha256));
  return papers;
}

}  // namespace

Value explain_bundle(const Explaining& with, const std::string& file, const std::string& drop) {
  const decide::Rules& rules = *with.in.rules;
  const prepare::Rules prepare_rules =
      prepare::load_rules(with.in.places.templates, with.in.settings.limits);
  const Prepared prepared = prepare_dry(file, drop, with.in.places.inbox, prepare_rules);
  const auto& [delivery, submission] = prepared;
  const Present present(with.ledger, rules, with.now);
  const pipeline::Outcome outcome =
      decide_dry(prepared, with.ledger, present.view(), with.now, rules);

  Value answer = Value::object({{"dry_run", true}});
  const Value receipt = pipeline::receipt(delivery, submission, outcome, with.now);
  for (const auto& [key, value] : receipt.members()) answer.set(key, value);
  answer.set("kind_label", rules.dictionary.label("kind", submission.kind));
  const Value& form = submission.form;
  const std::string name = form["unit"]["name"].text();
  std::string uscc;
  for (const char* path : {"unit.uscc", "unit_uscc", "uscc", "by_uscc"})
    if (uscc.empty()) uscc = form.at_path(path).text();
  if (!uscc.empty())
    answer.set("unit",
               Value::object({{"uscc", uscc},
                              {"name", name.empty() ? decide::unit_name(present.view(), rules, uscc)
                                                    : name}}));
  Value fields = Value::array();
  if (const Field* of = prepare_rules.fields.form(submission.kind))
    read_fields(rules, *of, form, "", fields);
  answer.set("fields", std::move(fields));
  Value rows = Value::array();
  for (const std::string& fired : outcome.rows) rows.push(explain_row(with.book, fired, true));
  answer.set("rows", std::move(rows));
  answer.set("review", review_of(with, present.view(), outcome));
  answer.set("papers", papers_of(outcome, delivery, submission.sha256));
  return answer;
}

}  // namespace app
