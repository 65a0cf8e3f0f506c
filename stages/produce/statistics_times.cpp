#include "stages/produce/statistics_times.hpp"

#include <algorithm>
#include <optional>

namespace produce {

namespace {

using pipeline::Time;
using pipeline::Value;

constexpr double kMicrosecondsPerDay = 86400e6;

}  // namespace

bool is_pending(const Value& body) {
  constexpr std::array<std::string_view, 4> kPending = {"pending_review", "at_base_unit",
                                                        "at_receiving_unit", "at_committee"};
  return !body["queue"].string().empty() &&
         std::find(kPending.begin(), kPending.end(), body["state"].string()) != kPending.end();
}

/// The first step of a round is the submission; any other names the queue that acted, which has held the case since the
/// queue before it acted.
Stays stays_of(const Value& body) {
  Stays all;
  all.since = body["received_at"].integer();
  std::optional<std::int64_t> round;
  bool first = true;
  for (const Value& step : body["history"].items()) {
    const std::int64_t at = step["at"].integer();
    const std::string& queue = step["queue"].string();
    if (!round || step["round"].integer() != *round) {
      round = step["round"].integer();
      all.since = at;
      first = true;
      continue;
    }
    if (!first && all.over.back().queue == queue) {
      all.over.back().to = at;
    } else if (!queue.empty()) {
      all.over.push_back({queue, all.since, at});
      first = false;
    }
    all.since = at;
  }
  // A step that did not move the case ends no stay.
  if (!first && is_pending(body) && all.over.back().queue == body["queue"].string()) {
    all.since = all.over.back().from;
    all.over.pop_back();
  }
  return all;
}

double waited_days(const Stays& stays, Time now) {
  return static_cast<double>(now.us - stays.since) / kMicrosecondsPerDay;
}

const char* stage_label(Stage stage) {
  constexpr std::array<const char*, kStages> kLabels = {
      "单位注册、信息修正：审核", "职称申报：基层单位", "职称申报：材料接收单位",
      "职称申报：评审委员会"};
  return kLabels[stage];
}

Stage stage_of(const Value& body, std::string_view queue) {
  if (body["kind"].string() != "title_application") return OfRegistration;
  if (queue.starts_with("committee-")) return AtCommittee;
  return queue == "unit-" + body["uscc"].string() ? AtBase : AtReceiver;
}

const std::array<const char*, kSpans>& span_labels() {
  static constexpr std::array<const char*, kSpans> kLabels = {"1天内",  "1—3天",   "3—5天",
                                                              "5—10天", "10—20天", "20天以上"};
  return kLabels;
}

std::size_t span_of(double days) {
  constexpr std::array<double, kSpans - 1> kEnds = {1, 3, 5, 10, 20};
  return static_cast<std::size_t>(std::upper_bound(kEnds.begin(), kEnds.end(), days) -
                                  kEnds.begin());
}

TimeCounter::TimeCounter(Time now, const std::map<std::string, std::string>& items) : now_(now) {
  for (std::size_t i = 0; i < kStages; ++i) handled.push_back({stage_label(static_cast<Stage>(i))});
  waiting = handled;
  for (const auto& [code, label] : items) returns.push_back({code, label});
  std::stable_sort(returns.begin(), returns.end(), [](const ReturnRow& a, const ReturnRow& b) {
    return a.code.size() < b.code.size();  // S2 before S10
  });
  returns.push_back({"", "整体退回或其他项目"});
}

void TimeCounter::add_pending(const Value& body, const Stays& stays) {
  const double days = waited_days(stays, now_);
  StageRow& row = waiting[stage_of(body, body["queue"].string())];
  ++row.count[span_of(days)];
  row.days += days;
}

void TimeCounter::add(const Value& body, const Stays& stays) {
  for (const Stay& stay : stays.over) {
    const double days = static_cast<double>(stay.to - stay.from) / kMicrosecondsPerDay;
    StageRow& row = handled[stage_of(body, stay.queue)];
    ++row.count[span_of(days)];
    row.days += days;
  }
  if (body["kind"].string() != "title_application") return;
  const std::vector<std::string> items = returned_items(body);
  if (!items.empty()) ++returned;
  for (const std::string& item : items) {
    auto row = std::find_if(returns.begin(), returns.end(),
                            [&](const ReturnRow& each) { return each.code == item; });
    if (row == returns.end()) --row;
    ++row->count[stage_of(body, body["last_return"]["queue"].string())];
  }
}

std::vector<std::string> returned_items(const Value& body) {
  if (body["returns"].integer() <= 0 && body["state"].string() != "returned") return {};
  std::vector<std::string> items;
  for (const Value& item : body["last_return"]["items"].items()) items.push_back(item.text());
  if (items.empty()) items.emplace_back();
  return items;
}

}  // namespace produce
