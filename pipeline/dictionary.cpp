#include "pipeline/dictionary.hpp"

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

/// What is compared: NFKC, ASCII in lower case, without blanks and zero-width characters.
std::string writing(std::string_view written) {
  const std::u32string text = code_points(nfkc(written));
  std::u32string kept;
  for (const char32_t c : text) {
    const bool blank = c <= U' ' || c == 0x00A0 || c == 0x3000 || (c >= 0x2000 && c <= 0x200D) ||
                       c == 0x2060 || c == 0xFEFF;
    if (!blank) kept += c;
  }
  return ascii_lower(to_utf8(kept));
}

}  // namespace

Dictionary Dictionary::load(const std::string& file) {
  const CsvFile csv(file, {"name", "code", "label", "aliases"});
  Dictionary dictionary;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const auto fault = [&](const std::string& why) {
      return Fault(FaultKind::Stop, "read " + file + ":" + std::to_string(csv.line(i)), why);
    };
    const std::string& code = csv.cell(i, "code");
    const std::string& label = csv.cell(i, "label");
    if (csv.cell(i, "name").empty() || code.empty() || label.empty())
      throw fault("name, code and label must be given");
    Words& words = dictionary.names_[csv.cell(i, "name")];
    if (!words.labels.emplace(code, label).second) throw fault("code " + code + " stands twice");
    words.order.emplace_back(code, label);

    std::vector<std::string_view> writings = split(csv.cell(i, "aliases"), '|');
    writings.push_back(code);
    writings.push_back(label);
    for (const std::string_view each : writings) {
      const std::string key = writing(each);
      if (key.empty()) continue;
      const auto [other, added] = words.by_writing.emplace(key, code);
      if (!added && other->second != code)
        throw fault(std::string(each) + " would mean " + other->second + " as well as " + code);
    }
  }
  return dictionary;
}

bool Dictionary::knows(std::string_view name) const {
  return names_.find(name) != names_.end();
}

std::optional<std::string> Dictionary::code(std::string_view name, std::string_view written) const {
  const auto words = names_.find(name);
  if (words == names_.end()) return std::nullopt;
  const auto found = words->second.by_writing.find(writing(written));
  if (found == words->second.by_writing.end()) return std::nullopt;
  return found->second;
}

std::string Dictionary::label(std::string_view name, std::string_view code) const {
  const auto words = names_.find(name);
  if (words == names_.end()) return std::string(code);
  const auto found = words->second.labels.find(code);
  return found == words->second.labels.end() ? std::string(code) : found->second;
}

const std::vector<std::pair<std::string, std::string>>& Dictionary::words(
    std::string_view name) const {
  static const std::vector<std::pair<std::string, std::string>> kNone;
  const auto words = names_.find(name);
  return words == names_.end() ? kNone : words->second.order;
}

}  // namespace pipeline
