#include "stages/produce/application_form.hpp"

#include <algorithm>

#include "pipeline/text.hpp"

namespace produce {

using pipeline::Value;

namespace {

const std::string kSignature =
    "负责人（签字）：　　　　　　　　（单位公章）　　　　　　　　\n　　年　　月　　日　　";

struct Stage {
  std::string code, label, opinion;
};

Stage stage_of(const Value& payload) {
  const std::string& code = payload["stage"].string();
  if (code == "committee") return {code, "评审委员会", "评审委员会意见"};
  if (code == "receiving_unit" || code == "parent")
    return {code, "材料接收单位", "推荐单位（材料接收单位）意见"};
  return {code, "基层单位", "基层单位推荐意见"};
}

void append_head(std::vector<Row>& rows, const Value& payload, const Value& form) {
  const Value &applicant = form["applicant"], &target = form["target"], &current = form["current"],
              &labels = payload["labels"];
  rows.push_back(
      pair("申请人", applicant["name"].text(), "身份证号", applicant["id_number"].text()));
  rows.push_back(pair("性别", labels["sex"].text(), "出生日期", day_text(applicant["birth_date"])));
  rows.push_back(
      pair("工作单位", payload["unit"].text(), "统一社会\n信用代码", payload["unit_uscc"].text()));
  rows.push_back(pair("申报系列", labels["series"].text(), "申报专业", target["specialty"].text()));
  rows.push_back(pair("申报级别", labels["level"].text(), "申报职称", target["title"].text()));
  rows.push_back(
      pair("申报类型", labels["application_type"].text(), "申报年度", form["year"].text()));
  rows.push_back(pair("现任职称", current["title"].text(), "取得时间", day_text(current["date"])));
  rows.push_back(pair("审核环节", stage_of(payload).label, "审核队列", payload["queue"].text()));
}

void append_items(std::vector<Row>& rows, const Value& payload) {
  rows.push_back(heading("审核项目"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{12, "序号"}, {68, "审核项目"}, {28, "是否通过"}, {54, "修改意见"}}));
  const auto add = [&](std::size_t number, std::string name, std::string passed) {
    rows.push_back({{small(12, std::to_string(number), Align::Centre), small(68, std::move(name)),
                     small(28, std::move(passed), Align::Centre), small(54, "")},
                    mm(8),
                    header});
  };
  const Value& items = payload["items"];
  if (!payload["itemised"].boolean() || items.size() == 0) {
    add(1, "整体（申请书全部内容和附件）", "□ 是　□ 否");
    return;
  }
  for (std::size_t i = 0; i < items.size(); i++) {
    const Value& item = items[i];
    std::string name = item["item"].text() + " " + item["name"].text();
    std::vector<std::string> files;
    for (const Value& file : item["attachments"].items()) files.push_back(file.text());
    if (!files.empty()) name += "\n附件：" + pipeline::join(files, "、");
    std::string passed = "□ 是　□ 否";
    if (item["locked"].boolean()) {
      passed = "已通过（锁定）";
      if (const auto round = item["passed_round"].integer(); round > 0)
        passed += "\n第 " + std::to_string(round) + " 轮";
    }
    add(i + 1, std::move(name), std::move(passed));
    if (item["locked"].boolean()) {  // X52: only open items are for this round
      for (Cell& cell : rows.back().cells) cell.grey = 0.95;
    }
  }
}

void append_publicity(std::vector<Row>& rows, const Value& publicity) {
  if (!publicity.is_object()) {
    rows.push_back(single("公示情况", "未填写"));
    return;
  }
  const std::string start = day_text(publicity["start"]), end = day_text(publicity["end"]);
  std::string days = start.empty() && end.empty() ? "" : start + " 至 " + end;
  if (publicity["workdays"].is_number())
    days += "（" + publicity["workdays"].text() + " 个工作日）";
  rows.push_back(heading("公示情况"));
  rows.push_back(single("起止日期", days));
  rows.push_back(pair("公示地点", publicity["place"].text(), "公示照片",
                      std::to_string(publicity["photos"].integer()) + " 张"));
  rows.push_back(single("异议情况", publicity["objections"].text()));
}

/// 基层单位/推荐意见: a label of two lines is broken where a reader would pause.
std::string broken(const std::string& title) {
  for (const std::string_view tail : {"推荐意见", "意见"}) {
    if (title.size() >= 2 * tail.size() && title.ends_with(tail)) {
      return title.substr(0, title.size() - tail.size()) + "\n" + std::string(tail);
    }
  }
  return title;
}

void append_opinions(std::vector<Row>& rows, const Value& payload) {
  const Stage stage = stage_of(payload);
  bool current = false;
  for (const Value& opinion : payload["opinions"].items()) {
    const std::string title = opinion["title"].text();
    current |= title == stage.opinion && opinion["at"].is_null();
    std::string foot = kSignature;
    if (!opinion["at"].is_null()) foot = opinion["by"].text() + "　　" + time_text(opinion["at"]);
    rows.push_back(opinion_box(broken(title), opinion["text"].text(), foot, mm(36)));
  }
  if (current) return;
  std::string foot = kSignature;
  if (stage.code == "committee") {
    foot =
        "应到：　　　实到：　　　同意：　　　不同意：　　　弃权：　　　\n\n主任委员（签字）：　　　"
        "　　　　　（评委会公章）　　　　　　　　\n"
        "　　年　　月　　日　　";
  }
  rows.push_back(opinion_box(broken(stage.opinion), "", foot, mm(40)));
}

void append_result(std::vector<Row>& rows, const Value& payload) {
  std::string choices;
  for (const Value& action : payload["actions"].items()) {
    if (action["action"].string() != "report_up") continue;
    for (const Value& target : payload["targets"].items())
      choices += "□ 上报至：" + target["name"].text() +
                 (target["default"].boolean() ? "（默认）" : "") + "\n";
    if (payload["targets"].size() == 0) choices += "□ 上报至：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿\n";
  }
  std::string others;
  for (const Value& action : payload["actions"].items())
    if (action["action"].string() != "report_up")
      others += (others.empty() ? "□ " : "　　□ ") + action["label"].text();
  choices += others;
  rows.push_back(single("办理结果", choices));
  rows.push_back({{label(30, "经办人"), value(50, "　"), label(30, "确认转交"),
                   value(50, "□ 已核对，确认转交")},
                  mm(10)});
  rows[rows.size() - 2].keep_with_next = true;
}

}  // namespace

std::string application_form(const Value& payload, const Value& form, const Kit& kit) {
  const std::string title = "职称申请书审批单", number = payload["case"].text();
  const std::string name = form["applicant"]["name"].text();
  Furniture furniture;
  furniture.title = title;
  furniture.running = name + "　" + number + "　" + round_text(payload);
  furniture.footer =
      footer("案件 " + number + " " + round_text(payload), payload, payload["received_at"]);
  Sheet sheet(kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(4);
  sheet.ends(payload["due"].string().empty() ? "" : "办理期限：" + day_text(payload["due"]),
             "编号：" + number + "　" + round_text(payload) + "　收件日期：" +
                 pipeline::chinese_date(pipeline::beijing_day(time_of(payload["received_at"]))),
             {Role::Song, 10, Align::Left, 1.7, 0});

  std::vector<Row> rows;
  append_head(rows, payload, form);
  append_items(rows, payload);
  // X54: what the reviewer answers for.
  rows.push_back({{label(30, "审核重点"), value(43.3, "内容真实性　□"),
                   value(43.3, "材料完整性　□"), value(43.3, "证明材料有效性　□")}});
  append_publicity(rows, payload["publicity"]);
  rows.push_back(heading("审核意见"));
  append_opinions(rows, payload);
  append_result(rows, payload);
  append_attachments(rows, payload["attachments"]);
  append_findings(rows, payload["findings"], "title_application", kit);
  append_history(rows, payload["history"]);
  sheet.rows(rows);

  std::vector<Row> content;
  append_application(content, form, kit);
  sheet.need(mm(60));
  sheet.gap(10);
  sheet.paragraph("附：申请书内容（只供审核，不得修改）", {Role::Title, 13, Align::Centre, 2, 0});
  sheet.rows(content);
  return sheet.finish(metadata(title + " " + number, name + "　" + payload["unit"].text(), payload,
                               payload["received_at"]));
}

}  // namespace produce
