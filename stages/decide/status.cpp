#include "stages/decide/status.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/accounts.hpp"
#include "stages/decide/deadlines.hpp"
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

std::string changed_fields(const Value& document) {
  std::string text;
  for (const Value& change : document["changes"].items())
    text += (text.empty() ? "" : "、") + change["label"].string();
  return text;
}

std::string explain_correction(const Value& document, const std::string& state,
                               const std::string& call) {
  const std::string what = "单位信息修正（" + changed_fields(document) + "）";
  const std::string& reviewer = document["reviewer"].string();
  if (state == "approved") return what + "审核通过，信息已经更改。";
  if (state == "rejected") {
    const std::string opinion = document["opinion"].text();
    return what + "审核不通过，信息没有变动" + (opinion.empty() ? "" : "，意见：" + opinion) +
           "。请按意见修改后重新投递，有疑问请联系" + reviewer + call + "。";
  }
  return what + "还在审核中：由" + document["reviewer_label"].text() + " " + reviewer +
         " 审核。审核通过以前，原信息不变。请等待，或直接联系审核单位" + call + "。";
}

std::string explain(const pipeline::View& view, const Rules& rules, const Value& document,
                    const std::string& state) {
  const std::string& reviewer = document["reviewer"].string();
  // H42: until it is effective a decision shows nowhere, so the reviewer stays who it was.
  const std::string contact = queue_contact(view, rules, reviewing_queue(document));
  const std::string call = contact.empty() ? "" : "，联系方式：" + contact;
  if (document["kind"].string() == "unit_info_correction")
    return explain_correction(document, state, call);
  if (state == "pending_review") {
    std::string text =
        "还在审核中：由" + document["reviewer_label"].text() + " " + reviewer + " 审核";
    if (document["hr_override"].boolean())
      text += "。" + document["note"].string() + "（选了主管单位仍然发到统筹区对应机构）";
    return text + "。请等待，或直接联系审核单位" + call + "。";
  }
  if (state == "approved")
    return document["province"].string() == "hunan"
               ? "审核通过：可以用登记的用户名登录，已开通人才人事权限。单位信息有误的，通过基本信"
                 "息管理模块修正。"
               : "审核通过：审核、查询、填写审批单、添加材料接收部门、上报和退回等功能已经开放。";
  if (state == "rejected") {
    const std::string opinion = document["opinion"].text();
    return "审核不通过" + (opinion.empty() ? "" : "，意见：" + opinion) +
           "。请修改后重新注册，有疑问请联系" + reviewer + call + "。";
  }
  if (state == "withdrawn") return "注册申请已撤回，可以重新注册：请改正后投递新的注册申请。";
  // Anybody may ask; what the reviewer wrote is for the unit, and stands in its notice.
  if (state == "returned")
    return "申请书已退回修改，意见见发给单位的退回修改通知书。请修改后用原案件编号（resubmits）重新"
           "提交。";
  if (state == "recalled")
    return "申请书已收回，没有人在审核。修改后可用原案件编号（resubmits）重新提交。";
  if (state == "accepted" || state == "not_accepted")
    return "申请书" + state_label(rules, state) + "。";
  return "申请书" + state_label(rules, state) + "：现在由" + reviewer + "审核，应于" +
         document["due"].string() + "前办理" + call + "。";
}

/// "涟源市林业局 王*": the office stays, the person's name is masked.
std::string masked(const std::string& by, bool person) {
  if (person) return pipeline::mask_name(by);
  const auto blank = by.rfind(' ');
  return blank == by.npos ? by
                          : by.substr(0, blank + 1) + pipeline::mask_name(by.substr(blank + 1));
}

Value case_answer(const pipeline::View& view, const Rules& rules, const Value& document, Time now) {
  if (document["kind"].string() == "unit_provision") return provision_answer(view, rules, document);
  const std::string state = visible_state(document, now);
  const bool effective = is_effective(document, now);
  Value history = Value::array();
  for (const Value& step : document["history"].items()) {
    if (!effective && step["at"].integer() == document["decided_at"].integer()) continue;
    // The handler's or applicant's name stays masked: anybody may ask (H24).
    const bool person = step["by"].string() == document["handler"].text() ||
                        step["by"].string() == document["applicant"].text();
    history.push(Value::object({{"at", time_or_null(step["at"])},
                                {"what", step["what"]},
                                {"by", masked(step["by"].string(), person)}}));
  }
  const Value& target = document["requested_target"];
  const auto or_null = [](const Value& v) { return v.string().empty() ? Value() : v; };
  return Value::object(
      {{"case", document["case"]},
       {"kind", document["kind"]},
       {"state", state},
       {"state_label", state_label(rules, state)},
       {"unit", document["unit"]},
       {"uscc", document["uscc"]},
       {"reviewer_kind", document["reviewer_kind"]},
       {"reviewer_label", document["reviewer_label"]},
       {"reviewer", document["reviewer"]},
       {"queue", or_null(effective ? document["queue"] : reviewing_queue(document))},
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
  for (const char* space : {"case", "provision"})
    if (auto one = view.document(space, key)) {
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

namespace {

/// X06–X12: a unit that does not register has no case; whom it asks for its credentials is the answer.
std::string explain_bound_unit(const pipeline::View& view, const Rules& rules, const Value& unit) {
  const std::string parent = unit["parent"].text();
  const std::string contact = queue_contact(view, rules, "unit-" + parent);
  return unit["name"].text() + "不需要注册，登录信息由上级单位" + unit_name(view, rules, parent) +
         "分配" +
         (unit["approved_at"].is_null() ? "。请" : "，各项功能已经开放。没有收到登录信息的，请") +
         "本单位的人事管理人员向上级单位索要" + (contact.empty() ? "" : "，联系方式：" + contact) +
         "。";
}

/// "R3F9A2C1B77D0", as normalise_code leaves it.
bool is_case_number(std::string_view code) {
  constexpr std::size_t kShortest = 13;
  return code.size() >= kShortest && std::string_view("RACP").find(code[0]) != code.npos &&
         code.find_first_not_of("0123456789ABCDEF", 1) == code.npos;
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
      found =
          cases_of(view, pipeline::normalise_code(written).insert(written.empty() ? 0 : 1, "-"));
    }
  }
  Value cases = Value::array();
  for (const Value& document : found) cases.push(case_answer(view, rules, document, now));
  std::string message;
  Value bound = unit_of(view, rules, pipeline::ascii_upper(written));
  if (bound.is_null()) bound = unit_of(view, rules, pipeline::normalise_code(written));
  if (cases.size() > 0) {
    message = cases[0]["message"].string();
  } else if (is_bound_to_parent(bound)) {
    message = explain_bound_unit(view, rules, bound);
  } else if (const Institution* known = rules.institution(pipeline::normalise_code(written))) {
    message = known->name + "已在单位目录中" + (known->portal ? "，有单位网厅账号。" : "。") +
              "没有查到它自己提交的注册申请。";
  } else if (is_case_number(pipeline::normalise_code(written))) {
    message = "没有查到这个案件编号，请与回执上的编号核对；也可以用统一社会信用代码或用户名查询。";
  } else {
    message =
        "未查到记录，说明没有点注册：附件上传成功不是注册成功，请回到注册界面再点“注册”，提示成功才"
        "是注册成功。";
    // Nobody is found by name: a unit that is registered must not read that it is not.
    if (std::any_of(written.begin(), written.end(),
                    [](char c) { return static_cast<unsigned char>(c) > 0x7F; }))
      message = "按“" + written +
                "”没有查到记录：查询请用统一社会信用代码、案件编号或用户名，不能用单位名称。";
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
  std::optional<Value> pending, last;
  for (const std::string& id : view.find("case", "username", username)) {
    auto document = view.document("case", id);
    if (!document || (*document)["kind"].string() != "unit_registration") continue;
    if (visible_state(*document, now) == "pending_review") pending = document;
    if (!last || (*last)["received_at"].integer() <= (*document)["received_at"].integer())
      last = std::move(document);
  }
  std::string state = "unknown";
  std::string message = "用户名不存在";
  if (known) {
    state = "active";
    message = "可以登录";
    const auto& have = permissions.items();
    if (std::none_of(have.begin(), have.end(),
                     [](const Value& p) { return p.string() == "TALENT"; }))
      diagnosis.push(
          "该账号只有社保权限，没有人才人事权限：需要再注册一次（可用原用户名和原经办人，或换新用户"
          "名和另一位经办人）。");
    if (pending)
      diagnosis.push("该账号另有一份注册申请还在审核中，由" + (*pending)["reviewer"].string() +
                     "审核。");
  } else if (pending) {
    state = "pending";
    message = "还在审核中";
    diagnosis.push(
        "注册成功，由" + (*pending)["reviewer"].string() + "审核" +
        ((*pending)["channel"].string() == "core" ? "；核心审核后最多等半小时生效。" : "。"));
  } else {
    if (last)
      diagnosis.push("用这个用户名提交过注册申请：" +
                     explain(view, rules, *last, visible_state(*last, now)));
    diagnosis.push("可能没有点注册：附件上传成功不是注册成功，请回到注册界面再点“注册”。");
    diagnosis.push("也可能登录时输入的用户名和注册时的不一致，请核对（区分大小写和全角半角）。");
    const auto similar = view.find("case", "username_folded", fold_username(username));
    const auto exact = view.find("case", "username", username);
    if (similar.size() > exact.size())
      diagnosis.push("有一个只差大小写或全角半角的用户名，请按注册时的写法输入。");
  }
  answer.set("state", state);
  answer.set("message", message);
  answer.set("units", std::move(units));
  answer.set("permissions", std::move(permissions));
  answer.set("diagnosis", std::move(diagnosis));
  return answer;
}

namespace {

/// CALENDAR_YEAR_UNKNOWN for the years of these due days whose holidays nobody has entered, QUEUE_NOT_CONFIGURED for the queues
/// that hold cases although the tables no longer name them.
Value warnings(const pipeline::View& view, const Rules& rules,
               const std::set<std::string>& due_days, const std::set<std::string>& queues) {
  std::set<std::string> years;
  for (const std::string& due : due_days) {
    const auto day = pipeline::parse_iso_date(due);
    if (day && !is_calendar_known(rules, *day)) years.insert(due.substr(0, 4));
  }
  std::vector<pipeline::Finding> findings;
  for (const std::string& year : years)
    findings.push_back(rules.catalogue.make("CALENDAR_YEAR_UNKNOWN", "due", {{"value", year}}));
  for (const std::string& queue : queues)
    if (!is_queue_known(view, rules, queue))
      findings.push_back(rules.catalogue.make("QUEUE_NOT_CONFIGURED", "queue", {{"queue", queue}}));
  return findings_for_paper(findings);
}

Deadline deadline_of(const Rules& rules, const Value& document, Time now) {
  const auto due = pipeline::parse_iso_date(document["due"].text());
  return due ? deadline(rules, *due, pipeline::beijing_day(now)) : Deadline::Later;
}

std::int64_t overdue_days(const Value& document, Time now) {
  const auto due = pipeline::parse_iso_date(document["due"].text());
  return due ? std::max<std::int64_t>(0, (pipeline::beijing_day(now) - *due).count()) : 0;
}

/// What is due first stands first.
void sort_by_day(Value& list, const char* day) {
  std::stable_sort(
      list.items_mutable().begin(), list.items_mutable().end(),
      [&](const Value& a, const Value& b) { return a[day].string() < b[day].string(); });
}

}  // namespace

Value queue(const pipeline::View& view, const Rules& rules, const std::string& written,
            const std::string& category, Time now) {
  std::string name = queue_named(rules, written);
  // H09, H10: the same agency's list, with the filter set to the other section.
  if (name.starts_with("agency-") && name.ends_with("-pt") && category == "hr_market")
    name.replace(name.size() - 3, 3, "-hr");
  std::set<std::string> due_days, names;
  Value cases = Value::array();
  for (const std::string& id : view.find("case", "queue", name)) {
    const auto document = view.document("case", id);
    if (!document) continue;
    const int round = static_cast<int>((*document)["round"].integer());
    due_days.insert((*document)["due"].text());
    names.insert(name);
    cases.push(
        Value::object({{"case", id},
                       {"kind", (*document)["kind"]},
                       {"kind_label", rules.dictionary.label("kind", (*document)["kind"].string())},
                       {"round", round},
                       {"state", (*document)["state"]},
                       {"unit", (*document)["unit"]},
                       {"applicant", (*document)["applicant"]},
                       {"received_at", time_or_null((*document)["received_at"])},
                       {"due", (*document)["due"]},
                       {"deadline", decide::name(deadline_of(rules, *document, now))},
                       {"overdue_days", overdue_days(*document, now)},
                       {"token", form_token(rules, *document, form_version(*document))},
                       {"form_version", form_version(*document)},
                       {"form", case_folder(name, id, round) + "/审批单.pdf"}}));
  }
  sort_by_day(cases, "due");
  return Value::object({{"queue", name},
                        {"label", queue_label(view, rules, name)},
                        {"category", name.ends_with("-hr") ? "hr_market" : category},
                        {"cases", std::move(cases)},
                        {"warnings", warnings(view, rules, due_days, names)}});
}

Value queues(const pipeline::View& view, const Rules& rules, Time now) {
  struct Count {
    std::int64_t pending = 0, overdue = 0, today = 0, tomorrow = 0;
    std::string oldest;
  };
  std::map<std::string, Count> counts;
  std::set<std::string> due_days;
  for (const std::string& id : view.find("case", "open", "yes")) {
    const auto document = view.document("case", id);
    if (!document) continue;
    Count& count = counts[(*document)["queue"].string()];
    const std::string& due = (*document)["due"].string();
    ++count.pending;
    const Deadline seen = deadline_of(rules, *document, now);
    count.overdue += seen == Deadline::Overdue;
    count.today += seen == Deadline::Today;
    count.tomorrow += seen == Deadline::Tomorrow;
    due_days.insert(due);
    if (count.oldest.empty() || due < count.oldest) count.oldest = due;
  }
  Value list = Value::array();
  std::set<std::string> names;
  for (const auto& [name, count] : counts) {
    names.insert(name);
    list.push(Value::object({{"queue", name},
                             {"label", queue_label(view, rules, name)},
                             {"pending", count.pending},
                             {"overdue", count.overdue},
                             {"due_today", count.today},
                             {"due_tomorrow", count.tomorrow},
                             {"first_due", count.oldest}}));
  }
  sort_by_day(list, "first_due");
  return Value::object(
      {{"queues", std::move(list)}, {"warnings", warnings(view, rules, due_days, names)}});
}

}  // namespace decide
