#include "stages/decide/deciders.hpp"
#include "stages/decide/status.hpp"

namespace decide {

void decide_query(Matter& m) {
  std::string key;
  for (const char* member : {"case", "uscc", "username"})
    if (key.empty()) key = m.text(member);
  if (key.empty()) m.find("FIELD_REQUIRED", "uscc", {{"field", "统一社会信用代码、用户名或案件编号"}});
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
