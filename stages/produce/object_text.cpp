#include "stages/produce/object_text.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <limits>
#include <string>

namespace produce {

namespace {

/// ISO 32000-1, 7.2.2.
bool is_blank(char c) {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}
bool is_regular(char c) {
  return !is_blank(c) && std::string_view("()<>[]{}/%").find(c) == std::string_view::npos;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

class Copy {
 public:
  Copy(std::string_view text, std::uint64_t base, std::uint64_t count, std::string& out)
      : text_(text), base_(base), count_(count), out_(out) {}

  std::optional<std::size_t> run() {
    if (!value(0)) return std::nullopt;
    return at_;
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool begins(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  void take(std::size_t size) {
    out_ += text_.substr(at_, size);
    at_ += size;
  }
  void skip_blanks() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
  }
  std::string_view word(std::size_t from) const {
    std::size_t end = from;
    while (end < text_.size() && is_regular(text_[end])) ++end;
    return text_.substr(from, end - from);
  }

  bool value(int depth) {
    constexpr int kDeepest = 200;
    skip_blanks();
    if (at_ == text_.size() || depth > kDeepest) return false;
    if (begins("<<")) return dictionary(depth);
    switch (next()) {
      case '[':
        return array(depth);
      case '(':
        return literal();
      case '<':
        return hexadecimal();
      case '/':
        take(1 + word(at_ + 1).size());
        break;
      default:
        if (!atom()) return false;
    }
    out_ += ' ';
    return true;
  }

  bool dictionary(int depth) {
    take(2);
    for (skip_blanks(); !begins(">>"); skip_blanks())
      if (next() != '/' || !value(depth + 1) || !value(depth + 1)) return false;
    take(2);
    return true;
  }

  bool array(int depth) {
    take(1);
    for (skip_blanks(); next() != ']'; skip_blanks())
      if (!value(depth + 1)) return false;
    take(1);
    return true;
  }

  bool literal() {
    std::size_t end = at_;
    for (int open = 0; end < text_.size(); ++end) {
      if (text_[end] == '\\')
        ++end;
      else if (text_[end] == '(')
        ++open;
      else if (text_[end] == ')' && --open == 0)
        break;
    }
    if (end >= text_.size()) return false;
    take(end + 1 - at_);
    return true;
  }

  bool hexadecimal() {
    const std::size_t end = text_.find('>', at_);
    if (end == text_.npos) return false;
    const std::string_view digits = text_.substr(at_ + 1, end - at_ - 1);
    const bool right = std::all_of(digits.begin(), digits.end(), [](char c) {
      return is_digit(c) || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f') || is_blank(c);
    });
    if (right) take(end + 1 - at_);
    return right;
  }

  /// A number, true, false, null, or a reference.
  bool atom() {
    const std::string_view first = word(at_);
    if (first == "true" || first == "false" || first == "null") {
      take(first.size());
      return true;
    }
    if (first.empty() || first.find_first_not_of("+-.0123456789") != first.npos) return false;
    std::size_t end = 0;
    std::uint64_t number = 0;
    if (!reference(first, number, end)) {
      take(first.size());
      return true;
    }
    if (number < 1 || number > count_) return false;
    out_ += std::to_string(base_ + number) + " 0 R";
    at_ = end;
    return true;
  }

  bool reference(std::string_view first, std::uint64_t& number, std::size_t& end) const {
    const auto blanks = [&](std::size_t from) {
      while (from < text_.size() && is_blank(text_[from])) ++from;
      return from;
    };
    if (!std::all_of(first.begin(), first.end(), is_digit)) return false;
    const std::size_t second = blanks(at_ + first.size());
    const std::string_view generation = word(second);
    if (generation.empty() || !std::all_of(generation.begin(), generation.end(), is_digit))
      return false;
    const std::size_t third = blanks(second + generation.size());
    if (word(third) != "R") return false;
    end = third + 1;
    const auto read = std::from_chars(first.data(), first.data() + first.size(), number);
    if (read.ec != std::errc()) number = 0;
    return true;
  }

  std::string_view text_;
  std::uint64_t base_, count_;
  std::string& out_;
  std::size_t at_ = 0;
};

/// ISO 32000-1, 7.3.5: any character of a name may be written as # and two digits.
std::string plain_name(std::string_view name) {
  std::string out;
  for (std::size_t at = 0; at < name.size() && name[at] != ' '; ++at) {
    unsigned code = 0;
    const char* const digits = name.data() + at + 1;
    if (name[at] == '#' && name.size() - at > 2 &&
        std::from_chars(digits, digits + 2, code, 16).ptr == digits + 2) {
      out += static_cast<char>(code);
      at += 2;
    } else {
      out += name[at];
    }
  }
  return out;
}

}  // namespace

std::optional<std::size_t> copy_object(std::string_view text, std::uint64_t base,
                                       std::uint64_t count, std::string& out) {
  return Copy(text, base, count, out).run();
}

bool keeps_to_itself(std::string_view dictionary) {
  static constexpr std::string_view kOutside[] = {
      "/Length", "/F", "/FFilter", "/FDecodeParms", "/Ref", "/OPI", "/AF", "/Subtype2", "/PS"};
  constexpr std::uint64_t kAny = std::numeric_limits<std::uint64_t>::max();
  if (!dictionary.starts_with("<<")) return false;
  dictionary.remove_prefix(2);
  for (;;) {
    std::string key, value;
    const auto end = copy_object(dictionary, 0, kAny, key);
    if (!end) break;
    dictionary.remove_prefix(*end);
    const auto next = copy_object(dictionary, 0, kAny, value);
    if (!next) return false;
    dictionary.remove_prefix(*next);
    key = plain_name(key);
    if (std::find(std::begin(kOutside), std::end(kOutside), key) != std::end(kOutside))
      return false;
    // What stands elsewhere cannot be judged here.
    if (key == "/Subtype" && (plain_name(value) == "/PS" || !value.starts_with('/'))) return false;
  }
  return true;
}

}  // namespace produce
