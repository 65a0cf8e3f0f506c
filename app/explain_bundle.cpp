#include <map>

#include "app/dry_run.hpp"
#include "app/explain.hpp"
#include "app/make_stages.hpp"
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

/// What no table says: who is the one to ask by the very kind of the submission.
std::string reviewer_of_kind(const std::string& kind) {
  if (kind == "unit_info_correction") return "信息修正由审核该单位注册的部门审核（H21）";
  if (kind == "title_application") return "申请书先由申报单位（基层单位）审核、推荐（X02、X43）";
  return {};
}

/// Why nobody reviews it.
std::string nobody_because(const pipeline::Submission& submission,
                           const pipeline::Outcome& outcome) {
  static const std::map<std::string, std::string, std::less<>> kBySubmitter{
      {"unit_provision", "不需要审核：由分配（建立）单位自行办理，投递即生效（X09、X12）"},
      {"registration_withdrawal",
       "不需要审核：还没有审核的、由主管单位审核的注册申请，由本单位自行撤回（H20）"},
      {"receiving_department_change", "不需要审核：材料接收部门由本单位自行添加、变更（X33）"},
      {"application_recall", "不需要审核：申请书由现在的审核单位或上报单位自行撤回（X56）"},
      {"publicity_photo", "不需要审核：公示照片转给材料接收单位查看（X61）"},
      {"status_query", "只是查询，不需要审核"}};
  switch (outcome.result) {
    case pipeline::Result::Refused:
      return "没有受理，不转任何部门审核";
    case pipeline::Result::Quarantined:
      return "没有打开，不转任何部门审核";
    case pipeline::Result::Duplicate:
      return "内容相同的已经收到过，不再转送";
    case pipeline::Result::NotSubmitted:
      return "还没有提交（或没有确认），不转任何部门审核";
    case pipeline::Result::Accepted:
      break;
  }
  if (submission.form.has("rows")) return "逐行办理，各案件转到哪里见“逐行结果”";
  const auto at = kBySubmitter.find(submission.kind);
  return at == kBySubmitter.end() ? "案件办结，不再转送" : at->second;
}

/// The case as it would be left; null if none is touched.
const Value* case_left(const pipeline::Outcome& outcome) {
  const Value* document = nullptr;
  for (const pipeline::Event& event : outcome.events)
    for (const pipeline::Put& put : event.puts)
      if (put.space == "case" && put.body) document = &*put.body;
  return document;
}

/// Who would review it; null if nobody would.
Value review_of(const Explaining& with, const pipeline::View& view, const std::string& kind,
                const pipeline::Outcome& outcome) {
  const decide::Rules& rules = *with.in.rules;
  const Value* document = case_left(outcome);
  if (!document || (*document)["queue"].text().empty()) return {};
  const std::string queue = (*document)["queue"].text();
  const std::string contact = decide::queue_contact(view, rules, queue);
  Value why = Value::array();
  if (const std::string told = reviewer_of_kind(kind); !told.empty()) why.push(told);
  for (const std::string& fired : outcome.rows) {
    const std::string table = fired.substr(0, fired.find(':'));
    const pipeline::TableRow* row = with.book.row(fired);
    const bool says_who = table == "routing" || table == "supervising_unit" ||
                          table == "receiving" || table == "actions";
    if (row && says_who && !row->note.empty())
      why.push(row->note + "（" + pipeline::join(row->rules, "、") + "）");
  }
  // A correction's note speaks of its receipt.
  const std::string note = (*document)["note"].text();
  if (!note.empty() && kind != "unit_info_correction") why.push(note);
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
  const prepare::Rules of_prepare = prepare_rules(with.in);
  const Prepared prepared = prepare_dry(file, drop, with.in.places.inbox, of_prepare);
  const pipeline::Delivery& delivery = prepared.delivery;
  const pipeline::Submission& submission = prepared.submission;
  const Present present(with.ledger, rules, with.now);
  const pipeline::Outcome outcome =
      decide_dry(prepared, with.ledger, present.view(), with.now, rules);

  Value answer = Value::object({{"dry_run", true}});
  const Value receipt = pipeline::receipt(delivery, submission, outcome, with.now);
  for (const auto& [key, value] : receipt.members()) answer.set(key, value);
  answer.set("kind_label", rules.dictionary.label("kind", submission.kind));
  const Value& form = submission.form;
  std::string uscc;
  for (const char* path : {"unit.uscc", "unit_uscc", "uscc", "by_uscc"})
    if (uscc.empty()) uscc = form.at_path(path).text();
  std::string name = form["unit"]["name"].text();
  // A unit that is not registered yet has its name in its case only.
  const Value* document = case_left(outcome);
  if (document && uscc.empty()) uscc = (*document)["uscc"].text();
  if (document && name.empty() && uscc == (*document)["uscc"].text())
    name = (*document)["unit"].text();
  if (name.empty()) name = decide::unit_name(present.view(), rules, uscc);
  if (!uscc.empty()) answer.set("unit", Value::object({{"uscc", uscc}, {"name", name}}));
  Value fields = Value::array();
  if (const Field* of = of_prepare.fields.form(submission.kind))
    read_fields(rules, *of, form, "", fields);
  answer.set("fields", std::move(fields));
  // Of a worklist the receipt's rows are its lines; here, rows are those of the tables.
  const bool worklist = form.has("rows");
  answer.set("lines", worklist ? receipt["rows"] : Value());
  Value rows = Value::array();
  for (const std::string& fired : outcome.rows) rows.push(explain_row(with.book, fired, true));
  answer.set("rows", std::move(rows));
  const Value review =
      worklist ? Value() : review_of(with, present.view(), submission.kind, outcome);
  answer.set("nobody_because",
             review.is_null() ? Value(nobody_because(submission, outcome)) : Value());
  answer.set("review", review);
  answer.set("papers", papers_of(outcome, delivery, submission.sha256));
  return answer;
}

}  // namespace app
