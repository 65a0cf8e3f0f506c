#include "pipeline/ledger_terms.hpp"

#include <algorithm>
#include <utility>

#include "pipeline/json.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

std::string kept_key(std::string_view key) {
  constexpr std::size_t kLongest = 600;
  if (key.size() <= kLongest) return std::string(key);
  return shorten(std::string(key), kLongest) + "…" + sha256(key);
}

std::string kept_digest(std::string_view value) {
  constexpr std::size_t kDigest = 64;
  const bool digest = value.size() == kDigest &&
                      value.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return std::string(digest ? value.substr(0, kDigest / 2) : value);
}

std::string kept_value(std::string_view value) {
  return kept_key(kept_digest(value));
}

Terms in_order(Terms terms) {
  std::sort(terms.begin(), terms.end());
  terms.erase(std::unique(terms.begin(), terms.end()), terms.end());
  return terms;
}

Terms kept_terms(Terms index) {
  for (auto& [field, value] : index) value = kept_value(value);
  return in_order(std::move(index));
}

std::string text_of(const Terms& terms) {
  if (terms.empty()) return {};
  Value list = Value::array();
  for (const auto& [field, value] : terms) list.push(Value::array({field, value}));
  return list.dump();
}

Terms terms_of(const std::string& text) {
  Terms terms;
  if (text.empty()) return terms;
  const Value list = parse_own_json(text);
  for (const Value& term : list.items()) terms.emplace_back(term[0].string(), term[1].string());
  return terms;
}

}  // namespace pipeline
