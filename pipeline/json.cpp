#include "pipeline/json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

/// What is neither an array nor an object.
Value scalar(simdjson::dom::element from) {
  using simdjson::dom::element_type;
  switch (from.type()) {
    case element_type::INT64:
      return from.get_int64().value_unsafe();
    case element_type::UINT64:
      return static_cast<double>(from.get_uint64().value_unsafe());
    case element_type::DOUBLE:
      return from.get_double().value_unsafe();
    case element_type::STRING:
      return from.get_string().value_unsafe();
    case element_type::BOOL:
      return from.get_bool().value_unsafe();
    default:
      return nullptr;
  }
}

struct Reader {
  Json& out;
  std::string path;

  Value read(simdjson::dom::element from) {
    using simdjson::dom::element_type;
    switch (from.type()) {
      case element_type::ARRAY: {
        Value::Array items;
        const simdjson::dom::array array = from.get_array().value_unsafe();
        for (const auto item : array) {
          const auto length = path.size();
          path += '[' + std::to_string(items.size()) + ']';
          items.push_back(read(item));
          path.resize(length);
        }
        return items;
      }
      case element_type::OBJECT: {
        Value object = Value::object();
        auto& members = object.members_mutable();
        const simdjson::dom::object source = from.get_object().value_unsafe();
        // A hostile form may have a hundred thousand members: no search from the beginning for each.
        std::unordered_map<std::string_view, std::size_t> places;
        for (const auto& [key, value] : source) {
          const auto length = path.size();
          if (!path.empty()) path += '.';
          path += key;
          Value item = read(value);
          const auto [place, fresh] = places.try_emplace(key, members.size());
          if (fresh) {
            members.emplace_back(std::string(key), std::move(item));
          } else {
            constexpr std::size_t kNamed = 20;
            if (++out.duplicate_count <= kNamed) out.duplicates.push_back(path);
            members[place->second].second = std::move(item);
          }
          path.resize(length);
        }
        return object;
      }
      default:
        return scalar(from);
    }
  }
};

using Names = std::unordered_set<std::string_view>;

/// Without paths and duplicates: the program's own documents have none, and statistics read all of them. `wanted`: null for all.
Value plain(simdjson::dom::element from, const Names* wanted) {
  using simdjson::dom::element_type;
  switch (from.type()) {
    case element_type::ARRAY: {
      Value::Array items;
      const simdjson::dom::array array = from.get_array().value_unsafe();
      items.reserve(array.size());
      for (const auto item : array) items.push_back(plain(item, wanted));
      return items;
    }
    case element_type::OBJECT: {
      Value::Object members;
      const simdjson::dom::object object = from.get_object().value_unsafe();
      members.reserve(wanted ? std::min(object.size(), wanted->size()) : object.size());
      for (const auto& [key, value] : object)
        if (!wanted || wanted->contains(key)) members.emplace_back(key, plain(value, wanted));
      return members;
    }
    default:
      return scalar(from);
  }
}

/// Nothing if it could not be read; the reason then stands in `error`.
std::optional<simdjson::dom::element> root_of(std::string_view text, int depth,
                                              std::string& error) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::element root;
  // Room is made anew for what does not fit, and given back after what was unusually large.
  constexpr std::size_t kUsual = std::size_t{64} << 10;
  const std::size_t room = std::max(text.size(), kUsual);
  auto failure = simdjson::SUCCESS;
  if (parser.max_depth() != static_cast<std::size_t>(depth) || parser.capacity() < room ||
      parser.capacity() > 16 * room)
    failure = parser.allocate(room, static_cast<std::size_t>(depth));
  if (!failure) failure = parser.parse(text.data(), text.size()).get(root);
  if (!failure) return root;
  error = simdjson::error_message(failure);
  return std::nullopt;
}

}  // namespace

Json parse_json(std::string_view text, int depth) {
  Json result;
  const auto root = root_of(text, depth, result.error);
  if (root) result.value = Reader{result, {}}.read(*root);
  return result;
}

namespace {

simdjson::dom::element own_root(std::string_view text) {
  std::string error;
  const auto root = root_of(text, 256, error);
  if (!root) throw Fault(FaultKind::Stop, "read a document of the ledger", error);
  return *root;
}

}  // namespace

Value parse_own_json(std::string_view text) {
  return plain(own_root(text), nullptr);
}

Value parse_own_json(std::string_view text, const std::unordered_set<std::string_view>& members) {
  return plain(own_root(text), &members);
}

}  // namespace pipeline
