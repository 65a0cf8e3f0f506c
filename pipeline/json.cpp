#include "pipeline/json.hpp"

#include <simdjson.h>

#include <algorithm>
#include <unordered_map>

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

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
      case element_type::NULL_VALUE:
        break;
    }
    return nullptr;
  }
};

}  // namespace

Json parse_json(std::string_view text, int depth) {
  thread_local simdjson::dom::parser parser;
  Json result;
  if (const auto error = parser.allocate(std::max<std::size_t>(text.size(), 64),
                                         static_cast<std::size_t>(depth))) {
    result.error = simdjson::error_message(error);
    return result;
  }
  simdjson::dom::element root;
  if (const auto error = parser.parse(text.data(), text.size()).get(root)) {
    result.error = simdjson::error_message(error);
    return result;
  }
  result.value = Reader{result, {}}.read(root);
  return result;
}

Value parse_own_json(std::string_view text) {
  Json result = parse_json(text, 256);
  if (!result.error.empty())
    throw Fault(FaultKind::Stop, "read a document of the ledger", result.error);
  return std::move(result.value);
}

}  // namespace pipeline
