#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/statistics.hpp"

// Statistics of people: applicants by sex, ethnicity, education, degree, age and political status,
// by level applied for.
//
// Each table's categories are fixed and in the order of the official tables; only the list of
// ethnicities grows.

namespace produce {

class PeopleCounter {
 public:
  explicit PeopleCounter(const pipeline::Dictionary& dictionary);
  void add(const pipeline::Value& application, const CaseFacts& facts);
  /// The tables, the ethnicities sorted by number.
  std::vector<PeopleTable> tables() &&;

 private:
  /// The dictionary's label of what stands in that field, else what stands there.
  std::string word(const pipeline::Value& application, const char* field, const char* name) const;
  void count(std::size_t table, std::size_t row, std::size_t level);
  const pipeline::Dictionary& dictionary_;
  std::vector<PeopleTable> tables_;
  std::vector<LevelRow> ethnicities_;
};

}  // namespace produce
