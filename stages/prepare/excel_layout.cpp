#include "stages/prepare/excel_layout.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "pipeline/text.hpp"
#include "stages/prepare/slots.hpp"

namespace prepare {

namespace {

constexpr const char* kKindLabel = "业务类别";
constexpr std::size_t kLongestLabel = 120;  ///< bytes
/// A form is short: below lies somebody's table.
constexpr int kFormRows = 500;

/// The cells of one row, from left to right.
struct Row {
  int number = 0;
  std::vector<Cell>::const_iterator begin, end;

  const Cell* first() const { return begin == end ? nullptr : &*begin; }
};

std::vector<Row> rows_of(const Sheet& sheet) {
  std::vector<Row> rows;
  for (auto at = sheet.cells.begin(); at != sheet.cells.end();) {
    const auto end =
        std::find_if(at, sheet.cells.end(), [&](const Cell& cell) { return cell.row != at->row; });
    rows.push_back({at->row, at, end});
    at = end;
  }
  return rows;
}

/// The columns of questions and answers, if the sheet still says so: by its hidden marks, else by its headers.
struct Columns {
  std::optional<int> label, value;
};

Columns columns_of(const Sheet& sheet) {
  Columns marks, headers;
  for (const Cell& cell : sheet.cells) {
    if (cell.text == "#label" && !marks.label) marks.label = cell.column;
    if (cell.text == "#value" && !marks.value) marks.value = cell.column;
    if (cell.text == "项目" && !headers.label) headers.label = cell.column;
    if (cell.text == "填写内容" && !headers.value) headers.value = cell.column;
  }
  return marks.label && marks.value ? marks : headers.label && headers.value ? headers : Columns{};
}

bool is_header_of_questions(std::string_view text) {
  return text == "项目" || text == "填写内容" || text == "说明" || text.starts_with('#');
}

class Laying {
 public:
  Laying(const Sheet& sheet, const FormPlan& plan)
      : sheet_(sheet), plan_(plan), rows_(rows_of(sheet)), columns_(columns_of(sheet)) {}

  SheetLayout run() {
    for (std::size_t i = 0; i < rows_.size();) {
      auto table = table_at(i);
      if (!table) {
        questions(rows_[i++]);
        continue;
      }
      i = fill(*table, i);
      out_.tables.push_back(std::move(*table));
    }
    drop_headings();
    return std::move(out_);
  }

 private:
  /// A row of hidden paths, or of headers; the first of the two is where the table begins.
  std::optional<Table> table_at(std::size_t i) const {
    if (auto table = table_of_paths(rows_[i])) return table;
    return table_of_headers(rows_[i]);
  }

  std::optional<Table> table_of_paths(const Row& row) const {
    Table table;
    for (auto cell = row.begin; cell != row.end; ++cell) {
      const auto [list, asked] = plan_.column(cell->text);
      if (!list || (table.list && table.list != list)) continue;
      table.list = list;
      table.columns.emplace(cell->column, asked);
    }
    table.header_row = row.number;
    return table.list ? std::optional(std::move(table)) : std::nullopt;
  }

  /// The list that knows most of the row's cells, two at least.
  std::optional<Table> table_of_headers(const Row& row) const {
    constexpr std::size_t kFewest = 2;
    if (row.end - row.begin < static_cast<std::ptrdiff_t>(kFewest)) return std::nullopt;
    std::vector<std::pair<int, std::string>> keys;
    for (auto cell = row.begin; cell != row.end; ++cell)
      keys.emplace_back(cell->column, label_key(cell->text));
    Table best;
    for (const AskedList& list : plan_.lists()) {
      Table table;
      table.list = &list;
      table.header_row = row.number;
      std::set<const Asked*> taken;
      for (const auto& [column, key] : keys)
        if (const auto known = list.by_label.find(key);
            known != list.by_label.end() && taken.insert(known->second).second)
          table.columns.emplace(column, known->second);
      if (table.columns.size() >= kFewest && table.columns.size() > best.columns.size())
        best = std::move(table);
    }
    return best.list ? std::optional(std::move(best)) : std::nullopt;
  }

  /// Where the headers of a table with paths stand: the next row in which a cell says what its path does, or what another says.
  std::optional<std::size_t> header_below(const Table& table, std::size_t paths) const {
    constexpr std::size_t kFar = 8;
    for (std::size_t i = paths + 1; i < rows_.size() && i <= paths + kFar; ++i) {
      const Row& row = rows_[i];
      if (table_of_paths(row)) return std::nullopt;
      for (auto cell = row.begin; cell != row.end; ++cell) {
        const auto column = table.columns.find(cell->column);
        const auto known = table.list->by_label.find(label_key(cell->text));
        if (column != table.columns.end() && known != table.list->by_label.end() &&
            known->second == column->second)
          return i;
      }
      if (const auto headers = table_of_headers(row); headers && headers->list == table.list)
        return i;
    }
    return std::nullopt;
  }

  /// Takes the rows below; gives the place of the first row that belongs to something else.
  std::size_t fill(Table& table, std::size_t i) {
    const auto paths = table_of_paths(rows_[i]);
    const std::size_t header = paths ? header_below(table, i).value_or(i) : i;
    table.header_row = rows_[header].number;
    if (header != i) read_headers(table, rows_[header]);
    std::map<int, std::string> headers;
    for (auto cell = rows_[header].begin; cell != rows_[header].end; ++cell)
      headers[cell->column] = cell->text;
    std::set<int> strange;
    std::size_t at = header + 1;
    for (; at < rows_.size(); ++at) {
      const Row& row = rows_[at];
      if (is_header_again(table, row)) continue;
      if (table_of_paths(row) || begins_another(table, row)) break;
      bool any = false;
      for (auto cell = row.begin; cell != row.end; ++cell) {
        if (table.columns.contains(cell->column))
          any = true;
        else if (label_key(headers[cell->column]) != "序号" && strange.insert(cell->column).second)
          out_.strangers.push_back(
              {headers[cell->column].empty() ? cell->text : headers[cell->column], row.number,
               cell->column});
      }
      if (any) table.rows.push_back(row.number);
    }
    return at;
  }

  /// Headers say what a column is; a path says it where a header is none.
  static void read_headers(Table& table, const Row& row) {
    std::map<int, const Asked*> columns;
    std::set<const Asked*> taken;
    for (auto cell = row.begin; cell != row.end; ++cell)
      if (const auto known = table.list->by_label.find(label_key(cell->text));
          known != table.list->by_label.end() && taken.insert(known->second).second)
        columns.emplace(cell->column, known->second);
    for (const auto& [column, asked] : table.columns)
      if (!taken.contains(asked)) columns.emplace(column, asked);
    table.columns = std::move(columns);
  }

  static bool is_header_again(const Table& table, const Row& row) {
    std::size_t same = 0;
    for (auto cell = row.begin; cell != row.end; ++cell) {
      const auto column = table.columns.find(cell->column);
      if (column == table.columns.end()) continue;
      if (label_key(cell->text) != label_key(column->second->field->label)) return false;
      ++same;
    }
    return same > 1;
  }

  bool begins_another(const Table& table, const Row& row) const {
    const auto headers = table_of_headers(row);
    if (headers && headers->list != table.list) return true;
    // A row of a list is no question: its first cell would be the label, its column that of labels.
    const Cell* first = row.first();
    return first && plan_.by_path(first->text);
  }

  void questions(const Row& row) {
    const Asked* hidden = nullptr;
    for (auto cell = row.begin; cell != row.end && !hidden; ++cell)
      hidden = plan_.by_path(cell->text);
    bool answered = false;
    const Cell* stranger = nullptr;
    for (auto cell = row.begin; cell != row.end; ++cell) {
      if (plan_.by_path(cell->text) || is_header_of_questions(cell->text)) continue;
      const bool own_column = columns_.label && cell->column == *columns_.label;
      if (columns_.value && cell->column == *columns_.value) continue;
      const std::string key = label_key(cell->text);
      const Asked* asked = plan_.by_label(key);
      // One label may stand for two fields; the path tells which.
      if (hidden && (own_column || !columns_.label) && label_key(hidden->field->label) == key)
        asked = hidden;
      if (asked) {
        add(asked, row.number, own_column ? *columns_.value : cell->column + 1, asked == hidden);
        answered = true;
      } else if (own_column) {
        stranger = &*cell;
      }
    }
    if (answered) return;
    if (hidden && columns_.value) {
      add(hidden, row.number, *columns_.value, true);
    } else if (stranger && sheet_.find(row.number, *columns_.value)) {
      out_.strangers.push_back({stranger->text, row.number, *columns_.value});
    }
  }

  void add(const Asked* asked, int row, int column, bool sure) {
    out_.answers.push_back({asked, row, column});
    if (sure) sure_.insert(asked);
    if (!sure) doubtful_.insert(out_.answers.size() - 1);
  }

  /// A heading may read like a label; where nothing stands beside it and the path is elsewhere, it is one.
  void drop_headings() {
    std::vector<Answer> kept;
    for (std::size_t i = 0; i < out_.answers.size(); ++i) {
      const Answer& each = out_.answers[i];
      const bool heading = doubtful_.contains(i) && sure_.contains(each.asked) &&
                           !sheet_.find(each.row, each.column);
      if (!heading) kept.push_back(each);
    }
    out_.answers = std::move(kept);
  }

  const Sheet& sheet_;
  const FormPlan& plan_;
  std::vector<Row> rows_;
  Columns columns_;
  SheetLayout out_;
  std::set<const Asked*> sure_;
  std::set<std::size_t> doubtful_;
};

}  // namespace

namespace {

/// Normal forms are dear: a sheet may hold a hundred thousand cells that are no labels.
enum class Spelling { Normal, Compatible, NoLabel };

Spelling spelling_of(std::string_view label) {
  Spelling found = Spelling::Normal;
  for (const char32_t c : pipeline::code_points(label)) {
    const bool normal = c < 0x80 || (c >= 0x3400 && c <= 0x9FFF) || c >= 0x20000;
    const bool compatible = c < 0x100 || (c >= 0x2000 && c < 0x3400) ||
                            (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE10 && c <= 0xFFEF);
    if (normal) continue;
    if (!compatible) return Spelling::NoLabel;
    found = Spelling::Compatible;
  }
  return found;
}

}  // namespace

std::string label_key(std::string_view label) {
  if (label.size() > kLongestLabel) return {};
  const Spelling spelling = spelling_of(label);
  if (spelling == Spelling::NoLabel) return {};
  std::string out = spelling == Spelling::Normal ? std::string(label) : pipeline::nfkc(label);
  std::erase_if(out, [](char c) { return c == '*' || c == ':' || (c >= 0 && c <= ' '); });
  return pipeline::ascii_lower(out);
}

FormPlan::FormPlan(const Field& form) {
  slot_.name = "slot";
  slot_.label = kSlotLabel;
  file_.name = "file";
  file_.label = kFileLabel;
  slot_.type = file_.type = FieldType::Text;
  for (const Field& field : form.members) {
    const bool files = field.type == FieldType::Attachments;
    if (!files && !(field.list && field.type == FieldType::Object)) {
      gather(field, field.name, questions_);
      continue;
    }
    AskedList list;
    list.path = field.name;
    if (files) list.columns = {{"slot", &slot_}, {"file", &file_}};
    for (const Field& member : field.members) gather(member, member.name, list.columns);
    lists_.push_back(std::move(list));
  }
  for (const Asked& asked : questions_) {
    by_path_.emplace(asked.path, &asked);
    by_label_.emplace(label_key(asked.field->label), &asked);
  }
  for (AskedList& list : lists_)
    for (const Asked& asked : list.columns)
      list.by_label.emplace(label_key(asked.field->label), &asked);
}

void FormPlan::gather(const Field& field, const std::string& path, std::vector<Asked>& to) {
  for (const Field& member : field.members) gather(member, path + '.' + member.name, to);
  if (field.type != FieldType::Object) to.push_back({path, &field});
}

const Asked* FormPlan::by_path(std::string_view path) const {
  const auto found = by_path_.find(path);
  return found == by_path_.end() ? nullptr : found->second;
}

const Asked* FormPlan::by_label(std::string_view key) const {
  const auto found = by_label_.find(key);
  return found == by_label_.end() ? nullptr : found->second;
}

std::pair<const AskedList*, const Asked*> FormPlan::column(std::string_view path) const {
  const auto bracket = path.find("[].");
  if (bracket == path.npos) return {};
  for (const AskedList& list : lists_) {
    if (list.path != path.substr(0, bracket)) continue;
    for (const Asked& asked : list.columns)
      if (asked.path == path.substr(bracket + 3)) return {&list, &asked};
  }
  return {};
}

SheetLayout lay_out(const Sheet& sheet, const FormPlan& plan) {
  return Laying(sheet, plan).run();
}

bool is_furniture(const Sheet& sheet) {
  if (sheet.name == "填写说明" || sheet.name == "选项") return true;
  return !sheet.cells.empty() &&
         (sheet.cells[0].text == "#guide" || sheet.cells[0].text == "#options");
}

std::vector<KindCell> kind_cells(const Workbook& book) {
  std::vector<KindCell> found;
  for (const Sheet& sheet : book.sheets) {
    if (is_furniture(sheet)) continue;
    const Columns columns = columns_of(sheet);
    int last = -1;
    for (const Cell& cell : sheet.cells) {
      const bool label = label_key(cell.text) == kKindLabel;
      if ((!label && cell.text != "kind") || cell.row == last) continue;
      if (!label && !columns.value) continue;
      const int column = columns.value ? *columns.value : cell.column + 1;
      last = cell.row;
      found.push_back({&sheet, cell.row, column, sheet.at(cell.row, column)});
    }
  }
  return found;
}

std::vector<std::size_t> count_fields(const Workbook& book, const std::deque<FormPlan>& plans) {
  std::vector<std::size_t> counts(plans.size());
  for (const Sheet& sheet : book.sheets) {
    if (is_furniture(sheet)) continue;
    std::vector<std::map<int, std::set<int>>> rows_with_label(plans.size());  // by column
    for (const Row& row : rows_of(sheet)) {
      if (row.number >= kFormRows) break;
      std::vector<bool> paths(plans.size());
      for (auto cell = row.begin; cell != row.end; ++cell) {
        const std::string key = label_key(cell->text);
        for (std::size_t i = 0; i < plans.size(); ++i) {
          if (plans[i].by_path(cell->text) || plans[i].column(cell->text).first) paths[i] = true;
          if (plans[i].by_label(key)) rows_with_label[i][cell->column].insert(row.number);
        }
      }
      for (std::size_t i = 0; i < plans.size(); ++i) counts[i] += paths[i];
    }
    for (std::size_t i = 0; i < plans.size(); ++i)
      for (const auto& [column, rows] : rows_with_label[i])
        counts[i] += rows.size() > 1 ? rows.size() : 0;
  }
  return counts;
}

}  // namespace prepare
