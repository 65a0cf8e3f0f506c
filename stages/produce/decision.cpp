#include "stages/produce/decision.hpp"

namespace produce {

using pipeline::Value;

namespace {

Cell fill_in(double width, Field field) {
  Cell cell{width, "", kText};
  cell.fields.push_back(std::move(field));
  return cell;
}

}  // namespace

void hide_identity(Sheet& sheet, const Value& payload) {
  for (const char* name : {"case", "round", "queue", "token"})
    sheet.hide(name, payload[name].text());
  const std::string version = payload["form_version"].text();
  sheet.hide("form_version", version.empty() ? "1.1" : version);
}

Row open_opinion(const std::string& title, const std::string& foot, double height, Field field) {
  Row row = opinion_box(title, "", foot, height);
  row.cells[1].fields.push_back(std::move(field));
  return row;
}

void append_decision(std::vector<Row>& rows, const Value& payload, std::string printed) {
  rows.push_back(single("办理结果", std::move(printed)));
  rows.back().keep_with_next = true;
  Field action{FieldKind::Choice, "action", "办理：请选择"},
      target{FieldKind::Choice, "target", "上报至：不选则报送默认的接收单位"};
  for (const Value& choice : payload["actions"].items())
    action.choices.emplace_back(choice["action"].text(), choice["label"].text());
  for (const Value& choice : payload["targets"].items())
    target.choices.emplace_back(
        choice["id"].text(),
        choice["name"].text() + (choice["default"].boolean() ? "（默认）" : ""));
  if (!action.choices.empty()) {
    if (target.choices.empty()) {
      rows.push_back({{label(30, "电子办理"), fill_in(130, std::move(action))}});
    } else {
      rows.push_back({{label(30, "电子办理"), fill_in(38, std::move(action)), label(20, "上报至"),
                       fill_in(72, std::move(target))}});
    }
    rows.back().keep_with_next = true;
  }
  Cell confirmed{50, "□ 已核对，确认转交", kText};
  confirmed.fields.push_back({FieldKind::Check, "confirmed", "确认转交：勾选后办理结果才生效"});
  rows.push_back(
      {{label(30, "审核人"), fill_in(50, {FieldKind::Text, "reviewer.name", "审核人姓名"}),
        label(30, "确认转交"), std::move(confirmed)},
       mm(9)});
}

void append_instructions(std::vector<Row>& rows, const Value& payload) {
  if (payload["actions"].size() == 0) return;
  rows.push_back(
      {{small(
           1,
           "填写：请在屏幕上选择“电子办理”、填写意见和审核人、勾选“确认转交”，保存后投递到文件夹 " +
               payload["queue"].text() +
               "；不勾选“确认转交”的不生效。打印件用于签字、盖章和存档。")},
       mm(6)});
}

}  // namespace produce
