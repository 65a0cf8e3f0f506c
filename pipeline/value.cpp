#include "pipeline/value.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace pipeline {

namespace {

const Value kNull;
const std::string kEmpty;
const Value::Array kNoItems;
const Value::Object kNoMembers;

bool needs_escape(unsigned char c) {
  return c < 0x20 || c == '"' || c == '\\';
}

/// The first place from `i` on that must be escaped, or the end: eight bytes at once, of which most texts have none.
std::size_t next_escape(const std::string& s, std::size_t i) {
  constexpr std::uint64_t kOnes = ~std::uint64_t{0} / 255, kHigh = kOnes * 0x80;
  const auto below = [](std::uint64_t x, std::uint64_t n) { return (x - kOnes * n) & ~x; };
  for (; i + sizeof(std::uint64_t) <= s.size(); i += sizeof(std::uint64_t)) {
    std::uint64_t x = 0;
    std::memcpy(&x, s.data() + i, sizeof x);
    if ((below(x, 0x20) | below(x ^ kOnes * '"', 1) | below(x ^ kOnes * '\\', 1)) & kHigh) break;
  }
  while (i < s.size() && !needs_escape(static_cast<unsigned char>(s[i]))) ++i;
  return i;
}

void put_string(std::string& out, const std::string& s) {
  static constexpr char kDigits[] = "0123456789abcdef";
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = next_escape(s, 0); i < s.size(); i = next_escape(s, i + 1)) {
    const unsigned char c = static_cast<unsigned char>(s[i]);
    out.append(s, from, i - from);
    from = i + 1;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        out += "\\u00";
        out += kDigits[c >> 4];
        out += kDigits[c & 15];
    }
  }
  out.append(s, from, std::string::npos);
  out += '"';
}

template <class Number>
void put_number(std::string& out, Number n) {
  char buffer[32];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, n);
  out.append(buffer, end.ptr);
}

/// A whole number keeps its point: without it, one beyond 64 bits is no number to who reads it again.
void put_real(std::string& out, double n) {
  const std::size_t from = out.size();
  put_number(out, n);
  if (out.find_first_of(".e", from) == out.npos) out += ".0";
}

}  // namespace

Value Value::object(std::initializer_list<Given> members) {
  Object object;
  object.reserve(members.size());
  for (const Given& given : members) object.emplace_back(given.key, std::move(given.value));
  return Value(std::move(object));
}
Value Value::array(std::initializer_list<Value> items) {
  return Value(Array(items));
}

bool Value::boolean(bool otherwise) const {
  const bool* b = std::get_if<bool>(&data_);
  return b ? *b : otherwise;
}

std::int64_t Value::integer(std::int64_t otherwise) const {
  if (const auto* n = std::get_if<std::int64_t>(&data_)) return *n;
  if (const auto* d = std::get_if<double>(&data_); d && std::abs(*d) < 9e18)
    return static_cast<std::int64_t>(*d);
  return otherwise;
}

double Value::number(double otherwise) const {
  if (const auto* n = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*n);
  if (const auto* d = std::get_if<double>(&data_)) return *d;
  return otherwise;
}

const std::string& Value::string() const {
  const auto* s = std::get_if<std::string>(&data_);
  return s ? *s : kEmpty;
}

std::string Value::text() const {
  if (is_string()) return string();
  if (const auto* d = std::get_if<double>(&data_); d && std::isfinite(*d)) {
    // People write no point after a whole number.
    std::string out;
    put_number(out, *d);
    return out;
  }
  if (is_bool() || is_number()) return dump();
  return {};
}

const Value::Array& Value::items() const {
  const auto* a = std::get_if<Array>(&data_);
  return a ? *a : kNoItems;
}

const Value::Object& Value::members() const {
  const auto* o = std::get_if<Object>(&data_);
  return o ? *o : kNoMembers;
}

std::size_t Value::size() const {
  return is_array() ? items().size() : members().size();
}

const Value& Value::operator[](std::string_view key) const {
  // Most names differ in length or in their first letter: no call for those.
  for (const auto& [name, value] : members())
    if (name.size() == key.size() && (key.empty() || (name[0] == key[0] && name == key)))
      return value;
  return kNull;
}

const Value& Value::operator[](std::size_t index) const {
  const auto& all = items();
  return index < all.size() ? all[index] : kNull;
}

bool Value::has(std::string_view key) const {
  const auto& all = members();
  return std::any_of(all.begin(), all.end(), [&](const Member& m) { return m.first == key; });
}

const Value& Value::at_path(std::string_view path) const {
  const Value* at = this;
  while (!path.empty()) {
    if (path[0] == '[') {
      const auto end = path.find(']');
      std::size_t index = 0;
      if (end == path.npos ||
          std::from_chars(path.data() + 1, path.data() + end, index).ptr != path.data() + end)
        return kNull;
      at = &(*at)[index];
      path.remove_prefix(end + 1);
      if (!path.empty() && path[0] == '.') path.remove_prefix(1);
      continue;
    }
    const auto end = std::min(path.find_first_of(".["), path.size());
    at = &(*at)[path.substr(0, end)];
    path.remove_prefix(end);
    if (!path.empty() && path[0] == '.') path.remove_prefix(1);
  }
  return *at;
}

Value& Value::member(std::string_view key) {
  auto& all = members_mutable();
  for (auto& [name, value] : all)
    if (name == key) return value;
  return all.emplace_back(std::string(key), Value()).second;
}

Value& Value::set(std::string_view key, Value value) {
  Value& place = member(key);
  place = std::move(value);
  return place;
}

void Value::erase(std::string_view key) {
  if (!is_object()) return;
  auto& all = members_mutable();
  std::erase_if(all, [&](const Member& m) { return m.first == key; });
}

Value& Value::push(Value value) {
  return items_mutable().emplace_back(std::move(value));
}

Value::Array& Value::items_mutable() {
  if (!is_array()) data_ = Array();
  return std::get<Array>(data_);
}

Value::Object& Value::members_mutable() {
  if (!is_object()) data_ = Object();
  return std::get<Object>(data_);
}

std::string Value::dump(bool indented) const {
  std::string out;
  dump_to(out, indented, 0);
  return out;
}

void Value::dump_to(std::string& out, bool indented, int depth) const {
  const auto line = [&](int at) {
    if (!indented) return;
    out += '\n';
    out.append(static_cast<std::size_t>(2 * at), ' ');
  };
  if (is_null()) {
    out += "null";
  } else if (const auto* b = std::get_if<bool>(&data_)) {
    out += *b ? "true" : "false";
  } else if (const auto* n = std::get_if<std::int64_t>(&data_)) {
    put_number(out, *n);
  } else if (const auto* d = std::get_if<double>(&data_)) {
    if (std::isfinite(*d))
      put_real(out, *d);
    else
      out += "null";
  } else if (is_string()) {
    put_string(out, string());
  } else if (is_array()) {
    out += '[';
    bool first = true;
    for (const Value& item : items()) {
      if (!first) out += ',';
      first = false;
      line(depth + 1);
      item.dump_to(out, indented, depth + 1);
    }
    if (!first) line(depth);
    out += ']';
  } else {
    out += '{';
    bool first = true;
    for (const auto& [name, value] : members()) {
      if (!first) out += ',';
      first = false;
      line(depth + 1);
      put_string(out, name);
      out += indented ? ": " : ":";
      value.dump_to(out, indented, depth + 1);
    }
    if (!first) line(depth);
    out += '}';
  }
}

}  // namespace pipeline
