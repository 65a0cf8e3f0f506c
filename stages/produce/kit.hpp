#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/dictionary.hpp"
#include "pipeline/regions.hpp"
#include "pipeline/value.hpp"
#include "stages/produce/form_layout.hpp"
#include "stages/produce/typeface.hpp"

namespace produce {

/// A field of a form as templates/common/fields.csv names it.
struct FieldName {
  std::string path;  ///< "unit.uscc", "education[].school"
  std::string label;
  std::string dictionary;  ///< of an enumeration, else ""
  std::string type{};      ///< "text", "region", …
};

using FieldNames = std::map<std::string, std::vector<FieldName>, std::less<>>;

/// What templates/papers/ says the approval forms look like.
struct Layouts {
  FormLayout registration, application;
};
/// Appends what is wrong with them; faults (Stop) as FormLayout::read says.
Layouts load_layouts(const std::string& templates_folder, const FieldNames& fields_of_kind,
                     std::vector<LayoutProblem>& problems);
/// The fields of each kind of form, in the order of common/fields.csv.
FieldNames load_fields(const std::string& templates_folder);

/// What all papers share; read only, so any thread may use it.
struct Kit {
  explicit Kit(const std::string& templates_folder, const Fonts& fonts = default_fonts());

  /// The Chinese label of an enumeration's code; what is no code of it comes back as it is.
  std::string label(std::string_view dictionary_name, const pipeline::Value& code) const;
  /// Where a finding lies, as an office reads it: "unit.uscc" is 统一社会信用代码,
  /// "education[0].school" is 毕业院校（第 1 项）; what is no field of that kind of form (a file's
  /// name, a cell) as it is.
  std::string place(std::string_view kind, const std::string& where) const;
  /// "X50 退回后只可修改不通过的内容" of "X50"; several as "H06|H07".
  std::string rule(const std::string& ids) const;
  /// The fields of that kind of form in the order of the table.
  const std::vector<FieldName>& fields(std::string_view kind) const;

  Typefaces typefaces;
  pipeline::Dictionary dictionary;
  pipeline::Regions regions;
  std::map<std::string, std::string, std::less<>> rules;  ///< what a source rule says: "X50"
  FieldNames fields_of_kind;
  Layouts layouts;
};

}  // namespace produce
