#include "stages/produce/application_form.hpp"

#include "pipeline/text.hpp"
#include "stages/produce/form_rows.hpp"

namespace produce {

using pipeline::Value;

namespace {

/// The item, and the scans that belong to it.
Cell item_cell(const Value& item, const Value& attachments, double width) {
  const std::string code = item["item"].text();
  std::string text = code + " " + item["name"].text();
  std::vector<std::string> files;
  for (const Value& file : item["attachments"].items())  // of an earlier release's effect
    files.push_back(file.text());
  for (const Value& a : attachments.items())
    if (a["item"].text() == code) files.push_back(a["slot"].text() + " " + a["file"].text());
  if (!files.empty()) text += "\n附件：" + pipeline::join(files, "、");
  return small(width, std::move(text));
}

void append_items(std::vector<Row>& rows, const Value& payload, const std::string& title) {
  const Value& items = payload["items"];
  rows.push_back(heading(title));
  const int header = static_cast<int>(rows.size());
  rows.push_back(list_header({{12, "序号"}, {66, "审核项目"}, {28, "是否通过"}, {56, "修改意见"}}));
  for (std::size_t i = 0; i < items.size(); i++) {
    const Value& item = items[i];
    const std::string code = item["item"].text(), name = code + " " + item["name"].text();
    Cell number = small(12, std::to_string(i + 1), Align::Centre),
         what = item_cell(item, payload["attachments"], 66);
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

/// What the reviewers before this one wrote.
void append_opinions(std::vector<Row>& rows, const Value& opinions, const std::string& title) {
  const std::size_t before = rows.size();
  for (const Value& opinion : opinions.items()) {
    if (opinion["at"].is_null()) continue;
    rows.push_back(opinion_box(opinion["title"].text(), or_none(opinion["text"].text()),
                               opinion["by"].text() + "　　" + time_text(opinion["at"]), mm(16)));
  }
  if (rows.size() == before) return;
  rows.insert(rows.begin() + static_cast<std::ptrdiff_t>(before), heading(title));
}

/// What the applicant changed since the last round, item by item.
void append_changes(std::vector<Row>& rows, const Value& payload, const Kit& kit,
                    const std::string& title) {
  const Value& changes = payload["changes"];
  if (changes.size() == 0) return;
  rows.push_back(heading(title + "：共 " + std::to_string(changes.size()) + " 处"));
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
  keep_ends_together(rows, header);
}

/// The fields that the first page shows.
std::set<std::string, std::less<>> shown_above(const FormLayout& layout, const Subject& subject) {
  std::set<std::string, std::less<>> out;
  for (const FormPart part : {FormPart::Facts, FormPart::Review})
    for (const LayoutLine* line : layout.lines(part, subject.situation()))
      for (const LayoutPair& pair : line->pairs) out.insert(pair.shows);
  return out;
}

/// The fields that the facts of an archive copy show.
std::set<std::string, std::less<>> shown_in_archive(const FormLayout& layout,
                                                    const Subject& subject) {
  std::set<std::string, std::less<>> out;
  for (const LayoutLine* line : fact_lines(subject, layout))
    for (const LayoutPair& pair : line->pairs) out.insert(pair.shows);
  return out;
}

}  // namespace

std::string application_form(const Value& payload, const Value& form, const Kit& kit) {
  const Subject subject{payload, form, kit, FormKind::Application};
  const std::string name = form["applicant"]["name"].text();
  return approval_form(
      subject, kit.layouts.application,
      name + "　" + payload["case"].text() + "　" + round_text(payload),
      name + "　" + payload["unit"].text(),
      [&](std::vector<Row>& rows, std::string_view block, const std::string& title) {
        if (block == "block.items") append_items(rows, payload, title);
        if (block == "block.changes") append_changes(rows, payload, kit, title);
        if (block == "block.opinions") append_opinions(rows, payload["opinions"], title);
        if (block == "block.findings")
          append_findings(rows, payload["findings"], subject.form_kind(), kit, title);
        if (block == "block.attachments") append_attachments(rows, payload["attachments"], title);
        if (block == "block.history") append_history(rows, payload["history"], title);
        if (block == "block.application")
          append_application(rows, form, kit, shown_above(kit.layouts.application, subject));
      });
}

std::vector<Row> application_facts(const Value& payload, const Value& form, const Kit& kit) {
  return fact_rows({payload, form, kit, FormKind::Application}, kit.layouts.application,
                   [](std::vector<Row>&, std::string_view, const std::string&) {});
}

std::vector<Row> application_rest(const Value& payload, const Value& form, const Kit& kit) {
  std::vector<Row> rows;
  append_application(
      rows, form, kit,
      shown_in_archive(kit.layouts.application, {payload, form, kit, FormKind::Application}));
  return rows;
}

}  // namespace produce
