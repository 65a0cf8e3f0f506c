#include "app/dry_run.hpp"

#include <filesystem>
#include <iostream>
#include <map>

#include "pipeline/fault.hpp"
#include "pipeline/files.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/line.hpp"
#include "stages/decide/decide.hpp"
#include "stages/prepare/prepare.hpp"

namespace app {

using pipeline::Value;

namespace {

/// The drop folder in which the file lies; "" if it does not lie in the inbox.
std::string drop_of(const std::string& inbox, const std::string& file) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::weakly_canonical(file).parent_path();
  const fs::path root = fs::weakly_canonical(fs::path(inbox) / "");
  const fs::path top = root.has_filename() ? root : root.parent_path();
  if (folder == top) return "public";
  return folder.parent_path() == top ? pipeline::readable_name(folder.filename().string()) : "";
}

}  // namespace

Prepared prepare_dry(const std::string& file, const std::string& drop, const std::string& inbox,
                     const prepare::Rules& rules) {
  const auto files = pipeline::make_files();
  std::string bytes;
  if (!files->read(file, bytes))
    throw pipeline::Fault(pipeline::FaultKind::Stop, "read " + file, "it is no regular file");
  pipeline::Delivery delivery;
  delivery.drop = drop.empty() ? drop_of(inbox, file) : drop;
  const bool placed = !delivery.drop.empty();
  if (!placed) delivery.drop = "public";
  delivery.name = pipeline::readable_name(std::filesystem::path(file).filename().string());
  delivery.path = file;
  delivery.size = bytes.size();
  pipeline::Submission submission = prepare::prepare(delivery, bytes, rules);
  return {std::move(delivery), std::move(submission), placed};
}

pipeline::Outcome decide_dry(const Prepared& prepared, const pipeline::Ledger& ledger,
                             const pipeline::View& view, pipeline::Time now,
                             const decide::Rules& rules) {
  const pipeline::Submission& submission = prepared.submission;
  pipeline::Outcome outcome = decide::decide(submission, prepared.delivery,
                                             ledger.earlier(submission.sha256), view, now, rules);
  pipeline::join_findings(outcome, submission);
  pipeline::name_cells(outcome.findings, submission);
  return outcome;
}

void print_findings(const Value& findings) {
  static const std::map<std::string, std::string> kSeverities{
      {"error", "错误"}, {"warning", "提醒"}, {"info", "告知"}};
  for (const Value& f : findings.items()) {
    const auto severity = kSeverities.find(f["severity"].text());
    std::cout << "  " << (severity == kSeverities.end() ? f["severity"].text() : severity->second)
              << " " << f["code"].text();
    if (!f["where"].text().empty()) std::cout << "（" << f["where"].text() << "）";
    std::cout << "  " << f["message"].text();
    if (!f["rule"].text().empty()) std::cout << "〔" << f["rule"].text() << "〕";
    std::cout << "\n";
    if (!f["hint"].text().empty()) std::cout << "      → " << f["hint"].text() << "\n";
  }
}

}  // namespace app
