#include "stages/produce/receipt.hpp"

#include <algorithm>

#include "pipeline/text.hpp"
#include "stages/produce/answer.hpp"
#include "stages/produce/parts.hpp"

namespace produce {

using pipeline::Value;

namespace {

/// Of a worklist: how many rows had that result.
std::int64_t rows_with(const Value& payload, std::string_view result) {
  const Value::Array& rows = payload["rows"].items();
  return std::count_if(rows.begin(), rows.end(),
                       [&](const Value& row) { return row["result"].string() == result; });
}

std::string result_text(const Value& payload) {
  const std::string &result = payload["result"].string(), &kind = payload["kind"].string();
  if (payload["rows"].size() > 0) {
    const auto done = rows_with(payload, "accepted") + rows_with(payload, "duplicate");
    const auto all = static_cast<std::int64_t>(payload["rows"].size());
    if (done == all) return "待审清单全部生效";
    return done == 0 ? "待审清单未生效" : "待审清单部分生效";
  }
  if (result == "accepted") return kind == "status_query" ? "已受理（查询结果见下）" : "已受理";
  if (result == "refused") return "未受理";
  if (result == "duplicate") return "重复投递";
  if (result == "quarantined") return "无法打开";
  if (kind == "review_decision") return "审核决定已收到，尚未确认";
  if (kind == "title_application") return "附件已接收，尚未提交";
  return "附件已接收，尚未注册";
}

/// What the paper is called: who has to mend something looks for that word.
std::string title_of(const Value& payload) {
  const std::string &result = payload["result"].string(), &kind = payload["kind"].string();
  if (kind == "status_query" && payload["answer"].is_object()) return "状态查询单";
  if (result == "refused") {
    for (const Value& finding : payload["findings"].items())
      if (finding["code"].string() == "LATE") return "不予受理通知书";  // domain §3.5
    return kind == "review_decision" ? "审核决定退件单" : "补正通知书";
  }
  return result == "accepted" ? "受理回执" : "收件回执";
}

std::string next_step_of_worklist(const Value& payload) {
  const std::int64_t refused = rows_with(payload, "refused"),
                     unconfirmed = rows_with(payload, "not_submitted");
  if (refused + unconfirmed == 0) return "各行均已生效，不必再投递。";
  std::string text = "已生效的行不必再投递。";
  if (refused > 0)
    text += "未生效的 " + std::to_string(refused) +
            " 行，请按下面“逐行结果”的说明，在最新的待审清单中改正后重新投递。";
  if (unconfirmed > 0)
    text += "未确认的 " + std::to_string(unconfirmed) +
            " 行，核对后在“确认转交”中选“是”，重新投递；确认之前，案件仍在原处待审。";
  return text;
}

/// To the reviewer: what the applicant or the unit does next is told in their notice.
std::string next_step_of_decision(const Value& payload) {
  const std::string& state = payload["state"].string();
  if (state == "returned")
    return "不必再投递。退回修改通知书已发给申请人所在单位，等其修改后再次提交。";
  if (payload["queue"].string().empty()) return "不必再投递。结果通知书已发给有关单位。";
  return "不必再投递。案件已转交，由“" + payload["reviewer"].text() + "”继续办理。";
}

std::string next_step(const Value& payload) {
  if (payload["rows"].size() > 0) return next_step_of_worklist(payload);
  const std::string &result = payload["result"].string(), &kind = payload["kind"].string(),
                    &state = payload["state"].string();
  if (result == "refused") {
    return "请按下面“系统检查”逐条改正级别为“错误”的各项（“警告”请核对，“提示”供了解），把改好的整"
           "个压缩包重新投递到同一文件夹。"
           "没有改正之前，本次投递不产生任何效力。";
  }
  if (result == "quarantined") {
    return "请用常用压缩软件重新打包为不加密的 ZIP "
           "文件（内含一份表单和附件），核对能够打开后，重新投递到同一文件夹。"
           "原文件未作改动，已另行保存备查。";
  }
  if (result == "duplicate" && kind == "status_query")
    return "查询结果见下，是现在的情况。如与实际不符，请与审核单位联系。";
  if (result == "duplicate" && kind == "review_decision")
    return "不必再投递：这项审核决定先前已经办理，以先前的回执为准。";
  if (result == "duplicate" && (state == "returned" || state == "recalled"))
    return "同样的内容不能再次受理：修改后，在表单中写明原案件编号（resubmits）再投递。";
  if (result == "duplicate")
    return "不必再投递：内容与先前投递的完全相同，以先前的回执为准。如需修改，请改动内容后重新投递"
           "。";
  if (result == "not_submitted") {
    if (kind == "review_decision")
      return "请在审批单或待审清单中勾选“确认转交”后，重新投递。确认之前，案件仍在原处待审。";
    return "请核对材料，在表单的“是否提交”一栏选“是”，再次投递整个压缩包；收到“已受理”的回执才算成"
           "功。";
  }
  if (kind == "review_decision") return next_step_of_decision(payload);
  if (kind == "status_query") return "查询结果见下。如与实际不符，请与审核单位联系。";
  if (state == "approved" || state == "accepted") return "已办结，不必再投递。";
  if (state == "returned") return "申请书已退回，请按通知书的意见修改后再次提交。";
  if (state == "rejected" || state == "not_accepted") return "已办结；原因和下一步见通知书。";
  if (state == "withdrawn" || state == "recalled") return "已撤回，可修改后重新投递。";
  if (!payload["queue"].string().empty()) {
    return "请等候" +
           (payload["reviewer"].text().empty() ? std::string("审核单位")
                                               : "“" + payload["reviewer"].text() + "”") +
           "审核，不必重复投递。办理结果将以通知书送达本单位的文件夹；其间可随时投递查询了解进度。";
  }
  return "不必再投递。";
}

void append_result(std::vector<Row>& rows, const Value& payload) {
  Cell result = value(130, result_text(payload));
  result.style = {Role::Title, 16, Align::Left, 1.4, 0};
  rows.push_back({{label(30, "办理结果"), std::move(result)}, mm(13)});
  if (const std::string message = payload["message"].text(); !message.empty()) {
    rows.push_back(single("说明", message));
  }
  Cell next = value(130, next_step(payload));
  next.style.role = Role::Hei;
  rows.push_back({{label(30, "下一步"), std::move(next)}});
}

void append_delivery(std::vector<Row>& rows, const Value& payload) {
  rows.push_back(pair("投递文件", payload["bundle"].text(), "投递文件夹", payload["drop"].text()));
  rows.push_back(single("SHA-256", payload["sha256"].text()));
}

void append_facts(std::vector<Row>& rows, const Value& payload, const Kit& kit) {
  std::string kind =
      payload["kind"].string().empty() ? "未能识别" : kit.label("kind", payload["kind"]);
  const std::string unit = payload["unit"].text();
  rows.push_back(unit.empty() ? single("业务类别", kind) : pair("业务类别", kind, "单位", unit));
  std::string number = or_none(payload["case"].text());
  if (payload["round"].integer() > 0) number += "　" + round_text(payload);
  std::string state = payload["state_label"].text();
  if (state.empty()) state = kit.label("state", payload["state"]);
  rows.push_back(pair("案件编号", number, "当前状态", state));
  std::string reviewer = payload["reviewer"].text();
  if (const std::string queue = payload["queue"].text(); !queue.empty()) {
    reviewer += reviewer.empty() ? queue : "（" + queue + "）";
  }
  rows.push_back(single("现由谁审核", reviewer.empty() ? "无" : reviewer));
  append_delivery(rows, payload);
}

std::string row_result(const Value& row) {
  const std::string& result = row["result"].string();
  const std::string state = row["state_label"].text();
  if (result == "accepted") return state.empty() ? "已生效" : "已生效\n（" + state + "）";
  if (result == "not_submitted") return "未确认";
  return result == "duplicate" ? "重复" : "未生效";
}

std::string row_account(const Value& row, const Kit& kit) {
  std::vector<std::string> lines;
  if (const std::string message = row["message"].text(); !message.empty()) lines.push_back(message);
  for (const Value& finding : row["findings"].items()) {
    std::string line = kit.label("severity", finding["severity"]);
    if (const std::string where = finding["where"].text(); !where.empty())
      line += "（" + kit.place("review_decision", where) + "）";
    line += "：" + finding["message"].text();
    if (const std::string hint = finding["hint"].text(); !hint.empty()) line += "\n怎么办：" + hint;
    lines.push_back(std::move(line));
  }
  return or_none(pipeline::join(lines, "\n"));
}

/// What became of each row of a worklist.
void append_rows(std::vector<Row>& rows, const Value& payload, const Kit& kit) {
  const Value::Array& all = payload["rows"].items();
  if (all.empty()) return;
  rows.push_back(heading("逐行结果：共 " + std::to_string(all.size()) + " 行，已生效 " +
                         std::to_string(rows_with(payload, "accepted")) + "，未生效 " +
                         std::to_string(rows_with(payload, "refused")) + "，未确认 " +
                         std::to_string(rows_with(payload, "not_submitted")) +
                         "（未生效和未确认的列在前面）"));
  const int header = static_cast<int>(rows.size());
  rows.push_back(
      list_header({{10, "行"}, {29, "案件"}, {36, "申请人／单位"}, {21, "结果"}, {68, "说明"}}));
  // Whoever reads it looks for what is left to do.
  std::vector<const Value*> ordered;
  for (const Value& row : all) ordered.push_back(&row);
  std::stable_partition(ordered.begin(), ordered.end(),
                        [](const Value* row) { return (*row)["result"].string() != "accepted"; });
  for (const Value* each : ordered) {
    const Value& row = *each;
    std::string who = row["applicant"].text();
    if (const std::string unit = row["unit"].text(); !unit.empty())
      who += (who.empty() ? "" : "\n") + unit;
    Cell result = small(21, row_result(row), Align::Centre);
    if (row["result"].string() != "accepted") result.style.role = Role::Hei;
    rows.push_back(
        list_row({small(10, row["row"].text(), Align::Centre),
                  small(29, or_none(row["case"].text()), Align::Centre), small(36, or_none(who)),
                  std::move(result), small(68, row_account(row, kit))},
                 header));
  }
  keep_ends_together(rows, header);
}

void append_entries(std::vector<Row>& rows, const Value& entries, const Kit& kit) {
  rows.push_back(heading("文件清单：共 " + std::to_string(entries.size()) + " 个"));
  if (entries.size() == 0) {
    rows.back().keep_with_next = false;
    return;
  }
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header(
      {{12, "序号"}, {66, "文件"}, {16, "作用"}, {12, "槽位"}, {19, "大小"}, {38, "说明"}}));
  for (std::size_t i = 0; i < entries.size(); i++) {
    const Value& entry = entries[i];
    rows.push_back(
        list_row({small(12, std::to_string(i + 1), Align::Centre), small(66, entry["name"].text()),
                  small(16, kit.label("role", entry["role"]), Align::Centre),
                  small(12, or_none(entry["slot"].text()), Align::Centre),
                  small(19, size_text(entry["size"].integer()), Align::Centre),
                  small(38, or_none(entry["note"].text()))},
                 header));
  }
  keep_ends_together(rows, header);
}

}  // namespace

std::string receipt(const Value& payload, const Kit& kit) {
  const std::string title = title_of(payload), number = payload["case"].text();
  const std::string what = number.empty() ? payload["bundle"].text() : "案件 " + number;
  Furniture furniture;
  furniture.title = title;
  furniture.running = number.empty() ? payload["bundle"].text() : number;
  furniture.footer = footer(what, payload, payload["received_at"]);
  furniture.left = furniture.right = mm(20);
  furniture.code = paper_code(payload);
  Sheet sheet(kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(4);
  sheet.ends("", "收到时间：" + time_text(payload["received_at"]),
             {Role::Song, 10, Align::Left, 1.7, 0});
  const bool answers = payload["kind"].string() == "status_query" && payload["answer"].is_object();
  std::vector<Row> rows;
  if (!answers) append_result(rows, payload);
  if (answers) {
    append_answer(rows, payload["answer"], kit);
    append_delivery(rows, payload);
  } else {
    append_facts(rows, payload, kit);
  }
  append_rows(rows, payload, kit);
  append_findings(rows, payload["findings"], payload["kind"].string(), kit);
  append_entries(rows, payload["entries"], kit);
  sheet.rows(std::move(rows));
  sheet.gap(6);
  sheet.paragraph("本回执由系统自动生成，内容与同名 .json 文件一致。", kSmall);
  return sheet.finish(
      metadata(title + " " + what, result_text(payload), payload, payload["received_at"]));
}

}  // namespace produce
