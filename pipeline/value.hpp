#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Value: a JSON document as a plain value; objects keep the order of their members.
//
// Looking up what is not there gives the null Value, so that a chain of look-ups on a foreign form never fails.
// parse_json (json.hpp) makes one; dump() writes one, always the same way.

namespace pipeline {

class Value;
using Member = std::pair<std::string, Value>;

class Value {
 public:
  using Array = std::vector<Value>;
  using Object = std::vector<Member>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool b) : data_(b) {}
  Value(int n) : data_(std::int64_t{n}) {}
  Value(std::int64_t n) : data_(n) {}
  Value(std::uint64_t n) : data_(static_cast<std::int64_t>(n)) {}
  Value(double n) : data_(n) {}
  Value(std::string s) : data_(std::move(s)) {}
  Value(std::string_view s) : data_(std::string(s)) {}
  Value(const char* s) : data_(std::string(s)) {}
  Value(Array a) : data_(std::move(a)) {}
  Value(Object o) : data_(std::move(o)) {}

  struct Given;
  static Value object(std::initializer_list<Given> members = {});
  static Value array(std::initializer_list<Value> items = {});

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_integer() const { return std::holds_alternative<std::int64_t>(data_); }
  bool is_number() const { return is_integer() || std::holds_alternative<double>(data_); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_array() const { return std::holds_alternative<Array>(data_); }
  bool is_object() const { return std::holds_alternative<Object>(data_); }

  /// The content if it has that type, else the default.
  bool boolean(bool otherwise = false) const;
  std::int64_t integer(std::int64_t otherwise = 0) const;
  double number(double otherwise = 0) const;
  const std::string& string() const;  ///< "" if it is not a string
  /// A string as it is, a number or bool printed, anything else "".
  std::string text() const;

  const Array& items() const;     ///< empty if it is not an array
  const Object& members() const;  ///< empty if it is not an object
  std::size_t size() const;       ///< items or members

  /// The member of that name, or the null Value.
  const Value& operator[](std::string_view key) const;
  /// The item at that place, or the null Value.
  const Value& operator[](std::size_t index) const;
  /// A literal is a key, never a place.
  const Value& operator[](const char* key) const { return (*this)[std::string_view(key)]; }
  const Value& operator[](int index) const { return (*this)[static_cast<std::size_t>(index)]; }
  bool has(std::string_view key) const;
  /// "unit.uscc", "education[0].school"; the null Value if any step is missing.
  const Value& at_path(std::string_view path) const;

  /// Makes it an object if it is null; replaces the member or appends it.
  Value& set(std::string_view key, Value value);
  /// The member to change in place; made (null) if absent.
  Value& member(std::string_view key);
  void erase(std::string_view key);
  /// Makes it an array if it is null.
  Value& push(Value value);
  Array& items_mutable();
  Object& members_mutable();

  /// Compact JSON in UTF-8, or indented by two blanks.
  std::string dump(bool indented = false) const;

  bool operator==(const Value&) const = default;

 private:
  void dump_to(std::string& out, bool indented, int depth) const;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> data_;
};

/// A member as object() takes it: moved into place, while of a list of Members only copies can be had.
struct Value::Given {
  std::string_view key;
  mutable Value value;
};

}  // namespace pipeline
