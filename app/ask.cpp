#include <iostream>
#include <map>

#include "app/commands.hpp"
#include "stages/decide/status.hpp"

namespace app {

using pipeline::Value;

namespace {

/// Runs `question` on what the ledger says now and prints its answer as JSON or by `print`.
template <class Question, class Print>
int ask(const Places& places, Question question, Print print) {
  const Installation in = open_installation(places, Access::Asks, decide::Digest::Left);
  const auto ledger = open_ledger(places, Access::Asks);
  const pipeline::Time now = in.now();
  const Present present(*ledger, *in.rules, now);
  const Value answer = question(present.view(), *in.rules, now);
  if (places.json)
    std::cout << answer.dump(true) << "\n";
  else
    print(answer);
  return kDone;
}

void print_case(const Value& c) {
  std::cout << "\n  案件编号  " << c["case"].text() << "（第 " << c["round"].text() << " 轮）\n"
            << "  单位      " << c["unit"].text() << "  " << c["uscc"].text() << "\n"
            << "  状态      " << c["state_label"].text() << "\n";
  // A provision is reviewed by nobody.
  if (!c["reviewer"].text().empty())
    std::cout << "  审核      " << c["reviewer_label"].text() << "  " << c["reviewer"].text()
              << "\n";
  for (const Value& unit : c["units"].items())
    std::cout << "  开通单位  " << unit["name"].text() << "  " << unit["uscc"].text() << "\n";
  const std::string chosen = c["requested_target"]["name"].text();
  if (!chosen.empty()) std::cout << "  所选      " << chosen << "\n";
  std::cout << "  提交时间  " << c["submitted_at"].text() << "\n";
  if (!c["queue"].is_null()) std::cout << "  办理期限  " << c["due"].text() << "\n";
  if (!c["decided_at"].is_null()) std::cout << "  办理时间  " << c["decided_at"].text() << "\n";
  std::cout << "  说明      " << c["message"].text() << "\n";
  for (const Value& step : c["history"].items())
    std::cout << "    " << step["at"].text() << "  " << step["what"].text() << "  "
              << step["by"].text() << "\n";
}

std::string day_words(const std::string& day) {
  const auto parsed = pipeline::parse_iso_date(day);
  return parsed ? pipeline::chinese_date(*parsed) : day;
}

std::string deadline_words(const Value& one) {
  const std::string& deadline = one["deadline"].string();
  if (deadline == "overdue") return "（已超期" + one["overdue_days"].text() + "天）";
  if (deadline == "today") return "（今天到期）";
  return deadline == "tomorrow" ? "（下一工作日到期）" : "";
}

/// "3件待审，1件已超期，1件今天到期"
std::string count_words(std::int64_t pending, std::int64_t overdue, std::int64_t today,
                        std::int64_t tomorrow) {
  if (pending == 0) return "没有待审的业务";
  std::string text = std::to_string(pending) + "件待审";
  if (overdue > 0) text += "，" + std::to_string(overdue) + "件已超期";
  if (today > 0) text += "，" + std::to_string(today) + "件今天到期";
  if (tomorrow > 0) text += "，" + std::to_string(tomorrow) + "件下一工作日到期";
  return text;
}

void print_warnings(const Value& answer) {
  for (const Value& w : answer["warnings"].items())
    std::cout << "提醒：" << w["message"].text() << "。" << w["hint"].text() << "\n";
}

void print_overview(const Value& answer) {
  if (answer["queues"].size() == 0) std::cout << "没有待审的业务。\n";
  for (const Value& q : answer["queues"].items())
    std::cout << q["label"].text() << "（" << q["queue"].text() << "）："
              << count_words(q["pending"].integer(), q["overdue"].integer(),
                             q["due_today"].integer(), q["due_tomorrow"].integer())
              << "，最早应于" << day_words(q["first_due"].text()) << "前办理\n";
  print_warnings(answer);
}

void print_queue(const Value& answer) {
  const std::string& name = answer["queue"].string();
  const std::string label = answer["label"].text();
  const auto& cases = answer["cases"].items();
  if (cases.empty() && (label == name || "unit-" + label == name)) {
    std::cout
        << "没有查到这个队列：" << name
        << "。请写队列的编号（如 agency-430102-pt）或科室的名称；不写则列出所有有待审业务的队列。"
           "\n";
    return;
  }
  std::map<std::string, std::int64_t> counts;
  for (const Value& c : cases) ++counts[c["deadline"].string()];
  std::cout << label << "（" << name << "）："
            << count_words(static_cast<std::int64_t>(cases.size()), counts["overdue"],
                           counts["today"], counts["tomorrow"])
            << "\n";
  for (const Value& c : cases) {
    std::cout << "  期限 " << day_words(c["due"].text()) << deadline_words(c) << "  "
              << c["case"].text() << "  " << c["kind_label"].text() << "  " << c["unit"].text();
    if (!c["applicant"].text().empty()) std::cout << "  " << c["applicant"].text();
    std::cout << "\n    审批单  " << c["form"].text() << "\n";
  }
  print_warnings(answer);
}

}  // namespace

int status(const Places& places, const std::string& key) {
  return ask(
      places,
      [&](const auto& view, const auto& rules, auto now) {
        return decide::status(view, rules, key, now);
      },
      [](const Value& answer) {
        std::cout << answer["message"].text() << "\n";
        for (const Value& c : answer["cases"].items()) print_case(c);
      });
}

int login(const Places& places, const std::string& username) {
  return ask(
      places,
      [&](const auto& view, const auto& rules, auto now) {
        return decide::login(view, rules, username, now);
      },
      [](const Value& answer) {
        std::cout << answer["message"].text() << "\n";
        for (const Value& unit : answer["units"].items())
          std::cout << "  单位  " << unit.text() << "\n";
        for (const Value& p : answer["permissions"].items())
          std::cout << "  权限  " << p.text() << "\n";
        for (const Value& line : answer["diagnosis"].items())
          std::cout << "  · " << line.text() << "\n";
      });
}

int queue(const Places& places, const std::string& name, const std::string& category) {
  return ask(
      places,
      [&](const auto& view, const auto& rules, auto now) {
        return name.empty() ? decide::queues(view, rules, now)
                            : decide::queue(view, rules, name, category, now);
      },
      [](const Value& answer) {
        if (answer.has("queues"))
          print_overview(answer);
        else
          print_queue(answer);
      });
}

}  // namespace app
