#include "stages/produce/parts.hpp"

#include <algorithm>
#include <cstdio>

#include "pipeline/text.hpp"

namespace produce {

using pipeline::Value;

namespace {

constexpr double kGround = 0.95;
/// Bytes of what fits into a label of 30 mm in one line: seven characters.
constexpr std::size_t kLabelLine = 7 * 3;
constexpr Style kLabel{Role::Song, 10.5, Align::Centre, 1.35, 0};
constexpr Style kListLabel{Role::Hei, 9, Align::Centre, 1.35, 0};
constexpr Style kHeading{Role::Hei, 10.5, Align::Left, 1.35, 0};

std::string number(std::size_t i) {
  return std::to_string(i + 1);
}

int rank(const Value& finding) {
  const std::string& severity = finding["severity"].string();
  return severity == "error" ? 0 : severity == "warning" ? 1 : 2;
}

std::string extent(const Value& attachment) {
  if (const auto pages = attachment["pages"].integer(); pages > 0)
    return std::to_string(pages) + " 页";
  std::string out = pipeline::ascii_upper(attachment["type"].text());
  if (const auto size = attachment["size"].integer(); size > 0)
    out += (out.empty() ? "" : " ") + size_text(size);
  return or_none(out);
}

/// 基层单位/推荐意见: a label that needs two lines is broken where a reader would pause.
std::string broken(const std::string& title) {
  if (title.find('\n') != title.npos) return title;
  for (const std::string_view tail : {"推荐意见", "意见"}) {
    if (title.size() > kLabelLine && title.ends_with(tail)) {
      return title.substr(0, title.size() - tail.size()) + "\n" + std::string(tail);
    }
  }
  return title;
}

}  // namespace

Cell label(double width, std::string text) {
  Cell cell{width, std::move(text), kLabel};
  cell.grey = kGround;
  cell.label = true;
  return cell;
}

Cell value(double width, std::string text) {
  return {width, or_none(std::move(text)), kFilled};
}

Cell small(double width, std::string text, Align align) {
  Style style = kSmall;
  style.align = align;
  return {width, std::move(text), style};
}

Row heading(std::string text) {
  Cell cell{1, std::move(text), kHeading};
  cell.grey = kGround;
  Row row{{std::move(cell)}, mm(7)};
  row.keep_with_next = true;
  return row;
}

Row list_header(std::vector<Cell> cells) {
  for (Cell& cell : cells) cell.style = kListLabel;
  Row row{std::move(cells), mm(6.5)};
  row.keep_with_next = true;
  return row;
}

Row list_row(std::vector<Cell> cells, int header) {
  return {std::move(cells), mm(6.5), header};
}

Row pair(std::string label1, std::string value1, std::string label2, std::string value2) {
  Row row;
  row.cells.reserve(4);
  row.cells.push_back(label(30, std::move(label1)));
  row.cells.push_back(value(50, std::move(value1)));
  row.cells.push_back(label(30, std::move(label2)));
  row.cells.push_back(value(50, std::move(value2)));
  return row;
}

Row single(std::string label1, std::string value1) {
  Row row;
  row.cells.reserve(2);
  row.cells.push_back(label(30, std::move(label1)));
  row.cells.push_back(value(130, std::move(value1)));
  return row;
}

Row opinion_box(const std::string& label1, std::string text, std::string foot, double height) {
  Cell box{130, std::move(text), kText};
  box.style.align = Align::Justify;
  box.vertical = Vertical::Top;
  box.foot = std::move(foot);
  return {{label(30, broken(label1)), std::move(box)}, height};
}

void append_attachments(std::vector<Row>& rows, const Value& attachments,
                        const std::string& title) {
  rows.push_back(heading(title));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{10, "序号"},
                              {12, "编号"},
                              {50, "材料"},
                              {17, "是否提供"},
                              {51, "文件"},
                              {25, "页数/大小"}}));
  for (std::size_t i = 0; i < attachments.size(); i++) {
    const Value& a = attachments[i];
    const bool given = !a["file"].string().empty();
    rows.push_back(list_row(
        {small(10, number(i), Align::Centre), small(12, a["slot"].text(), Align::Centre),
         small(50, or_none(a["name"].text())), small(17, given ? "是" : "否", Align::Centre),
         small(51, or_none(a["file"].text())),
         small(25, given ? extent(a) : std::string(kNone), Align::Centre)},
        header));
  }
  if (attachments.size() == 0)
    rows.push_back(list_row({small(1, "未提供任何附件", Align::Centre)}, header));
  keep_ends_together(rows, header);
}

void append_findings(std::vector<Row>& rows, const Value& findings, std::string_view kind,
                     const Kit& kit, const std::string& title) {
  std::vector<const Value*> ordered;
  for (const Value& finding : findings.items()) ordered.push_back(&finding);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const Value* a, const Value* b) { return rank(*a) < rank(*b); });
  int count[3] = {0, 0, 0};
  for (const Value* finding : ordered) count[rank(*finding)]++;
  std::string summary = title + "：";
  if (ordered.empty()) {
    summary += "未发现问题";
  } else {
    summary += "错误 " + std::to_string(count[0]) + " 项，警告 " + std::to_string(count[1]) +
               " 项，提示 " + std::to_string(count[2]) + " 项";
  }
  rows.push_back(heading(summary));
  if (ordered.empty()) {
    rows.back().keep_with_next = false;
    return;
  }
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header(
      {{10, "序号"}, {11, "级别"}, {31, "位置"}, {48, "问题"}, {49, "怎么办"}, {15, "依据"}}));
  for (std::size_t i = 0; i < ordered.size(); i++) {
    const Value& f = *ordered[i];
    static constexpr const char* kSeverity[] = {"错误", "警告", "提示"};
    Cell severity = small(11, kSeverity[rank(f)], Align::Centre);
    if (rank(f) == 0) severity.style.role = Role::Hei;
    rows.push_back(list_row(
        {small(10, number(i), Align::Centre), std::move(severity),
         small(31, f["where"].string().empty() ? "整体" : kit.place(kind, f["where"].string())),
         small(48, f["message"].text()), small(49, or_none(f["hint"].text())),
         small(15, pipeline::replace_all(or_none(f["rule"].text()), "|", " "), Align::Centre)},
        header));
  }
  keep_ends_together(rows, header);
}

void keep_ends_together(std::vector<Row>& rows, int header) {
  constexpr std::ptrdiff_t kTogether = 3;
  const std::ptrdiff_t first = header + 1, last = std::ssize(rows) - 1;
  for (std::ptrdiff_t i = first; i < last; i++) {
    if (i < first + kTogether - 1 || i > last - kTogether)
      rows[static_cast<std::size_t>(i)].keep_with_next = true;
  }
}

void append_attention(std::vector<Row>& rows, const Value& lines) {
  std::vector<std::string> all;
  for (const Value& line : lines.items()) all.push_back("· " + line.text());
  if (!all.empty()) rows.push_back(single("请注意", pipeline::join(all, "\n")));
}

void append_history(std::vector<Row>& rows, const Value& history, const std::string& title) {
  if (history.size() == 0) return;
  rows.push_back(heading(title));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{36, "时间"}, {80, "事项"}, {44, "经办"}}));
  for (const Value& step : history.items()) {
    rows.push_back(list_row({small(36, time_text(step["at"]), Align::Centre),
                             small(80, step["what"].text()), small(44, or_none(step["by"].text()))},
                            header));
  }
  keep_ends_together(rows, header);
}

std::string or_none(std::string text) {
  return text.empty() ? std::string(kNone) : text;
}

pipeline::Time time_of(const Value& at) {
  if (at.is_integer()) return {at.integer()};
  return pipeline::parse_time(at.string()).value_or(pipeline::Time{});
}

std::string time_text(const Value& at) {
  return at.is_null() ? std::string(kNone) : pipeline::chinese_time(time_of(at));
}

std::string day_text(const Value& day) {
  const std::string& text = day.string();
  if (const auto parsed = pipeline::parse_iso_date(text)) return pipeline::chinese_date(*parsed);
  if (text.size() == 7) {
    if (const auto first = pipeline::parse_iso_date(text + "-01")) {
      const std::string date = pipeline::chinese_date(*first);
      return date.substr(0, date.size() - std::string_view("1日").size());
    }
  }
  return text;
}

std::string size_text(std::int64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  if (bytes < 1024 * 1024) return std::to_string((bytes + 1023) / 1024) + " KB";
  const std::int64_t tenths = (bytes * 10 + 1024 * 1024 - 1) / (1024 * 1024);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " MB";
}

std::string round_text(const Value& payload) {
  return "第 " + std::to_string(payload["round"].integer(1)) + " 轮";
}

std::string footer(std::string_view what, const Value& payload, const Value& at) {
  std::string out(what);
  if (const std::string& digest = payload["sha256"].string(); !digest.empty()) {
    out += "　SHA-256 " + digest.substr(0, 12);
  }
  return out + "　生成 " + pipeline::chinese_time(time_of(at));
}

std::string paper_code(const Value& payload) {
  const std::string number = payload["case"].text(), digest = payload["sha256"].text();
  if (number.empty()) return digest.empty() ? std::string() : "DOSSIER:" + digest.substr(0, 12);
  const auto round = payload["round"].integer();
  return "DOSSIER:" + number + ";" + (round > 0 ? "r" + std::to_string(round) : "") + ";" +
         payload["queue"].text();
}

Metadata metadata(std::string title, std::string subject, const Value& payload, const Value& at) {
  return {std::move(title), "Dossier 卷宗", std::move(subject), payload["sha256"].string(),
          time_of(at)};
}

}  // namespace produce
