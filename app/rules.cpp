#include <iostream>

#include "app/commands.hpp"
#include "app/rule_book.hpp"
#include "pipeline/text.hpp"
#include "stages/produce/make.hpp"

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
  for (const produce::LayoutProblem& p : produce::check_layouts(places.templates))
    problems.push(Value::object({{"kind", "layout"},
                                 {"file", p.file},
                                 {"line", p.line},
                                 {"message", p.message},
                                 {"example", ""}}));
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
                << p["message"].text() << "\n"
                << (p["example"].text().empty() ? "" : "    " + p["example"].text() + "\n");
    std::cout << tables.size() << " tables, " << rows << " rows, " << problems.size()
              << " problems\n";
  }
  return problems.size() == 0 ? kDone : kFault;
}

int rules_list(const Places& places) {
  const Installation in = open_installation(places, Access::Asks);
  const RuleBook book(places.templates, in.rules->catalogue);
  if (places.json) {
    const auto array = [](const std::vector<std::string>& words) {
      Value list = Value::array();
      for (const std::string& word : words) list.push(word);
      return list;
    };
    Value rules = Value::array();
    for (const SourceRule& rule : book.rules())
      rules.push(Value::object({{"rule", rule.id},
                                {"gist", rule.gist},
                                {"scope", rule.behaviour ? "behaviour" : "heading"},
                                {"rows", array(rule.rows)},
                                {"findings", array(rule.findings)},
                                {"code", array(rule.code)},
                                {"fires", array(rule.fires)},
                                {"quiet", array(rule.quiet)}}));
    std::cout << Value::object({{"rules", std::move(rules)}}).dump(true) << "\n";
    return kDone;
  }
  for (const SourceRule& rule : book.rules()) {
    std::cout << rule.id << "  " << rule.gist << (rule.behaviour ? "" : "（标题）") << "\n";
    const auto line = [](const char* what, const std::vector<std::string>& words) {
      if (!words.empty())
        std::cout << "     " << what << "  " << pipeline::join(words, "、") << "\n";
    };
    line("判定表", rule.rows);
    line("问题  ", rule.findings);
    line("程序  ", rule.code);
    line("案例  ", rule.fires);
    line("不触发", rule.quiet);
  }
  return kDone;
}

}  // namespace app
