#include "pipeline/line.hpp"

#include <algorithm>

namespace pipeline {

void join_findings(Outcome& outcome, const Submission& submission) {
  std::vector<Finding> all;
  for (std::size_t i = 0; i < submission.findings.size(); ++i)
    if (std::find(outcome.settled.begin(), outcome.settled.end(), i) == outcome.settled.end())
      all.push_back(submission.findings[i]);
  all.insert(all.end(), outcome.findings.begin(), outcome.findings.end());
  outcome.findings = std::move(all);
}

void name_cells(std::vector<Finding>& findings, const Submission& submission) {
  if (submission.cells.empty()) return;
  const auto is_entry = [&](const std::string& where) {
    return std::any_of(submission.entries.begin(), submission.entries.end(),
                       [&](const Entry& entry) { return entry.name == where; });
  };
  for (Finding& finding : findings) {
    if (is_entry(finding.where)) continue;
    // What has no cell of its own goes by what holds it: one of several items in a cell, a group.
    for (std::string path = finding.where; !path.empty();) {
      if (const auto cell = submission.cells.find(path); cell != submission.cells.end()) {
        finding.where = cell->second;
        break;
      }
      const auto end = path.find_last_of(".[");
      path.resize(end == path.npos ? 0 : end);
    }
  }
}

Value receipt(const Delivery& delivery, const Submission& submission, const Outcome& outcome,
              Time received_at) {
  const auto text_or_null = [](const std::string& s) { return s.empty() ? Value() : Value(s); };
  Value findings = Value::array();
  for (const Finding& f : outcome.findings)
    findings.push(Value::object({{"code", f.code},
                                 {"severity", name(f.severity)},
                                 {"where", text_or_null(f.where)},
                                 {"message", f.message},
                                 {"hint", text_or_null(f.hint)},
                                 {"rule", text_or_null(f.rule)}}));
  Value entries = Value::array();
  for (const Entry& e : submission.entries)
    entries.push(Value::object({{"name", e.name},
                                {"role", name(e.role)},
                                {"slot", text_or_null(e.slot)},
                                {"sha256", text_or_null(e.sha256)},
                                {"note", text_or_null(e.note)},
                                {"size", static_cast<std::int64_t>(e.size)},
                                {"type", text_or_null(e.type)}}));
  Value out = Value::object({{"bundle", delivery.name},
                             {"sha256", submission.sha256},
                             {"drop", delivery.drop},
                             {"received_at", iso_time(received_at)},
                             {"kind", text_or_null(submission.kind)},
                             {"result", name(outcome.result)},
                             {"case", text_or_null(outcome.case_id)},
                             {"round", outcome.round > 0 ? Value(outcome.round) : Value()},
                             {"queue", text_or_null(outcome.queue)},
                             {"state", text_or_null(outcome.state)},
                             {"message", outcome.message}});
  for (const auto& [key, value] : outcome.extra.members()) out.set(key, value);
  out.set("findings", std::move(findings));
  out.set("entries", std::move(entries));
  return out;
}

}  // namespace pipeline
