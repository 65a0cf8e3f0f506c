#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/dry_run.hpp"
#include "pipeline/files.hpp"
#include "pipeline/line.hpp"
#include "pipeline/text.hpp"

namespace app {

using pipeline::Result;
using pipeline::Value;

namespace {

constexpr std::array<Result, 5> kResults{Result::Accepted, Result::NotSubmitted, Result::Duplicate,
                                         Result::Refused, Result::Quarantined};

/// What can be said without a ledger: that prepare finds nothing wrong, or what.
pipeline::Outcome prepared_only(const pipeline::Submission& submission) {
  pipeline::Outcome outcome;
  outcome.findings = submission.findings;
  for (const pipeline::Submission& part : submission.parts)
    outcome.findings.insert(outcome.findings.end(), part.findings.begin(), part.findings.end());
  outcome.result = !submission.opened                      ? Result::Quarantined
                   : pipeline::has_error(outcome.findings) ? Result::Refused
                                                           : Result::Accepted;
  pipeline::name_cells(outcome.findings, submission);
  return outcome;
}

std::string verdict(const decide::Rules& rules, const Value& one) {
  const std::string& result = one["result"].string();
  if (result == "accepted") return "可以投递";
  if (result == "refused") return "投了会被退回";
  if (result == "quarantined") return "打不开";
  return rules.dictionary.label("result", result);
}

/// Columns on a terminal that the text takes: Chinese characters take two.
std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char32_t c : pipeline::code_points(text)) columns += c >= 0x1100 ? 2 : 1;
  return columns;
}

std::string padded(const std::string& text, std::size_t columns) {
  const std::size_t taken = columns_of(text);
  return text + std::string(columns > taken ? columns - taken : 0, ' ');
}

std::size_t count(const Value& findings, std::string_view severity) {
  return static_cast<std::size_t>(
      std::count_if(findings.items().begin(), findings.items().end(),
                    [&](const Value& f) { return f["severity"].string() == severity; }));
}

void print_table(const decide::Rules& rules, const Value& bundles) {
  std::vector<std::array<std::string, 5>> rows{{"文件", "业务", "结论", "错误", "提醒"}};
  for (const Value& one : bundles.items())
    rows.push_back({one["bundle"].string(),
                    one["kind"].is_null() ? "没有读到表单" : one["kind_label"].string(),
                    verdict(rules, one), std::to_string(count(one["findings"], "error")),
                    std::to_string(count(one["findings"], "warning"))});
  std::array<std::size_t, 5> widths{};
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += padded(row[i], widths[i] + 2);
    std::cout << line.substr(0, line.find_last_not_of(' ') + 1) << "\n";
  }
}

void print(const decide::Rules& rules, const Value& answer) {
  print_table(rules, answer["bundles"]);
  for (const Value& one : answer["bundles"].items()) {
    if (one["findings"].size() == 0) continue;
    std::cout << "\n" << one["bundle"].string() << "\n";
    print_findings(one["findings"]);
  }
  std::cout
      << "\n"
      << (answer["ledger"].boolean()
              ? "已对照现有台账试办，没有改动任何记录；结论以正式投递的回执为准。\n"
              : "只检查了文件本身（表单、附件）；账号、权限、时限和材料是否齐全，投递后由系统对"
                "照台账检查。\n");
}

}  // namespace

int check(const Places& places, const CheckOptions& options) {
  const Installation in = open_installation(places, Access::Asks);
  const bool known = std::filesystem::exists(pipeline::path_join(places.state, "ledger.sqlite"));
  const auto ledger = open_ledger(places, Access::Asks);
  const pipeline::Time now = in.now();
  const Present present(*ledger, *in.rules, now);
  const prepare::Rules prepare_rules = prepare::load_rules(places.templates, in.settings.limits);

  Value bundles = Value::array();
  Value counts = Value::object();
  for (const Result result : kResults) counts.set(pipeline::name(result), 0);
  bool all_fine = true;
  for (const std::string& file : options.bundles) {
    const Prepared prepared = prepare_dry(file, options.drop, places.inbox, prepare_rules);
    const pipeline::Outcome outcome =
        known ? decide_dry(prepared, *ledger, present.view(), now, *in.rules)
              : prepared_only(prepared.submission);
    Value one = Value::object({{"file", file}});
    const Value receipt = pipeline::receipt(prepared.delivery, prepared.submission, outcome, now);
    for (const auto& [key, value] : receipt.members())
      if (key != "received_at") one.set(key, value);
    one.set("kind_label", in.rules->dictionary.label("kind", prepared.submission.kind));
    bundles.push(std::move(one));
    Value& so_far = counts.member(pipeline::name(outcome.result));
    so_far = so_far.integer() + 1;
    all_fine &= outcome.result != Result::Refused && outcome.result != Result::Quarantined;
  }
  const Value answer = Value::object({{"dry_run", true},
                                      {"ledger", known},
                                      {"counts", std::move(counts)},
                                      {"bundles", std::move(bundles)}});
  if (places.json)
    std::cout << answer.dump(true) << "\n";
  else
    print(*in.rules, answer);
  return options.strict && !all_fine ? kNotAllAccepted : kDone;
}

}  // namespace app
