#include <filesystem>
#include <iostream>
#include <map>
#include <set>

#include "app/commands.hpp"
#include "app/replay.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/vault.hpp"

namespace app {

using pipeline::path_join;
using pipeline::Received;
using pipeline::Value;

namespace {

Value words(const std::vector<std::string>& list) {
  Value out = Value::array();
  for (const std::string& word : list) out.push(word);
  return out;
}

Value shown(const Answer& answer) {
  return Value::object({{"result", answer.result},
                        {"case", answer.case_id},
                        {"round", answer.round},
                        {"queue", answer.queue},
                        {"state", answer.state},
                        {"findings", words(answer.findings)}});
}

/// The program has died over these bytes, or failed: replaying them would do it again.
bool hurt_the_program(const Received& received) {
  if (received.result != pipeline::Result::Quarantined) return false;
  for (const Value& finding : received.findings.items())
    if (finding["code"].text() == "INTERNAL_ERROR") return true;
  return false;
}

/// The comparison as it grows.
struct Comparison {
  Value differences = Value::array(), left_out = Value::array(), cases = Value::array();
  std::int64_t replayed = 0, direct = 0, as_recorded = 0;
  std::set<std::string> touched;  ///< cases and units of earlier differences

  void leave_out(const Received& received, const char* why) {
    left_out.push(Value::object({{"bundle", received.bundle},
                                 {"drop", received.drop},
                                 {"sha256", received.sha256},
                                 {"why", why}}));
  }

  void compare(const Received& received, const Answer& before, const Answer& after) {
    ++replayed;
    as_recorded += before.result == pipeline::name(received.result) &&
                   before.case_id == received.case_id && before.queue == received.queue;
    if (before == after) return;
    const std::set<std::string> concerned{before.case_id, after.case_id, before.about, after.about};
    bool follows = false;
    for (const std::string& what : concerned)
      follows = follows || (!what.empty() && touched.contains(what));
    touched.insert(concerned.begin(), concerned.end());
    direct += !follows;
    differences.push(Value::object({{"bundle", received.bundle},
                                    {"drop", received.drop},
                                    {"received_at", pipeline::iso_time(received.received_at)},
                                    {"kind", received.kind},
                                    {"sha256", received.sha256},
                                    {"follows", follows},
                                    {"old", shown(before)},
                                    {"new", shown(after)}}));
  }

  /// How the cases stand after all of it.
  void compare_cases(const pipeline::View& before, const pipeline::View& after) {
    std::map<std::string, std::pair<Value, Value>> all;
    const auto stand = [](const Value& document) {
      return Value::object({{"state", document["state"]}, {"queue", document["queue"]}});
    };
    before.each("case", [&](const std::string& id, const Value& d) { all[id].first = stand(d); });
    after.each("case", [&](const std::string& id, const Value& d) { all[id].second = stand(d); });
    for (const auto& [id, both] : all)
      if (both.first != both.second)
        cases.push(Value::object({{"case", id}, {"old", both.first}, {"new", both.second}}));
  }
};

Installation installation_of(Places places, const std::string& templates) {
  if (!std::filesystem::is_directory(templates))
    throw pipeline::Fault(pipeline::FaultKind::Stop, "read " + templates,
                          "there is no such folder");
  places.templates = templates;
  return open_installation(places, Access::Asks);
}

std::string in_words(const decide::Rules& rules, const Value& side) {
  std::string text = rules.dictionary.label("result", side["result"].text());
  const std::string queue = side["queue"].text();
  const std::string state = side["state"].text();
  if (!state.empty()) text += "，" + rules.dictionary.label("state", state);
  if (!queue.empty()) text += "，由 " + queue + " 审核";
  return text;
}

/// The findings that only one of them has.
std::string only(const Value& of, const Value& other) {
  std::string text;
  for (const Value& finding : of["findings"].items()) {
    bool both = false;
    for (const Value& o : other["findings"].items()) both = both || o == finding;
    if (!both) text += (text.empty() ? "" : "、") + finding.text();
  }
  return text;
}

void print(const decide::Rules& rules, const Value& answer) {
  for (const Value& d : answer["differences"].items()) {
    std::cout << d["received_at"].text().substr(0, 16) << "  " << d["drop"].text() << "/"
              << d["bundle"].text() << "  " << rules.dictionary.label("kind", d["kind"].text())
              << (d["follows"].boolean() ? "（前面的变化所致）" : "") << "\n    原规则  "
              << in_words(rules, d["old"]) << "\n    新规则  " << in_words(rules, d["new"]) << "\n";
    if (const std::string gone = only(d["old"], d["new"]); !gone.empty())
      std::cout << "    不再提示  " << gone << "\n";
    if (const std::string added = only(d["new"], d["old"]); !added.empty())
      std::cout << "    新增提示  " << added << "\n";
  }
  for (const Value& l : answer["left_out"].items())
    std::cout << "没有重放：" << l["drop"].text() << "/" << l["bundle"].text() << "（"
              << l["why"].text() << "）\n";
  const auto number = [&](const char* key) { return answer[key].text(); };
  std::cout << "重放 " << number("replayed") << " 件：结果相同 " << number("same") << " 件，不同 "
            << number("changed") << " 件（其中 " << number("direct")
            << " 件是规则直接所致，其余是前面的变化所致）；最后的去向不同的案件 "
            << answer["cases"].size() << " 件。\n"
            << "原规则重放的结果与当时的记录相同的有 " << number("as_recorded")
            << " 件。没有改动任何记录。\n";
}

}  // namespace

int rules_diff(const Places& places, const std::string& older, const std::string& newer) {
  Replay before(installation_of(places, older));
  const Installation now_in = installation_of(places, newer);
  Replay after(now_in);
  const auto ledger = open_ledger(places, Access::Asks);
  const auto files = pipeline::make_files();
  const pipeline::Vault vault(*files, path_join(state_folder(places), "vault"));
  Comparison comparison;
  std::string bytes;
  ledger->each_received([&](const Received& received) {
    if (hurt_the_program(received))
      comparison.leave_out(received, "处理这份材料时程序出过错");
    else if (!files->read(vault.path(received.sha256), bytes))
      comparison.leave_out(received, "存档里没有这份材料");
    else
      comparison.compare(received, before.take(received, bytes), after.take(received, bytes));
  });
  comparison.compare_cases(before.view(), after.view());
  const auto changed = static_cast<std::int64_t>(comparison.differences.size());
  const auto side = [](const std::string& folder, const Replay& replay) {
    return Value::object({{"templates", folder}, {"digest", replay.digest()}});
  };
  const Value answer = Value::object({{"old", side(older, before)},
                                      {"new", side(newer, after)},
                                      {"replayed", comparison.replayed},
                                      {"same", comparison.replayed - changed},
                                      {"changed", changed},
                                      {"direct", comparison.direct},
                                      {"as_recorded", comparison.as_recorded},
                                      {"differences", std::move(comparison.differences)},
                                      {"cases", std::move(comparison.cases)},
                                      {"left_out", std::move(comparison.left_out)}});
  if (places.json)
    std::cout << answer.dump(true) << "\n";
  else
    print(*now_in.rules, answer);
  return kDone;
}

}  // namespace app
