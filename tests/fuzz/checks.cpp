#include <algorithm>
#include <fstream>

#include "pipeline/json.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/findings.hpp"
#include "tests/fuzz/targets.hpp"
#include "tests/zip_builder.hpp"

namespace fuzz {

namespace {

void check_texts(const pipeline::Value& value) {
  if (value.is_string()) require(pipeline::is_utf8(value.string()), "a text is UTF-8");
  for (const pipeline::Value& item : value.items()) check_texts(item);
  for (const auto& [name, member] : value.members()) {
    require(pipeline::is_utf8(name), "a key is UTF-8");
    check_texts(member);
  }
}

std::string zip_of(std::string_view list, std::string_view mark) {
  zip_builder::Builder zip;
  while (list.starts_with(mark)) {
    list.remove_prefix(mark.size());
    const std::size_t line = std::min(list.find('\n'), list.size());
    const std::string name(list.substr(0, line));
    list.remove_prefix(std::min(line + 1, list.size()));
    std::size_t end = list.starts_with(mark) ? 0 : list.find('\n' + std::string(mark));
    end = std::min(end, list.size());
    const std::string_view content = list.substr(0, end);
    list.remove_prefix(end);
    if (list.starts_with('\n')) list.remove_prefix(1);
    constexpr std::string_view kInner = "--";
    const bool nested = mark != kInner && content.starts_with(kInner);
    zip.add(name.substr(0, 0xFFFF), nested ? zip_of(content, kInner) : std::string(content));
  }
  return zip.end();
}

}  // namespace

const prepare::Rules& rules() {
  static const prepare::Rules loaded =
      prepare::load_rules(std::string(DOSSIER_SOURCE_DIR) + "/templates", {});
  return loaded;
}

void check(const std::vector<pipeline::Finding>& findings) {
  for (const pipeline::Finding& finding : findings) {
    require(!finding.code.empty() && !finding.message.empty(), "a finding says something");
    require(pipeline::is_utf8(finding.where) && pipeline::is_utf8(finding.message) &&
                pipeline::is_utf8(finding.hint),
            "a finding is UTF-8");
    constexpr std::size_t kMost = 8192;
    require(finding.where.size() + finding.message.size() + finding.hint.size() < kMost,
            "a finding is short");
  }
}

void check(const pipeline::Value& value) {
  check_texts(value);
  const pipeline::Json again = pipeline::parse_json(value.dump(), 256);
  require(again.error.empty(), "what was written can be read");
  require(again.value == value, "what was written is read as it was");
}

std::string packed(std::string_view input) {
  constexpr std::string_view kOuter = "==";
  return input.starts_with(kOuter) ? zip_of(input, kOuter) : std::string(input);
}

std::vector<std::string> kept(std::string_view target) {
  std::ifstream in(std::string(DOSSIER_SOURCE_DIR) + "/tests/fuzz/corpus/" + std::string(target) +
                   ".hex");
  std::vector<std::string> inputs;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::string bytes;
    for (std::size_t i = 0; i + 1 < line.size(); i += 2)
      bytes += static_cast<char>(std::stoi(line.substr(i, 2), nullptr, 16));
    inputs.push_back(std::move(bytes));
  }
  return inputs;
}

}  // namespace fuzz
