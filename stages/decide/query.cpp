#include <map>

#include "pipeline/text.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/status.hpp"

namespace decide {

namespace {

/// "l********g"
std::string mask_username(const std::string& username) {
  std::u32string shown = pipeline::code_points(username);
  for (std::size_t i = 1; i + (shown.size() > 2) < shown.size(); ++i) shown[i] = U'*';
  return pipeline::to_utf8(shown);
}

/// X67: a unit that asks from its own folder is told of its own applicants; nobody else is.
void add_own_applications(Matter& m, const std::string& uscc, pipeline::Value& answer,
                          std::string& message) {
  pipeline::Value list = pipeline::Value::array();
  std::map<std::string, int> states;
  for (const std::string& id : cases_of_unit(m.view, uscc, 'A')) {
    const auto document = m.view.document("case", id);
    if (!document || (*document)["kind"].string() != "title_application") continue;
    const std::string state = state_label(m.rules, (*document)["state"].string());
    ++states[state];
    list.push(pipeline::Value::object({{"case", id},
                                       {"applicant", (*document)["applicant"]},
                                       {"title", (*document)["title"]},
                                       {"state", (*document)["state"]},
                                       {"state_label", state},
                                       {"round", (*document)["round"]},
                                       {"reviewer", (*document)["reviewer"]},
                                       {"due", (*document)["due"]}}));
  }
  if (list.size() == 0) return;
  std::vector<std::string> counts;
  for (const auto& [state, count] : states) counts.push_back(state + std::to_string(count) + "份");
  message += "本单位的职称申请书共" + std::to_string(list.size()) + "份：" +
             pipeline::join(counts, "、") + "。";
  answer.set("message", message);
  answer.set("applications", std::move(list));
}

}  // namespace

void decide_query(Matter& m) {
  std::string key;
  for (const char* member : {"case", "uscc", "username"})
    if (key.empty()) key = m.text(member);
  if (key.empty())
    m.find("FIELD_REQUIRED", "uscc", {{"field", "统一社会信用代码、用户名或案件编号"}});
  if (m.refused()) {
    m.refuse("查询未受理：请按下列问题修改后重新投递。");
    return;
  }
  pipeline::Value answer = status(m.view, m.rules, key, m.now);
  std::string message = answer["message"].string();
  const std::string username = m.text("username");
  if (!username.empty() && key == username) {
    // H39–H41: asked by username, the answer is that of the login page.
    pipeline::Value probe = login(m.view, m.rules, username, m.now);
    message = probe["message"].string();
    for (const pipeline::Value& line : probe["diagnosis"].items()) message += "；" + line.string();
    answer.set("message", message);
    answer.set("login", std::move(probe));
  }
  // H41: the username that was registered, as much of it as helps who knows it.
  if (!username.empty() && key != username)
    for (const pipeline::Value& found : answer["cases"].items()) {
      const auto document = m.view.document("case", found["case"].string());
      const std::string registered = (*document)["username"].text();
      if (registered.empty() || registered == username) continue;
      message += "注册时填写的用户名是" + mask_username(registered) + "，与所填的“" + username +
                 "”不一致，登录时请用注册时的用户名。";
      answer.set("message", message);
      break;
    }
  const std::string uscc = m.text("uscc");
  if (!uscc.empty() && m.delivery.drop == "unit-" + uscc)
    add_own_applications(m, uscc, answer, message);
  m.out.result = pipeline::Result::Accepted;
  m.out.message = std::move(message);
  if (answer["cases"].size() > 0) {
    const pipeline::Value& first = answer["cases"][0];
    m.out.case_id = first["case"].string();
    m.out.state = first["state"].string();
    m.out.queue = first["queue"].string();
    m.out.round = static_cast<int>(first["round"].integer());
  }
  m.out.extra.set("answer", std::move(answer));
}

}  // namespace decide
