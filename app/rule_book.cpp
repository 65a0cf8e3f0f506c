#include "app/rule_book.hpp"

#include <algorithm>

#include "pipeline/csv.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/rules.hpp"

namespace app {

namespace {

std::vector<std::string> listed(const std::string& cell) {
  std::vector<std::string> words;
  for (const std::string_view word : pipeline::split(cell, '|'))
    if (!word.empty()) words.emplace_back(word);
  return words;
}

}  // namespace

RuleBook::RuleBook(const std::string& templates, const pipeline::Catalogue& catalogue)
    : tables_(decide::load_tables(templates)) {
  const pipeline::CsvFile file(templates + "/common/rules.csv", {"rule", "gist", "scope"});
  std::map<std::string, std::size_t, std::less<>> place;
  for (std::size_t i = 0; i < file.size(); ++i) {
    place[file.cell(i, "rule")] = rules_.size();
    rules_.push_back({file.cell(i, "rule"),
                      file.cell(i, "gist"),
                      file.cell(i, "scope") != "heading",
                      {},
                      {},
                      {},
                      {},
                      {}});
  }
  const pipeline::CsvFile places(templates + "/common/rule_places.csv",
                                 {"rule", "code", "fires", "quiet"});
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto at = place.find(places.cell(i, "rule"));
    if (at == place.end()) continue;
    SourceRule& rule = rules_[at->second];
    rule.code = listed(places.cell(i, "code"));
    rule.fires = listed(places.cell(i, "fires"));
    rule.quiet = listed(places.cell(i, "quiet"));
  }
  for (const pipeline::Table& table : tables_)
    for (const pipeline::TableRow& row : table.rows()) {
      rows_[table.name() + ':' + row.id] = &row;
      for (const std::string& rule : row.rules)
        if (const auto at = place.find(rule); at != place.end())
          rules_[at->second].rows.push_back(table.name() + ' ' + row.id);
    }
  for (const auto& [code, finding] : catalogue.all())
    if (const auto at = place.find(finding.rule); at != place.end())
      rules_[at->second].findings.push_back(code);
}

const std::string& RuleBook::gist(std::string_view rule) const {
  static const std::string kNone;
  const auto at = std::find_if(rules_.begin(), rules_.end(),
                               [&](const SourceRule& known) { return known.id == rule; });
  return at == rules_.end() ? kNone : at->gist;
}

const pipeline::TableRow* RuleBook::row(std::string_view fired) const {
  const auto at = rows_.find(fired);
  return at == rows_.end() ? nullptr : at->second;
}

}  // namespace app
