#include "stages/produce/statistics_changes.hpp"

#include <chrono>
#include <string_view>

namespace produce {

namespace {

using pipeline::Time;
using pipeline::Value;

constexpr std::array<const char*, kStepKinds> kSteps = {
    "单位注册：首次提交",     "单位注册：再次注册",
    "单位信息修正：提交",     "注册、修正：审核通过",
    "注册、修正：不通过",     "单位注册：撤回",
    "职称申报：首次提交",     "职称申报：退回后再次提交",
    "职称申报：上报",         "职称申报：退回修改",
    "职称申报：退回上一环节", "职称申报：受理",
    "职称申报：不予受理",     "职称申报：收回"};

constexpr std::array kStockKinds = {"单位注册", "单位信息修正", "职称申报（首次提交）",
                                    "职称申报（退回后再次提交）"};
constexpr std::array<const char*, kStandings> kStandingLabels = {
    "附件已收未提交", "待审", "退回修改中", "通过或受理", "不通过或不予受理", "撤回或收回", "其他"};

std::size_t stock_kind(const Value& body, std::int64_t round) {
  const std::string& kind = body["kind"].string();
  if (kind == "unit_registration") return 0;
  if (kind == "unit_info_correction") return 1;
  return round > 1 ? 3 : 2;
}

bool is_counted(const Value& body) {
  const std::string& kind = body["kind"].string();
  return kind == "unit_registration" || kind == "unit_info_correction" ||
         kind == "title_application";
}

StepKind handed_in(const Value& body, bool first) {
  const std::string& kind = body["kind"].string();
  if (kind == "title_application") return first ? AppliedFirst : AppliedAgain;
  if (kind == "unit_info_correction") return Corrected;
  return body["reregistration"].boolean() ? RegisteredAgain : RegisteredFirst;
}

void decided(CaseStep& step, const std::string& action) {
  struct Meaning {
    const char* action;
    StepKind kind;
    Standing after;
  };
  constexpr std::array<Meaning, 7> kMeanings = {{{"approve", RegistrationGranted, Granted},
                                                 {"reject", RegistrationDenied, Denied},
                                                 {"report_up", ReportedUp, Pending},
                                                 {"return", ReturnedToApplicant, SentBack},
                                                 {"send_back", SentBackBelow, Pending},
                                                 {"accept", AcceptedByLast, Granted},
                                                 {"not_accept", NotAccepted, Denied}}};
  for (const Meaning& meaning : kMeanings)
    if (action == meaning.action) step.kind = meaning.kind, step.after = meaning.after;
}

/// X56, H20: what is taken back is not decided, so only its words tell.
bool is_taken_back(const std::string& what) {
  return what.starts_with("收回") || what.find("撤回") != std::string::npos;
}

Time midnight(pipeline::Day day) {
  constexpr std::int64_t kDay = 86'400'000'000, kBeijing = 8LL * 3'600'000'000;
  return Time{day.time_since_epoch().count() * kDay - kBeijing};
}

pipeline::Day monday_of(pipeline::Day day) {
  return day - (std::chrono::weekday(day) - std::chrono::Monday);
}

}  // namespace

Standing standing_of(const std::string& state) {
  if (state == "attachments_received") return NotSubmitted;
  if (state == "pending_review" || state.starts_with("at_")) return Pending;
  if (state == "returned") return SentBack;
  if (state == "approved" || state == "accepted") return Granted;
  if (state == "rejected" || state == "not_accepted") return Denied;
  if (state == "withdrawn" || state == "recalled") return TakenBack;
  return OtherStanding;
}

const char* standing_label(Standing standing) {
  return kStandingLabels[standing];
}

const char* step_label(StepKind kind) {
  return kSteps[kind];
}

std::vector<CaseStep> steps_of(const Value& body) {
  std::vector<CaseStep> steps;
  const Value::Array& history = body["history"].items();
  const Value::Array& decisions = body["decisions"].items();
  steps.reserve(history.size());
  std::size_t decision = 0;
  for (const Value& written : history) {
    CaseStep step{
        {written["at"].integer()}, NoStep, Pending, written["round"].integer(1), &written};
    if (steps.empty() || steps.back().round != step.round) {
      step.kind = handed_in(body, steps.empty());
    } else if (decision < decisions.size() && decisions[decision]["at"].integer() == step.at.us) {
      decided(step, decisions[decision++]["action"].string());
    } else if (is_taken_back(written["what"].string())) {
      step.kind = body["kind"].string() == "title_application" ? Recalled : RegistrationWithdrawn;
      step.after = TakenBack;
    } else {
      step.after = steps.back().after;
    }
    steps.push_back(step);
  }
  if (!steps.empty()) steps.back().after = standing_of(body["state"].string());
  return steps;
}

Moments::Moments(Time at) : now(at) {
  const pipeline::Day day = pipeline::beijing_day(at);
  today = midnight(day);
  yesterday = midnight(day - std::chrono::days(1));
  week = midnight(day - std::chrono::days(6));
  fortnight = midnight(day - std::chrono::days(13));
}

ChangeCounter::ChangeCounter(Time now) : moments_(now) {
  for (const char* label : kSteps) out_.steps.push_back({label});
  for (const char* kind : kStockKinds)
    for (const char* label : kStandingLabels) out_.stock.push_back({kind, label});
  const pipeline::Day last = monday_of(pipeline::beijing_day(now));
  for (int i = kWeeks - 1; i >= 0; --i)
    out_.weeks.push_back({last - std::chrono::days(7 * i), {}, 0, 0});
}

WeekRow* ChangeCounter::week_of(Time at) {
  const auto days = (pipeline::beijing_day(at) - out_.weeks.front().monday).count();
  const bool inside = days >= 0 && days / 7 < kWeeks;
  return inside ? &out_.weeks[static_cast<std::size_t>(days / 7)] : nullptr;
}

void ChangeCounter::add(const Value& body, const std::vector<CaseStep>& steps) {
  if (!is_counted(body)) return;
  const auto stand = [&](Time before, std::int64_t StockRow::*moment) {
    const CaseStep* last = nullptr;
    for (const CaseStep& step : steps)
      if (step.at < before) last = &step;
    if (last) ++(out_.stock[stock_kind(body, last->round) * kStandings + last->after].*moment);
  };
  stand(moments_.today, &StockRow::yesterday);
  stand(moments_.week, &StockRow::week_ago);
  ++out_.stock[stock_kind(body, body["round"].integer(1)) * kStandings +
               standing_of(body["state"].string())]
        .now;
  for (const CaseStep& step : steps) {
    if (step.kind == NoStep) continue;
    ChangeRow& row = out_.steps[step.kind];
    if (step.at >= moments_.today) ++row.today;
    if (step.at >= moments_.yesterday && step.at < moments_.today) ++row.yesterday;
    if (step.at >= moments_.week) ++row.week;
    if (step.at >= moments_.fortnight && step.at < moments_.week) ++row.week_before;
    if (WeekRow* week = week_of(step.at)) ++week->steps[step.kind];
  }
}

void ChangeCounter::add_delivery(Time at, bool refused) {
  WeekRow* week = week_of(at);
  if (!week) return;
  ++week->deliveries;
  if (refused) ++week->refused;
}

}  // namespace produce
