#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "pipeline/text.hpp"
#include "stages/prepare/filled_form.hpp"
#include "stages/prepare/findings.hpp"
#include "stages/prepare/read_form.hpp"
#include "stages/prepare/xlsx_cells.hpp"

namespace prepare {

namespace {

using pipeline::Submission;
using pipeline::Value;

/// By them the row of code names is known; the first three name a case.
constexpr std::array<std::string_view, 4> kMarks{"case", "round", "token", "action"};
/// What names the case; the program put it there.
constexpr std::array<std::string_view, 5> kIdentity{"case", "round", "queue", "token",
                                                    "form_version"};
/// A row is filled if one of these is.
constexpr std::array<std::string_view, 6> kFilled{
    "action",        "target",   "recommendation_opinion", "modification_opinion",
    "reviewer.name", "confirmed"};

constexpr std::size_t kShownOfName = 31;  ///< the longest that Excel takes

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// The list in one sheet: where it lies, however its rows were moved.
class List {
 public:
  static std::optional<List> in(const Sheet& sheet) {
    for (auto at = sheet.cells.begin(); at != sheet.cells.end();) {
      const auto end = std::find_if(at, sheet.cells.end(),
                                    [&](const Cell& cell) { return cell.row != at->row; });
      std::map<std::string, int, std::less<>> columns;
      for (auto cell = at; cell != end; ++cell)
        columns.emplace(pipeline::ascii_lower(cell->text), cell->column);
      if (std::all_of(kMarks.begin(), kMarks.end(),
                      [&](std::string_view mark) { return columns.contains(mark); }))
        return List(sheet, at->row, std::move(columns));
      at = end;
    }
    return std::nullopt;
  }

  /// Rows of cases, and rows that were filled though they name no case.
  std::vector<int> rows() const {
    std::set<int> all;
    for (const Cell& cell : sheet_->cells) all.insert(cell.row);
    std::vector<int> out;
    for (const int row : all)
      if (row != names_row_ && !is_header(row) && (is_case(row) || is_filled(row)))
        out.push_back(row);
    return out;
  }

  bool is_case(int row) const { return !at(row, "case").empty() && has_digit(at(row, "round")); }

  bool is_filled(int row) const {
    return std::any_of(kFilled.begin(), kFilled.end(),
                       [&](std::string_view name) { return !at(row, name).empty(); });
  }

  const std::string& at(int row, std::string_view name) const {
    static const std::string kEmpty;
    const auto column = columns_.find(name);
    return column == columns_.end() ? kEmpty : sheet_->at(row, column->second);
  }

  /// "F5", for a place in the form; the row if it has no column.
  std::string where(int row, const std::string& place) const {
    const auto column = columns_.find(place);
    return column == columns_.end() ? "第 " + std::to_string(row + 1) + " 行"
                                    : cell_name(row, column->second);
  }

 private:
  List(const Sheet& sheet, int names_row, std::map<std::string, int, std::less<>> columns)
      : sheet_(&sheet), names_row_(names_row), columns_(std::move(columns)) {}

  /// The row of Chinese headers, or a title: where a case is named there are words.
  bool is_header(int row) const {
    const auto holds = [&](auto test) {
      return std::any_of(kMarks.begin(), kMarks.begin() + 3,
                         [&](std::string_view name) { return test(at(row, name)); });
    };
    return holds([](const std::string& text) { return !text.empty(); }) && !holds(has_digit);
  }

  const Sheet* sheet_;
  int names_row_;
  std::map<std::string, int, std::less<>> columns_;
};

Submission part_of(const List& list, int row, const Rules& rules) {
  Value written = Value::object({{"kind", "review_decision"}});
  const auto take = [&](std::string_view name) {
    const std::string& text = list.at(row, name);
    if (text.empty()) return;
    const auto dot = name.find('.');
    if (dot == name.npos)
      written.set(name, text);
    else
      written.member(name.substr(0, dot)).set(name.substr(dot + 1), text);
  };
  std::for_each(kIdentity.begin(), kIdentity.end(), take);
  std::for_each(kFilled.begin(), kFilled.end(), take);
  ReadForm read = read_form(written, rules);
  Submission part;
  part.opened = true;
  part.kind = std::move(read.kind);
  part.form = std::move(read.form);
  // What the reviewer saw in the row: sorted or pasted in part, it no longer is what its token stands for.
  for (const std::string name : {"applicant", "unit"})
    if (const std::string& text = list.at(row, "info." + name); !text.empty())
      part.form.set("info_" + name, text);
  part.form_name = "第 " + std::to_string(row + 1) + " 行";
  part.findings = std::move(read.findings);
  for (pipeline::Finding& finding : part.findings) finding.where = list.where(row, finding.where);
  return part;
}

}  // namespace

std::optional<FilledForm> read_worklist(const Workbook& book, const Rules& rules) {
  std::optional<List> list;
  for (const Sheet& sheet : book.sheets)
    if (!list) list = List::in(sheet);
  if (!list) return std::nullopt;
  FilledForm out;
  std::vector<std::string> lists;
  for (const Sheet& sheet : book.sheets)
    if (List::in(sheet)) lists.push_back("工作表“" + cut(sheet.name, kShownOfName) + "”");
  if (lists.size() > 1) {
    out.findings.push_back(make_finding(rules.catalogue, "FORM_AMBIGUOUS", lists[1],
                                        {{"entry", pipeline::join(lists, "、")}}));
    return out;
  }
  const std::vector<int> rows = list->rows();
  std::size_t filled = 0;
  for (const int row : rows)
    if (list->is_filled(row) && ++filled <= rules.limits.worklist_rows)
      out.parts.push_back(part_of(*list, row, rules));
  if (filled > rules.limits.worklist_rows) {
    out.findings.push_back(
        make_finding(rules.catalogue, "FIELD_INVALID", list->where(rows.back(), "action"),
                     {{"field", "待审清单"},
                      {"value", "填写了 " + std::to_string(filled) + " 行"},
                      {"detail", "一次最多办理 " + std::to_string(rules.limits.worklist_rows) +
                                     " 行，其余各行未办理，请在新的待审清单里填写后另行投递。"}}));
    // What was read counts all the same.
    out.findings.back().severity = pipeline::Severity::Warning;
  }
  out.kind = "review_decision";
  out.form = Value::object(
      {{"kind", "review_decision"},
       {"rows", static_cast<std::int64_t>(std::count_if(
                    rows.begin(), rows.end(), [&](int row) { return list->is_case(row); }))}});
  return out;
}

}  // namespace prepare
