#include <iostream>

#include "app/commands.hpp"

namespace app {

using pipeline::Value;

int rules_check(const Places& places) {
  Value problems = Value::array();
  std::size_t rows = 0;
  const auto tables = decide::load_tables(places.templates);
  for (const pipeline::Table& table : tables) {
    rows += table.rows().size();
    for (const pipeline::TableProblem& p : table.check()) {
      const char* kind = p.kind == pipeline::TableProblem::Kind::Gap       ? "gap"
                         : p.kind == pipeline::TableProblem::Kind::Overlap ? "overlap"
                                                                           : "never_fires";
      problems.push(Value::object({{"kind", kind},
                                   {"file", p.file},
                                   {"line", p.line},
                                   {"message", p.message},
                                   {"example", p.example}}));
    }
  }
  // Whatever else is wrong in the tables (a word outside its vocabulary, an id twice) ends loading with file and line.
  open_installation(places, Access::Asks);
  if (places.json) {
    std::cout << Value::object({{"tables", static_cast<std::int64_t>(tables.size())},
                                {"rows", static_cast<std::int64_t>(rows)},
                                {"problems", problems}})
                     .dump(true)
              << "\n";
  } else {
    for (const Value& p : problems.items())
      std::cout << p["file"].text() << ":" << p["line"].text() << ": " << p["kind"].text() << ": "
                << p["message"].text() << "\n    " << p["example"].text() << "\n";
    std::cout << tables.size() << " tables, " << rows << " rows, " << problems.size()
              << " problems\n";
  }
  return problems.size() == 0 ? kDone : kFault;
}

}  // namespace app
