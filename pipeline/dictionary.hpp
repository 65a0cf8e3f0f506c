#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

// Dictionary: the enumerations of the forms: code names, their Chinese labels, and what people write instead.
//
// File: templates/common/dictionary.csv, columns name,code,label,aliases (aliases separated by |).

namespace pipeline {

class Dictionary {
 public:
  static Dictionary load(const std::string& file);

  bool knows(std::string_view name) const;
  /// The code of a code, label or alias (compared after NFKC, without blanks); nothing if it is none of them.
  std::optional<std::string> code(std::string_view name, std::string_view written) const;
  /// The label of a code; the code itself if unknown.
  std::string label(std::string_view name, std::string_view code) const;
  /// (code, label) in file order.
  const std::vector<std::pair<std::string, std::string>>& words(std::string_view name) const;

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  template <class Found>
  using Index = std::unordered_map<std::string, Found, Hash, std::equal_to<>>;
  struct Words {
    std::vector<std::pair<std::string, std::string>> order;
    Index<std::string> by_writing;  ///< normalised writing -> code
    Index<std::string> labels;
  };
  Index<Words> names_;
};

}  // namespace pipeline
