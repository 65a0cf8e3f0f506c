#pragma once

#include <string>

#include "app/installation.hpp"
#include "app/rule_book.hpp"

// Explain: what would become of a bundle, or what became of a case, and by which rule rows. Nothing is changed.

namespace app {

/// What an explanation goes by.
struct Explaining {
  const Installation& in;
  const pipeline::Ledger& ledger;
  const RuleBook& book;
  pipeline::Time now;
};

/// The receipt the bundle would get, and what it leaves out: dry_run, fields, rows, review, papers.
pipeline::Value explain_bundle(const Explaining& with, const std::string& file,
                               const std::string& drop);

/// {case,found,kind,unit,state,events:[…]}: what the ledger kept of each step.
pipeline::Value explain_case(const Explaining& with, const std::string& written);

/// {table,row,rules:[{rule,gist}],note,then:[…]} of "routing:HN-R04"; what comes after the row is null unless `same_tables`:
/// it may have said something else when it fired.
pipeline::Value explain_row(const RuleBook& book, const std::string& fired, bool same_tables);

}  // namespace app
