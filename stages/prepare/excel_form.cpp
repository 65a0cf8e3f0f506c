#include "stages/prepare/excel_form.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "pipeline/text.hpp"
#include "stages/prepare/excel_layout.hpp"
#include "stages/prepare/findings.hpp"
#include "stages/prepare/read_form.hpp"

namespace prepare {

namespace {

using pipeline::Value;

/// Fewer fields than these may lie in anybody's sheet.
constexpr std::size_t kFewestFields = 3;

/// "unit.name" in an object; makes the objects on the way.
void set_path(Value& to, std::string_view path, std::string text) {
  const auto dot = path.find('.');
  if (dot == path.npos) {
    to.set(path, std::move(text));
    return;
  }
  Value& inner = to.member(path.substr(0, dot));
  if (!inner.is_object()) inner = Value::object();
  set_path(inner, path.substr(dot + 1), std::move(text));
}

class Reading {
 public:
  Reading(const Workbook& book, const Rules& rules) : book_(book), rules_(rules) {}

  std::optional<FilledForm> run() {
    const std::vector<KindCell> kinds = kind_cells(book_);
    std::string kind;
    for (const KindCell& each : kinds) {
      const auto code = rules_.dictionary.code("kind", each.text);
      if (kind.empty() && code && rules_.fields.form(*code)) kind = *code;
    }
    if (kind.empty()) kind = likely_kind();
    if (kind.empty()) return std::nullopt;
    main_ = kinds.empty() ? &book_.sheets[0] : kinds[0].sheet;
    if (kinds.size() > 1) {
      std::vector<std::string> places;
      for (const KindCell& each : kinds)
        places.push_back((each.text.empty() ? "（未填写）" : cut(each.text, kShown)) + "（单元格 " +
                         name_of(*each.sheet, each.row, each.column) + "）");
      out_.findings.push_back(make_finding(rules_.catalogue, "FORM_AMBIGUOUS",
                                           name_of(*kinds[1].sheet, kinds[1].row, kinds[1].column),
                                           {{"entry", pipeline::join(places, "、")}}));
      return std::move(out_);
    }
    if (!kinds.empty()) {
      written_.set("kind", kinds[0].text);
      place("kind", name_of(*main_, kinds[0].row, kinds[0].column));
    }
    read(kind);
    return std::move(out_);
  }

 private:
  static constexpr std::size_t kShown = 40;
  static constexpr std::size_t kMostPlaces = 1000;  ///< rows of a list; read_form looks at no more

  std::string name_of(const Sheet& sheet, int row, int column) const {
    const std::string cell = cell_name(row, column);
    return &sheet == main_ ? cell : cut(sheet.name, kShown) + '!' + cell;
  }

  /// Of a form whose kind cannot be read: the kind with most of its fields; "" if it is no form at all.
  std::string likely_kind() const {
    std::string best;
    std::size_t most = kFewestFields - 1;
    const auto kinds = rules_.fields.kinds();
    std::deque<FormPlan> plans;
    for (const std::string& kind : kinds) plans.emplace_back(*rules_.fields.form(kind));
    const std::vector<std::size_t> known = count_fields(book_, plans);
    for (std::size_t i = 0; i < kinds.size(); ++i)
      if (known[i] > most) most = known[i], best = kinds[i];
    return best;
  }

  void read(const std::string& kind) {
    const FormPlan plan(*rules_.fields.form(kind));
    for (const Sheet& sheet : book_.sheets) {
      if (is_furniture(sheet)) continue;
      SheetLayout layout = lay_out(sheet, plan);
      if (layout.tables.empty() && layout.answers.empty()) {
        if (!sheet.cells.empty())
          unknown("工作表“" + cut(sheet.name, kShown) + "”",
                  name_of(sheet, sheet.cells[0].row, sheet.cells[0].column));
        continue;
      }
      for (const Table& table : layout.tables) take(sheet, table);
      for (const Answer& answer : layout.answers) take(sheet, answer);
      for (const Stranger& stranger : layout.strangers)
        unknown(cut(stranger.label, kShown), name_of(sheet, stranger.row, stranger.column));
    }
    for (auto& [list, items] : lists_) written_.set(list, std::move(items));
    append_limited(out_.findings, std::move(unknown_), unknown_count_, rules_.catalogue);
    append_limited(out_.findings, std::move(twice_), twice_count_, rules_.catalogue);
    append_limited(out_.findings, std::move(lost_), lost_count_, rules_.catalogue);
    ReadForm read = read_form(written_, rules_);
    // Nobody typed what is left of it: no check of it means anything.
    std::erase_if(read.findings, [&](const pipeline::Finding& finding) {
      return lost_places_.contains(finding.where);
    });
    out_.kind = std::move(read.kind);
    out_.form = std::move(read.form);
    std::move(read.findings.begin(), read.findings.end(), std::back_inserter(out_.findings));
  }

  void unknown(const std::string& what, const std::string& where) {
    if (++unknown_count_ <= kMostOfOneCode)
      unknown_.push_back(make_finding(rules_.catalogue, "FIELD_UNKNOWN", where, {{"field", what}}));
  }

  /// Of two cells for one place the first; of a group of places, its first place.
  void place(const std::string& path, const std::string& cell) {
    out_.cells.emplace(path, cell);
    for (std::size_t end = path.size(); (end = path.find_last_of(".[", end - 1)) != path.npos;) {
      if (end == 0) break;
      out_.cells.emplace(path.substr(0, end), cell);
    }
  }

  /// Excel keeps fifteen digits of a number.
  /// What the sheet's program made of an answer before we saw it. `path`: where it goes in the form.
  void check(const Field& field, const Cell& cell, const std::string& path,
             const std::string& where) {
    constexpr std::ptrdiff_t kKept = 15;
    const auto digits = std::count_if(cell.text.begin(), cell.text.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
    if (cell.error)
      lost(field, cell, path, where,
           "单元格里是 Excel 的错误值，不是内容。请改正公式，或直接填写。");
    else if (cell.number && digits > kKept)
      lost(field, cell, path, where,
           "Excel "
           "把它当作数字，第15位以后的数字已经丢失。请先把单元格设为“文本”，再重新填写。");
  }

  void lost(const Field& field, const Cell& cell, const std::string& path, const std::string& where,
            const char* why) {
    lost_places_.insert(path);
    if (++lost_count_ <= kMostOfOneCode)
      lost_.push_back(
          make_finding(rules_.catalogue, "FIELD_INVALID", where,
                       {{"field", field.label}, {"value", cell.text}, {"detail", why}}));
  }

  void take(const Sheet& sheet, const Answer& answer) {
    const std::string& path = answer.asked->path;
    if (path == "kind") return;
    const std::string where = name_of(sheet, answer.row, answer.column);
    const Cell* cell = sheet.find(answer.row, answer.column);
    if (!cell) {
      if (!answered_.contains(path)) place(path, where);
      return;
    }
    const auto [before, first] = answered_.emplace(path, cell->text);
    if (!first && before->second == cell->text) return;
    if (!first && ++twice_count_ <= kMostOfOneCode)
      twice_.push_back(make_finding(rules_.catalogue, "FORM_DUPLICATE_KEY", where,
                                    {{"field", answer.asked->field->label}}));
    before->second = cell->text;
    out_.cells[path] = where;
    place(path, where);
    check(*answer.asked->field, *cell, path, where);
    set_path(written_, path, cell->text);
  }

  void take(const Sheet& sheet, const Table& table) {
    const std::string& list = table.list->path;
    place(list, name_of(sheet, table.header_row, table.columns.begin()->first));
    for (const int row : table.rows) {
      Value item = Value::object();
      const std::size_t number = lists_[list].size();
      const std::string at = list + '[' + std::to_string(number) + ']';
      std::vector<std::pair<std::string, std::string>> places;
      for (const auto& [column, asked] : table.columns) {
        const std::string where = name_of(sheet, row, column);
        places.emplace_back(at + '.' + asked->path, where);
        const Cell* cell = sheet.find(row, column);
        if (!cell) continue;
        check(*asked->field, *cell, at + '.' + asked->path, where);
        set_path(item, asked->path, cell->text);
      }
      if (item.size() == 0) continue;
      if (number < kMostPlaces)
        for (const auto& [path, where] : places) place(path, where);
      lists_[list].push(std::move(item));
    }
  }

  const Workbook& book_;
  const Rules& rules_;
  const Sheet* main_ = nullptr;
  FilledForm out_;
  Value written_ = Value::object();
  std::map<std::string, Value> lists_;
  std::map<std::string, std::string> answered_;  ///< what was taken for a place
  std::vector<pipeline::Finding> unknown_, twice_, lost_;
  std::size_t unknown_count_ = 0, twice_count_ = 0, lost_count_ = 0;
  std::set<std::string> lost_places_;  ///< whose answers the sheet's program has spoilt
};

}  // namespace

std::optional<FilledForm> read_excel_form(const Workbook& book, const Rules& rules) {
  if (!book.refusal.empty() || book.sheets.empty()) return std::nullopt;
  return Reading(book, rules).run();
}

}  // namespace prepare
