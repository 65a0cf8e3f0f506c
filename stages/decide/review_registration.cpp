#include "stages/decide/accounts.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/decision.hpp"
#include "stages/decide/round.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Time;
using pipeline::Value;

void decide_on_registration(Matter& m, Value document, const std::string& action) {
  write_decision(m, document, action);
  take_away_papers(m.out, document);
  document.set("queue", "");
  document.set("state", action == "approve" ? "approved" : "rejected");
  // H42: only the core platform is slow; the unit portal is not (Q5).
  const bool core = document["channel"].string() == "core";
  const Time effective =
      core ? m.now + std::chrono::minutes(m.rules.settings.sync_delay_minutes) : m.now;
  document.set("effective_at", effective.us);
  const bool correction = document["kind"].string() == "unit_info_correction";
  const bool approved = action == "approve";
  commit_decision(m, document,
                  correction ? approved ? "correction_approved" : "correction_rejected"
                  : approved ? "registration_approved"
                             : "registration_rejected");
  const std::string label = m.rules.dictionary.label("action", action);
  m.out.message =
      document["unit"].string() + (correction ? "的单位信息修正：" : "的注册申请：") + label + "。";
  if (m.now < effective) {
    m.out.timers.push_back(
        {effective, "decision_effective", Value::object({{"case", document["case"]}})});
    m.out.message += "审核结果最多半小时后生效（" + pipeline::chinese_time(effective) + "）。";
  } else {
    take_effect(m.view, m.rules, m.out, std::move(document), m.now);
  }
}

void take_effect(const pipeline::View& view, const Rules& rules, pipeline::Outcome& outcome,
                 Value document, Time at) {
  if (document["kind"].string() == "unit_info_correction") {
    take_correction_effect(view, rules, outcome, document, at);
    return;
  }
  const bool approved = document["state"].string() == "approved";
  const std::string uscc = document["uscc"].string();
  const bool hunan = document["province"].string() == "hunan";
  Event event{"decision_effective",
              document["case"].string(),
              Value::object({{"state", document["state"]}}),
              {}};
  if (approved) {
    const Value form = form_of(view, document);
    Value unit = unit_of(view, rules, uscc);
    if (unit.is_null()) unit = Value::object({{"uscc", uscc}});
    for (const auto& [key, value] : form["unit"].members()) unit.set(key, value);
    unit.set("province", document["province"]);
    unit.set("state", "approved");
    unit.set("approved_at", at.us);
    unit.set("portal", true);
    if (!unit.has("mode")) unit.set("mode", "SELF");
    if (!hunan) {
      Value receiving = document["receiving_units"];
      if (receiving.size() == 1) receiving.items_mutable()[0].set("default", true);
      unit.set("receiving_units", std::move(receiving));
      // X38–X41: these open with the approval, none before.
      unit.set("capabilities", capabilities());
    }
    event.puts.push_back({"unit", uscc, std::move(unit), {}});
    // H08: whoever reviewed it, the unit gets both parts of the talent permission.
    grant(view, rules, event, document, {"TALENT", "PT", "HR_MARKET"});
  }
  outcome.events.push_back(std::move(event));
  Letter letter{approved ? "registration_approved" : "registration_rejected",
                {{"url", rules.settings.hunan_portal_url}},  // H02
                {},
                Value::array(),
                document["reviewer"].string(),
                reviewing_queue(document)};
  const std::string opinion = document["opinion"].text();
  if (!approved && !opinion.empty())
    letter.reasons.push(Value::object({{"text", opinion}, {"rule", "H22"}}));
  outcome.effects.push_back(notice(view, rules, document, std::move(letter), at));
}

}  // namespace decide
