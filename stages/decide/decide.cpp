#include "stages/decide/decide.hpp"

#include <algorithm>
#include <array>

#include "stages/decide/archive.hpp"
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

/// Identity is content, but it must not become a trap: the same words may be said again when there is again something to say
/// them about. A decision, when the case has come back to the same reviewer (X57); a recall, when the case has gone on since
/// (X56); a withdrawal, when a later registration of that unit is pending (H15).
bool is_said_again(const pipeline::Submission& submission, const pipeline::Delivery& delivery,
                   const pipeline::Earlier& earlier, const pipeline::View& view) {
  if (earlier.result != "accepted") return false;
  // The rows of a worklist know by themselves which of them were decided (DECISION_ALREADY_MADE).
  if (is_worklist(submission)) return true;
  if (submission.kind == "review_decision" || submission.kind == "application_recall") {
    const auto document = view.document("case", submission.form["case"].text());
    if (!document) return false;
    return submission.kind == "review_decision"
               ? may_decide(delivery.drop, (*document)["queue"].text())
               : (*document)["state"].text() != "recalled";
  }
  if (submission.kind != "registration_withdrawal") return false;
  for (const std::string& id : cases_of_unit(view, submission.form["uscc"].text(), 'R')) {
    const auto document = view.document("case", id);
    if (document && (*document)["kind"].string() == "unit_registration" &&
        (*document)["state"].string() == "pending_review")
      return true;
  }
  return false;
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
  if (m.submission.kind == "receiving_department_change")
    m.out.message += "如果后来又变更过、现在要改回来，请重新填写并保存表单后再投递。";
  // Asking again is no trap: the answer is that of today.
  if (m.submission.kind != "status_query") return;
  Matter again{m.submission, m.delivery, m.view, m.rules, m.now, {}};
  again.out.extra = pipeline::Value::object();
  decide_query(again);
  m.out.state = again.out.state;
  m.out.queue = again.out.queue;
  m.out.round = again.out.round;
  m.out.message += again.out.message;
  m.out.extra = std::move(again.out.extra);
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
      archive_closed_cases(view, rules, m.out, now);
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
