#include "stages/produce/worklist_columns.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "pipeline/time.hpp"

namespace produce {

using pipeline::Time;
using pipeline::Value;
using List = std::vector<std::string>;

std::int64_t WorklistOptions::place(List list) {
  const auto found = std::find(lists_.begin(), lists_.end(), list);
  if (found != lists_.end()) return found - lists_.begin();
  lists_.push_back(std::move(list));
  return static_cast<std::int64_t>(lists_.size()) - 1;
}

void WorklistOptions::write(Worksheet& sheet) const {
  std::size_t longest = 0;
  for (const List& list : lists_) longest = std::max(longest, list.size());
  for (std::size_t row = 0; row < longest; ++row)
    for (std::size_t column = 0; column < lists_.size(); ++column)
      if (row < lists_[column].size())
        sheet.text(static_cast<int>(row), static_cast<int>(column), lists_[column][row]);
}

void WorklistRow::text(std::string_view text, CellStyle style) {
  cells.text(text, book_.style(style));
  ++column_;
}

void WorklistRow::number(double value, CellStyle style) {
  cells.number(value, book_.style(style));
  ++column_;
}

void WorklistRow::link(std::string file, std::string_view text) {
  const bool room = links_.size() < static_cast<std::size_t>(kSheetLinks);
  if (room) links_.push_back({row_, column_, std::move(file)});
  this->text(text, room ? CellStyle::CentredLink : CellStyle::Centred);
}

namespace {

bool is_application(const Value& one) {
  return one["kind"].string() == "title_application";
}

List action_names(const Value& one) {
  List names;
  for (const Value& each : one["actions"].items())
    names.push_back(each["label"].string().empty() ? each["action"].string()
                                                   : each["label"].string());
  return names;
}

/// The default one first. A name that two of them bear would not say which: there the id stands.
List target_names(const Value& one) {
  std::map<std::string, int> bearers;
  for (const Value& each : one["targets"].items()) ++bearers[each["name"].string()];
  List names;
  for (const bool first : {true, false})
    for (const Value& each : one["targets"].items())
      if (each["default"].boolean() == first)
        names.push_back(bearers[each["name"].string()] == 1 ? each["name"].string()
                                                            : each["id"].string());
  return names;
}

std::string overdue_text(const Value& one) {
  const std::string& state = one["overdue_state"].string();
  if (state == "overdue") return "已逾期";
  if (state == "today") return "今天到期";
  return state == "tomorrow" ? kNextWorkday : "未到期";
}

WorklistColumn words(std::string code, std::string header, double width, const char* field,
                     CellStyle style = CellStyle::Wrapped) {
  WorklistColumn column{"info." + std::move(code), std::move(header), width};
  column.wrapped = [field](const Value& one) { return one[field].text(); };
  column.write = [field, style](WorklistRow& row, const Value& one) {
    row.text(one[field].text(), style);
  };
  return column;
}

WorklistColumn hidden(std::string code, std::string header, const char* field) {
  WorklistColumn column = words("", std::move(header), 8, field, CellStyle::Text);
  column.code = std::move(code);
  column.hidden = true;
  column.wrapped = {};
  return column;
}

WorklistColumn hidden_number(std::string code, std::string header,
                             std::function<std::int64_t(const Value&)> number) {
  WorklistColumn column{std::move(code), std::move(header), 8};
  column.hidden = true;
  column.write = [number = std::move(number)](WorklistRow& row, const Value& one) {
    row.number(number(one), CellStyle::Count);
  };
  return column;
}

/// A file beside the form, or the folder of both.
WorklistColumn beside(std::string code, std::string header, double width, const char* file,
                      const char* text) {
  WorklistColumn column{"info." + std::move(code), std::move(header), width};
  column.write = [file, text](WorklistRow& row, const Value& one) {
    row.link(one["folder"].string() + file, text);
  };
  return column;
}

WorklistColumn count(std::string code, std::string header, double width, const char* field) {
  WorklistColumn column{std::move(code), std::move(header), width};
  column.write = [field](WorklistRow& row, const Value& one) {
    row.number(one[field].integer(), CellStyle::Count);
  };
  return column;
}

WorklistColumn input(std::string code, std::string header, double width, CellStyle style,
                     const std::function<bool(const Value&)>& open = {}) {
  WorklistColumn column{std::move(code), std::move(header), width};
  column.input = true;
  column.write = [style, open](WorklistRow& row, const Value& one) {
    row.text("", !open || open(one) ? style : CellStyle::Closed);
  };
  return column;
}

/// What no case of this queue has is not shown; the code names stay.
void hide_what_is_empty(std::vector<WorklistColumn>& columns, const Value::Array& cases) {
  if (cases.empty()) return;
  for (WorklistColumn& column : columns) {
    if (column.code.starts_with("info.") && column.wrapped)
      column.hidden = std::all_of(cases.begin(), cases.end(),
                                  [&](const Value& one) { return column.wrapped(one).empty(); });
    if (column.code == "recommendation_opinion")
      column.hidden = std::none_of(cases.begin(), cases.end(), is_application);
    if (column.code == "target")
      column.hidden = std::all_of(cases.begin(), cases.end(),
                                  [](const Value& one) { return one["targets"].size() == 0; });
  }
}

}  // namespace

std::vector<WorklistColumn> worklist_columns(const Value& payload, WorklistOptions& options) {
  std::vector<WorklistColumn> columns;
  const std::string note = payload["calendar_note"].text();
  columns.push_back({"info.due", "办理期限" + (note.empty() ? "" : "\n（" + note + "）"), 10.5});
  columns.back().write = [](WorklistRow& row, const Value& one) {
    if (const auto day = pipeline::parse_iso_date(one["due"].string()))
      row.number(excel_day(*day), CellStyle::Day);
    else
      row.text(one["due"].text(), CellStyle::Centred);
  };
  const Time now{payload["at"].integer()};
  const std::string today = pipeline::iso_date(pipeline::beijing_day(now)).substr(5);
  columns.push_back({"info.overdue", "期限情况\n（" + today + "）", 8});
  columns.back().wrapped = overdue_text;
  columns.back().write = [](WorklistRow& row, const Value& one) {
    row.text(overdue_text(one), CellStyle::CentredWrapped);
  };
  columns.push_back({"case", "案件编号", 15.5});
  columns.back().write = [](WorklistRow& row, const Value& one) {
    row.link(one["folder"].string() + "/审批单.pdf", one["case"].string());
  };
  columns.push_back(beside("dossier", "卷宗", 4.5, "/卷宗.pdf", "卷宗"));
  columns.push_back(beside("folder", "文件夹", 5.5, "/", "打开"));
  columns.push_back(words("kind", "业务", 7, "kind_label", CellStyle::CentredWrapped));
  columns.push_back(words("unit", "单位", 17, "unit"));
  columns.push_back(words("applicant", "申请人", 8.5, "applicant", CellStyle::CentredWrapped));
  columns.push_back(words("series", "系列", 8.5, "series", CellStyle::CentredWrapped));
  columns.push_back(words("level", "级别", 6.5, "level", CellStyle::CentredWrapped));
  columns.push_back(words("title", "申报职称", 9, "title", CellStyle::CentredWrapped));
  columns.push_back(
      words("application_type", "类型", 6.5, "application_type", CellStyle::CentredWrapped));
  columns.push_back({"info.received_at", "收件时间", 10.5});
  columns.back().write = [](WorklistRow& row, const Value& one) {
    row.number(excel_moment(Time{one["received_at"].integer()}), CellStyle::ShortMoment);
  };
  columns.push_back(count("round", "轮次", 4.5, "round"));
  columns.push_back(count("info.warnings", "提示数", 4.5, "warnings"));

  const bool applications =
      std::any_of(payload["cases"].items().begin(), payload["cases"].items().end(), is_application);
  columns.push_back(input("action", "办理", 9.5, CellStyle::CentredInput));
  columns.push_back(input("target", "转交部门", 14, CellStyle::Input,
                          [](const Value& one) { return one["targets"].size() > 0; }));
  columns.push_back(
      input("recommendation_opinion", "推荐意见", 19, CellStyle::Input, is_application));
  columns.push_back(
      input("modification_opinion", applications ? "修改意见" : "审核意见", 19, CellStyle::Input));
  columns.push_back(input("reviewer.name", "审核人", 7.5, CellStyle::CentredInput));
  columns.push_back(input("confirmed", "确认转交", 5.5, CellStyle::CentredInput));

  columns.push_back(hidden("queue", "队列", "queue"));
  columns.push_back(hidden("token", "校验码", "token"));
  columns.push_back(hidden("form_version", "表单版本", "form_version"));
  const auto place = [&options](List (*names)(const Value&)) {
    return [&options, names](const Value& one) { return options.place(names(one)); };
  };
  const auto size = [](List (*names)(const Value&)) {
    // An empty list offers one empty cell.
    return [names](const Value& one) {
      return std::max<std::int64_t>(1, static_cast<std::int64_t>(names(one).size()));
    };
  };
  columns.push_back(hidden_number("info.action_list", "办理选项", place(action_names)));
  columns.push_back(hidden_number("info.action_count", "办理选项数", size(action_names)));
  columns.push_back(hidden_number("info.target_list", "部门选项", place(target_names)));
  columns.push_back(hidden_number("info.target_count", "部门选项数", size(target_names)));
  hide_what_is_empty(columns, payload["cases"].items());
  return columns;
}

}  // namespace produce
