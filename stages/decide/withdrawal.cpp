#include "pipeline/identifiers.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/same_name.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Value;

namespace {

std::vector<Value> registrations_of(const Matter& m, const std::string& uscc) {
  std::vector<Value> found;
  for (const std::string& key : cases_of_unit(m.view, uscc, 'R')) {
    auto document = m.view.document("case", key);
    if (document && (*document)["kind"].string() == "unit_registration")
      found.push_back(std::move(*document));
  }
  return found;
}

/// DESIGN.md §2: who speaks from the public folder is known by USCC, username and ID number alone.
bool is_own(const Matter& m, const Value& document) {
  if (split_drop(m.delivery.drop).first != "public") return true;
  const std::string username = m.text("username");
  return document["handler_id"].string() == m.text("handler.id_number") &&
         (username.empty() || document["username"].string() == username);
}

/// The one that waits for its review, else the latest.
const Value* choose(const Matter& m, const std::vector<Value>& registrations) {
  const Value* chosen = nullptr;
  for (const Value& document : registrations) {
    if (!is_own(m, document)) continue;
    if (document["state"].string() == "pending_review") return &document;
    if (!chosen || (*chosen)["received_at"].integer() < document["received_at"].integer())
      chosen = &document;
  }
  return chosen;
}

/// H20, H22: what stands in the way of withdrawing it.
void check_withdrawable(Matter& m, const Value& document) {
  // Q7: the ID number is the identity; another name for it is a mistake in one of them.
  const std::string name = m.text("handler.name");
  const std::string& known = document["handler"].string();
  if (!name.empty() && name != known &&
      document["handler_id"].string() == m.text("handler.id_number"))
    m.find("ID_NAME_MISMATCH",
           is_same_name(name, known) ? pipeline::Severity::Warning : pipeline::Severity::Error,
           "handler.name", {{"value", name}, {"expected", pipeline::mask_name(known)}});
  if (document["state"].string() != "pending_review") {
    m.find("NOT_PENDING", "uscc");
  } else if (document["reviewer_kind"].string() == "competent_agency") {
    // Q4: what counts is who reviews it, not what was chosen.
    const std::string contact = queue_contact(m.view, m.rules, document["queue"].string());
    m.find("AGENCY_MUST_REJECT", "uscc",
           {{"candidate", document["reviewer"].string() +
                              (contact.empty() ? "" : "（联系方式：" + contact + "）")}});
  }
}

void withdraw(Matter& m, Value document) {
  take_away_papers(m.out, document);
  add_history(document, m.now, "注册撤回", document["handler"].string(), m.submission.sha256);
  document.set("queue", "");
  document.set("state", "withdrawn");
  document.set("decided_at", m.now.us);
  document.set("effective_at", m.now.us);
  Event event{"registration_withdrawn",
              document["case"].string(),
              Value::object({{"from", m.delivery.drop}, {"was_with", document["reviewer"]}}),
              {}};
  m.out.message = document["unit"].string() + "的注册申请（案件编号" + document["case"].string() +
                  "）已撤回，" + document["reviewer"].string() +
                  "不再审核；用户名已释放，现在就可以重新注册。";
  event.puts.push_back(put_case(std::move(document)));
  m.out.events.push_back(std::move(event));
  m.out.result = Result::Accepted;
  m.out.state = "withdrawn";
}

}  // namespace

void decide_withdrawal(Matter& m) {
  const std::string uscc = m.text("uscc");
  const auto [family, owner] = split_drop(m.delivery.drop);
  const bool foreign = family == "unit" && !uscc.empty() && owner != uscc;
  if (foreign) m.find("WRONG_FOLDER", "uscc", {{"detail", "这里只能办理本单位的业务。"}});
  const std::vector<Value> registrations =
      uscc.empty() || foreign ? std::vector<Value>() : registrations_of(m, uscc);
  const Value* document = m.refused() ? nullptr : choose(m, registrations);
  if (document) {
    m.out.case_id = (*document)["case"].string();
    m.out.round = static_cast<int>((*document)["round"].integer());
    check_withdrawable(m, *document);
  } else if (!m.refused()) {
    // Whether there is one at all is nobody else's business.
    if (family == "public")
      m.find("CASE_UNKNOWN", "uscc",
             {{"value", uscc},
              {"detail", "没有与所填统一社会信用代码、用户名和经办人身份证号都一致的注册记录。"}});
    else
      m.find("NOT_PENDING", "uscc");
  }
  if (m.refused()) {
    m.refuse("撤回未办理：请看下列原因。");
    return;
  }
  withdraw(m, *document);
}

}  // namespace decide
