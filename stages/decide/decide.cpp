#include "stages/decide/decide.hpp"

#include <algorithm>
#include <array>

#include "stages/decide/deciders.hpp"
#include "stages/decide/status.hpp"

namespace decide {

using pipeline::Outcome;
using pipeline::Result;

namespace {

struct Decider {
  std::string_view kind;
  void (*decide)(Matter&);
};

constexpr std::array<Decider, 4> kDeciders{{{"unit_registration", decide_registration},
                                            {"title_application", decide_application},
                                            {"review_decision", decide_review},
                                            {"status_query", decide_query}}};

/// DESIGN.md §2: a drop folder is an identity, and not every identity may say everything.
void check_folder(Matter& m) {
  const std::string family = split_drop(m.delivery.drop).first;
  const pipeline::TableRow* row =
      m.rules.folders.decide({{"kind", m.submission.kind}, {"drop", family}});
  if (row && m.rules.folders.output(*row, "verdict") != "allow")
    m.find("WRONG_FOLDER", "", {{"detail", row->note}});
}

void decide_duplicate(Matter& m, const pipeline::Earlier& earlier) {
  m.out.result = Result::Duplicate;
  m.out.case_id = earlier.case_id;
  m.out.round = earlier.round;
  m.out.state = earlier.state;
  m.find("DUPLICATE_BUNDLE", "", {{"time", pipeline::chinese_time(earlier.received_at)}});
  m.out.message = "内容与" + pipeline::chinese_time(earlier.received_at) + "收到的“" + earlier.bundle +
                  "”完全相同，不重复办理" +
                  (earlier.case_id.empty() ? "" : "；案件编号：" + earlier.case_id) + "。";
  // Asking again is no trap: the answer is that of today.
  if (m.submission.kind != "status_query") return;
  Matter again{m.submission, m.delivery, m.view, m.rules, m.now, {}};
  decide_query(again);
  m.out.message += again.out.message;
  m.out.extra = std::move(again.out.extra);
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
  if (earlier) {
    decide_duplicate(m, *earlier);
  } else if (!submission.opened) {
    m.out.result = Result::Quarantined;
    m.out.message = "压缩包无法打开，已移入隔离区并原样保留：请按下列问题处理后重新投递。";
  } else if (!rules.dictionary.code("kind", submission.kind)) {
    m.refuse("未受理：请按下列问题修改后重新投递。");
  } else {
    check_folder(m);
    const auto decider = std::find_if(kDeciders.begin(), kDeciders.end(), [&](const Decider& d) {
      return d.kind == submission.kind;
    });
    if (decider == kDeciders.end()) {
      m.find("KIND_NOT_OPEN", "kind", {{"value", rules.dictionary.label("kind", submission.kind)}});
      m.refuse("未受理：该类业务尚未开通。");
    } else {
      decider->decide(m);
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
  return outcome;
}

}  // namespace decide
