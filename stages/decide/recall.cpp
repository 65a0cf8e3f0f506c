#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Event;
using pipeline::Result;
using pipeline::Value;

namespace {

/// X56, X57, Q21: until whoever it was handed to has decided or forwarded it.
void check_recallable(Matter& m, const Value& document, const std::string& owner) {
  const std::string& case_id = document["case"].string();
  const std::string& state = document["state"].string();
  if (document["uscc"].string() != owner)
    m.find("NOT_OWN_STAFF", "case", {{"unit", document["unit"].string()}});
  else if (state == "returned")
    m.find("CASE_CLOSED", "case",
           {{"value", case_id}, {"detail", "退回修改，不需要收回，修改后重新提交即可"}});
  else if (document["queue"].string().empty())
    m.find("CASE_CLOSED", "case", {{"value", case_id}, {"detail", state_label(m.rules, state)}});
  else if (document["receiver_acted"].boolean())
    m.find("RECALL_NOT_ALLOWED", "case", {{"unit", document["reviewer"].string()}});
}

void recall(Matter& m, Value document) {
  const std::string was_with = document["reviewer"].string();
  take_away_papers(m.out, document);
  add_history(document, m.now, "收回申请书", document["unit"].string(), m.submission.sha256);
  document.set("queue", "");
  document.set("state", "recalled");
  document.set("decided_at", m.now.us);
  Event event{"application_recalled",
              document["case"].string(),
              Value::object({{"from", m.delivery.drop}, {"was_with", was_with}}),
              {}};
  m.out.message = document["applicant"].string() + "的申请书（案件编号" +
                  document["case"].string() + "）已收回，" + was_with +
                  "不再审核。修改后可用原编号（resubmits）重新提交。";
  event.puts.push_back(put_case(std::move(document)));
  m.out.events.push_back(std::move(event));
  m.out.result = Result::Accepted;
  m.out.state = "recalled";
  m.out.queue.clear();
}

}  // namespace

void decide_recall(Matter& m) {
  const std::string case_id = m.text("case");
  std::optional<Value> document = m.view.document("case", case_id);
  if (document && (*document)["kind"].string() != "title_application") document.reset();
  if (document) {
    m.out.case_id = case_id;
    m.out.round = static_cast<int>((*document)["round"].integer());
    m.out.state = (*document)["state"].string();
    m.out.queue = (*document)["queue"].string();
    check_recallable(m, *document, split_drop(m.delivery.drop).second);
  } else if (!case_id.empty()) {
    m.find("CASE_UNKNOWN", "case", {{"value", case_id}, {"detail", "没有这个编号的职称申请书。"}});
  }
  if (m.refused()) {
    m.refuse("收回未办理：请看下列原因。");
    return;
  }
  recall(m, std::move(*document));
}

}  // namespace decide
