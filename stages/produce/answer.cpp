#include "stages/produce/answer.hpp"

#include "pipeline/text.hpp"

namespace produce {

using pipeline::Value;

namespace {

void append_case(std::vector<Row>& rows, const Value& found, const Kit& kit) {
  rows.push_back(heading("案件 " + found["case"].text() + "　" + kit.label("kind", found["kind"])));
  rows.push_back(pair("单位", found["unit"].text(), "统一社会\n信用代码", found["uscc"].text()));
  if (found.has("applicant")) rows.push_back(single("申请人", found["applicant"].text()));
  std::string state = found["state_label"].text();
  if (state.empty()) state = kit.label("state", found["state"]);
  rows.push_back(pair("当前状态", state, "轮次", round_text(found)));
  // H26: an agency beside the name of a supervising unit says that 人力资源市场 was ticked.
  std::string reviewer = found["reviewer_label"].text();
  if (const std::string name = found["reviewer"].text(); !name.empty())
    reviewer += (reviewer.empty() ? "" : "：") + name;
  const Value& wish = found["requested_target"];
  std::string requested = wish["name"].text();
  if (const std::string target = kit.label("review_target", wish["kind"]); !target.empty()) {
    requested = target + (requested.empty() ? "" : "：" + requested);
  }
  rows.push_back(pair("现由谁审核", reviewer, "申请时选择", requested));
  std::vector<std::string> types;
  for (const Value& type : found["business_types"].items())
    types.push_back(kit.label("business_type", type));
  rows.push_back(pair("业务类型", pipeline::join(types, "、"), "办理期限", day_text(found["due"])));
  rows.push_back(pair("提交时间", time_text(found["submitted_at"]), "办结时间",
                      time_text(found["decided_at"])));
  if (!found["effective_at"].is_null())
    rows.push_back(single("生效时间", time_text(found["effective_at"])));
  if (const std::string message = found["message"].text(); !message.empty())
    rows.push_back(single("说明", message));
  append_history(rows, found["history"]);
}

/// X67: told to the unit itself only.
void append_applications(std::vector<Row>& rows, const Value& applications) {
  if (applications.size() == 0) return;
  rows.push_back(heading("本单位的职称申请书：共 " + std::to_string(applications.size()) + " 份"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{10, "序号"},
                              {32, "申请人"},
                              {26, "申报职称"},
                              {34, "案件编号"},
                              {20, "当前状态"},
                              {36, "现由谁审核"},
                              {32, "办理期限"}}));
  for (std::size_t i = 0; i < applications.size(); i++) {
    const Value& each = applications[i];
    rows.push_back(list_row(
        {small(10, std::to_string(i + 1), Align::Centre), small(32, each["applicant"].text()),
         small(26, each["title"].text()), small(34, each["case"].text() + "\n" + round_text(each)),
         small(20, each["state_label"].text(), Align::Centre),
         small(36, or_none(each["reviewer"].text())),
         small(32, or_none(day_text(each["due"])), Align::Centre)},
        header));
  }
  keep_ends_together(rows, header);
}

}  // namespace

void append_answer(std::vector<Row>& rows, const Value& answer, const Kit& kit) {
  rows.push_back(pair("查询内容", answer["key"].text(), "查询结果",
                      answer["found"].boolean() ? "已查到" : "未查到"));
  std::vector<std::string> lines{answer["message"].text()};
  for (const Value& line : answer["login"]["diagnosis"].items())
    if (lines[0].find(line.text()) == std::string::npos) lines.push_back(line.text());
  Cell reply = value(130, pipeline::join(lines, "\n"));
  reply.style.role = Role::Hei;
  rows.push_back({{label(30, "答复"), std::move(reply)}, mm(12)});
  for (const Value& found : answer["cases"].items()) append_case(rows, found, kit);
  append_applications(rows, answer["applications"]);
}

}  // namespace produce
