#include "stages/produce/roster.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <set>
#include <utility>
#include <vector>

#include "pipeline/identifiers.hpp"
#include "pipeline/text.hpp"
#include "pipeline/time.hpp"
#include "stages/produce/roster_sheets.hpp"
#include "stages/produce/spreadsheet.hpp"

namespace produce {

using pipeline::Time;
using pipeline::Value;

namespace {

constexpr int kHeaders = kRosterHeaders;

/// "1988.01" of "1988-01-20" and "1988-01" (domain §5.4); anything else as it is.
std::string month(const Value& day) {
  const std::string& text = day.string();
  constexpr std::size_t kMonth = 7;
  if (text.size() < kMonth || text[4] != '-') return text;
  return text.substr(0, 4) + "." + text.substr(5, 2);
}

std::string both(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? a + b : a + "\n" + b;
}

/// What is listed, some items a line: programs would break the line within an item.
std::string in_lines(const std::string& list, std::size_t a_line) {
  constexpr std::string_view kComma = "、";
  std::string out;
  std::size_t items = 0;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(kComma, at), list.size());
    const std::size_t next = std::min(end + kComma.size(), list.size());
    out += list.substr(at, next - at);
    at = next;
    if (++items % a_line == 0 && at < list.size()) out += '\n';
  }
  return out;
}

struct Column {
  const char* group;  ///< above several columns; "" for one that stands alone
  const char* header;
  double width;
  CellStyle style;
  std::function<std::string(const Value& person)> text;
};

std::function<std::string(const Value&)> field(const char* path) {
  return [path](const Value& person) { return person.at_path(path).text(); };
}
std::function<std::string(const Value&)> month_of(const char* path) {
  return [path](const Value& person) { return month(person.at_path(path)); };
}
std::function<std::string(const Value&)> school_of(const char* education) {
  return [education](const Value& person) {
    return both(person[education]["school"].text(), person[education]["major"].text());
  };
}

std::vector<Column> full_columns() {
  using enum CellStyle;
  return {
      {"", "姓名", 9, CentredWrapped, field("name")},
      {"", "性别", 4.5, Centred, field("sex")},
      {"", "民族", 7.5, CentredWrapped, field("ethnicity")},
      {"", "出生年月", 8, Centred, month_of("birth_date")},
      {"", "身份证号", 19.5, Centred, field("id_number")},
      {"", "工作单位", 17, Wrapped, field("unit")},
      {"", "单位性质", 8, CentredWrapped, field("unit_nature")},
      {"", "参加工作时间", 8, Centred, month_of("work_start")},
      {"第一学历", "学历", 7, CentredWrapped, field("first_education.level")},
      {"第一学历", "毕业院校及专业", 15, Wrapped, school_of("first_education")},
      {"第一学历", "毕业时间", 8, Centred, month_of("first_education.end")},
      {"最高学历（学位）", "学历（学位）", 9, CentredWrapped,
       [](const Value& person) {
         const Value& highest = person["highest_education"];
         const std::string degree = highest["degree"].text();
         return highest["level"].text() + (degree.empty() ? "" : "\n（" + degree + "）");
       }},
      {"最高学历（学位）", "毕业院校及专业", 15, Wrapped, school_of("highest_education")},
      {"最高学历（学位）", "毕业时间", 8, Centred, month_of("highest_education.end")},
      {"现任专业技术职务（职称）", "名称", 10, CentredWrapped, field("current_title")},
      {"现任专业技术职务（职称）", "取得时间", 8, Centred, month_of("current_date")},
      {"现任专业技术职务（职称）", "聘任时间", 8, Centred, month_of("appointed_date")},
      {"申报情况", "系列", 9, CentredWrapped, field("series")},
      {"申报情况", "专业", 9, CentredWrapped, field("specialty")},
      {"申报情况", "级别", 7, CentredWrapped, field("level")},
      {"申报情况", "资格名称", 10, CentredWrapped, field("title")},
      {"申报情况", "类型", 7, CentredWrapped, field("application_type")},
      {"", "年度考核", 21.5, Wrapped,
       [](const Value& person) { return in_lines(person["appraisals"].text(), 2); }},
      {"", "继续教育学时", 23.5, Wrapped,
       [](const Value& person) {
         // The header names the unit.
         return in_lines(pipeline::replace_all(person["ce_hours"].text(), "学时", ""), 2);
       }},
      {"", "公示情况", 14, Wrapped,
       [](const Value& person) {
         return pipeline::replace_all(person["publicity"].text(), "至", "至\n");
       }},
      {"", "审核状态", 9, CentredWrapped, field("state_label")},
      {"", "备注", 10, Wrapped, field("remark")},
  };
}

/// What may hang on a notice board: who applies for what, on which grounds. With the month of birth beside it, a masked ID number
/// leaves only the day open, and its check digit most of the days out: who has both has the number.
std::vector<Column> public_columns() {
  const std::set<std::string> kLeftOut = {"民族",     "出生年月", "单位性质",
                                          "公示情况", "审核状态", "备注"};
  std::vector<Column> columns;
  for (Column& column : full_columns()) {
    if (kLeftOut.contains(column.header) || column.group == std::string("第一学历")) continue;
    if (column.header == std::string("身份证号"))
      column.text = [](const Value& person) {
        return pipeline::mask_id(person["id_number"].string());
      };
    columns.push_back(std::move(column));
  }
  return columns;
}

/// Two rows of headers: what has no group stands in both.
void write_headers(Worksheet& sheet, const std::vector<Column>& columns) {
  const int low = kHeaders + 1;
  sheet.row_height(kHeaders, 20);
  sheet.merge({kHeaders, 0, low, 0}, "序号", CellStyle::Header);
  for (std::size_t i = 0; i < columns.size();) {
    const std::string group = columns[i].group;
    std::size_t end = i + 1;
    while (!group.empty() && end < columns.size() && group == columns[end].group) ++end;
    const int first = static_cast<int>(i) + 1, last = static_cast<int>(end);
    if (group.empty())
      sheet.merge({kHeaders, first, low, first}, columns[i].header, CellStyle::Header);
    else
      sheet.merge({kHeaders, first, kHeaders, last}, group, CellStyle::Header);
    i = end;
  }
  sheet.row_height(low, 30);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (*columns[i].group != '\0')
      sheet.text(low, static_cast<int>(i) + 1, columns[i].header, CellStyle::Header);
}

/// "共 12 人：正高级 1 人，副高级 11 人"
std::string total_of(const Value::Array& people) {
  std::map<std::string, int> levels;
  std::vector<std::string> order;
  for (const Value& person : people) {
    const std::string level = person["level"].text();
    if (++levels[level] == 1) order.push_back(level);
  }
  std::string text = "共 " + std::to_string(people.size()) + " 人";
  for (std::size_t i = 0; i < order.size(); ++i)
    text += (i == 0 ? "：" : "，") + (order[i].empty() ? "未注明级别" : order[i]) + " " +
            std::to_string(levels[order[i]]) + " 人";
  return text;
}

/// What the lists of people differ in.
struct List {
  std::vector<Column> columns;
  std::string title, line, note;
};

void write_people(Worksheet& sheet, const Value& payload, const List& list) {
  const std::vector<Column>& columns = list.columns;
  constexpr double kLowest = 30, kAir = 5;  // Noto's lines are higher than those of 宋体
  const int last = static_cast<int>(columns.size());
  std::vector<double> widths = {4.5};
  for (const Column& column : columns) widths.push_back(column.width);
  sheet.widths(widths);
  write_roster_head(sheet, payload, list.title, list.line, last);
  write_headers(sheet, columns);
  int row = kHeaders + 2;
  sheet.freeze(row, 2);
  sheet.print_rows_on_each_page(kHeaders, kHeaders + 1);
  const Value::Array& people = payload["people"].items();
  if (people.empty()) return;
  sheet.filter(kHeaders + 1, row + static_cast<int>(people.size()) - 1, last);
  std::int64_t number = 0;
  for (const Value& person : people) {
    std::vector<std::string> texts;
    double height = kLowest;
    for (const Column& column : columns) {
      texts.push_back(column.text(person));
      if (column.style == CellStyle::Wrapped || column.style == CellStyle::CentredWrapped)
        height = std::max(height, wrapped_height(texts.back(), column.width) + kAir);
    }
    sheet.row_height(row, height);
    sheet.number(row, 0, ++number, CellStyle::Count);
    for (std::size_t i = 0; i < columns.size(); ++i)
      sheet.text(row, static_cast<int>(i) + 1, texts[i], columns[i].style);
    ++row;
  }
  sheet.row_height(row, 24);
  sheet.merge(row, 0, 1, "合计", CellStyle::TotalText);
  sheet.merge(row, 2, last, total_of(people), CellStyle::TotalText);
  write_roster_foot(sheet, row + 1, last, std::accumulate(widths.begin(), widths.end(), 0.0),
                    list.note);
}

/// Who still applies: nobody is posted who gave it up, or was turned down.
Value candidates(const Value& payload) {
  Value out = payload;
  std::erase_if(out.member("people").items_mutable(), [](const Value& person) {
    const std::string& state = person["state"].string();
    return state == "recalled" || state == "not_accepted";
  });
  return out;
}

}  // namespace

std::string roster(const Value& payload, const Kit& kit) {
  Spreadsheet book("申报人员花名册 " + payload["label"].text(), Time{payload["at"].integer()});
  write_people(
      book.add("花名册", PaperSize::A3), payload,
      {full_columns(), "花名册", roster_line(payload),
       "注：本表含居民身份证号码，只供本单位办理使用，不得张贴或外传；张贴公示请用另一个文件“"
       "公示名单.xlsx”。审核状态为填报日期当日的情况。"});
  write_roster_summary(book.add("汇总表"), payload, kit);
  write_roster_circulation(book.add("流转情况"), payload);
  return book.bytes();
}

std::string public_roster(const Value& payload) {
  Spreadsheet book("公示名单 " + payload["label"].text(), Time{payload["at"].integer()});
  write_people(
      book.add("公示名单"), candidates(payload),
      {public_columns(), "公示名单",
       "公示单位（盖章）：" + payload["label"].text() +
           "　　　　公示时间：　　　　年　　月　　日至　　　　年　　月　　日　　　　异议受理"
           "电话：",
       "注：身份证号码已作脱敏处理；已收回和不予受理的申请不列入。对名单所列人员有异议的，请在公"
       "示期内如实反映。"});
  return book.bytes();
}

}  // namespace produce
