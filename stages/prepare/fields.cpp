#include "stages/prepare/fields.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"

namespace prepare {

namespace {

template <class Word>
using Vocabulary = std::pair<std::string_view, Word>;

constexpr std::array kTypes{
    Vocabulary<FieldType>{"text", FieldType::Text},
    Vocabulary<FieldType>{"longtext", FieldType::LongText},
    Vocabulary<FieldType>{"name", FieldType::Name},
    Vocabulary<FieldType>{"uscc", FieldType::Uscc},
    Vocabulary<FieldType>{"id_number", FieldType::IdNumber},
    Vocabulary<FieldType>{"date", FieldType::Date},
    Vocabulary<FieldType>{"month", FieldType::Month},
    Vocabulary<FieldType>{"year", FieldType::Year},
    Vocabulary<FieldType>{"phone", FieldType::Phone},
    Vocabulary<FieldType>{"email", FieldType::Email},
    Vocabulary<FieldType>{"username", FieldType::Username},
    Vocabulary<FieldType>{"digest", FieldType::Digest},
    Vocabulary<FieldType>{"integer", FieldType::Integer},
    Vocabulary<FieldType>{"boolean", FieldType::Boolean},
    Vocabulary<FieldType>{"enum", FieldType::Enum},
    Vocabulary<FieldType>{"region", FieldType::Region},
    Vocabulary<FieldType>{"case", FieldType::Case},
    Vocabulary<FieldType>{"uscc_or_committee", FieldType::UsccOrCommittee},
    Vocabulary<FieldType>{"object", FieldType::Object},
    Vocabulary<FieldType>{"attachments", FieldType::Attachments},
    Vocabulary<FieldType>{"any", FieldType::Any},
};

constexpr std::array kRequired{
    Vocabulary<Required>{"no", Required::No},
    Vocabulary<Required>{"", Required::No},
    Vocabulary<Required>{"yes", Required::Yes},
    Vocabulary<Required>{"hunan", Required::Hunan},
    Vocabulary<Required>{"xinjiang", Required::Xinjiang},
};

template <class Words>
auto meaning(const Words& words, std::string_view word)
    -> std::optional<typename Words::value_type::second_type> {
  for (const auto& [writing, value] : words)
    if (writing == word) return value;
  return std::nullopt;
}

/// The member of that name, made if the table names its children before itself.
Field& member_for(Field& parent, std::string_view name) {
  for (Field& field : parent.members)
    if (field.name == name) return field;
  parent.members.emplace_back();
  parent.members.back().name = name;
  return parent.members.back();
}

Field& place(Field& form, std::string_view path) {
  Field* at = &form;
  for (std::string_view step : pipeline::split(path, '.')) {
    const bool list = step.ends_with("[]");
    if (list) step.remove_suffix(2);
    at = &member_for(*at, step);
    at->list = at->list || list;
  }
  return *at;
}

}  // namespace

const Field* Field::member(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const Field& field) { return field.name == key; });
  return found == members.end() ? nullptr : &*found;
}

FieldTable FieldTable::load(const std::string& file) {
  const pipeline::CsvFile csv(
      file, {"kind", "path", "label", "type", "required", "dictionary", "max", "hint"});
  FieldTable table;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const auto fault = [&](const std::string& why) {
      return pipeline::Fault(pipeline::FaultKind::Stop,
                             "read " + file + ":" + std::to_string(csv.line(i)), why);
    };
    const std::string& kind = csv.cell(i, "kind");
    const std::string& path = csv.cell(i, "path");
    if (kind.empty() || path.empty() || csv.cell(i, "label").empty())
      throw fault("kind, path and label must be given");
    const auto type = meaning(kTypes, csv.cell(i, "type"));
    if (!type) throw fault("unknown type " + csv.cell(i, "type"));
    const auto required = meaning(kRequired, csv.cell(i, "required"));
    if (!required) throw fault("required is yes, no, hunan or xinjiang");
    const std::string& dictionary = csv.cell(i, "dictionary");
    if (*type == FieldType::Enum && dictionary.empty()) throw fault("an enum names its dictionary");
    const std::string& max = csv.cell(i, "max");
    if (max.find_first_not_of("0123456789") != max.npos || max.size() > 7)
      throw fault("max is a number");

    auto form = std::find_if(table.kinds_.begin(), table.kinds_.end(),
                             [&](const auto& each) { return each.first == kind; });
    if (form == table.kinds_.end()) form = table.kinds_.emplace(form, kind, Field{});
    Field& field = place(form->second, path);
    if (!field.label.empty()) throw fault(kind + " has " + path + " twice");
    field.label = csv.cell(i, "label");
    field.type = *type;
    field.required = *required;
    field.dictionary = dictionary;
    field.max = max.empty() ? 0 : std::stoul(max);
    field.hint = csv.cell(i, "hint");
  }
  return table;
}

const Field* FieldTable::form(std::string_view kind) const {
  for (const auto& [name, form] : kinds_)
    if (name == kind) return &form;
  return nullptr;
}

std::vector<std::string> FieldTable::kinds() const {
  std::vector<std::string> out;
  for (const auto& [name, form] : kinds_) out.push_back(name);
  return out;
}

}  // namespace prepare
