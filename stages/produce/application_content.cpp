#include <algorithm>
#include <array>
#include <utility>

#include "pipeline/text.hpp"
#include "stages/produce/application_form.hpp"
#include "stages/produce/form_values.hpp"

namespace produce {

using pipeline::Value;

namespace {

/// None of the reviewer's business, or told in other words: how it was sent.
constexpr std::array<std::string_view, 7> kElsewhere{
    "kind", "submit", "attachments", "resubmits", "unit_name", "applicant.id_type", "summary"};

constexpr std::array<std::pair<std::string_view, const char*>, 14> kGroups{
    {{"applicant", "基本信息"},
     {"target", "申报职称"},
     {"current", "现任岗位"},
     {"education", "学历学位"},
     {"career", "工作经历"},
     {"appraisals", "年度考核"},
     {"continuing_education", "继续教育"},
     {"achievements", "业绩成果"},
     {"publications", "论文著作"},
     {"awards", "获奖情况"},
     {"licences", "资格考试与执业资格"},
     {"base_service", "基层服务"},
     {"publicity", "公示"},
     {"pledge", "个人承诺"}}};

const char* group_title(std::string_view group) {
  for (const auto& [name, title] : kGroups) {
    if (name == group) return title;
  }
  return "其他";
}

bool is_shown_above(const std::string& path, const std::set<std::string, std::less<>>& above) {
  const bool day_of_publicity = path == "publicity.start" || path == "publicity.end";
  return above.contains(day_of_publicity ? "publicity.days" : path);
}

struct Column {
  std::string title;
  std::vector<std::string> cells;
};

double ems(std::string_view text) {
  double out = 0;
  for (const char32_t c : pipeline::code_points(text)) out += c < 0x2000 ? 0.58 : 1;
  return out;
}

/// Numbers and dates, which a reader wants in one line.
bool is_rigid(const Column& column) {
  return std::all_of(column.cells.begin(), column.cells.end(), [](const std::string& cell) {
    return cell.empty() || static_cast<unsigned char>(cell[0]) < 0x80;
  });
}

/// Wide enough for the longest text, in ems; where that is more than the page has, columns of words
/// give way.
std::vector<double> shares(const std::vector<Column>& columns) {
  constexpr double kPage = 48.5, kLeast = 5, kMost = 16;
  std::vector<double> out;
  double total = 0, spare = 0;
  for (const Column& column : columns) {
    double longest = ems(column.title);
    for (const auto& cell : column.cells) longest = std::max(longest, ems(cell));
    out.push_back(std::clamp(longest, kLeast, kMost) + 1);
    total += out.back();
    if (!is_rigid(column)) spare += out.back() - kLeast;
  }
  const double excess = std::min(total - kPage, spare);
  for (std::size_t i = 0; excess > 0 && i < columns.size(); i++) {
    if (!is_rigid(columns[i])) out[i] -= excess * (out[i] - kLeast) / spare;
  }
  return out;
}

void append_list(std::vector<Row>& rows, std::string_view group, const Value& list,
                 const std::vector<const FieldName*>& fields, const Kit& kit) {
  std::vector<Column> columns;
  for (const FieldName* field : fields) {
    const std::string key = field->path.substr(group.size() + std::string_view("[].").size());
    Column column{field->label, {}};
    bool any = false;
    for (const Value& item : list.items()) {
      column.cells.push_back(field_text(item[key], *field, kit));
      any |= !column.cells.back().empty();
    }
    if (any) columns.push_back(std::move(column));
  }
  if (columns.empty()) return;
  rows.push_back(heading(group_title(group)));
  const int header = static_cast<int>(rows.size());
  const std::vector<double> widths = shares(columns);
  std::vector<Cell> titles;
  for (std::size_t i = 0; i < columns.size(); i++) titles.push_back({widths[i], columns[i].title});
  rows.push_back(list_header(std::move(titles)));
  for (std::size_t i = 0; i < list.size(); i++) {
    std::vector<Cell> cells;
    for (std::size_t c = 0; c < columns.size(); c++)
      cells.push_back(small(widths[c], or_none(columns[c].cells[i])));
    rows.push_back(list_row(std::move(cells), header));
    rows.back().min_height = mm(5.5);
  }
  keep_ends_together(rows, header);
}

void append_scalars(std::vector<Row>& rows, std::string_view group, const Value& form,
                    const std::vector<const FieldName*>& fields, const Kit& kit) {
  std::vector<std::pair<std::string, std::string>> given;
  for (const FieldName* field : fields) {
    std::string text = field_text(form.at_path(field->path), *field, kit);
    if (!text.empty()) given.emplace_back(field->label, std::move(text));
  }
  if (given.empty()) return;
  rows.push_back(heading(group_title(group)));
  for (std::size_t i = 0; i < given.size(); i += 2) {
    if (i + 1 < given.size()) {
      rows.push_back(
          pair(given[i].first, given[i].second, given[i + 1].first, given[i + 1].second));
    } else {
      rows.push_back(single(given[i].first, given[i].second));
    }
    rows.back().min_height = mm(6.5);
  }
}

}  // namespace

void append_application(std::vector<Row>& rows, const Value& form, const Kit& kit,
                        const std::set<std::string, std::less<>>& above) {
  const auto& fields = kit.fields("title_application");
  for (std::size_t i = 0; i < fields.size();) {
    const std::string_view path = fields[i].path;
    const std::string_view group = path.substr(0, path.find_first_of(".["));
    const bool list = path.find("[]") != path.npos;
    std::vector<const FieldName*> members;
    for (; i < fields.size(); i++) {
      const std::string_view other = fields[i].path;
      if (other.substr(0, other.find_first_of(".[")) != group) break;
      if (std::find(kElsewhere.begin(), kElsewhere.end(), other) == kElsewhere.end() &&
          !is_shown_above(fields[i].path, above))
        members.push_back(&fields[i]);
    }
    if (list) {
      append_list(rows, group, form[group], members, kit);
    } else {
      append_scalars(rows, group, form, members, kit);
    }
  }
  if (const std::string summary = form["summary"].text(); !summary.empty()) {
    rows.push_back(heading("业务工作总结"));
    Cell text{1, summary, kText};
    text.style.align = Align::Justify;
    text.style.indent = 2;
    text.vertical = Vertical::Top;
    rows.push_back({{std::move(text)}});
  }
}

}  // namespace produce
