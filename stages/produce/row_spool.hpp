#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

// RowSpool: the rows of one long list, kept on disk until they are in order.
//
//   takes   rows: cells from left to right, the group the row belongs to and its place in it
//   gives   sorted: which rows a group (or several that follow one another) takes, and rows as the XML of a sheet
//   faults  Retry: the disk is full or fails
//
// Memory grows by 24 bytes a row. Styles are the numbers that the workbook gives them.

namespace produce {

/// As text in XML; what XML cannot hold, as spreadsheets escape it.
void append_escaped(std::string& to, std::string_view text);
/// At its beginning or its end, where XML takes it for layout unless told otherwise.
bool has_outer_blank(std::string_view text);

/// Places in the sorted list, the last one not included.
struct Rows {
  std::size_t first = 0, end = 0;
  bool empty() const { return first == end; }
};

/// A row as the file has it. Rows can be made on any thread.
class SpoolRow {
 public:
  SpoolRow();
  void text(std::string_view text, int style);
  /// A text that the workbook has once, by its number.
  void shared(int text, int style);
  void number(double value, int style);

  std::string group;
  std::uint64_t place = 0;  ///< rows of the same place stay in the order in which they came
  double points = 0;        ///< height of the row, 0 for the usual one

 private:
  friend class RowSpool;
  std::string cells_;
};

class RowSpool {
 public:
  /// The file lies in that folder, without a name: a crash leaves nothing.
  explicit RowSpool(const std::string& folder);
  ~RowSpool();
  RowSpool(const RowSpool&) = delete;
  RowSpool& operator=(const RowSpool&) = delete;

  void add(const SpoolRow& row);
  /// Nothing is added any more.
  void sort();
  std::size_t size() const { return rows_.size(); }
  /// Those of the groups from … up to `end` (not included), and of the places likewise; places count within one group only.
  Rows find(std::string_view from, std::string_view end) const;
  Rows find(std::string_view group, std::uint64_t from, std::uint64_t end) const;
  Rows all() const { return {0, rows_.size()}; }

  /// Up to so many rows each cell names its place; beyond, its order in the row tells its column.
  static constexpr std::size_t kPlaced = 20'000;
  /// <row> elements, the first of them numbered `number` (from 1). May be called by several threads.
  std::string xml(Rows rows, std::size_t number) const;
  std::uint64_t bytes() const { return written_ + buffer_.size(); }

 private:
  struct Row {
    std::uint32_t group;  ///< in order of coming, then (sorted) in order of text
    std::uint32_t length;
    std::uint64_t place, offset;
  };
  void flush();

  int file_ = -1;
  std::string folder_, buffer_;
  std::uint64_t written_ = 0;
  std::deque<Row> rows_;  ///< a vector would need twice the memory while it grows
  std::unordered_map<std::string, std::uint32_t> known_;
  std::vector<std::string> groups_;
  std::uint32_t last_ = 0;
};

}  // namespace produce
