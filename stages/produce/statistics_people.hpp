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

/// Fills in where the applicant stands in each of the tables (by the age that the facts give); what the list of cases shows is what
/// is counted.
void add_people(CaseFacts& facts, const pipeline::Dictionary& dictionary,
                const pipeline::Value& application);
/// Of its rows.
const std::vector<const char*>& people_labels(PeopleTableOf table);

class PeopleCounter {
 public:
  PeopleCounter();
  void add(const CaseFacts& facts);
  /// The tables, the ethnicities sorted by number.
  std::vector<PeopleTable> tables() &&;

 private:
  std::vector<PeopleTable> tables_;
  std::vector<LevelRow> ethnicities_;
};

}  // namespace produce
