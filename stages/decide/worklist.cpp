#include <algorithm>
#include <charconv>

#include "pipeline/text.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Result;
using pipeline::Value;

namespace {

/// 5 of "第 5 行".
std::int64_t row_number(const std::string& form_name) {
  const auto digit = form_name.find_first_of("0123456789");
  std::int64_t row = 0;
  if (digit != form_name.npos)
    std::from_chars(form_name.data() + digit, form_name.data() + form_name.size(), row);
  return row;
}

Value row_answer(const Matter& m, const Matter& row) {
  const auto document = m.view.document("case", row.text("case"));
  // Whose case it is learns only who holds it, or decided it.
  const bool known = document && (may_decide(m.delivery.drop, (*document)["queue"].text()) ||
                                  row.out.result == Result::Duplicate);
  const std::string state = known ? row.out.state : "";
  return Value::object({{"row", row_number(row.submission.form_name)},
                        {"case", row.text("case")},
                        {"applicant", known ? (*document)["applicant"] : Value()},
                        {"unit", known ? (*document)["unit"] : Value()},
                        {"round", row.out.round},
                        {"result", pipeline::name(row.out.result)},
                        {"state", state},
                        {"state_label", state_label(m.rules, state)},
                        {"queue", known ? row.out.queue : ""},
                        {"message", row.out.message},
                        {"findings", findings_for_paper(row.findings())}});
}

void append(std::vector<std::string>& rows, const std::vector<std::string>& more) {
  for (const std::string& row : more)
    if (std::find(rows.begin(), rows.end(), row) == rows.end()) rows.push_back(row);
}

/// One row took effect: all of its consequences join those of the list.
void take_over(Matter& m, pipeline::Outcome&& row) {
  Value rows = Value::array();
  for (const std::string& id : row.rows) rows.push(id);
  for (pipeline::Event& event : row.events) {
    if (rows.size() > 0) event.body.set("rows", rows);
    m.out.events.push_back(std::move(event));
  }
  std::move(row.effects.begin(), row.effects.end(), std::back_inserter(m.out.effects));
  std::move(row.timers.begin(), row.timers.end(), std::back_inserter(m.out.timers));
}

/// What can go wrong with rows that people sort, copy and paste: nothing is guessed.
void check_row(Matter& row, const std::vector<pipeline::Submission>& parts) {
  if (row.text("token").empty() || row.text("form_version").empty())
    row.find("TOKEN_INVALID", "token");
  std::vector<std::string> others;
  for (const pipeline::Submission& part : parts)
    if (part.form["case"] == row.form()["case"] && part.form != row.form())
      others.push_back(part.form_name);
  if (!others.empty() && !row.text("case").empty())
    row.find("WORKLIST_CASE_TWICE", "case", {{"detail", pipeline::join(others, "、")}});
  const auto document = row.view.document("case", row.text("case"));
  for (const auto& [shown, member] :
       {std::pair("info_applicant", "applicant"), std::pair("info_unit", "unit")}) {
    if (!document || row.text(shown).empty() || row.text(shown) == (*document)[member].text())
      continue;
    row.find("WORKLIST_ROW_MIXED", "case",
             {{"value", row.text(shown)}, {"detail", row.text("case")}});
    break;
  }
}

struct Count {
  std::int64_t accepted = 0, repeated = 0, unconfirmed = 0;
  std::vector<std::string> refused;  ///< their rows
};

void conclude(Matter& m, const Count& count) {
  const auto number = [](std::int64_t n) { return std::to_string(n); };
  if (count.accepted > 0)
    m.out.result = Result::Accepted;
  else if (!count.refused.empty())
    m.out.result = Result::Refused;
  else
    m.out.result = count.unconfirmed > 0 ? Result::NotSubmitted : Result::Duplicate;
  m.out.message = "待审清单共填写" + number(static_cast<std::int64_t>(m.submission.parts.size())) +
                  "行：生效" + number(count.accepted) + "行";
  if (count.repeated > 0) m.out.message += "，此前已办理" + number(count.repeated) + "行";
  if (count.unconfirmed > 0) m.out.message += "，未确认转交" + number(count.unconfirmed) + "行";
  if (!count.refused.empty())
    m.out.message += "，未生效" + number(static_cast<std::int64_t>(count.refused.size())) + "行";
  m.out.message += "。";
  constexpr std::size_t kShown = 20;
  std::vector<std::string> shown(
      count.refused.begin(),
      count.refused.begin() + static_cast<std::ptrdiff_t>(std::min(kShown, count.refused.size())));
  if (shown.size() < count.refused.size()) shown.push_back("……");
  if (m.out.result == Result::Accepted && !count.refused.empty())
    m.find("WORKLIST_ROWS_REFUSED", "",
           {{"value", number(static_cast<std::int64_t>(count.refused.size()))},
            {"detail", pipeline::join(shown, "、")}});
}

}  // namespace

void decide_worklist(Matter& m) {
  if (m.refused()) {
    m.refuse("待审清单未受理：请按下列问题处理后重新投递。");
    return;
  }
  if (m.submission.parts.empty()) {
    m.find("WORKLIST_EMPTY");
    m.out.result = Result::NotSubmitted;
    m.out.message = "待审清单中没有填写任何办理结果，没有案件被办理。";
    return;
  }
  pipeline::Overlay changed(m.view);
  Value answers = Value::array();
  Count count;
  std::vector<pipeline::Finding> errors;
  for (const pipeline::Submission& part : m.submission.parts) {
    pipeline::Submission submission = part;
    submission.sha256 = m.submission.sha256;
    Matter row{submission, m.delivery, changed, m.rules, m.now, {}};
    row.out.extra = Value::object();
    check_row(row, m.submission.parts);
    decide_review(row);
    switch (row.out.result) {
      case Result::Accepted:
        ++count.accepted;
        break;
      case Result::Duplicate:
        ++count.repeated;
        break;
      case Result::NotSubmitted:
        ++count.unconfirmed;
        break;
      default:
        count.refused.push_back(part.form_name);
        for (const pipeline::Finding& f : row.findings())
          if (f.severity == pipeline::Severity::Error) {
            errors.push_back(f);
            errors.back().message = part.form_name + "：" + f.message;
          }
    }
    changed.apply(row.out.events);
    answers.push(row_answer(m, row));
    append(m.out.rows, row.out.rows);
    take_over(m, std::move(row.out));
  }
  conclude(m, count);
  // What no row carries out is told once for the whole list.
  constexpr std::size_t kMost = 100;
  if (m.out.result == Result::Refused) {
    if (errors.size() > kMost) errors.resize(kMost);
    std::move(errors.begin(), errors.end(), std::back_inserter(m.out.findings));
  }
  m.out.extra.set("rows", std::move(answers));
}

}  // namespace decide
