#include "pipeline/table.hpp"

#include <algorithm>
#include <cassert>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

struct Column {
  enum class Role { Id, Rule, When, Then, Note } role;
  std::string name;
  std::vector<std::string> words;  ///< of an output too, if its vocabulary is given
};

class Reader {
 public:
  Reader(std::string_view csv, const std::string& file) : file_(file), rows_(parse_csv(csv, file)) {
    if (rows_.size() < 3)
      throw Fault(FaultKind::Stop, "read " + file,
                  "a decision table has three head rows: name, columns, words");
    for (CsvRow& row : rows_) {
      while (!row.cells.empty() && row.cells.back().empty()) row.cells.pop_back();
    }
  }

  [[noreturn]] void fault(const CsvRow& row, const std::string& why) const {
    throw Fault(FaultKind::Stop, "read " + file_ + ":" + std::to_string(row.line), why);
  }

  const std::vector<CsvRow>& rows() const { return rows_; }

  std::pair<std::string, Hit> head() const {
    const CsvRow& row = rows_[0];
    if (row.cells.size() != 4 || row.cells[0] != "table" || row.cells[1].empty() ||
        row.cells[2] != "hit")
      fault(row, "the first row is table,<name>,hit,unique|first|collect");
    if (row.cells[3] == "unique") return {row.cells[1], Hit::Unique};
    if (row.cells[3] == "first") return {row.cells[1], Hit::First};
    if (row.cells[3] == "collect") return {row.cells[1], Hit::Collect};
    fault(row, "the hit policy is unique, first or collect");
  }

  std::vector<Column> columns() const {
    std::vector<Column> columns;
    std::set<std::string> seen;
    for (const std::string& cell : rows_[1].cells) {
      if (!seen.insert(cell).second) fault(rows_[1], "column " + cell + " stands twice");
      columns.push_back(column(cell));
    }
    if (columns.size() < 2 || columns[0].role != Column::Role::Id ||
        columns[1].role != Column::Role::Rule)
      fault(rows_[1], "the first two columns are id and rule");
    const CsvRow& words = rows_[2];
    check_width(words, columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string cell = i < words.cells.size() ? words.cells[i] : "";
      const bool input = columns[i].role == Column::Role::When;
      if (!cell.empty() && !input && columns[i].role != Column::Role::Then)
        fault(words, "only inputs and outputs have words");
      if (input || !cell.empty()) columns[i].words = vocabulary(cell, columns[i].name);
    }
    return columns;
  }

  void check_width(const CsvRow& row, std::size_t columns) const {
    if (row.cells.size() > columns) fault(row, "more cells than columns");
  }

  /// The words that a cell of an input covers.
  std::uint64_t mask(const CsvRow& row, const std::string& cell, const Column& of) const {
    const std::uint64_t all = ~std::uint64_t{0} >> (64 - of.words.size());
    if (cell.empty()) fault(row, of.name + " is empty; write - for any");
    if (cell == "-") return all;
    if (cell[0] == '!') return all & ~bit(row, std::string_view(cell).substr(1), of);
    std::uint64_t covered = 0;
    for (const std::string_view word : split(cell, '|')) covered |= bit(row, word, of);
    return covered;
  }

  void check_output(const CsvRow& row, const std::string& cell, const Column& of) const {
    if (of.words.empty() || cell.empty()) return;
    for (const std::string_view word : split(cell, '|')) bit(row, word, of);
  }

 private:
  Column column(const std::string& cell) const {
    if (cell == "id") return {Column::Role::Id, {}, {}};
    if (cell == "rule") return {Column::Role::Rule, {}, {}};
    if (cell == "note") return {Column::Role::Note, {}, {}};
    if (cell.starts_with("when ")) return {Column::Role::When, cell.substr(5), {}};
    if (cell.starts_with("then ")) return {Column::Role::Then, cell.substr(5), {}};
    fault(rows_[1], "a column is id, rule, when <input>, then <output> or note, not " + cell);
  }

  std::vector<std::string> vocabulary(const std::string& cell, const std::string& of) const {
    std::vector<std::string> words;
    for (const std::string_view each : split(cell, '|')) {
      const std::string word(trim(each));
      if (word.empty() || word == "-" || word[0] == '!')
        fault(rows_[2], "the words of " + of + " are not all words");
      if (std::find(words.begin(), words.end(), word) != words.end())
        fault(rows_[2], word + " stands twice among the words of " + of);
      words.push_back(word);
    }
    if (words.size() > 64) fault(rows_[2], of + " has more than 64 words");
    return words;
  }

  std::uint64_t bit(const CsvRow& row, std::string_view written, const Column& of) const {
    const std::string word(trim(written));
    const auto found = std::find(of.words.begin(), of.words.end(), word);
    if (found == of.words.end())
      fault(row, "'" + word + "' is none of the words of " + of.name + ": " + join(of.words, "|"));
    return std::uint64_t{1} << (found - of.words.begin());
  }

  const std::string& file_;
  std::vector<CsvRow> rows_;
};

}  // namespace

Table Table::load(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) throw Fault(FaultKind::Stop, "read " + file, "cannot be opened");
  return parse(bytes, file);
}

Table Table::parse(std::string_view csv, const std::string& file) {
  const Reader reader(csv, file);
  Table table;
  table.file_ = file;
  table.digest_ = pipeline::sha256(csv);
  std::tie(table.name_, table.hit_) = reader.head();
  table.header_line_ = reader.rows()[1].line;
  const std::vector<Column> columns = reader.columns();
  for (const Column& column : columns) {
    if (column.role == Column::Role::When) table.inputs_.push_back({column.name, column.words});
    if (column.role == Column::Role::Then) table.outputs_.push_back(column.name);
  }
  if (table.inputs_.empty())
    reader.fault(reader.rows()[1], "no input: a column 'when …' is missing");

  std::set<std::string> ids;
  for (std::size_t r = 3; r < reader.rows().size(); ++r) {
    const CsvRow& from = reader.rows()[r];
    reader.check_width(from, columns.size());
    TableRow row;
    row.line = from.line;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const std::string cell = i < from.cells.size() ? from.cells[i] : "";
      switch (columns[i].role) {
        case Column::Role::Id:
          row.id = cell;
          break;
        case Column::Role::Rule:
          for (const std::string_view rule : split(cell, '|')) {
            if (!trim(rule).empty()) row.rules.emplace_back(trim(rule));
          }
          break;
        case Column::Role::When:
          row.when.push_back(reader.mask(from, cell, columns[i]));
          break;
        case Column::Role::Then:
          reader.check_output(from, cell, columns[i]);
          row.then.push_back(cell);
          break;
        case Column::Role::Note:
          row.note = cell;
          break;
      }
    }
    if (row.id.empty()) reader.fault(from, "the row has no id");
    if (!ids.insert(row.id).second) reader.fault(from, "row id " + row.id + " stands twice");
    table.rows_.push_back(std::move(row));
  }
  return table;
}

std::vector<std::uint64_t> Table::point(std::initializer_list<Input> inputs) const {
  assert(inputs.size() == inputs_.size());
  std::vector<std::uint64_t> point(inputs_.size(), 0);
  for (const auto& [name, word] : inputs) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].name != name) continue;
      const auto& words = inputs_[i].words;
      const auto found = std::find(words.begin(), words.end(), word);
      if (found != words.end()) point[i] = std::uint64_t{1} << (found - words.begin());
    }
  }
  assert(std::find(point.begin(), point.end(), 0u) == point.end());
  return point;
}

namespace {

bool covers(const TableRow& row, const std::vector<std::uint64_t>& box) {
  for (std::size_t i = 0; i < box.size(); ++i) {
    if ((row.when[i] & box[i]) != box[i] || box[i] == 0) return false;
  }
  return true;
}

}  // namespace

const TableRow* Table::decide(std::initializer_list<Input> inputs) const {
  const std::vector<std::uint64_t> at = point(inputs);
  for (const TableRow& row : rows_) {
    if (covers(row, at)) return &row;
  }
  return nullptr;
}

std::vector<const TableRow*> Table::decide_all(std::initializer_list<Input> inputs) const {
  const std::vector<std::uint64_t> at = point(inputs);
  std::vector<const TableRow*> matching;
  for (const TableRow& row : rows_) {
    if (covers(row, at)) matching.push_back(&row);
  }
  return matching;
}

const std::string& Table::output(const TableRow& row, std::string_view column) const {
  const auto found = std::find(outputs_.begin(), outputs_.end(), column);
  static const std::string kNone;
  assert(found != outputs_.end());
  if (found == outputs_.end()) return kNone;
  return row.then[static_cast<std::size_t>(found - outputs_.begin())];
}

}  // namespace pipeline
