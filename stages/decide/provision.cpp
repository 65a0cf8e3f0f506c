#include <algorithm>
#include <set>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/accounts.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Value;

namespace {

/// One row of the form, judged on a desk of its own: its findings are told under units[i], and what the rows before it
/// changed lies over the ledger.
struct Row {
  Matter& m;       ///< form() is the row
  Value issuer;    ///< who provisions
  std::string by;  ///< its USCC
  std::string mode;
};

std::string issuer_word(const Value& issuer, const std::string& mode) {
  if (mode == "created" && issuer["creates"].boolean()) return "creator";
  if (issuer["assigns"].boolean())
    return issuer["level"].text() == "county" ? "county_bureau" : "superior";
  return issuer["creates"].boolean() ? "creator" : "other";
}

std::string mode_word(const std::string& mode) {
  if (mode == "ASSIGNED") return "assigned";
  return mode == "CREATED_BY_PARENT" ? "created" : "self";
}

bool lies_within(const std::string& region, const std::string& outer) {
  if (outer.ends_with("0000"))
    return pipeline::Regions::province(region) == pipeline::Regions::province(outer);
  return region.starts_with(outer.ends_with("00") ? outer.substr(0, 4) : outer);
}

std::string created_id(const std::string& parent, int number) {
  const std::string digits = std::to_string(number);
  return parent + '-' + (digits.size() < 2 ? "0" : "") + digits;
}

/// forms.md: a unit without a USCC gets the parent's next number; asked for again by the same name, it keeps its own.
std::string id_of(const Row& row) {
  const std::string uscc = row.m.text("unit.uscc");
  if (!uscc.empty() || row.mode != "created") return uscc;
  for (int number = 1;; ++number) {
    std::string id = created_id(row.by, number);
    const auto taken = row.m.view.document("unit", id);
    if (!taken || (*taken)["name"].text() == row.m.text("unit.name")) return id;
  }
}

std::string known_word(const Row& row, const std::string& id) {
  for (const std::string& key : cases_of_unit(row.m.view, id, 'R')) {
    const auto other = row.m.view.document("case", key);
    if (other && (*other)["kind"].string() == "unit_registration" &&
        (*other)["state"].string() == "pending_review")
      return "foreign";
  }
  const Value unit = unit_of(row.m.view, row.m.rules, id);
  if (unit.is_null()) return "none";
  const bool own =
      unit["parent"].text() == row.by && mode_word(unit["mode"].text()) == row.mode && id != row.by;
  return own ? "own" : "foreign";
}

/// X07–X12: by decision table, xinjiang/provision.csv.
void check_right(const Row& row, const std::string& id) {
  Matter& m = row.m;
  const bool township =
      m.text("unit.level") == "township" && m.text("unit.nature") == "administrative_organ";
  const bool within = lies_within(m.text("unit.region"), row.issuer["region"].text());
  const pipeline::Table& table = *m.rules.provinces.at("xinjiang").provision;
  const pipeline::TableRow* rule =
      m.ask(table, {{"mode", row.mode},
                    {"issuer", issuer_word(row.issuer, row.mode)},
                    {"unit", township ? "township_government" : "other"},
                    {"place", within ? "same" : "other"},
                    {"known", known_word(row, id)}});
  if (rule && table.output(*rule, "verdict") != "allow")
    m.find("PROVISION_NOT_ALLOWED", row.mode == "self" ? "mode" : "unit",
           {{"unit", m.text("unit.name")}, {"detail", table.output(*rule, "reason")}});
  if (id.empty()) m.find("FIELD_REQUIRED", "unit.uscc", {{"field", "统一社会信用代码"}});
}

Value unit_document(const Row& row, const std::string& id) {
  const Matter& m = row.m;
  Value unit = m.view.document("unit", id).value_or(Value::object());
  for (const auto& [key, value] : m.form()["unit"].members()) unit.set(key, value);
  unit.set("uscc", id);
  unit.set("province", row.issuer["province"]);
  unit.set("state", "approved");
  unit.set("approved_at", m.now.us);
  unit.set("portal", true);
  unit.set("mode", m.form()["mode"]);
  unit.set("parent", row.by);
  unit.set("handler", m.form()["handler"]["name"]);
  unit.set("handler_id", m.form()["handler"]["id_number"]);
  // Q16: the default receiving unit is whoever assigned or created it.
  unit.set("receiving_units", Value::array({Value::object({{"uscc", row.by}, {"default", true}})}));
  unit.set("capabilities", capabilities());
  return unit;
}

/// X11, X16: names the username and whom to ask; never a password.
pipeline::Effect letter(const Row& row, const std::string& id, const std::string& case_id) {
  const Matter& m = row.m;
  const bool coded = !m.text("unit.uscc").empty();
  const Value addressee = Value::object({{"case", case_id},
                                         {"round", 1},
                                         {"uscc", id},
                                         {"unit", m.text("unit.name")},
                                         {"province", row.issuer["province"]},
                                         {"sha256", m.submission.sha256}});
  return notice(m.view, m.rules, addressee,
                {row.mode == "created" ? "unit_created" : "unit_assigned",
                 {{"username", m.text("account.username")},
                  {"handler", m.text("handler.name")},
                  {"id", coded ? std::string() : id}},
                 {},
                 Value::array(),
                 row.issuer["name"].text(),
                 "unit-" + row.by},
                m.now);
}

Event provision(const Row& row, const std::string& id, const std::string& case_id) {
  const Matter& m = row.m;
  Event event{"unit_provisioned",
              case_id,
              Value::object({{"uscc", id},
                             {"unit", m.text("unit.name")},
                             {"mode", m.form()["mode"]},
                             {"by", row.by},
                             {"from", m.delivery.drop}}),
              {}};
  event.puts.push_back({"unit", id, unit_document(row, id), {}});
  const std::string username = m.text("account.username");
  grant(m.view, m.rules, event,
        Value::object(
            {{"username", username},
             {"province", row.issuer["province"]},
             {"handler", m.form()["handler"]["name"]},
             {"handler_id", m.form()["handler"]["id_number"]},
             {"credential", credential(m.rules, username, m.text("account.password_digest"))},
             {"uscc", id}}),
        {"TALENT", "PT", "HR_MARKET"});
  return event;
}

/// What `status` answers about the case number: no queue ever held it, so it is no document of the space "case".
Value provision_document(const Matter& m, const std::string& case_id, const Value& issuer,
                         Value units) {
  return Value::object({{"case", case_id},
                        {"kind", "unit_provision"},
                        {"state", "approved"},
                        {"round", 1},
                        {"uscc", issuer["uscc"]},
                        {"unit", issuer["name"]},
                        {"drop", m.delivery.drop},
                        {"at", m.now.us},
                        {"units", std::move(units)}});
}

Value form_without_passwords(const Matter& m) {
  Value form = m.form();
  for (Value& row : form.member("units").items_mutable())
    row.member("account").erase("password_digest");  // X05
  return form;
}

void take_over(Matter& m, pipeline::Outcome row, const std::string& where) {
  for (pipeline::Finding& f : row.findings) {
    f.where = where + '.' + f.where;
    m.out.findings.push_back(std::move(f));
  }
  for (std::string& id : row.rows)
    if (std::find(m.out.rows.begin(), m.out.rows.end(), id) == m.out.rows.end())
      m.out.rows.push_back(std::move(id));
}

}  // namespace

Value capabilities() {
  return Value::array({"REVIEW", "QUERY", "ADD_RECEIVING_DEPARTMENT", "FILL_APPROVAL_FORM",
                       "REPORT_UP", "RETURN_TO_APPLICANT"});
}

void decide_provision(Matter& m) {
  const std::string by = m.text("by_uscc");
  const auto [family, owner] = split_drop(m.delivery.drop);
  if (family == "unit" && !by.empty() && owner != by)
    m.find("WRONG_FOLDER", "by_uscc", {{"detail", "这里只能办理本单位的业务。"}});
  const Value issuer = unit_of(m.view, m.rules, by);
  if (!by.empty()) check_approved(m, by, "by_uscc", issuer);
  const auto& units = m.form()["units"].items();
  if (units.empty()) m.find("FIELD_REQUIRED", "units", {{"field", "要开通的单位"}});

  const std::string case_id = new_case_number(m, 'P');
  pipeline::Overlay changed(m.view);
  std::set<std::string> seen;
  std::vector<std::string> told;
  std::vector<Event> events;
  std::vector<pipeline::Effect> letters;
  Value provisioned = Value::array();
  for (std::size_t i = 0; i < units.size(); ++i) {
    pipeline::Submission submission;
    submission.sha256 = m.submission.sha256;
    submission.kind = m.submission.kind;
    submission.form = units[i];
    Matter desk{submission, m.delivery, changed, m.rules, m.now, {}};
    const Row row{desk, issuer, by, mode_word(desk.text("mode"))};
    const std::string id = id_of(row);
    const std::string name = desk.text("unit.name");
    check_right(row, id);
    if (!id.empty() && !seen.insert(id).second)
      desk.find("PROVISION_NOT_ALLOWED", "unit",
                {{"unit", name}, {"detail", "该单位在表中出现两次。"}});
    check_account(desk, issuer["province"].text());
    if (!desk.refused()) {
      letters.push_back(letter(row, id, case_id));
      events.push_back(provision(row, id, case_id));
      changed.apply({events.back()});
      provisioned.push(
          Value::object({{"uscc", id}, {"name", name}, {"mode", desk.form()["mode"]}}));
      told.push_back(name + "（" + id + "，用户名" + desk.text("account.username") + "）");
    }
    take_over(m, std::move(desk.out), "units[" + std::to_string(i) + "]");
  }
  if (m.refused()) {
    m.refuse("登录信息未分配：表中有一个单位有误，整表不予采用。请按下列问题修改后重新投递。");
    return;
  }
  if (m.form().has("submit") && !m.form()["submit"].boolean()) {
    m.find("NOT_SUBMITTED", "submit");
    m.out.result = Result::NotSubmitted;
    m.out.message = "表单已收到，但尚未提交：没有分配任何登录信息。";
    return;
  }
  events.front().puts.push_back({"form", case_id + "-r1", form_without_passwords(m), {}, true});
  events.front().puts.push_back(
      {"provision", case_id, provision_document(m, case_id, issuer, std::move(provisioned)), {}});
  m.out.events = std::move(events);
  m.out.effects = std::move(letters);
  m.out.result = Result::Accepted;
  m.out.case_id = case_id;
  m.out.round = 1;
  m.out.state = "approved";
  m.out.message =
      "登录信息已分配：" + pipeline::join(told, "、") +
      "。通知书已放入各单位的通知文件夹，不含密码；密码请另行告知其人事管理人员。案件编号：" +
      case_id + "。";
}

}  // namespace decide
