#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/dictionary.hpp"
#include "pipeline/value.hpp"
#include "stages/produce/typeface.hpp"

namespace produce {

/// A field of a form as templates/common/fields.csv names it.
struct FieldName {
  std::string path;  ///< "unit.uscc", "education[].school"
  std::string label;
  std::string dictionary;  ///< of an enumeration, else ""
};

/// What all papers share; read only, so any thread may use it.
struct Kit {
  explicit Kit(const std::string& templates_folder, const Fonts& fonts = default_fonts());

  /// The Chinese label of an enumeration's code; what is no code of it comes back as it is.
  std::string label(std::string_view dictionary_name, const pipeline::Value& code) const;
  /// Where a finding lies, as an office reads it: "unit.uscc" is 统一社会信用代码,
  /// "education[0].school" is 毕业院校（第 1 项）; what is no field of that kind of form (a file's
  /// name, a cell) as it is.
  std::string place(std::string_view kind, const std::string& where) const;
  /// The fields of that kind of form in the order of the table.
  const std::vector<FieldName>& fields(std::string_view kind) const;

  Typefaces typefaces;
  pipeline::Dictionary dictionary;
  std::map<std::string, std::vector<FieldName>, std::less<>> fields_of_kind;
};

}  // namespace produce
