#include "stages/produce/application_form.hpp"

#include "pipeline/text.hpp"
#include "stages/produce/decision.hpp"

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
  rows.back().cells[3].style = kSmall;  // the longest name of a queue in one line
}

Cell files_of(const Value& item, double width) {
  std::string text = item["item"].text() + " " + item["name"].text();
  std::vector<std::string> files;
  for (const Value& file : item["attachments"].items()) files.push_back(file.text());
  if (!files.empty()) text += "\n附件：" + pipeline::join(files, "、");
  return small(width, std::move(text));
}

bool itemised(const Value& payload) {
  return payload["itemised"].boolean() && payload["items"].size() > 0;
}

/// What is to be reviewed, for the first page.
Row extent(const Value& payload) {
  if (!itemised(payload))
    return single("审核项目", "整体（申请书全部内容和附件）　　□ 通过　　□ 不通过");
  std::size_t locked = 0;
  const Value& items = payload["items"];
  for (const Value& item : items.items()) locked += item["locked"].boolean();
  std::string text = "共 " + std::to_string(items.size()) + " 项";
  if (locked > 0) text += "，其中此前已通过（锁定）" + std::to_string(locked) + " 项";
  return single("审核项目", text + "；请在续页逐项审核");
}

void append_items(std::vector<Row>& rows, const Value& payload) {
  if (!itemised(payload)) return;
  const Value& items = payload["items"];
  rows.push_back(heading("审核项目"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{12, "序号"}, {66, "审核项目"}, {28, "是否通过"}, {56, "修改意见"}}));
  for (std::size_t i = 0; i < items.size(); i++) {
    const Value& item = items[i];
    const std::string code = item["item"].text(), name = code + " " + item["name"].text();
    Cell number = small(12, std::to_string(i + 1), Align::Centre), what = files_of(item, 66);
    if (item["locked"].boolean()) {  // X52: only open items are for this round
      std::string passed = "已通过（锁定）";
      if (const auto round = item["passed_round"].integer(); round > 0)
        passed += "\n第 " + std::to_string(round) + " 轮";
      rows.push_back({{std::move(number), std::move(what),
                       small(28, std::move(passed), Align::Centre), small(56, "")},
                      mm(9),
                      header});
      for (Cell& cell : rows.back().cells) cell.grey = 0.92;
      continue;
    }
    Cell passed = small(28, "□ 是　□ 否", Align::Centre), opinion = small(56, "");
    passed.style.size = 10.5;
    passed.fields.push_back({FieldKind::Radio,
                             "items." + code + ".passed",
                             name + "：是否通过",
                             {},
                             {{"yes", "是"}, {"no", "否"}}});
    opinion.fields.push_back(
        {FieldKind::Lines, "items." + code + ".opinion", name + "：修改意见", {}, {}, kSmallest});
    rows.push_back({{std::move(number), std::move(what), std::move(passed), std::move(opinion)},
                    mm(9),
                    header});
  }
}

/// X54: what the reviewer answers for.
Row focus() {
  Row row{{label(30, "审核重点")}};
  for (const auto& [name, text] : {std::pair{"truthful", "内容真实性"},
                                   {"complete", "材料完整性"},
                                   {"valid", "证明材料有效性"}}) {
    Cell cell = value(43.3, std::string(text) + "　□");
    cell.fields.push_back(
        {FieldKind::Check, std::string("checks.") + name, std::string(text) + "：已审核"});
    row.cells.push_back(std::move(cell));
  }
  return row;
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
  rows.push_back(single("公示日期", days));
  rows.push_back(pair("公示地点", publicity["place"].text(), "公示照片",
                      std::to_string(publicity["photos"].integer()) + " 张"));
  rows.push_back(single("异议情况", publicity["objections"].text()));
}

/// What the reviewers before this one wrote.
void append_opinions(std::vector<Row>& rows, const Value& opinions) {
  const std::size_t before = rows.size();
  for (const Value& opinion : opinions.items()) {
    if (opinion["at"].is_null()) continue;
    rows.push_back(opinion_box(opinion["title"].text(), or_none(opinion["text"].text()),
                               opinion["by"].text() + "　　" + time_text(opinion["at"]), mm(16)));
  }
  if (rows.size() == before) return;
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(before), heading("此前的审核意见"));
}

/// What the applicant changed since the last round, item by item.
void append_changes(std::vector<Row>& rows, const Value& payload, const Kit& kit) {
  const Value& changes = payload["changes"];
  if (changes.size() == 0) return;
  rows.push_back(heading("与上一轮相比的变化：共 " + std::to_string(changes.size()) + " 处"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{34, "审核项目"}, {34, "位置"}, {48, "上一轮"}, {48, "本轮"}}));
  std::string item;
  for (const Value& change : changes.items()) {
    const std::string where = change["where"].text();
    std::string place = kit.place("title_application", where);
    for (const Value& attachment : payload["attachments"].items())
      if (attachment["slot"].string() == where) place = where + " " + attachment["name"].text();
    const std::string named = change["item"].text() + " " + change["name"].text();
    rows.push_back(list_row(
        {small(34, named == item ? "" : named), small(34, std::move(place)),
         small(48, or_none(change["before"].text())), small(48, or_none(change["after"].text()))},
        header));
    item = named;
  }
}

/// What the reviewer fills in: the first page.
void append_review(std::vector<Row>& rows, const Value& payload) {
  const Stage stage = stage_of(payload);
  rows.push_back(extent(payload));
  rows.push_back(focus());
  std::string foot = kSignature;
  if (stage.code == "committee") {
    foot =
        "应到：　　　实到：　　　同意：　　　不同意：　　　弃权：　　　\n\n主任委员（签字）：　　　"
        "　　　　　（评委会公章）　　　　　　　　\n"
        "　　年　　月　　日　　";
  }
  rows.push_back(open_opinion(stage.opinion, foot, mm(40),
                              {FieldKind::Lines, "recommendation_opinion", stage.opinion}));
  rows.back().grows = true;
  rows.push_back(
      open_opinion("修改意见", "", mm(18),
                   {FieldKind::Lines, "modification_opinion", "修改意见：退回时告诉申请人改什么"}));
  rows.back().grows = true;

  std::string choices, others;
  for (const Value& action : payload["actions"].items()) {
    if (action["action"].string() != "report_up") {
      others += (others.empty() ? "□ " : "　　□ ") + action["label"].text();
      continue;
    }
    for (const Value& target : payload["targets"].items())
      choices += "□ 上报至：" + target["name"].text() +
                 (target["default"].boolean() ? "（默认）" : "") + "\n";
    if (payload["targets"].size() == 0) choices += "□ 上报至：＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿＿\n";
  }
  append_decision(rows, payload, choices + others);
  append_instructions(rows, payload);
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
  furniture.code = paper_code(payload);
  Sheet sheet(kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(4);
  sheet.ends(payload["due"].string().empty() ? "" : "办理期限：" + day_text(payload["due"]),
             "编号：" + number + "　" + round_text(payload) + "　收件日期：" +
                 pipeline::chinese_date(pipeline::beijing_day(time_of(payload["received_at"]))),
             {Role::Song, 10, Align::Left, 1.7, 0});

  hide_identity(sheet, payload);

  std::vector<Row> first;
  append_head(first, payload, form);
  append_publicity(first, payload["publicity"]);
  append_attention(first, payload["attention"]);
  append_review(first, payload);
  if (!sheet.rows_that_fill_the_page(first)) sheet.rows(first);

  std::vector<Row> rows;
  append_items(rows, payload);
  append_changes(rows, payload, kit);
  append_opinions(rows, payload["opinions"]);
  append_findings(rows, payload["findings"], "title_application", kit);
  append_attachments(rows, payload["attachments"]);
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
