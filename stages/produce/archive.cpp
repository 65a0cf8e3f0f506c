#include "stages/produce/archive.hpp"

#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"
#include "stages/produce/application_form.hpp"
#include "stages/produce/archive_check.hpp"
#include "stages/produce/registration_form.hpp"

namespace produce {

using pipeline::Value;

namespace {

bool is_application(const Value& payload) {
  return payload["kind"].string() == "title_application";
}

std::string title_of(const Value& payload) {
  if (is_application(payload)) return "职称申请书审批单";
  return payload["kind"].string() == "unit_info_correction" ? "单位信息修正审批表"
                                                            : "单位注册审批表";
}

/// In two lines: the columns of a table have room for half of it.
std::string digest_lines(const std::string& digest) {
  constexpr std::size_t kHalf = 32;
  if (digest.size() <= kHalf) return or_none(digest);
  return digest.substr(0, kHalf) + "\n" + digest.substr(kHalf);
}

void append_result(std::vector<Row>& rows, const Value& payload) {
  rows.push_back(pair("办理结果", payload["state_label"].text(), "办结时间",
                      time_text(payload["decided_at"])));
  const Value& effective = payload["effective_at"];
  if (!effective.is_null() && effective != payload["decided_at"])
    rows.push_back(
        pair("生效时间", time_text(effective), "收件时间", time_text(payload["received_at"])));
}

/// X54: what the reviewer ticked; nothing where he was not asked.
std::string checks_text(const Value& checks) {
  if (!checks.is_object()) return {};
  std::vector<std::string> all;
  for (const auto& [name, text] : {std::pair{"truthful", "内容真实性"},
                                   {"complete", "材料完整性"},
                                   {"valid", "证明材料有效性"}})
    if (checks[name].is_bool())
      all.push_back(std::string(checks[name].boolean() ? "☑" : "□") + text);
  return all.empty() ? "" : "审核重点：" + pipeline::join(all, "　");
}

std::string step_text(const Value& step) {
  std::vector<std::string> lines{"办理：" + step["action"].text()};
  if (const std::string opinion = step["opinion"].text(); !opinion.empty())
    lines.push_back("意见：" + opinion);
  if (const std::string checks = checks_text(step["checks"]); !checks.empty())
    lines.push_back(checks);
  std::vector<std::string> passed;
  for (const Value& item : step["items"].items()) {
    if (item["passed"].boolean() && item["opinion"].text().empty()) {
      passed.push_back(item["name"].text());
      continue;
    }
    std::string line = item["name"].text();
    if (item["passed"].is_bool()) line += item["passed"].boolean() ? "：通过" : "：未通过";
    if (const std::string opinion = item["opinion"].text(); !opinion.empty())
      line += "，" + opinion;
    lines.push_back(std::move(line));
  }
  if (!passed.empty()) lines.push_back("通过的项目：" + pipeline::join(passed, "、"));
  std::vector<std::string> rules;
  for (const Value& row : step["rows"].items()) rules.push_back(row.text());
  if (!rules.empty()) lines.push_back("规则行：" + pipeline::join(rules, "、"));
  return pipeline::join(lines, "\n");
}

void append_steps(std::vector<Row>& rows, const Value& payload) {
  rows.push_back(heading("各环节审核意见"));
  for (const Value& step : payload["steps"].items()) {
    std::string name = step["stage"].text();
    if (is_application(payload)) name += "\n" + round_text(step);
    rows.push_back(opinion_box(
        name, step_text(step),
        step["reviewer"].text() + "　" + step["by"].text() + "　　" + time_text(step["at"]),
        mm(16)));
  }
  if (payload["steps"].size() == 0)
    rows.push_back({{small(1, "未经审核：" + payload["state_label"].text(), Align::Centre)}});
}

void append_scans(std::vector<Row>& rows, const Value& attachments) {
  rows.push_back(heading("附件：共 " + std::to_string(attachments.size()) + " 个文件"));
  if (attachments.size() == 0) {
    rows.back().keep_with_next = false;
    return;
  }
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{10, "序号"},
                              {12, "编号"},
                              {31, "材料"},
                              {29, "文件"},
                              {18, "页数\n大小"},
                              {70, "SHA-256"}}));
  for (std::size_t i = 0; i < attachments.size(); i++) {
    const Value& a = attachments[i];
    std::string extent = size_text(a["size"].integer());
    if (const auto pages = a["pages"].integer(); pages > 0)
      extent = std::to_string(pages) + " 页\n" + extent;
    rows.push_back(
        list_row({small(10, std::to_string(i + 1), Align::Centre),
                  small(12, a["slot"].text(), Align::Centre), small(31, or_none(a["name"].text())),
                  small(29, or_none(a["file"].text())), small(18, std::move(extent), Align::Centre),
                  small(70, digest_lines(a["sha256"].text()), Align::Centre)},
                 header));
  }
}

void append_passage(std::vector<Row>& rows, const Value& history) {
  rows.push_back(heading("办理记录"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header(
      {{29, "时间"}, {9, "轮次"}, {28, "事项"}, {34, "经办"}, {70, "依据的来件（SHA-256）"}}));
  for (const Value& step : history.items()) {
    std::string by = step["by"].text();
    if (const std::string queue = step["queue_label"].text();
        !queue.empty() && by.find(queue) == std::string::npos)
      by += (by.empty() ? "送" : "\n送") + queue;
    rows.push_back(list_row({small(29, time_text(step["at"]), Align::Centre),
                             small(9, step["round"].text(), Align::Centre),
                             small(28, step["what"].text()), small(34, or_none(std::move(by))),
                             small(70, digest_lines(step["sha256"].text()), Align::Centre)},
                            header));
  }
}

void append_evidence(std::vector<Row>& rows, const Value& payload) {
  rows.push_back(heading("核对用的摘要（SHA-256）"));
  const auto digest = [&](const char* name, const std::string& of, const char* what) {
    rows.push_back(
        {{label(34, name), small(74, digest_lines(of), Align::Centre), small(62, what)}});
  };
  std::vector<std::string> fired;
  for (const Value& row : payload["rows"].items()) fired.push_back(row.text());
  digest("本轮来件", payload["sha256"].text(), "原样保存在存档（vault）里的投递文件");
  digest("本轮材料", payload["form_digest"].text(), "台账中本轮的表单、附件目录和系统检查");
  digest("案件记录", payload["record_digest"].text(), "台账中办结时的案件记录");
  digest("规则表", payload["rules_digest"].text(), "办结时使用的全部规则表和设置");
  if (!fired.empty()) rows.push_back(single("确定审核单位的规则行", pipeline::join(fired, "、")));
}

}  // namespace

std::string archive(const Value& payload, const Value& form, const Kit& kit) {
  const std::string title = title_of(payload) + "（归档）", number = payload["case"].text();
  const std::string name = payload["applicant"].text();
  Furniture furniture;
  furniture.title = title;
  furniture.running = (name.empty() ? "" : name + "　") + number + "　" + round_text(payload);
  furniture.footer = footer("归档 " + number + " " + round_text(payload), payload, payload["at"]);
  furniture.left = mm(28);  // GB/T 9704: bound at the left
  furniture.right = mm(26);
  Sheet sheet(kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(4);
  sheet.ends("",
             "编号：" + number + "　" + round_text(payload) + "　收件日期：" +
                 pipeline::chinese_date(pipeline::beijing_day(time_of(payload["received_at"]))),
             {Role::Song, 10, Align::Left, 1.7, 0});

  std::vector<Row> rows;
  append_result(rows, payload);
  for (Row& row : is_application(payload) ? application_facts(payload, form, kit)
                                          : registration_facts(payload, form, kit))
    rows.push_back(std::move(row));
  append_steps(rows, payload);
  append_scans(rows, payload["attachments"]);
  append_findings(rows, payload["findings"], payload["kind"].string(), kit, "系统检查");
  append_passage(rows, payload["history"]);
  append_evidence(rows, payload);
  sheet.rows(std::move(rows));

  if (is_application(payload)) {
    sheet.need(mm(60));
    sheet.gap(10);
    sheet.paragraph("附：申请书内容", {Role::Title, 13, Align::Centre, 2, 0});
    sheet.rows(application_rest(payload, form, kit));
  }
  sheet.gap(6);
  sheet.paragraph(
      "本件由系统在案件办结时生成，汇集办理情况，不是签字盖章的原件；附件原件按上列摘要在存档中查"
      "找。本件以 PDF/A-2b 为目标制作，结构已自检，未经第三方工具验证。",
      kSmall);
  Metadata about = metadata(title + " " + number,
                            (name.empty() ? "" : name + "　") + payload["unit"].text() + "　" +
                                payload["state_label"].text(),
                            payload, payload["at"]);
  about.archive = true;
  std::string pdf = sheet.finish(about);
  if (const auto defects = archive_defects(pdf); !defects.empty())
    throw pipeline::Fault(pipeline::FaultKind::Stop, "make an archive copy",
                          pipeline::join(defects, "; "));
  return pdf;
}

}  // namespace produce
