#include "stages/produce/statistics.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <numeric>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "stages/produce/statistics_people.hpp"
#include "stages/produce/statistics_places.hpp"

namespace produce {

const std::array<const char*, 5> kSubmissionLabels = {"单位注册：首次注册", "单位注册：再次注册",
                                                      "单位信息修正", "职称申报：首次提交",
                                                      "职称申报：退回后再次提交"};

namespace {

using pipeline::Received;
using pipeline::Result;
using pipeline::Time;
using pipeline::Value;

constexpr std::array kLevelCodes = {"senior_full", "senior_associate", "intermediate", "assistant",
                                    "junior"};

constexpr std::array kRegistrationStates = {"attachments_received", "pending_review", "approved",
                                            "rejected", "withdrawn"};
constexpr std::array kApplicationStates = {"at_base_unit", "returned", "at_receiving_unit",
                                           "at_committee", "accepted", "recalled",
                                           "not_accepted"};

// The rows of Statistics::submissions.
enum SubmissionKind : std::size_t {
  NewRegistration,
  Reregistration,
  Correction,
  FirstApplication,
  ResubmittedApplication
};
constexpr std::array kRounds = {"第1轮（首次提交）", "第2轮", "第3轮", "第4轮", "第5轮及以上"};

std::optional<SubmissionKind> submission_kind(const Value& body) {
  const std::string& kind = body["kind"].string();
  if (kind == "unit_registration")
    return body["reregistration"].boolean() ? Reregistration : NewRegistration;
  if (kind == "title_application")
    return body["round"].integer() > 1 ? ResubmittedApplication : FirstApplication;
  if (kind == "unit_info_correction") return Correction;
  return std::nullopt;
}

struct Mistake {
  const char* code;
  const char* label;
  const char* rule;
};

// H14–H18: what registrants and reviewers get wrong about who reviews.
constexpr std::array<Mistake, 5> kMistakes{
    {{"SUPERVISING_UNIT_NO_PORTAL_ACCOUNT", "所选主管单位没有单位网厅账号", "H14 H16"},
     {"SUPERVISING_UNIT_UNKNOWN", "所选主管单位不存在", "H14 H16"},
     {"ALREADY_PENDING", "选错后未撤回，又重新注册", "H15"},
     {"WRONG_QUEUE", "审核了不归本部门审核的案件", "H17"},
     {"SELF_SUPERVISION", "主管单位选了本单位", "H18"}}};

/// Rows of a table that is keyed by code; the last row takes what is in no other.
template <typename Row>
Row& row_of(std::vector<Row>& rows, std::string_view code) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.code == code; });
  return found == rows.end() ? rows.back() : *found;
}

template <std::size_t n>
std::vector<Category> states_of(const pipeline::Dictionary& dictionary,
                                const std::array<const char*, n>& codes) {
  std::vector<Category> rows;
  for (const char* code : codes) rows.push_back({code, dictionary.label("state", code), 0});
  rows.push_back({"", "其他", 0});
  return rows;
}

template <typename Row>
std::vector<Row> rows_of(const pipeline::Dictionary& dictionary, std::string_view name,
                         const char* otherwise) {
  std::vector<Row> rows;
  for (const auto& [code, label] : dictionary.words(name)) {
    if (label == otherwise) continue;
    Row row;
    row.code = code;
    row.label = label;
    rows.push_back(std::move(row));
  }
  Row last;
  last.label = otherwise;
  rows.push_back(std::move(last));
  return rows;
}

template <typename Row>
std::size_t place_of(const std::vector<Row>& rows, std::string_view code) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.code == code; });
  return static_cast<std::size_t>(found - rows.begin()) - (found == rows.end() ? 1 : 0);
}

/// "必填项未填写：…" of "必填项未填写：{field}".
std::string general(std::string_view message) {
  std::string text;
  for (bool inside = false; const char c : message) {
    if (c == '{') text += "…";
    inside = c == '{' || (inside && c != '}');
    if (!inside && c != '}') text += c;
  }
  return text;
}

class Counter {
 public:
  Counter(const Terms& terms, Time now, const Period& period);
  void add(const Value& body, const CaseFacts& facts);
  void add(const Received& delivery);
  Statistics finish(const pipeline::View& view) &&;

 private:
  void add_application(const Value& body, const CaseFacts& facts);
  void add_type(TypeRow& type, const Value& body, const CaseFacts& facts);
  void add_registration(const Value& body);
  void add_submission(const Value& body);
  void add_findings(const Received& delivery);

  const Terms& terms_;
  Statistics out_;
  PeopleCounter people_;
  UnitCounter units_;
  RegionCounter regions_;
  QueueCounter queues_;
  TimeCounter times_;
  ChangeCounter changes_;
  std::map<std::pair<std::string, std::string>, FindingRow> findings_;  ///< by code, severity
  std::map<std::string, DropRow> drops_;
};

Counter::Counter(const Terms& terms, Time now, const Period& period)
    : terms_(terms),
      units_(terms),
      regions_(terms.regions),
      queues_(terms.regions, now),
      times_(now, terms.items),
      changes_(now) {
  out_.period = period;
  out_.now = now;
  for (std::size_t i = 0; i < kResults; ++i)
    out_.results[i] = terms.dictionary.label("result", pipeline::name(static_cast<Result>(i)));
  out_.deliveries = rows_of<KindRow>(terms.dictionary, "kind", "无法识别");
  out_.registration_states = states_of(terms.dictionary, kRegistrationStates);
  out_.application_states = states_of(terms.dictionary, kApplicationStates);
  out_.series = rows_of<SeriesRow>(terms.dictionary, "series", "其他");
  out_.types = rows_of<TypeRow>(terms.dictionary, "application_type", "其他或未注明");
  for (const char* label : kRounds) out_.rounds.push_back({"", label});
  for (const char* label : kSubmissionLabels) out_.submissions.push_back({label, {}, 0});
  out_.registrations_by_nature = rows_of<StateRow>(terms.dictionary, "nature", "其他");
  out_.registrations_by_level = rows_of<StateRow>(terms.dictionary, "unit_level", "其他");
  for (auto* table : {&out_.registrations_by_nature, &out_.registrations_by_level})
    for (StateRow& row : *table) row.by_state.resize(out_.registration_states.size());
  out_.targets = rows_of<Category>(terms.dictionary, "review_target", "未选择或其他");
  out_.targets.insert(out_.targets.end() - 1, {"receiving_unit", "材料接收单位", 0});
  for (const Category& target : out_.targets)
    out_.choices.push_back(
        {target.code, target.label, std::vector<std::int64_t>(out_.targets.size())});
  for (const Mistake& mistake : kMistakes)
    out_.wrong_choices.push_back({mistake.code, mistake.label, mistake.rule, 0});
}

void Counter::add(const Value& body, const CaseFacts& facts) {
  units_.add_any(body);
  if (facts.pending) {
    queues_.add_pending(body, facts.stays);
    times_.add_pending(body, facts.stays);
  }
  if (!facts.counted) return;
  const std::string& kind = body["kind"].string();
  units_.add(body, facts);
  queues_.add_handled(body, facts.stays);
  times_.add(body, facts.stays);
  changes_.add(body, facts.steps);
  add_submission(body);
  if (kind == "unit_registration") add_registration(body);
  if (kind == "unit_info_correction") ++out_.corrections;
  if (facts.application) add_application(body, facts);
  if (facts.application || kind == "unit_registration") regions_.add(body, facts);
}

void Counter::add_application(const Value& body, const CaseFacts& facts) {
  const std::string& state = body["state"].string();
  ++row_of(out_.application_states, state).count;
  SeriesRow& series = row_of(out_.series, body["series"].string());
  for (std::size_t i = 0; i < kProgress; ++i)
    if (facts.progress[i]) ++series.count[i][facts.level];
  add_type(row_of(out_.types, body["application_type"].string()), body, facts);
  const std::int64_t round = std::max<std::int64_t>(1, body["round"].integer());
  const auto last = static_cast<std::int64_t>(kRounds.size());
  add_type(out_.rounds[static_cast<std::size_t>(std::min(round, last) - 1)], body, facts);
  people_.add(facts);
}

void Counter::add_type(TypeRow& type, const Value& body, const CaseFacts& facts) {
  const std::string& state = body["state"].string();
  ++type.count[facts.level];
  if (facts.progress[Reported]) ++type.reported;
  if (facts.progress[Returned]) ++type.returned;
  if (state == "accepted") ++type.accepted;
  if (state == "not_accepted") ++type.not_accepted;
  if (state == "recalled") ++type.recalled;
}

void Counter::add_submission(const Value& body) {
  const auto row = submission_kind(body);
  if (!row) return;
  ++out_.submissions[*row].by_standing[standing_of(body["state"].string())];
  out_.submissions[*row].submissions += std::max<std::int64_t>(1, body["round"].integer());
}

void Counter::add_registration(const Value& body) {
  const std::size_t state = place_of(out_.registration_states, body["state"].string());
  ++out_.registration_states[state].count;
  ++row_of(out_.registrations_by_nature, body["unit_nature"].string()).by_state[state];
  ++row_of(out_.registrations_by_level, body["unit_level"].string()).by_state[state];
  const std::size_t effective = place_of(out_.targets, body["reviewer_kind"].string());
  ++out_.targets[effective].count;
  ++row_of(out_.choices, body["requested_target"]["kind"].string()).by_effective[effective];
  if (body["hr_override"].boolean()) ++out_.hr_overrides;
  if (body["reregistration"].boolean()) ++out_.reregistrations;
}

void Counter::add(const Received& delivery) {
  ++out_.received;
  changes_.add_delivery(delivery.received_at, delivery.result == Result::Refused ||
                                                  delivery.result == Result::Quarantined);
  KindRow& kind = row_of(out_.deliveries, delivery.kind);
  ++kind.by_result[static_cast<std::size_t>(delivery.result)];
  add_findings(delivery);
}

void Counter::add_findings(const Received& delivery) {
  std::set<std::string_view> codes;
  std::set<const FindingRow*> rows;
  std::int64_t errors = 0;
  for (const Value& finding : delivery.findings.items()) {
    const std::string& code = finding["code"].string();
    const std::string& severity = finding["severity"].string();
    FindingRow& row = findings_[{code, severity}];
    if (row.count++ == 0) {
      const bool known = terms_.catalogue.all().contains(code);
      row.code = code;
      row.severity = severity;
      row.text = known ? general(terms_.catalogue.all().find(code)->second.message)
                       : finding["message"].string();
      row.rule = finding["rule"].string();
    }
    if (rows.insert(&row).second) ++row.bundles;
    codes.insert(code);
    if (severity == "error") ++errors;
  }
  DropRow& drop = drops_[delivery.drop];
  ++drop.deliveries;
  if (errors > 0) ++drop.flawed;
  drop.errors += errors;
  if (delivery.result != Result::Refused) return;
  for (WrongChoice& mistake : out_.wrong_choices)
    if (codes.contains(mistake.code)) ++mistake.bundles;
}

Statistics Counter::finish(const pipeline::View& view) && {
  out_.people = std::move(people_).tables();
  out_.units = std::move(units_).rows(view);
  out_.regions = regions_.rows();
  out_.queues = std::move(queues_).rows();
  out_.handled = std::move(times_.handled);
  out_.waiting = std::move(times_.waiting);
  out_.returns = std::move(times_.returns);
  out_.returned = times_.returned;
  out_.changes = std::move(changes_).finish();
  for (auto& [key, row] : findings_) out_.findings.push_back(std::move(row));
  std::stable_sort(out_.findings.begin(), out_.findings.end(),
                   [](const FindingRow& a, const FindingRow& b) { return a.count > b.count; });
  for (auto& [key, row] : drops_) {
    row.drop = key;
    if (row.errors > 0) out_.drops.push_back(std::move(row));
  }
  std::stable_sort(out_.drops.begin(), out_.drops.end(),
                   [](const DropRow& a, const DropRow& b) { return a.errors > b.errors; });
  constexpr std::size_t kTop = 20;
  if (out_.drops.size() > kTop) out_.drops.resize(kTop);
  return std::move(out_);
}

/// A not accepted application was above its base unit if anybody but the base unit held it.
bool was_above_base(const Value& body) {
  const std::string base = "unit-" + body["uscc"].string();
  const Value::Array& history = body["history"].items();
  return std::any_of(history.begin(), history.end(), [&](const Value& step) {
    const std::string& queue = step["queue"].string();
    return !queue.empty() && queue != base;
  });
}

void add_application_facts(CaseFacts& facts, const Value& body,
                           const pipeline::Dictionary& dictionary) {
  facts.level = static_cast<std::size_t>(
      std::find(kLevelCodes.begin(), kLevelCodes.end(), body["level"].string()) -
      kLevelCodes.begin());
  const std::string& state = body["state"].string();
  facts.progress[Submitted] = true;
  facts.progress[Reported] = state == "at_receiving_unit" || state == "at_committee" ||
                             state == "accepted" ||
                             (state == "not_accepted" && was_above_base(body));
  facts.progress[Returned] = state == "returned" || body["returns"].integer() > 0;
  facts.progress[Closed] = state == "accepted" || state == "not_accepted";

  // A birth date may be known to the month only; at the end of the year everybody had the birthday.
  const std::string& birth = body["birth_date"].string();
  const auto born = pipeline::parse_iso_date(birth.substr(0, 4) + "-01-01");
  const auto year = pipeline::parse_iso_date(body["year"].text() + "-12-31");
  if (born && year)
    facts.age = static_cast<int>(std::chrono::year_month_day(*year).year()) -
                static_cast<int>(std::chrono::year_month_day(*born).year());
  add_people(facts, dictionary, body);
}

CaseFacts case_facts(const Value& body, const Terms& terms, const Period& period) {
  CaseFacts facts;
  facts.counted = period.contains(Time{body["received_at"].integer()});
  facts.pending = is_pending(body);
  if (!facts.counted && !facts.pending) return facts;
  facts.stays = stays_of(body);
  facts.steps = steps_of(body);
  facts.application = body["kind"].string() == "title_application";
  if (facts.application) add_application_facts(facts, body, terms.dictionary);
  return facts;
}

}  // namespace

std::string submission_label(const Value& body) {
  const auto kind = submission_kind(body);
  return kind ? kSubmissionLabels[*kind] : "";
}

bool Period::contains(Time t) const {
  const pipeline::Day day = pipeline::beijing_day(t);
  return (!from || *from <= day) && (!to || day <= *to);
}

std::int64_t sum(const Levels& levels) {
  return std::accumulate(levels.begin(), levels.end(), std::int64_t{0});
}

std::int64_t sum(const std::vector<Category>& categories) {
  std::int64_t all = 0;
  for (const Category& each : categories) all += each.count;
  return all;
}

Statistics count(const pipeline::View& view, const Terms& terms, Time now, const Period& period,
                 const CaseWork& on_case, const DeliveryWork& on_delivery) {
  Counter counter(terms, now, period);
  view.each_ahead("case", members_read(),
                  [&](const std::string&, const Value& body) -> pipeline::Turn {
                    CaseFacts facts = case_facts(body, terms, period);
                    const bool listed = on_case && (facts.counted || facts.pending);
                    pipeline::Turn list = listed ? on_case(body, facts) : pipeline::Turn();
                    return [&, facts = std::move(facts), list = std::move(list)] {
                      counter.add(body, facts);
                      if (list) list();
                    };
                  });
  view.each_received_ahead([&](const Received& delivery) -> pipeline::Turn {
    if (!period.contains(delivery.received_at)) return {};
    pipeline::Turn list = on_delivery ? on_delivery(delivery) : pipeline::Turn();
    return [&, list = std::move(list)] {
      counter.add(delivery);
      if (list) list();
    };
  });
  return std::move(counter).finish(view);
}

}  // namespace produce
