#include "stages/produce/registration_form.hpp"

#include "stages/produce/decision.hpp"

namespace produce {

using pipeline::Value;

namespace {

std::string business_types(const Value& form) {
  bool pt = false, hr = false;
  for (const Value& type : form["business_types"].items()) {
    pt |= type.string() == "pt";
    hr |= type.string() == "hr_market";
  }
  return std::string(pt ? "☑专技" : "□专技") + "　" + (hr ? "☑人力资源市场" : "□人力资源市场");
}

std::string requested(const Value& payload, const Value& form) {
  const Value& wish = payload["requested"];
  std::string out = wish["label"].text();
  if (const std::string name = wish["name"].text(); !name.empty())
    out += (out.empty() ? "" : "：") + name;
  for (const Value& unit : form["receiving_units"].items()) {
    if (!out.empty()) out += "\n";
    out += "材料接收单位：" + unit["uscc"].text() + (unit["default"].boolean() ? "（默认）" : "");
  }
  return out;
}

void append_review(std::vector<Row>& rows, const Value& payload) {
  rows.push_back(open_opinion(
      "审核意见",
      "审核人（签字）：　　　　　　　　审核单位（盖章）：　　　　　　　　\n　　年　　月　　日　　",
      mm(36), {FieldKind::Lines, "modification_opinion", "审核意见：不通过时请写明原因"}));
  rows.back().keep_with_next = true;
  rows.back().grows = true;
  append_decision(rows, payload, "□ 通过　　　　□ 不通过");
  append_instructions(rows, payload);
}

/// Their headers' indices are moved along.
std::vector<Row> joined(std::vector<Row> a, const std::vector<Row>& b, const std::vector<Row>& c) {
  for (const auto* part : {&b, &c}) {
    const int offset = static_cast<int>(a.size());
    for (Row row : *part) {
      if (row.header >= 0) row.header += offset;
      a.push_back(std::move(row));
    }
  }
  return a;
}

}  // namespace

std::string registration_form(const Value& payload, const Value& form, const Kit& kit) {
  const bool correction = form["kind"].string() == "unit_info_correction";
  const std::string title = correction ? "单位信息修正审批表" : "单位注册审批表";
  const std::string number = payload["case"].text();
  const Value &unit = form["unit"], &handler = form["handler"], &labels = payload["labels"];
  Furniture furniture;
  furniture.title = title;
  furniture.running = "编号：" + number + "　" + round_text(payload);
  furniture.footer =
      footer("案件 " + number + " " + round_text(payload), payload, payload["received_at"]);
  furniture.code = paper_code(payload);
  Sheet sheet(kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(4);
  sheet.ends(payload["due"].string().empty() ? "" : "办理期限：" + day_text(payload["due"]),
             "编号：" + number + "　" + round_text(payload) + "　收件日期：" +
                 pipeline::chinese_date(pipeline::beijing_day(time_of(payload["received_at"]))),
             {Role::Song, 10, Align::Left, 1.7, 0});

  hide_identity(sheet, payload);

  std::vector<Row> rows{
      pair("单位名称", unit["name"].text(), "统一社会\n信用代码", unit["uscc"].text()),
      pair("单位性质", labels["nature"].text(), "隶属关系", labels["level"].text()),
      pair("所在地区", payload["region_name"].text(), "统筹区",
           payload["pooling_region_name"].text()),
      pair("法定代表人", unit["legal_rep"].text(), "联系电话", unit["phone"].text()),
      single("单位地址", unit["address"].text()),
      pair("经办人", handler["name"].text(), "身份证号", handler["id_number"].text()),
      pair("经办人电话", handler["phone"].text(), "电子邮箱", handler["email"].text()),
      pair("用户名", form["account"]["username"].text(), "业务类型", business_types(form)),
      single("申请的\n审核对象", requested(payload, form))};
  std::string reviewer = payload["reviewer_label"].text();
  if (const std::string name = payload["reviewer"].text(); !name.empty()) {
    reviewer += (reviewer.empty() ? "" : "：") + name;
  }
  if (const std::string note = payload["note"].text(); !note.empty())
    reviewer += "\n（" + note + "）";
  rows.push_back(single("实际审核", reviewer));
  append_attention(rows, payload["attention"]);

  std::vector<Row> lists, review;
  append_attachments(lists, payload["attachments"]);
  append_findings(lists, payload["findings"], "unit_registration", kit);
  append_review(review, payload);
  // What the reviewer fills in stands on the first page: below the lists if they leave it room.
  if (!sheet.rows_that_fill_the_page(joined(rows, lists, review)))
    sheet.rows(joined(rows, review, lists));
  return sheet.finish(
      metadata(title + " " + number, unit["name"].text(), payload, payload["received_at"]));
}

}  // namespace produce
