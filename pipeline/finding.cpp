#include "pipeline/finding.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <tuple>

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/fill_in.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

constexpr std::string_view kOpen = "（", kClose = "）";

/// Where `mark` last ends at or before `end`; 0 if nowhere.
std::size_t after_last(std::string_view text, std::string_view mark, std::size_t end) {
  const std::size_t found = text.substr(0, end).rfind(mark);
  return found == std::string_view::npos ? 0 : found + mark.size();
}

/// The part to leave out when the placeholder at [from, to) has no argument: the brackets around
/// it, else its sentence.
std::pair<std::size_t, std::size_t> part_around(std::string_view text, std::size_t from,
                                                std::size_t to) {
  const std::size_t opened = text.substr(0, from).rfind(kOpen);
  if (opened != std::string_view::npos && after_last(text, kClose, from) <= opened) {
    const std::size_t closed = text.find(kClose, to);
    if (closed != std::string_view::npos) return {opened, closed + kClose.size()};
  }
  const std::size_t begin = std::max(after_last(text, "。", from), after_last(text, "；", from));
  std::size_t end = text.size();
  for (const std::string_view mark : {std::string_view("。"), std::string_view("；")}) {
    const std::size_t found = text.find(mark, to);
    if (found != std::string_view::npos) end = std::min(end, found + mark.size());
  }
  return {begin, end};
}

struct Placeholder {
  std::size_t from, to;
  std::string_view name;
};

std::optional<Placeholder> next_placeholder(std::string_view text, std::size_t from) {
  const std::size_t opened = text.find('{', from);
  if (opened == std::string_view::npos) return std::nullopt;
  const std::size_t closed = text.find('}', opened);
  if (closed == std::string_view::npos) return std::nullopt;
  return Placeholder{opened, closed + 1, text.substr(opened + 1, closed - opened - 1)};
}

/// The placeholder alone, and the colon before it if nothing follows that it could announce.
std::pair<std::size_t, std::size_t> bare(std::string_view text, std::size_t from, std::size_t to) {
  constexpr std::string_view kColon = "：";
  const std::string_view after = text.substr(to);
  const bool ends = after.empty() || after.starts_with("。") || after.starts_with("，") ||
                    after.starts_with("；") || after.starts_with(kOpen);
  if (ends && text.substr(0, from).ends_with(kColon)) from -= kColon.size();
  return {from, to};
}

enum class First { Kept, MayGo, AllMayGo };

/// `first`: whether the first sentence may be left out; a message is never left without it, nor any text without words.
std::string fill(std::string text, const Arguments& arguments, First first) {
  const auto given = [&](std::string_view key) {
    const auto found = arguments.find(key);
    return found != arguments.end() && !found->second.empty();
  };
  for (std::size_t from = 0; const auto place = next_placeholder(text, from);) {
    if (given(place->name)) {
      from = place->to;
      continue;
    }
    auto [begin, end] = part_around(text, place->from, place->to);
    if (begin == 0 && first != First::AllMayGo && (first == First::Kept || end == text.size()))
      std::tie(begin, end) = bare(text, place->from, place->to);
    text.erase(begin, end - begin);
    from = 0;
  }
  std::string out;
  std::size_t from = 0;
  while (const auto place = next_placeholder(text, from)) {
    out.append(text, from, place->from - from);
    out += arguments.find(place->name)->second;
    from = place->to;
  }
  return out.append(text, from);
}

std::optional<Severity> read_severity(std::string_view word) {
  for (const Severity each : {Severity::Error, Severity::Warning, Severity::Info}) {
    if (name(each) == word) return each;
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Severity severity) {
  switch (severity) {
    case Severity::Error:
      return "error";
    case Severity::Warning:
      return "warning";
    case Severity::Info:
      return "info";
  }
  assert(false);
  return {};
}

bool has_error(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(),
                     [](const Finding& f) { return f.severity == Severity::Error; });
}

std::string fill_in(std::string text, const Arguments& arguments) {
  return fill(std::move(text), arguments, First::AllMayGo);
}

Catalogue Catalogue::load(const std::string& file) {
  const CsvFile csv(file, {"code", "severity", "message", "hint", "rule"});
  Catalogue catalogue;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const auto fault = [&](const std::string& why) {
      return Fault(FaultKind::Stop, "read " + file + ":" + std::to_string(csv.line(i)), why);
    };
    const std::optional<Severity> severity = read_severity(csv.cell(i, "severity"));
    if (!severity) throw fault("severity is error, warning or info");
    Finding row{csv.cell(i, "code"),    *severity,           {},
                csv.cell(i, "message"), csv.cell(i, "hint"), csv.cell(i, "rule")};
    if (row.code.empty() || row.message.empty()) throw fault("code and message must be given");
    const std::string code = row.code;
    if (!catalogue.rows_.emplace(code, std::move(row)).second)
      throw fault("code " + code + " stands twice");
  }
  return catalogue;
}

Finding Catalogue::make(std::string_view code, std::string where,
                        const Arguments& arguments) const {
  const auto found = rows_.find(code);
  assert(found != rows_.end());
  if (found == rows_.end())
    return {std::string(code), Severity::Error, std::move(where), std::string(code), {}, {}};
  Finding finding = found->second;
  finding.where = std::move(where);
  finding.message = fill(std::move(finding.message), arguments, First::Kept);
  finding.hint = fill(std::move(finding.hint), arguments, First::MayGo);
  return finding;
}

Finding Catalogue::make(std::string_view code, Severity severity, std::string where,
                        const Arguments& arguments) const {
  Finding finding = make(code, std::move(where), arguments);
  finding.severity = severity;
  return finding;
}

}  // namespace pipeline
