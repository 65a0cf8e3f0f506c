#include "stages/decide/decide.hpp"

#include <algorithm>
#include <array>

#include "stages/decide/deadlines.hpp"
#include "stages/decide/deciders.hpp"
#include "stages/decide/lists.hpp"
#include "stages/decide/status.hpp"

namespace decide {

using pipeline::Outcome;
using pipeline::Result;

namespace {

bool is_worklist(const pipeline::Submission& submission) {
  return submission.kind == "review_decision" && submission.form.has("rows");
}

/// A filled form carries one decision, a worklist one a row.
void decide_decision(Matter& m) {
  if (is_worklist(m.submission))
    decide_worklist(m);
  else
    decide_review(m);
}

struct Decider {
  std::string_view kind;
  void (*decide)(Matter&);
};

constexpr std::array<Decider, 10> kDeciders{
    {{"unit_registration", decide_registration},
     {"registration_withdrawal", decide_withdrawal},
     {"unit_info_correction", decide_correction},
     {"unit_provision", decide_provision},
     {"receiving_department_change", decide_receiving_change},
     {"title_application", decide_application},
     {"review_decision", decide_decision},
     {"application_recall", decide_recall},
     {"publicity_photo", decide_publicity_photo},
     {"status_query", decide_query}}};

/// DESIGN.md §2: a drop folder is an identity, and not every identity may say everything.
void check_folder(Matter& m) {
  const std::string family = split_drop(m.delivery.drop).first;
  const pipeline::TableRow* row =
      m.ask(m.rules.folders, {{"kind", m.submission.kind}, {"drop", family}});
  if (row && m.rules.folders.output(*row, "verdict") != "allow")
    m.find("WRONG_FOLDER", "", {{"detail", row->note}});
}

/// X33: whether the department that the form makes the default is that already.
bool is_default_department(const pipeline::View& view, const pipeline::Value& form) {
  const auto unit = view.document("unit", form["uscc"].text());
  if (!unit) return false;
  for (const pipeline::Value& r : (*unit)["receiving_units"].items())
    if (r["uscc"].string() == form["receiving_unit"]["uscc"].text())
      return r["default"].boolean() || !form["default"].boolean();
  return false;
}

/// Identity is content, but it must not become a trap: the same words may be said again when there is again something to say
/// them about, and a question has no effect at all.
bool is_said_again(const pipeline::Submission& submission, const pipeline::Delivery& delivery,
                   const pipeline::Earlier& earlier, const pipeline::View& view) {
  if (submission.kind == "status_query") return true;
  if (earlier.result != "accepted") return false;
  // The rows of a worklist know by themselves which of them were decided (DECISION_ALREADY_MADE).
  if (is_worklist(submission)) return true;
  if (submission.kind == "receiving_department_change")
    return !is_default_department(view, submission.form);
  const bool names_case =
      submission.kind == "review_decision" || submission.kind == "application_recall";
  const auto document =
      view.document("case", names_case ? submission.form["case"].text() : earlier.case_id);
  if (submission.kind == "registration_withdrawal") {
    for (const std::string& id : view.find("case", "uscc", submission.form["uscc"].text())) {
      const auto pending = view.document("case", id);
      if (pending && (*pending)["kind"].string() == "unit_registration" &&
          (*pending)["state"].string() == "pending_review")
        return true;
    }
    return false;
  }
  if (!document) return false;
  const std::string& state = (*document)["state"].string();
  const std::string queue = (*document)["queue"].text();
  // X57: the case has come back to the same reviewer, or has been handed over again.
  if (submission.kind == "review_decision") return may_decide(delivery.drop, queue);
  if (submission.kind == "application_recall") return state != "recalled";
  // H15, H20, H22: the registration that it opened came to nothing; a correction is over, and the unit may want it again.
  if (submission.kind == "unit_registration") return state == "withdrawn" || state == "rejected";
  return submission.kind == "unit_info_correction" && queue.empty();
}

void decide_duplicate(Matter& m, const pipeline::Earlier& earlier) {
  m.out.result = Result::Duplicate;
  m.out.case_id = earlier.case_id;
  m.out.round = earlier.round;
  m.out.state = earlier.state;
  m.find("DUPLICATE_BUNDLE", "", {{"time", pipeline::chinese_time(earlier.received_at)}});
  m.out.message = "内容与" + pipeline::chinese_time(earlier.received_at) + "收到的“" +
                  earlier.bundle + "”完全相同，不重复办理" +
                  (earlier.case_id.empty() ? "" : "；案件编号：" + earlier.case_id) + "。";
  if (m.submission.kind == "unit_registration" || m.submission.kind == "unit_info_correction" ||
      m.submission.kind == "title_application") {
    // The first receipt may be long out of date: it was withdrawn, decided, returned or recalled since (H20, H22, X56, X59).
    const pipeline::Value answer = status(m.view, m.rules, earlier.case_id, m.now);
    if (answer["found"].boolean()) {
      m.out.state = answer["cases"][0]["state"].string();
      m.out.message += "目前的情况：" + answer["message"].string();
    }
  }
}

/// A deadline in a year of which no holidays are known is only counted by weekdays; the receipt says so once.
void check_calendar(Matter& m) {
  for (const pipeline::Event& event : m.out.events)
    for (const pipeline::Put& put : event.puts) {
      if (put.space != "case" || !put.body || (*put.body)["queue"].text().empty()) continue;
      const std::string due = (*put.body)["due"].text();
      const auto day = pipeline::parse_iso_date(due);
      if (!day || is_calendar_known(m.rules, *day)) continue;
      m.find("CALENDAR_YEAR_UNKNOWN", "due", {{"value", due.substr(0, 4)}});
      return;
    }
}

/// What fired stays with what happened, so that a case can be explained from the ledger alone.
void keep_rows(Matter& m) {
  if (m.out.rows.empty() || is_worklist(m.submission)) return;  // a worklist keeps them row by row
  pipeline::Value rows = pipeline::Value::array();
  for (const std::string& row : m.out.rows) rows.push(row);
  for (pipeline::Event& event : m.out.events) event.body.set("rows", rows);
}

void label_state(Matter& m) {
  if (!m.out.state.empty() && !m.out.extra.has("state_label"))
    m.out.extra.set("state_label", state_label(m.rules, m.out.state));
}

}  // namespace

Outcome decide(const pipeline::Submission& submission, const pipeline::Delivery& delivery,
               const std::optional<pipeline::Earlier>& earlier, const pipeline::View& view,
               pipeline::Time now, const Rules& rules) {
  Matter m{submission, delivery, view, rules, now, {}};
  m.out.extra = pipeline::Value::object();
  if (earlier && !is_said_again(submission, delivery, *earlier, view)) {
    decide_duplicate(m, *earlier);
  } else if (!submission.opened) {
    m.out.result = Result::Quarantined;
    m.out.message = "压缩包无法打开，已移入隔离区并原样保留：请按下列问题处理后重新投递。";
  } else if (!rules.dictionary.code("kind", submission.kind)) {
    m.refuse("未受理：请按下列问题修改后重新投递。");
  } else {
    check_folder(m);
    const auto decider = std::find_if(kDeciders.begin(), kDeciders.end(),
                                      [&](const Decider& d) { return d.kind == submission.kind; });
    if (decider == kDeciders.end()) {
      m.find("KIND_NOT_OPEN", "kind", {{"value", rules.dictionary.label("kind", submission.kind)}});
      m.refuse("未受理：该类业务尚未开通。");
    } else {
      decider->decide(m);
      check_calendar(m);
      keep_rows(m);
      renew_lists(view, rules, m.out, now);
    }
  }
  label_state(m);
  return std::move(m.out);
}

Outcome fire(const pipeline::Timer& timer, const pipeline::View& view, pipeline::Time now,
             const Rules& rules) {
  Outcome outcome;
  outcome.result = Result::Accepted;
  auto document = view.document("case", timer.body["case"].string());
  if (timer.name == "decision_effective" && document)
    take_effect(view, rules, outcome, std::move(*document), now);
  renew_lists(view, rules, outcome, now);
  return outcome;
}

}  // namespace decide
