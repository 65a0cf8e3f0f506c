#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Fields: what each kind of form may hold, from templates/common/fields.csv (kind,path,label,type,required,dictionary,max,hint).
//
//   takes   the file; `path` is "unit.name", "education[].school", "business_types[]"
//   gives   for each kind the tree of its fields
//   faults  Stop, with file and line, on an unknown type or an incomplete row
//
// To add a field: one row. To add a type: one word here, one case in read_form.cpp.

namespace prepare {

enum class FieldType {
  Text,
  LongText,
  Name,
  Uscc,
  IdNumber,
  Date,
  Month,
  Year,
  Phone,
  Email,
  Username,
  Digest,
  Integer,
  Boolean,
  Enum,
  Region,
  Case,
  UsccOrCommittee,
  Object,
  Attachments,
  Any
};

enum class Required { No, Yes, Hunan, Xinjiang };

struct Field {
  std::string name;   ///< the last step of the path
  std::string label;  ///< Chinese
  FieldType type = FieldType::Object;
  bool list = false;
  Required required = Required::No;
  std::string dictionary;  ///< of an Enum
  std::size_t max = 0;     ///< code points of a text, value of an integer; 0: no limit
  std::string hint;
  std::vector<Field> members;  ///< of an Object

  const Field* member(std::string_view key) const;
};

class FieldTable {
 public:
  static FieldTable load(const std::string& file);

  /// The form as one object; null if the kind is not known.
  const Field* form(std::string_view kind) const;
  /// In file order.
  std::vector<std::string> kinds() const;

 private:
  std::vector<std::pair<std::string, Field>> kinds_;
};

}  // namespace prepare
