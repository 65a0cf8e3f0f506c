#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>

#include "app/commands.hpp"
#include "app/dry_run.hpp"
#include "app/make_stages.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/files.hpp"
#include "pipeline/line.hpp"
#include "pipeline/text.hpp"

namespace app {

using pipeline::Result;
using pipeline::Value;

namespace {

constexpr std::array<Result, 5> kResults{Result::Accepted, Result::NotSubmitted, Result::Duplicate,
                                         Result::Refused, Result::Quarantined};

/// Who is registered, and what is under way, only a ledger knows: without one, these say nothing about a bundle.
constexpr std::array<std::string_view, 5> kOfTheLedger{"UNIT_NOT_REGISTERED", "CASE_UNKNOWN",
                                                       "TOKEN_INVALID", "PROVISION_NOT_ALLOWED",
                                                       "NO_DEFAULT_RECEIVING_DEPARTMENT"};

bool concerns(const pipeline::Finding& finding, const Prepared& prepared, bool ledger) {
  if (finding.code == "WRONG_FOLDER" && !prepared.placed) return false;
  return ledger ||
         std::find(kOfTheLedger.begin(), kOfTheLedger.end(), finding.code) == kOfTheLedger.end();
}

/// What the line would say, but for what it cannot say yet.
pipeline::Outcome outcome_of(const Prepared& prepared, const pipeline::Ledger& ledger, bool known,
                             const pipeline::View& view, pipeline::Time now,
                             const decide::Rules& rules) {
  pipeline::Outcome outcome = decide_dry(prepared, ledger, view, now, rules);
  const auto dropped = std::erase_if(outcome.findings, [&](const pipeline::Finding& finding) {
    return !concerns(finding, prepared, known);
  });
  if (dropped > 0 && outcome.result == Result::Refused && !pipeline::has_error(outcome.findings))
    outcome.result = Result::Accepted;
  return outcome;
}

/// In place of a result: there is nothing to look at.
constexpr const char* kNoFile = "no_file";

std::string verdict(const decide::Rules& rules, const Value& one) {
  const std::string& result = one["result"].string();
  if (result == "accepted") return "可以投递";
  if (result == "refused") return "投了会被退回";
  if (result == "quarantined") return "打不开";
  if (result == kNoFile) return "没有这个文件";
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
                    one["result"].string() == kNoFile ? ""
                    : one["kind"].is_null()           ? "没有读到表单"
                                                      : one["kind_label"].string(),
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
              : "已按规则检查表单和附件；单位是否已注册、有没有在办案件，这里没有台账，投递后再查。"
                "\n");
  if (answer["folder_unknown"].boolean())
    std::cout << "没有说明要投到哪个文件夹，投递文件夹是否正确没有检查；可用 --drop 说明。\n";
}

}  // namespace

int check(const Places& places, const CheckOptions& options) {
  const Installation in = open_installation(places, Access::Asks);
  const bool known = is_shared(places) ||
                     std::filesystem::exists(pipeline::path_join(places.state, "ledger.sqlite"));
  const auto ledger = open_ledger(places, Access::Asks);
  const pipeline::Time now = in.now();
  const Present present(*ledger, *in.rules, now);
  const prepare::Rules of_prepare = prepare_rules(in);

  Value bundles = Value::array();
  Value counts = Value::object();
  for (const Result result : kResults) counts.set(pipeline::name(result), 0);
  bool all_fine = true;
  bool all_there = true;
  bool folder_unknown = false;
  for (const std::string& file : options.bundles) {
    Prepared prepared;
    try {
      prepared = prepare_dry(file, options.drop, places.inbox, of_prepare);
    } catch (const pipeline::Fault&) {
      // The others are looked at all the same.
      bundles.push(Value::object(
          {{"file", file}, {"bundle", file}, {"result", kNoFile}, {"kind", Value()}}));
      all_there = false;
      continue;
    }
    const pipeline::Outcome outcome =
        outcome_of(prepared, *ledger, known, present.view(), now, *in.rules);
    folder_unknown |= !prepared.placed;
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
                                      {"folder_unknown", folder_unknown},
                                      {"counts", std::move(counts)},
                                      {"bundles", std::move(bundles)}});
  if (places.json)
    std::cout << answer.dump(true) << "\n";
  else
    print(*in.rules, answer);
  if (!all_there) return kFault;
  return options.strict && !all_fine ? kNotAllAccepted : kDone;
}

}  // namespace app
