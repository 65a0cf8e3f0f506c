#include <string>
#include <utility>
#include <vector>

#include "stages/produce/workbook_sheets.hpp"
#include "stages/produce/workbook_table.hpp"

namespace produce {

namespace {

std::vector<std::string> labels_of(const std::vector<Category>& categories) {
  std::vector<std::string> labels;
  for (const Category& each : categories) labels.push_back(each.label);
  return labels;
}

}  // namespace

void write_registrations(Worksheet& sheet, const Statistics& statistics, const Details& details) {
  const std::vector<std::string> states = labels_of(statistics.registration_states);
  const int last_column = static_cast<int>(states.size()) + 2;
  std::vector<double> widths = {32};
  widths.resize(static_cast<std::size_t>(last_column) + 1, 13);
  sheet.widths(widths);
  int row = write_heading(sheet, statistics, "单位注册", last_column);
  sheet.print_rows_on_each_page(0, 1);
  sheet.freeze(row, 1);

  using Table = std::pair<const char*, const std::vector<StateRow>*>;
  for (const auto& [title, rows] : {Table{"一、按单位性质", &statistics.registrations_by_nature},
                                    Table{"二、按隶属级别", &statistics.registrations_by_level}}) {
    row = write_section(sheet, row, last_column, title);
    Grid grid;
    grid.labels = {"类别"};
    grid.numbers = states;
    grid.header_height = 32;
    const std::string column =
        rows == &statistics.registrations_by_nature ? "单位性质＝" : "隶属级别＝";
    std::vector<std::string> filters;
    for (const std::string& state : states) filters.push_back("状态＝" + state);
    for (const StateRow& each : *rows)
      grid.rows.push_back({{each.label},
                           each.by_state,
                           {},
                           filtered(details, &Details::registrations, column + each.label, filters),
                           {},
                           details.registrations(column + each.label)});
    row = write_grid(sheet, row, grid).next + 1;
  }

  row = write_section(sheet, row, last_column, "三、所选与实际的审核单位");
  Grid choices;
  choices.labels = {"所选＼实际"};
  choices.numbers = labels_of(statistics.targets);
  std::vector<std::string> effective;
  for (const Category& target : statistics.targets) effective.push_back("实际＝" + target.label);
  for (const ChoiceRow& each : statistics.choices)
    choices.rows.push_back(
        {{each.label},
         each.by_effective,
         {},
         filtered(details, &Details::registrations, "所选＝" + each.label, effective),
         {},
         details.registrations("所选＝" + each.label)});
  row = write_grid(sheet, row, choices).next + 1;

  const auto list = [&](const char* title, Grid grid, const char* note) {
    row = write_section(sheet, row, last_column, title);
    grid.sum = "";
    grid.share = grid.total = false;
    row = write_grid(sheet, row, grid).next;
    row = write_note(sheet, row, last_column, note) + 1;
  };
  Grid special;
  special.labels = {"情况"};
  special.numbers = {"件数"};
  const auto one = [&](const char* label, std::int64_t count, const char* filter) {
    special.rows.push_back({{label}, {count}, {}, {details.registrations(filter)}});
  };
  one("因勾选人力资源市场改由主管机构审核", statistics.hr_overrides, "人社改派＝是");
  one("再次注册（已有账号）", statistics.reregistrations, "再次注册＝是");
  one("单位信息修正", statistics.corrections, "种类＝单位信息修正");
  list("四、特殊情况", std::move(special), "不计合计：一件注册可有几种情况。");
  Grid wrong;
  wrong.labels = {"情况", "依据"};
  wrong.numbers = {"投递件数"};
  for (const WrongChoice& each : statistics.wrong_choices)
    wrong.rows.push_back({{each.label, each.rule},
                          {each.bundles},
                          {},
                          {details.deliveries("问题代码包含" + each.code + "，结果＝未受理")}});
  list("五、选错审核单位（未受理的投递）", std::move(wrong), "不计合计：一件投递可有几种错误。");
}

}  // namespace produce
