#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Table: a decision table from a CSV file, over closed vocabularies, and the proof that it covers every case.
//
//   takes   a file:  row 1  table,<name>,hit,unique|first|collect
//                    row 2  id,rule,when <input>…,then <output>…,note       column roles, in any order after id and rule
//                    row 3  ,,a|b|c,…                                       the words of each `when` column, and of a
//                           `then` column if its cells are to be held to some (they may be empty, or several: a|b)
//                    then   <id>,<rules>,cells                              a cell is `-` (any), `a`, `a|b` or `!a`; several rules as `H06|H07`
//   gives   matching rows: unique and first give one, collect gives all in file order
//   faults  Stop, with file and line: unreadable, a word outside its vocabulary, a row id twice
//
// check() is complete, not sampled: it subtracts the rows' boxes from the space of all inputs.

namespace pipeline {

enum class Hit { Unique, First, Collect };

struct TableRow {
  std::string id;
  std::vector<std::string> rules;   ///< source rules, e.g. {"H06","H07"}
  std::vector<std::uint64_t> when;  ///< per input: bit i set if word i of its vocabulary is covered
  std::vector<std::string> then;    ///< per output
  std::string note;
  int line = 0;
};

struct TableProblem {
  enum class Kind { Gap, Overlap, NeverFires } kind;
  std::string file;
  int line = 0;         ///< of the row concerned; of the header for a gap
  std::string message;  ///< English; names rows by id
  std::string
      example;  ///< an imaginary case in the table's own words: "pt=yes hr_market=no target=agency"
};

class Table {
 public:
  static Table load(const std::string& file);
  static Table parse(std::string_view csv, const std::string& file);

  using Input = std::pair<std::string_view, std::string_view>;
  /// Every input must be given, each with a word of its vocabulary (asserted). Null: a gap, which check() would have told.
  const TableRow* decide(std::initializer_list<Input> inputs) const;
  std::vector<const TableRow*> decide_all(std::initializer_list<Input> inputs) const;
  /// The output of that row in that column.
  const std::string& output(const TableRow& row, std::string_view column) const;

  /// Gaps (not for collect), overlaps (unique), and rows that can never fire (first).
  std::vector<TableProblem> check() const;

  const std::string& name() const { return name_; }
  const std::string& file() const { return file_; }
  const std::string& digest() const { return digest_; }  ///< SHA-256 of the file
  const std::vector<TableRow>& rows() const { return rows_; }
  Hit hit() const { return hit_; }

 private:
  struct InputColumn {
    std::string name;
    std::vector<std::string> words;  ///< at most 64
  };
  std::vector<std::uint64_t> point(std::initializer_list<Input> inputs) const;

  std::string file_, name_, digest_;
  Hit hit_ = Hit::Unique;
  int header_line_ = 2;
  std::vector<InputColumn> inputs_;
  std::vector<std::string> outputs_;
  std::vector<TableRow> rows_;
};

}  // namespace pipeline
