#pragma once

#include <string>
#include <string_view>

#include "pipeline/value.hpp"
#include "stages/produce/form_layout.hpp"
#include "stages/produce/kit.hpp"

// Form values: what a layout can show of a case, by name: a field of the form that was sent, by its
// path in common/fields.csv, or what the program knows of the case ("case.due").
//
// To add a value: a row in form_values.cpp, a line in templates/papers/README.md.

namespace produce {

/// What an approval form is made of.
struct Subject {
  const pipeline::Value& payload;
  const pipeline::Value& form;
  const Kit& kit;
  FormKind kind;

  Situation situation() const;
  std::string_view form_kind() const;  ///< "unit_registration": as common/fields.csv has it
};

bool is_value(FormKind kind, std::string_view name);
/// "" where nothing was given.
std::string shown(const Subject& subject, std::string_view name);
/// The text of the table with its placeholders filled in; "" if one of them has nothing.
std::string filled(const Subject& subject, const std::string& text);
/// A field's value as people read it.
std::string field_text(const pipeline::Value& value, const FieldName& field, const Kit& kit);

}  // namespace produce
