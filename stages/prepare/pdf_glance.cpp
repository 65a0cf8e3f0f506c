#include "stages/prepare/pdf_glance.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>

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
                      string_view("/<[(+-").find(rest[0]) != string_view::npos;
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

/// The text of the object at that place, up to its end or the window's.
string_view object_at(string_view pdf, std::uint64_t offset) {
  if (offset >= pdf.size()) return {};
  const string_view text = pdf.substr(offset, kWindow);
  return text.substr(0, text.find("endobj"));
}

/// Follows trailer, root and page tree; each revision's section may point to the one before.
std::optional<std::uint64_t> count_in_tree(string_view pdf, std::uint64_t newest) {
  std::optional<std::uint64_t> root;
  std::uint64_t tables[16];
  std::size_t known = 0;
  for (std::uint64_t table = newest; known < 16 && table < pdf.size();) {
    const string_view at = skip_spaces(pdf.substr(table));
    if (!at.starts_with("xref")) return std::nullopt;
    tables[known++] = table;
    const auto trailer = at.substr(0, kLongestTable).find("trailer");
    if (trailer == at.npos) return std::nullopt;
    const string_view dictionary = at.substr(trailer, kWindow);
    if (!root) root = reference(dictionary, "/Root");
    auto before = after_key(dictionary.substr(0, dictionary.find("startxref")), "/Prev");
    const auto previous = before ? take_number(*before) : std::nullopt;
    if (!previous || *previous >= table) break;
    table = *previous;
  }
  const auto object = [&](std::uint64_t number) -> string_view {
    for (std::size_t i = 0; i < known; ++i)
      if (const auto offset = offset_of(pdf, tables[i], number)) return object_at(pdf, *offset);
    return {};
  };
  if (!root) return std::nullopt;
  const auto tree = reference(object(*root), "/Pages");
  if (!tree) return std::nullopt;
  auto count = after_key(object(*tree), "/Count");
  return count ? take_number(*count) : std::nullopt;
}

}  // namespace

PdfGlance glance_at_pdf(string_view bytes) {
  PdfGlance out;
  const auto start = bytes.substr(0, 1024).find("%PDF-");
  if (start == bytes.npos) return out;
  const string_view pdf = bytes.substr(start);
  const string_view end = pdf.size() > kWindow ? pdf.substr(pdf.size() - kWindow) : pdf;
  const auto mark = end.rfind("startxref");
  out.whole = mark != end.npos && end.find("%%EOF", mark) != end.npos;
  const string_view front = pdf.substr(0, kWindow);
  out.encrypted = after_key(end, "/Encrypt").has_value();
  std::optional<std::uint64_t> pages;
  if (const auto linear = front.find("/Linearized"); linear != front.npos) {
    out.encrypted = out.encrypted || after_key(front, "/Encrypt").has_value();
    const string_view dictionary = front.substr(linear, front.find("endobj", linear) - linear);
    if (auto n = after_key(dictionary, "/N")) pages = take_number(*n);
  }
  if (mark != end.npos) {
    string_view rest = end.substr(mark + 9);
    if (const auto table = take_number(rest)) {
      // A cross-reference stream carries the trailer's keys in its own dictionary.
      if (*table < pdf.size())
        out.encrypted = out.encrypted || after_key(object_at(pdf, *table), "/Encrypt").has_value();
      if (!pages) {
        pages = count_in_tree(pdf, *table);
        out.empty = pages && *pages == 0;
      }
    }
  }
  if (pages && *pages <= 100'000) out.pages = static_cast<int>(*pages);
  return out;
}

}  // namespace prepare
