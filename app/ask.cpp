#include <iostream>

#include "app/commands.hpp"
#include "stages/decide/status.hpp"

namespace app {

using pipeline::Value;

namespace {

/// Runs `question` on what the ledger says now and prints its answer as JSON or by `print`.
template <class Question, class Print>
int ask(const Places& places, Question question, Print print) {
  const Installation in = open_installation(places, Access::Asks);
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
            << "  状态      " << c["state_label"].text() << "\n"
            << "  审核      " << c["reviewer_label"].text() << "  " << c["reviewer"].text() << "\n";
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

std::string deadline_words(const std::string& deadline) {
  if (deadline == "overdue") return "（已超期）";
  if (deadline == "today") return "（今天到期）";
  return deadline == "tomorrow" ? "（下一工作日到期）" : "";
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
        for (const Value& q : answer["queues"].items())
          std::cout << q["queue"].text() << "  " << q["label"].text() << "  待审 "
                    << q["pending"].text() << "，今天到期 " << q["due_today"].text()
                    << "，下一工作日到期 " << q["due_tomorrow"].text() << "，超期 "
                    << q["overdue"].text() << "，最早期限 " << q["first_due"].text() << "\n";
        for (const Value& w : answer["warnings"].items())
          std::cout << "提醒：" << w["message"].text() << "。" << w["hint"].text() << "\n";
        if (answer.has("queues")) {
          if (answer["queues"].size() == 0) std::cout << "没有待审的业务。\n";
          return;
        }
        std::cout << answer["label"].text() << "（" << answer["queue"].text() << "）："
                  << answer["cases"].size() << " 件待审\n";
        for (const Value& c : answer["cases"].items())
          std::cout << "  " << c["case"].text() << "  期限 " << c["due"].text()
                    << deadline_words(c["deadline"].text()) << "  " << c["unit"].text() << "  "
                    << c["applicant"].text() << "  " << c["form"].text() << "\n";
      });
}

}  // namespace app
