#include "stages/produce/form_rows.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/text.hpp"

namespace produce {

using pipeline::Value;

namespace {

/// Between signature and frame.
constexpr const char* kFootInset = "　　";

/// What boxes may grow by to fill the page; beyond that the lists begin on it, or it stays white.
constexpr double kMostSpare = mm(60);

/// case, round, queue, token, form_version, hidden and read only. (`content` comes with the sheet.)
void hide_identity(Sheet& sheet, const Value& payload) {
  for (const char* name : {"case", "round", "queue", "token"})
    sheet.hide(name, payload[name].text());
  const std::string version = payload["form_version"].text();
  sheet.hide("form_version", version.empty() ? "1.1" : version);
}

std::string on_one_line(const std::string& label) {
  return pipeline::replace_all(label, "\n", "");
}

Field field_of(const Subject& s, std::string_view shows, const std::string& label) {
  const std::string name(shows.substr(std::string_view("input.").size()));
  const std::string told = on_one_line(label);
  if (name == "action") {
    Field out{FieldKind::Choice, name, told + "：请选择"};
    for (const Value& choice : s.payload["actions"].items())
      out.choices.emplace_back(choice["action"].text(), choice["label"].text());
    return out;
  }
  if (name == "target") {
    Field out{FieldKind::Choice, name, told + "：不选则报送默认的接收单位"};
    for (const Value& choice : s.payload["targets"].items())
      out.choices.emplace_back(
          choice["id"].text(),
          choice["name"].text() + (choice["default"].boolean() ? "（默认）" : ""));
    return out;
  }
  if (name == "modification_opinion")
    return {FieldKind::Lines, name, told + "：退回或不通过时请写明原因"};
  if (name == "recommendation_opinion") return {FieldKind::Lines, name, told};
  if (name == "reviewer.name") return {FieldKind::Text, name, told + "：姓名"};
  if (name == "confirmed") return {FieldKind::Check, name, "确认转交：勾选后办理结果才生效"};
  return {FieldKind::Check, name, pipeline::replace_all(told, "□", "") + "：已审核"};
}

class Rows {
 public:
  Rows(const Subject& subject, const AppendBlock& append_block)
      : subject_(subject), append_block_(append_block) {}

  std::vector<Row> of(const std::vector<const LayoutLine*>& lines) const {
    std::vector<Row> out;
    for (const LayoutLine* line : lines) {
      const LayoutPair& first = line->pairs[0];
      if (is_block(first.shows)) {
        append_block_(out, first.shows, on_one_line(filled(subject_, first.label)));
      } else if (first.shows == kTextLine) {
        if (std::string text = filled(subject_, first.label); !text.empty())
          out.push_back({{small(1, std::move(text))}, mm(std::max(line->height, 6.0))});
      } else if (is_opinion(first.shows) && line->pairs.size() == 1) {
        out.push_back(opinion(*line));
      } else if (is_wanted(*line)) {
        out.push_back(row(*line));
      }
    }
    // Choice, reviewer and confirmation belong together.
    for (std::size_t i = 0; i + 1 < out.size(); ++i)
      if (has_fields(out[i]) && has_fields(out[i + 1])) out[i].keep_with_next = true;
    return out;
  }

  /// A line of values, and one of them is there.
  bool says_something(const LayoutLine& line) const {
    return std::any_of(line.pairs.begin(), line.pairs.end(), [&](const LayoutPair& pair) {
      if (is_block(pair.shows) || pair.shows == kTextLine) return true;
      return !pair.shows.empty() && !shown(subject_, pair.shows).empty();
    });
  }

 private:
  static bool has_fields(const Row& row) {
    return std::any_of(row.cells.begin(), row.cells.end(),
                       [](const Cell& cell) { return !cell.fields.empty(); });
  }

  bool is_wanted(const LayoutLine& line) const {
    bool given = false, choosable = true;
    for (const LayoutPair& pair : line.pairs) {
      if (pair.shows == "input.action" || pair.shows == "input.target")
        choosable = choosable && !field_of(subject_, pair.shows, pair.label).choices.empty();
      else if (!pair.shows.empty() && !pair.shows.starts_with("input."))
        given = given || !shown(subject_, pair.shows).empty();
    }
    return choosable && (given || !line.if_given);
  }

  Row opinion(const LayoutLine& line) const {
    const LayoutPair& pair = line.pairs[0];
    std::string foot = filled(subject_, line.foot);
    if (!foot.empty()) foot += kFootInset;
    const std::string text = filled(subject_, pair.label);
    Row out = opinion_box(text, "", std::move(foot), mm(std::max(line.height, 8.0)));
    for (std::size_t i = 0; i < out.cells.size(); ++i) out.cells[i].width = line.widths[i];
    out.cells[1].fields.push_back(field_of(subject_, pair.shows, text));
    out.grows = true;
    return out;
  }

  Row row(const LayoutLine& line) const {
    Row out;
    if (line.height > 0) out.min_height = mm(line.height);
    auto width = line.widths.begin();
    for (const LayoutPair& pair : line.pairs) {
      const std::string text = filled(subject_, pair.label);
      if (is_check(pair.shows)) {
        Cell box{*width++, text, kText};
        box.fields.push_back(field_of(subject_, pair.shows, text));
        out.cells.push_back(std::move(box));
        continue;
      }
      out.cells.push_back(label(*width++, text));
      if (pair.shows.empty()) continue;
      if (pair.shows.starts_with("input.")) {
        Cell cell{*width++, "", kText};
        cell.fields.push_back(field_of(subject_, pair.shows, text));
        out.cells.push_back(std::move(cell));
      } else {
        out.cells.push_back(value(*width++, shown(subject_, pair.shows)));
        // The longest name of a queue in one line.
        if (pair.shows == "case.queue") out.cells.back().style.size = kSmall.size;
      }
    }
    return out;
  }

  const Subject& subject_;
  const AppendBlock& append_block_;
};

void draw_top(Sheet& sheet, const Subject& s, const FormLayout& layout,
              const Situation& situation) {
  for (const LayoutLine* line : layout.lines(FormPart::Top, situation)) {
    std::vector<std::string> ends;
    for (const LayoutPair& pair : line->pairs) ends.push_back(filled(s, pair.label));
    if (ends.size() == 1) ends.insert(ends.begin(), "");
    sheet.ends(ends[0], ends[1], {Role::Song, 10, Align::Left, 1.7, 0});
  }
}

}  // namespace

std::string approval_form(const Subject& subject, const FormLayout& layout,
                          const std::string& running, const std::string& about,
                          const AppendBlock& append_block) {
  const Value& payload = subject.payload;
  const Situation situation = subject.situation();
  const auto titles = layout.lines(FormPart::Title, situation);
  const std::string title = titles.empty() ? "" : filled(subject, titles[0]->pairs[0].label);
  const std::string number = payload["case"].text();
  Furniture furniture;
  furniture.title = title;
  furniture.running = running;
  furniture.footer =
      footer("案件 " + number + " " + round_text(payload), payload, payload["received_at"]);
  furniture.code = paper_code(payload);
  furniture.left = mm(28);  // GB/T 9704: the type area is 156 mm wide, the binding is at the left
  furniture.right = mm(26);
  Sheet sheet(subject.kit.typefaces, furniture);
  sheet.title(title);
  sheet.gap(4);
  draw_top(sheet, subject, layout, situation);
  hide_identity(sheet, payload);

  const Rows rows(subject, append_block);
  const auto part = [&](FormPart which) {
    return sheet.lay(rows.of(layout.lines(which, situation)));
  };
  Sheet::Laid first = part(FormPart::Facts), review = part(FormPart::Review),
              lists = part(FormPart::Lists);
  // What the reviewer fills in stands on the first page: below the lists if they leave it room.
  const auto fill = [&](Sheet::Laid some, double spare) {
    if (spare > kMostSpare) return sheet.rows(some);
    sheet.rows_that_fill_the_page(std::move(some));
  };
  const double spare = sheet.left_over({&first, &review}),
               last = sheet.left_over({&first, &review, &lists});
  if (last >= 0) {
    first += std::move(lists);
    first += std::move(review);
    fill(std::move(first), last);
  } else if (spare < 0 || spare > kMostSpare) {
    first += std::move(review);
    first += std::move(lists);
    sheet.rows(first);
  } else {
    first += std::move(review);
    fill(std::move(first), spare);
    sheet.rows(lists);
  }
  Sheet::Laid content;
  for (const LayoutLine* line : layout.lines(FormPart::Content, situation)) {
    if (line->pairs[0].shows == kTextLine) {
      sheet.rows(std::exchange(content, {}));
      sheet.need(mm(60));
      sheet.gap(10);
      sheet.paragraph(filled(subject, line->pairs[0].label),
                      {Role::Title, 14, Align::Centre, 2, 0});
    } else {
      content += sheet.lay(rows.of({line}));
    }
  }
  sheet.rows(content);
  return sheet.finish(metadata(title + " " + number, about, payload, payload["received_at"]));
}

std::vector<Row> fact_rows(const Subject& subject, const FormLayout& layout,
                           const AppendBlock& append_block) {
  const Rows rows(subject, append_block);
  std::vector<const LayoutLine*> lines = fact_lines(subject, layout);
  std::erase_if(lines, [&](const LayoutLine* line) { return !rows.says_something(*line); });
  return rows.of(lines);
}

std::vector<const LayoutLine*> fact_lines(const Subject& subject, const FormLayout& layout) {
  std::vector<const LayoutLine*> lines = layout.lines(FormPart::Facts, subject.situation());
  // In whose queue it is, is no fact of a case that is closed; nor is there anything to fill in.
  std::erase_if(lines, [](const LayoutLine* line) {
    return std::any_of(line->pairs.begin(), line->pairs.end(), [](const LayoutPair& pair) {
      return pair.shows == "case.queue" || pair.shows.starts_with("input.");
    });
  });
  return lines;
}

}  // namespace produce
