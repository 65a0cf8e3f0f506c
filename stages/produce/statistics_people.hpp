#pragma once

#include <array>
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

inline constexpr std::size_t kPeopleTables = 6;
/// The row of an applicant in each of the tables, and their labels; what the list of cases shows is what is counted.
std::array<std::size_t, kPeopleTables> people_rows(const pipeline::Dictionary& dictionary,
                                                   const pipeline::Value& application,
                                                   const CaseFacts& facts);
enum PeopleTableOf : std::size_t { Sex, Ethnicity, Education, Degree, Age, Political };
const char* people_label(PeopleTableOf table, std::size_t row);

class PeopleCounter {
 public:
  explicit PeopleCounter(const pipeline::Dictionary& dictionary);
  void add(const pipeline::Value& application, const CaseFacts& facts);
  /// The tables, the ethnicities sorted by number.
  std::vector<PeopleTable> tables() &&;

 private:
  const pipeline::Dictionary& dictionary_;
  std::vector<PeopleTable> tables_;
  std::vector<LevelRow> ethnicities_;
};

}  // namespace produce
