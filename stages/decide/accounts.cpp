#include "stages/decide/accounts.hpp"

#include <algorithm>

#include "pipeline/identifiers.hpp"
#include "pipeline/sha256.hpp"
#include "stages/decide/same_name.hpp"

namespace decide {

using pipeline::Value;

Value account_of(const pipeline::View& view, const Rules& rules, const std::string& province,
                 const std::string& username) {
  if (auto kept = view.document("account", province + '/' + username)) return std::move(*kept);
  for (const KnownAccount& known : rules.accounts) {
    if (known.province != province || known.username != username) continue;
    Value permissions = Value::array();
    for (const std::string& p : known.permissions) permissions.push(p);
    return Value::object(
        {{"username", known.username},
         {"handler", known.handler},
         {"handler_id", known.handler_id},
         {"units",
          Value::array({Value::object({{"uscc", known.uscc}, {"permissions", permissions}})})}});
  }
  return {};
}

Value person_of(const pipeline::View& view, const Rules& rules, const std::string& province,
                const std::string& id_number) {
  if (auto kept = view.document("person", province + '/' + id_number)) return std::move(*kept);
  for (const KnownAccount& known : rules.accounts)
    if (known.province == province && known.handler_id == id_number)
      return Value::object({{"username", known.username}, {"name", known.handler}});
  return {};
}

std::string credential(const Rules& rules, std::string_view username, std::string_view digest) {
  if (digest.empty()) return {};
  return pipeline::hmac_sha256(rules.token_key,
                               "credential\n" + std::string(username) + '\n' + std::string(digest));
}

namespace {

/// Registrations under review, or approved and not yet in effect: whose accounts there will be.
std::vector<Value> coming_accounts(const Matter& m, const std::string& province,
                                   std::string_view index, const std::string& key) {
  std::vector<Value> found;
  for (const std::string& id : m.view.find("case", index, key)) {
    auto document = m.view.document("case", id);
    if (!document || (*document)["kind"].string() != "unit_registration") continue;
    const std::string& state = (*document)["state"].string();
    const bool coming =
        state == "pending_review" || (state == "approved" && !is_effective(*document, m.now));
    if (coming && (*document)["province"].string() == province)
      found.push_back(std::move(*document));
  }
  return found;
}

}  // namespace

void check_account(Matter& m, const std::string& province) {
  const std::string username = m.text("account.username");
  const std::string id = m.text("handler.id_number");
  const std::string name = m.text("handler.name");
  if (username.empty() || id.empty()) return;  // FIELD_REQUIRED has said so
  const Value account = account_of(m.view, m.rules, province, username);
  Value person = person_of(m.view, m.rules, province, id);

  bool taken = !account.is_null() && account["handler_id"].string() != id;
  for (const Value& coming : coming_accounts(m, province, "username", username))
    taken = taken || coming["handler_id"].string() != id;
  // H34: an existing username with another handler.
  if (taken) m.find("USERNAME_TAKEN_BY_OTHER_HANDLER", "account.username", {{"value", username}});
  // H35, Q8: a new username for a person who has an account already, or will have.
  if (person.is_null())
    for (const Value& coming : coming_accounts(m, province, "handler_id", id))
      if (person.is_null() || coming["username"].string() != username)
        person = Value::object({{"username", coming["username"]}, {"name", coming["handler"]}});
  if (!person.is_null() && person["username"].string() != username)
    m.find("PERSON_HAS_OTHER_ACCOUNT", "handler.id_number",
           {{"value", person["username"].string()}});
  // Q7: the ID number is the identity; the same number under another name is a mistake in one of them.
  const std::string& known_name = person.is_null() ? name : person["name"].string();
  if (!name.empty() && known_name != name)
    m.find("ID_NAME_MISMATCH",
           is_same_name(name, known_name) ? pipeline::Severity::Warning : pipeline::Severity::Error,
           "handler.name", {{"value", name}, {"expected", pipeline::mask_name(known_name)}});
  // H35, corollary: the same account must come with the same password.
  const std::string digest = m.text("account.password_digest");
  const std::string& kept = account["credential"].string();
  if (!taken && !digest.empty() && !kept.empty() && credential(m.rules, username, digest) != kept)
    m.find("CREDENTIAL_MISMATCH", "account.password_digest");
  // H29: registering once more is for accounts that lack the talent permission.
  for (const Value& unit : account["units"].items()) {
    const auto& has = unit["permissions"].items();
    if (!taken && unit["uscc"].string() == m.text("unit.uscc") &&
        std::any_of(has.begin(), has.end(), [](const Value& p) { return p.string() == "TALENT"; }))
      m.find("ALREADY_REGISTERED", "account.username", {{"value", username}});
  }
}

void grant(const pipeline::View& view, const Rules& rules, pipeline::Event& event,
           const Value& document, const std::vector<std::string>& permissions) {
  const std::string& username = document["username"].string();
  if (username.empty()) return;
  const std::string& province = document["province"].string();
  Value account = account_of(view, rules, province, username);
  if (account.is_null())
    account = Value::object({{"username", username},
                             {"handler", document["handler"]},
                             {"handler_id", document["handler_id"]}});
  if (!document["credential"].string().empty()) account.set("credential", document["credential"]);
  Value& units = account.member("units");
  if (!units.is_array()) units = Value::array();
  auto& all = units.items_mutable();
  auto unit = std::find_if(all.begin(), all.end(), [&](const Value& u) {
    return u["uscc"].string() == document["uscc"].string();
  });
  if (unit == all.end()) {
    all.push_back(Value::object({{"uscc", document["uscc"]}, {"permissions", Value::array()}}));
    unit = std::prev(all.end());
  }
  Value& granted = unit->member("permissions");
  for (const std::string& p : permissions) {
    const auto& have = granted.items();
    if (std::none_of(have.begin(), have.end(), [&](const Value& h) { return h.string() == p; }))
      granted.push(p);
  }
  event.puts.push_back({"person",
                        province + '/' + document["handler_id"].string(),
                        Value::object({{"username", username}, {"name", document["handler"]}}),
                        {}});
  event.puts.push_back({"account", province + '/' + username, std::move(account), {}});
}

}  // namespace decide
