#include "stages/prepare/findings.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <utility>

#include "pipeline/text.hpp"

namespace prepare {

namespace {

using pipeline::Finding;
using pipeline::Severity;

constexpr std::size_t kQuoted = 100, kDetail = 200;

}  // namespace

std::string cut(std::string_view text, std::size_t limit) {
  constexpr std::size_t kLongestCharacter = 4;
  // A little more than can be shown is enough: the text may be megabytes.
  const bool long_text = text.size() > (limit + 1) * kLongestCharacter;
  const std::string head =
      long_text ? pipeline::shorten(std::string(text.substr(0, (limit + 2) * kLongestCharacter)),
                                    (limit + 1) * kLongestCharacter)
                : std::string(text);
  const std::u32string characters = pipeline::code_points(head);
  if (characters.size() <= limit && !long_text) return head;
  return pipeline::to_utf8(characters.substr(0, limit - 1)) + "…";
}

Finding make_finding(const pipeline::Catalogue& catalogue, std::string_view code,
                     std::string_view where, pipeline::Arguments arguments) {
  using Quotation = std::pair<std::string_view, std::size_t>;
  static constexpr std::array kQuotations{Quotation{"value", kQuoted}, Quotation{"field", kQuoted},
                                          Quotation{"entry", kQuoted}, Quotation{"file", kQuoted},
                                          Quotation{"detail", kDetail}};
  for (const auto& [name, limit] : kQuotations)
    if (const auto found = arguments.find(name); found != arguments.end())
      found->second = cut(found->second, limit);
  return catalogue.make(code, cut(where, kQuoted), arguments);
}

void append_limited(std::vector<Finding>& to, std::vector<Finding> of_one_code, std::size_t count,
                    const pipeline::Catalogue& catalogue) {
  if (count > kMostOfOneCode) {
    const std::string code = of_one_code.front().code;
    of_one_code.resize(kMostOfOneCode - 1);
    of_one_code.push_back(
        make_finding(catalogue, code, {},
                     {{"field", "另有 " + std::to_string(count - of_one_code.size()) + " 项"}}));
  }
  std::move(of_one_code.begin(), of_one_code.end(), std::back_inserter(to));
}

void limit_findings(std::vector<Finding>& findings) {
  if (findings.size() <= kMostFindings) return;
  std::vector<bool> kept(findings.size(), false);
  std::size_t room = kMostFindings;
  const auto keep = [&](std::size_t i) {
    if (room == 0 || kept[i]) return;
    kept[i] = true;
    --room;
  };
  std::set<std::pair<std::string_view, Severity>> seen;
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (seen.emplace(findings[i].code, findings[i].severity).second) keep(i);
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (findings[i].severity == Severity::Error) keep(i);
  for (std::size_t i = 0; i < findings.size(); ++i) keep(i);

  std::vector<Finding> out;
  std::size_t worst = findings.size();
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (kept[i])
      out.push_back(std::move(findings[i]));
    else if (worst == findings.size() || findings[i].severity < findings[worst].severity)
      worst = i;
  }
  Finding rest = std::move(findings[worst]);
  rest.where.clear();
  rest.message = "另有 " + std::to_string(findings.size() - out.size()) + " 个问题，未逐一列出。";
  rest.hint = "请先改正已列出的问题，再重新投递。";
  out.push_back(std::move(rest));
  findings = std::move(out);
}

}  // namespace prepare
