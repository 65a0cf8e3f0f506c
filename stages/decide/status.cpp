#include "stages/decide/status.hpp"

#include <algorithm>
#include <map>

#include "pipeline/identifiers.hpp"
#include "stages/decide/accounts.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Time;
using pipeline::Value;

namespace {

Value time_or_null(const Value& at) {
  return at.is_null() ? Value() : Value(pipeline::iso_time(Time{at.integer()}));
}

/// What a portal shows: until a core decision is effective, the case is still under review (H42).
std::string visible_state(const Value& document, Time now) {
  const std::string& state = document["state"].string();
  return is_effective(document, now) ? state : "pending_review";
}

std::string explain(const pipeline::View& view, const Rules& rules, const Value& document,
                    const std::string& state) {
  const std::string& reviewer = document["reviewer"].string();
  const std::string contact = queue_contact(view, rules, document["queue"].text());
  const std::string call = contact.empty() ? "" : "，联系方式：" + contact;
  if (state == "pending_review") {
    std::string text = "还在审核中：由" + document["reviewer_label"].text() + " " + reviewer + " 审核";
    if (document["hr_override"].boolean())
      text += "。" + document["note"].string() + "（选了主管单位仍然发到统筹区对应机构）";
    return text + "。请等待，或直接联系审核单位" + call + "。";
  }
  if (state == "approved")
    return document["province"].string() == "hunan"
               ? "审核通过：可以用登记的用户名登录，已开通人才人事权限。单位信息有误的，通过基本信息管理模块修正。"
               : "审核通过：审核、查询、填写审批单、添加材料接收部门、上报和退回等功能已经开放。";
  if (state == "rejected") {
    const std::string opinion = document["opinion"].text();
    return "审核不通过" + (opinion.empty() ? "" : "，意见：" + opinion) + "。请修改后重新注册。";
  }
  if (state == "withdrawn") return "注册申请已撤回，可以重新注册。";
  if (state == "returned")
    return "申请书已退回修改，意见：" + document["opinion"].text() + "。请按意见修改后重新提交。";
  if (state == "accepted" || state == "not_accepted" || state == "recalled")
    return "申请书" + state_label(rules, state) + "。";
  return "申请书" + state_label(rules, state) + "：现在由" + reviewer + "审核，应于" +
         document["due"].string() + "前办理" + call + "。";
}

Value case_answer(const pipeline::View& view, const Rules& rules, const Value& document, Time now) {
  const std::string state = visible_state(document, now);
  const bool effective = is_effective(document, now);
  Value history = Value::array();
  for (const Value& step : document["history"].items()) {
    if (!effective && step["at"].integer() == document["decided_at"].integer()) continue;
    // The handler's or applicant's name stays masked: anybody may ask (H24).
    const bool person = step["by"].string() == document["handler"].text() ||
                        step["by"].string() == document["applicant"].text();
    history.push(Value::object(
        {{"at", time_or_null(step["at"])},
         {"what", step["what"]},
         {"by", person ? Value(pipeline::mask_name(step["by"].string())) : step["by"]}}));
  }
  const Value& target = document["requested_target"];
  const auto or_null = [](const Value& v) { return v.string().empty() ? Value() : v; };
  return Value::object({{"case", document["case"]},
                        {"kind", document["kind"]},
                        {"state", state},
                        {"state_label", state_label(rules, state)},
                        {"unit", document["unit"]},
                        {"uscc", document["uscc"]},
                        {"reviewer_kind", document["reviewer_kind"]},
                        {"reviewer_label", document["reviewer_label"]},
                        {"reviewer", document["reviewer"]},
                        {"queue", effective ? or_null(document["queue"]) : Value()},
                        {"requested_target", target.is_null() ? Value() : target},
                        {"business_types", document["business_types"]},
                        {"round", document["round"]},
                        {"submitted_at", time_or_null(document["received_at"])},
                        {"decided_at", effective ? time_or_null(document["decided_at"]) : Value()},
                        {"effective_at", effective ? time_or_null(document["effective_at"]) : Value()},
                        {"due", document["due"]},
                        {"message", explain(view, rules, document, state)},
                        {"history", std::move(history)}});
}

std::vector<Value> cases_of(const pipeline::View& view, const std::string& key) {
  std::vector<Value> found;
  if (auto one = view.document("case", key)) {
    found.push_back(std::move(*one));
    return found;
  }
  for (const char* index : {"uscc", "username"})
    for (const std::string& id : view.find("case", index, key)) {
      auto document = view.document("case", id);
      // By USCC one asks about the unit; its people's applications are asked for by their own number.
      if (document && document->operator[]("kind").string() != "title_application")
        found.push_back(std::move(*document));
    }
  std::stable_sort(found.begin(), found.end(), [](const Value& a, const Value& b) {
    return a["received_at"].integer() > b["received_at"].integer();
  });
  return found;
}

}  // namespace

Value status(const pipeline::View& view, const Rules& rules, const std::string& written, Time now) {
  std::vector<Value> found = cases_of(view, written);
  std::string key = written;
  if (found.empty()) {
    key = pipeline::normalise_code(written);
    if (key != written) found = cases_of(view, key);
    // "R-3F9A2C1B77D0": the hyphen belongs to it.
    if (found.empty()) {
      key = written;
      found = cases_of(view, pipeline::normalise_code(written).insert(written.empty() ? 0 : 1, "-"));
    }
  }
  Value cases = Value::array();
  for (const Value& document : found) cases.push(case_answer(view, rules, document, now));
  std::string message;
  if (cases.size() > 0) {
    message = cases[0]["message"].string();
  } else if (const Institution* known = rules.institution(pipeline::normalise_code(written))) {
    message = known->name + "已在单位目录中" + (known->portal ? "，有单位网厅账号。" : "。") +
              (known->assigned_by.empty() ? "" : "该单位是注册分配单位，不需要注册，请向上级单位索要登录信息。") +
              "没有查到它自己提交的注册申请。";
  } else {
    message =
        "未查到记录，说明没有点注册：附件上传成功不是注册成功，请回到注册界面再点“注册”，提示成功才是注册成功。";
  }
  return Value::object({{"key", written},
                        {"found", cases.size() > 0},
                        {"message", message},
                        {"cases", std::move(cases)}});
}

Value login(const pipeline::View& view, const Rules& rules, const std::string& username, Time now) {
  Value answer = Value::object({{"username", username}});
  Value diagnosis = Value::array();
  Value units = Value::array();
  Value permissions = Value::array();
  bool known = false;
  for (const auto& [province, tables] : rules.provinces) {
    const Value account = account_of(view, rules, province, username);
    known = known || !account.is_null();
    for (const Value& unit : account["units"].items()) {
      units.push(unit_name(view, rules, unit["uscc"].string()));
      for (const Value& p : unit["permissions"].items()) {
        const auto& have = permissions.items();
        if (std::find(have.begin(), have.end(), p) == have.end()) permissions.push(p);
      }
    }
  }
  std::optional<Value> pending;
  for (const std::string& id : view.find("case", "username", username)) {
    auto document = view.document("case", id);
    if (document && visible_state(*document, now) == "pending_review") pending = std::move(document);
  }
  std::string state = "unknown";
  std::string message = "用户名不存在";
  if (known) {
    state = "active";
    message = "可以登录";
    const auto& have = permissions.items();
    if (std::none_of(have.begin(), have.end(), [](const Value& p) { return p.string() == "TALENT"; }))
      diagnosis.push("该账号只有社保权限，没有人才人事权限：需要再注册一次（可用原用户名和原经办人，或换新用户名和另一位经办人）。");
    if (pending) diagnosis.push("该账号另有一份注册申请还在审核中，由" + (*pending)["reviewer"].string() + "审核。");
  } else if (pending) {
    state = "pending";
    message = "还在审核中";
    diagnosis.push("注册成功，由" + (*pending)["reviewer"].string() + "审核；核心审核后最多等半小时生效。");
  } else {
    diagnosis.push("可能没有点注册：附件上传成功不是注册成功，请回到注册界面再点“注册”。");
    diagnosis.push("也可能登录时输入的用户名和注册时的不一致，请核对（区分大小写和全角半角）。");
    if (!view.find("case", "username_folded", fold_username(username)).empty())
      diagnosis.push("有一个只差大小写或全角半角的用户名，请按注册时的写法输入。");
  }
  answer.set("state", state);
  answer.set("message", message);
  answer.set("units", std::move(units));
  answer.set("permissions", std::move(permissions));
  answer.set("diagnosis", std::move(diagnosis));
  return answer;
}

Value queue(const pipeline::View& view, const Rules& rules, const std::string& written,
            const std::string& category) {
  std::string name = written;
  // H09, H10: the same agency's list, with the filter set to the other section.
  if (name.starts_with("agency-") && name.ends_with("-pt") && category == "hr_market")
    name.replace(name.size() - 3, 3, "-hr");
  Value cases = Value::array();
  for (const std::string& id : view.find("case", "queue", name)) {
    const auto document = view.document("case", id);
    if (!document) continue;
    const int round = static_cast<int>((*document)["round"].integer());
    cases.push(Value::object(
        {{"case", id},
         {"kind", (*document)["kind"]},
         {"round", round},
         {"state", (*document)["state"]},
         {"unit", (*document)["unit"]},
         {"applicant", (*document)["applicant"]},
         {"received_at", time_or_null((*document)["received_at"])},
         {"due", (*document)["due"]},
         {"token", token(rules, id, round, name, (*document)["sha256"].string())},
         {"form", case_folder(name, id, round) + "/审批单.pdf"}}));
  }
  return Value::object({{"queue", name},
                        {"label", queue_label(view, rules, name)},
                        {"category", name.ends_with("-hr") ? "hr_market" : category},
                        {"cases", std::move(cases)}});
}

Value queues(const pipeline::View& view, const Rules& rules, Time now) {
  struct Count {
    std::int64_t pending = 0, overdue = 0;
    std::string oldest;
  };
  std::map<std::string, Count> counts;
  const std::string today = pipeline::iso_date(pipeline::beijing_day(now));
  for (const std::string& id : view.find("case", "open", "yes")) {
    const auto document = view.document("case", id);
    if (!document) continue;
    Count& count = counts[(*document)["queue"].string()];
    const std::string& due = (*document)["due"].string();
    ++count.pending;
    count.overdue += due < today;
    if (count.oldest.empty() || due < count.oldest) count.oldest = due;
  }
  Value list = Value::array();
  for (const auto& [name, count] : counts)
    list.push(Value::object({{"queue", name},
                             {"label", queue_label(view, rules, name)},
                             {"pending", count.pending},
                             {"overdue", count.overdue},
                             {"first_due", count.oldest}}));
  return Value::object({{"queues", std::move(list)}});
}

}  // namespace decide
