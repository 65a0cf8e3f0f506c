#include "stages/produce/blank_forms.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/text.hpp"
#include "pipeline/time.hpp"
#include "stages/produce/spreadsheet.hpp"

namespace produce {

namespace {

constexpr const char* kOptions = "选项";
constexpr int kPaths = 0, kTitle = 1, kNote = 2, kHeaders = 3, kFirst = 4;
constexpr double kLabelWidth = 27, kValueWidth = 42, kHintWidth = 36;
constexpr double kLowestRow = 21, kTallRow = 76, kHeaderRow = 30;
/// Excel takes 255 characters; libxlsxwriter 1.1 counts characters, but has room for so many bytes only.
constexpr std::size_t kInlineChoices = 255;

using List = std::vector<std::string>;

/// The lists that are too long to stand in a cell's own rule; columns of a hidden sheet.
class Options {
 public:
  void offer(Worksheet& sheet, const Area& area, const BlankField& field) {
    if (field.choices.empty()) return;
    Choices choices;
    choices.title = field.label;
    choices.message = "请从下拉列表中选择。";
    const std::string joined = pipeline::join(field.choices, ",");
    const bool commas = std::any_of(field.choices.begin(), field.choices.end(),
                                    [](const auto& c) { return c.find(',') != c.npos; });
    if (!commas && joined.size() <= kInlineChoices)
      choices.values = field.choices;
    else
      choices.source = source_of(field.choices);
    sheet.choices(area, choices);
  }

  void write(Spreadsheet& book) const {
    Worksheet& sheet = book.add(kOptions);
    sheet.text(0, 0, "#options");
    std::size_t longest = 0;
    for (const List& list : lists_) longest = std::max(longest, list.size());
    for (std::size_t row = 0; row < longest; ++row)
      for (std::size_t column = 0; column < lists_.size(); ++column)
        if (row < lists_[column].size())
          sheet.text(static_cast<int>(row) + 1, static_cast<int>(column), lists_[column][row]);
    sheet.hide();
  }

  bool empty() const { return lists_.empty(); }

 private:
  std::string source_of(const List& list) {
    auto at = std::find(lists_.begin(), lists_.end(), list);
    if (at == lists_.end()) at = lists_.insert(at, list);
    const int column = static_cast<int>(at - lists_.begin());
    return std::string("='") + kOptions + "'!" + cell_name(1, column, true) + ":" +
           cell_name(static_cast<int>(list.size()), column, true);
  }

  std::vector<List> lists_;
};

std::string shown_label(const BlankField& field) {
  return field.required ? field.label + " *" : field.label;
}

double height_of(const BlankField& field) {
  const double needed = std::max({field.tall ? kTallRow : kLowestRow,
                                  wrapped_height(shown_label(field), kLabelWidth) + 6,
                                  wrapped_height(field.hint, kHintWidth) + 6});
  return needed;
}

void write_questions(Worksheet& sheet, const BlankForm& form, Options& options) {
  sheet.portrait();
  sheet.widths({8, kLabelWidth, kValueWidth, kHintWidth});
  sheet.hide_column(0);
  sheet.hide_row(kPaths);
  int column = 0;
  for (const char* mark : {"#path", "#label", "#value", "#hint"})
    sheet.text(kPaths, column++, mark);
  sheet.row_height(kTitle, 38);
  sheet.merge(kTitle, 1, 3, form.title, CellStyle::FormTitle);
  std::string note = "在浅黄色单元格内填写，带 * 的必须填写。";
  if (!form.tables.empty()) {
    List names;
    for (const BlankTable& table : form.tables) names.push_back(table.sheet);
    note += "本表还有：" + pipeline::join(names, "、") + "（见下方各工作表）。";
  }
  note += "填写和投递办法见“填写说明”。";
  sheet.row_height(kNote, wrapped_height(note, kLabelWidth + kValueWidth + kHintWidth) + 6);
  sheet.merge(kNote, 1, 3, note, CellStyle::Paragraph);
  sheet.row_height(kHeaders, 22);
  column = 1;
  for (const char* header : {"项目", "填写内容", "说明"})
    sheet.text(kHeaders, column++, header, CellStyle::Header);
  int row = kFirst;
  for (const BlankSection& section : form.sections) {
    if (!section.title.empty()) {
      sheet.row_height(row, 26);
      sheet.merge(row, 1, 3,
                  section.note.empty() ? section.title : section.title + "　" + section.note,
                  CellStyle::Section);
      ++row;
    }
    for (const BlankField& field : section.fields) {
      sheet.row_height(row, height_of(field));
      sheet.text(row, 0, field.path);
      sheet.text(row, 1, shown_label(field), CellStyle::Question);
      sheet.text(row, 2, field.filled, field.filled.empty() ? CellStyle::Input : CellStyle::Closed);
      sheet.text(row, 3, field.hint, CellStyle::Wrapped);
      options.offer(sheet, {row, 2, row, 2}, field);
      ++row;
    }
  }
  sheet.freeze(kFirst, 0);
  sheet.print_rows_on_each_page(kHeaders, kHeaders);
}

std::string note_of(const BlankTable& table) {
  List notes;
  if (!table.note.empty()) notes.push_back(table.note);
  for (const BlankField& column : table.columns)
    if (!column.hint.empty() && column.choices.empty())
      notes.push_back(column.label + "：" + column.hint);
  return "一行一项，不够可以插入行。" + pipeline::join(notes, "；") + (notes.empty() ? "" : "。");
}

void write_table(Worksheet& sheet, const BlankTable& table, Options& options) {
  std::vector<double> widths{5};
  double all = 0;
  for (const BlankField& column : table.columns) {
    widths.push_back(column.width);
    all += column.width;
  }
  constexpr double kPortrait = 95;
  if (all <= kPortrait) sheet.portrait();
  const int last = static_cast<int>(table.columns.size());
  sheet.widths(widths);
  sheet.hide_row(kPaths);
  for (int i = 0; i < last; ++i)
    sheet.text(kPaths, i + 1, table.columns[static_cast<std::size_t>(i)].path);
  sheet.row_height(kTitle, 32);
  sheet.merge(kTitle, 0, last, table.sheet, CellStyle::FormTitle);
  const std::string note = note_of(table);
  sheet.row_height(kNote, wrapped_height(note, all + 5) + 6);
  sheet.merge(kNote, 0, last, note, CellStyle::Paragraph);
  sheet.row_height(kHeaders, kHeaderRow);
  sheet.text(kHeaders, 0, "序号", CellStyle::Header);
  const int last_row = kFirst + table.rows - 1;
  for (int i = 0; i < last; ++i) {
    const BlankField& column = table.columns[static_cast<std::size_t>(i)];
    sheet.text(kHeaders, i + 1, shown_label(column), CellStyle::InputHeader);
    options.offer(sheet, {kFirst, i + 1, last_row, i + 1}, column);
  }
  const bool tall = std::any_of(table.columns.begin(), table.columns.end(),
                                [](const BlankField& column) { return column.tall; });
  for (int row = kFirst; row <= last_row; ++row) {
    sheet.row_height(row, tall ? kLowestRow * 2 : kLowestRow);
    sheet.number(row, 0, std::int64_t{row - kFirst + 1}, CellStyle::Count);
    for (int i = 0; i < last; ++i) sheet.text(row, i + 1, "", CellStyle::Input);
  }
  sheet.freeze(kFirst, 0);
  sheet.print_rows_on_each_page(kHeaders, kHeaders);
}

struct Part {
  std::string title;
  List paragraphs;
};

std::vector<Part> guide_of(const BlankForm& form) {
  List lists;
  for (const BlankTable& table : form.tables) lists.push_back("“" + table.sheet + "”");
  List how{"在浅黄色单元格内填写；带 * 的必须填写。灰色的“业务类别”不要改动。",
           "有下拉列表的，从列表中选择；也可以直接键入列表中的文字。",
           "日期写成 2026-09-07，只到年月的写成 2010-07。",
           "身份证号、统一社会信用代码、电话、证书编号的单元格已经设为“文本”，请直接键入；从别处复"
           "制的，用“选择性粘"
           "贴”里的“文本”或“数值”，否则长号码的末几位会变成 0。"};
  if (!lists.empty())
    how.push_back(pipeline::join(lists, "、") +
                  "是列表，各在一张工作表里：一行一项，没有的留空；可以插入行、排序，空行不影响。");
  how.push_back("请不要改动项目名称和隐藏的行、列；列宽、字号可以调整。");
  if (!form.note.empty()) how.push_back(form.note);
  List hand_in{"填好后保存，格式仍为 .xlsx（不要存成 .xls、.et 或 .csv），文件名可以更改。"};
  if (form.attachments)
    hand_in.push_back(
        "把本表和全部扫描件选中，压缩成一个 "
        "ZIP（Windows：右键，发送到，压缩文件夹）；不要加密，不要用 RAR 或 "
        "7z，不要压缩包套压缩包。一个 ZIP 里只放一份表。");
  else
    hand_in.push_back("这项业务不需要附件，直接投递本表即可，不必压缩。");
  hand_in.push_back("放入" + form.drop + "。");
  hand_in.push_back(
      "几分钟后在 outbox/receipts/ "
      "的同名文件夹里查看回执：办理结果、由谁审核；有问题的，一次说完，并写明在哪个"
      "单元格（如 C7）。改正后重新投递即可。");
  std::vector<Part> parts{{"一、怎样填写", std::move(how)}};
  if (form.attachments)
    parts.push_back(
        {"二、附件",
         {"扫描成 JPG、PNG 或 PDF，文字清楚可辨；同一项材料有多页的，合成一个 PDF。",
          "在“附件清单”里一个文件写一行：选择附件名称，写上文件名（含扩展名，如 "
          "身份证.jpg）。",
          "也可以不填清单：文件名里写明是什么的，会自动识别。认不出或者说不清的，回执里会问。"}});
  parts.push_back({form.attachments ? "三、怎样投递" : "二、怎样投递", std::move(hand_in)});
  return parts;
}

void write_guide(Worksheet& sheet, const BlankForm& form) {
  constexpr double kWidth = 100;
  sheet.portrait();
  sheet.widths({4, kWidth});
  sheet.hide_row(0);
  sheet.text(0, 0, "#guide");
  sheet.row_height(1, 34);
  sheet.merge(1, 0, 1, form.title + "填写说明", CellStyle::Title);
  int row = 2;
  for (const auto& [title, paragraphs] : guide_of(form)) {
    sheet.row_height(row, 28);
    sheet.merge(row++, 0, 1, title, CellStyle::Section);
    int number = 0;
    for (const std::string& paragraph : paragraphs) {
      sheet.row_height(row, wrapped_height(paragraph, kWidth) + 6);
      sheet.text(row, 0, std::to_string(++number) + ".", CellStyle::Paragraph);
      sheet.text(row++, 1, paragraph, CellStyle::Paragraph);
    }
  }
}

}  // namespace

std::string blank_form(const BlankForm& form) {
  // A form is no document of a day: its bytes say whether it changed.
  const auto made = pipeline::parse_time("2026-01-01T00:00:00+08:00");
  Spreadsheet book(form.title, *made);
  Options options;
  write_questions(book.add(form.title), form, options);
  for (const BlankTable& table : form.tables) write_table(book.add(table.sheet), table, options);
  write_guide(book.add("填写说明"), form);
  if (!options.empty()) options.write(book);
  return book.bytes();
}

}  // namespace produce
