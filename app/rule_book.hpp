#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/finding.hpp"
#include "pipeline/table.hpp"

// Rule book: the source rules in a few words each, and which table rows and findings name them.
//
//   takes   templates/common/rules.csv (rule,gist,scope), every decision table, the catalogue of findings; and
//           rule_places.csv (rule,code,fires,quiet), which tests/rules_test.cpp makes from the code's comments and the stories
//   faults  Stop, with file and line
//
// To add a source rule: a row in rules.csv; its id in the rule column of a table, or in a comment of the code that follows it.

namespace app {

struct SourceRule {
  std::string id, gist;
  bool behaviour = true;              ///< false: a heading; nothing can be done about it
  std::vector<std::string> rows;      ///< "routing HN-R04", in order of the files
  std::vector<std::string> findings;  ///< codes
  std::vector<std::string> code;      ///< files of stages/ that cite it: "decide/route.cpp"
  std::vector<std::string> fires,
      quiet;  ///< stories of tests/cases that show it at work, and staying quiet
};

class RuleBook {
 public:
  RuleBook(const std::string& templates, const pipeline::Catalogue& catalogue);

  const std::vector<SourceRule>& rules() const { return rules_; }
  /// "" if the book does not hold it (a paragraph of the domain: "§4.3").
  const std::string& gist(std::string_view rule) const;
  /// The row that fired: "routing:HN-R04". Null if no table has it.
  const pipeline::TableRow* row(std::string_view fired) const;

 private:
  std::vector<SourceRule> rules_;
  std::vector<pipeline::Table> tables_;
  std::map<std::string, const pipeline::TableRow*, std::less<>> rows_;
};

}  // namespace app
