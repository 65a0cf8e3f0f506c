#include <algorithm>
#include <bit>
#include <limits>

#include "pipeline/table.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

/// A set of inputs: for each input the words it may have.
using Box = std::vector<std::uint64_t>;

/// So many holes are told one by one; a table with more is not finished anyway.
constexpr std::size_t kHolesTold = 16;

bool is_empty(const Box& box) {
  return std::find(box.begin(), box.end(), std::uint64_t{0}) != box.end();
}

Box common(const Box& a, const Box& b) {
  Box both(a.size());
  for (std::size_t i = 0; i < a.size(); ++i) both[i] = a[i] & b[i];
  return both;
}

/// Adds to `holes` the disjoint boxes of `box` that no row of rows[from, to) covers, until there
/// are `enough`. Depth first, and a box within one row ends at once, so the memory is that of one
/// path.
void subtract(const Box& box, const std::vector<TableRow>& rows, std::size_t from, std::size_t to,
              std::size_t enough, std::vector<Box>& holes) {
  std::size_t next = to;
  for (std::size_t r = to; r-- > from;) {
    const Box both = common(box, rows[r].when);
    if (both == box) return;
    if (!is_empty(both)) next = r;
  }
  if (next == to) {
    holes.push_back(box);
    return;
  }
  Box rest = box;
  for (std::size_t i = 0; i < box.size() && holes.size() < enough; ++i) {
    const std::uint64_t outside = rest[i] & ~rows[next].when[i];
    if (outside != 0) {
      Box piece = rest;
      piece[i] = outside;
      subtract(piece, rows, next + 1, to, enough, holes);
    }
    rest[i] &= rows[next].when[i];
  }
}

/// How many single cases a box holds; the largest number if they are more.
std::uint64_t cases(const Box& box) {
  std::uint64_t count = 1;
  for (const std::uint64_t words : box) {
    const auto many = static_cast<std::uint64_t>(std::popcount(words));
    if (many != 0 && count > std::numeric_limits<std::uint64_t>::max() / many)
      return std::numeric_limits<std::uint64_t>::max();
    count *= many;
  }
  return count;
}

}  // namespace

std::vector<TableProblem> Table::check() const {
  std::vector<TableProblem> problems;
  const auto tell = [&](TableProblem::Kind kind, int line, std::string message, const Box& box) {
    std::string example;
    for (std::size_t i = 0; i < box.size() && !is_empty(box); ++i) {
      if (i > 0) example += ' ';
      example += inputs_[i].name + '=' +
                 inputs_[i].words[static_cast<std::size_t>(std::countr_zero(box[i]))];
    }
    problems.push_back({kind, file_, line, std::move(message), std::move(example)});
  };

  if (hit_ != Hit::Collect) {
    Box everything;
    for (const InputColumn& input : inputs_)
      everything.push_back(~std::uint64_t{0} >> (64 - input.words.size()));
    std::vector<Box> holes;
    subtract(everything, rows_, 0, rows_.size(), kHolesTold + 1, holes);
    for (std::size_t i = 0; i < std::min(holes.size(), kHolesTold); ++i) {
      const std::uint64_t others = cases(holes[i]) - 1;
      std::string message = "no row covers this case";
      if (others > 0) message += " and " + std::to_string(others) + " like it";
      if (i + 1 == kHolesTold && holes.size() > kHolesTold) message += "; there are more gaps";
      tell(TableProblem::Kind::Gap, header_line_, std::move(message), holes[i]);
    }
  }

  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const TableRow& row = rows_[r];
    if (is_empty(row.when)) {
      tell(TableProblem::Kind::NeverFires, row.line, "row " + row.id + " covers no case at all",
           row.when);
      continue;
    }
    std::vector<Box> own;
    if (hit_ == Hit::First) {
      subtract(row.when, rows_, 0, r, 1, own);
      if (!own.empty()) continue;
    }
    std::vector<std::string> before;
    Box example;
    for (std::size_t earlier = 0; earlier < r && hit_ != Hit::Collect; ++earlier) {
      const Box both = common(rows_[earlier].when, row.when);
      if (is_empty(both)) continue;
      if (hit_ == Hit::Unique)
        tell(TableProblem::Kind::Overlap, row.line,
             "rows " + rows_[earlier].id + " and " + row.id + " both cover this case", both);
      if (before.empty()) example = both;
      before.push_back(rows_[earlier].id);
    }
    if (hit_ == Hit::First)
      tell(TableProblem::Kind::NeverFires, row.line,
           "row " + row.id + " can never fire: " + join(before, ", ") + " take all its cases",
           example);
  }
  return problems;
}

}  // namespace pipeline
