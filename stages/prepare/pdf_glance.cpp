#include "stages/prepare/pdf_glance.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>

namespace prepare {

namespace {

using std::string_view;

constexpr std::size_t kWindow = 4096;
constexpr std::size_t kLongestTable = 4u << 20;

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r') || c == '\0';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

string_view skip_spaces(string_view s) {
  while (!s.empty() && is_space(s[0])) s.remove_prefix(1);
  return s;
}

std::optional<std::uint64_t> take_number(string_view& s) {
  s = skip_spaces(s);
  std::uint64_t n = 0;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), n);
  if (error != std::errc()) return std::nullopt;
  s.remove_prefix(static_cast<std::size_t>(end - s.data()));
  return n;
}

/// What follows the key in `s`: "/Count" is not found in "/Counter".
std::optional<string_view> after_key(string_view s, string_view key) {
  for (auto at = s.find(key); at != s.npos; at = s.find(key, at + 1)) {
    const string_view rest = s.substr(at + key.size());
    const bool ends = rest.empty() || is_space(rest[0]) || is_digit(rest[0]) ||
                      string_view("/<>[(+-").find(rest[0]) != string_view::npos;
    if (ends) return rest;
  }
  return std::nullopt;
}

/// The object number in "/Root 12 0 R".
std::optional<std::uint64_t> reference(string_view s, string_view key) {
  auto rest = after_key(s, key);
  if (!rest) return std::nullopt;
  const auto number = take_number(*rest);
  if (!number || !take_number(*rest) || !skip_spaces(*rest).starts_with('R')) return std::nullopt;
  return number;
}

/// Where a plain cross-reference section says that the object lies.
std::optional<std::uint64_t> offset_of(string_view pdf, std::uint64_t table, std::uint64_t object) {
  if (table >= pdf.size()) return std::nullopt;
  string_view at = skip_spaces(pdf.substr(table));
  if (!at.starts_with("xref")) return std::nullopt;
  at.remove_prefix(4);
  for (int section = 0; section < 64; ++section) {
    const auto first = take_number(at);
    const auto count = take_number(at);
    if (!first || !count) return std::nullopt;
    at = skip_spaces(at);
    constexpr std::uint64_t kLine = 20;
    if (*count > at.size() / kLine) return std::nullopt;
    if (object >= *first && object - *first < *count) {
      string_view line = at.substr((object - *first) * kLine, kLine);
      if (line[17] != 'n') return std::nullopt;
      return take_number(line);
    }
    at.remove_prefix(*count * kLine);
  }
  return std::nullopt;
}

/// Looks up objects by the plain tables of all revisions, the newest first.
class Tables {
 public:
  explicit Tables(string_view pdf) : pdf_(pdf) {}

  /// Follows /Prev; false if anything is not plain.
  bool follow(std::uint64_t newest) {
    for (std::uint64_t table = newest; known_ < kMost;) {
      if (std::find(tables_, tables_ + known_, table) != tables_ + known_) return false;
      if (table >= pdf_.size()) return false;
      const string_view at = skip_spaces(pdf_.substr(table));
      if (!at.starts_with("xref")) return false;
      tables_[known_++] = table;
      const auto trailer = at.substr(0, kLongestTable).find("trailer");
      if (trailer == at.npos) return false;
      string_view dictionary = at.substr(trailer, kWindow);
      const auto end = dictionary.find("startxref");
      if (end == dictionary.npos) return false;
      dictionary = dictionary.substr(0, end);
      if (after_key(dictionary, "/Encrypt") || after_key(dictionary, "/XRefStm")) return false;
      if (!root_) root_ = reference(dictionary, "/Root");
      auto before = after_key(dictionary, "/Prev");
      if (!before) return root_.has_value();
      const auto previous = take_number(*before);
      if (!previous) return false;
      table = *previous;
    }
    return false;
  }

  /// The text of the object, if it lies where the tables say and is short; else nothing.
  string_view object(std::optional<std::uint64_t> number) const {
    if (!number) return {};
    for (std::size_t i = 0; i < known_; ++i) {
      const auto offset = offset_of(pdf_, tables_[i], *number);
      if (!offset) continue;
      if (*offset >= pdf_.size()) return {};
      string_view text = pdf_.substr(*offset, kWindow);
      const auto end = text.find("endobj");
      if (end == text.npos) return {};
      text = text.substr(0, end);
      if (take_number(text) != *number || !take_number(text)) return {};
      text = skip_spaces(text);
      return text.starts_with("obj") ? text : string_view();
    }
    return {};
  }

  std::optional<std::uint64_t> root() const { return root_; }

 private:
  static constexpr std::size_t kMost = 16;
  string_view pdf_;
  std::optional<std::uint64_t> root_;
  std::uint64_t tables_[kMost] = {};
  std::size_t known_ = 0;
};

/// Whether the tree's first branch ends in a page.
bool has_page(const Tables& tables, string_view tree) {
  constexpr int kMostDepth = 8;
  for (int depth = 0; depth < kMostDepth; ++depth) {
    const auto kids = after_key(tree, "/Kids");
    if (!kids) return depth > 0 && after_key(tree, "/Page");
    string_view list = skip_spaces(*kids);
    if (!list.starts_with('[')) return false;
    list.remove_prefix(1);
    tree = tables.object(take_number(list));
  }
  return false;
}

}  // namespace

PdfGlance glance_at_pdf(string_view bytes) {
  const auto start = bytes.substr(0, 1024).find("%PDF-");
  if (start == bytes.npos) return {};
  const string_view pdf = bytes.substr(start);
  const string_view end = pdf.size() > kWindow ? pdf.substr(pdf.size() - kWindow) : pdf;
  const auto mark = end.rfind("startxref");
  if (mark == end.npos || end.find("%%EOF", mark) == end.npos) return {};
  string_view rest = end.substr(mark + 9);
  const auto newest = take_number(rest);
  Tables tables(pdf);
  if (!newest || !tables.follow(*newest)) return {};
  const string_view root = tables.object(tables.root());
  // Only the library can say whether a form has a signature or is made of XML.
  if (after_key(root, "/AcroForm")) return {};
  const string_view tree = tables.object(reference(root, "/Pages"));
  auto count = after_key(tree, "/Count");
  const auto pages = count ? take_number(*count) : std::nullopt;
  constexpr std::uint64_t kMostPages = 100'000;
  if (!pages || *pages == 0 || *pages > kMostPages) return {};
  if (!has_page(tables, tree)) return {};
  return {true, static_cast<int>(*pages)};
}

}  // namespace prepare
