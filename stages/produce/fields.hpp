#pragma once

#include <string>
#include <utility>
#include <vector>

// Field: what a reader fills in on the screen: an AcroForm field.
//
// A dot in a name is a step in the tree of fields: "items.S1.passed" is the field `passed` below
// `S1` below `items`. Whatever a field is called, its name and its codes are read back by
// stages/prepare; the labels and tips are for people.

namespace produce {

enum class FieldKind { Text, Lines, Choice, Check, Radio, Hidden };

struct Field {
  FieldKind kind = FieldKind::Text;
  std::string name;
  std::string tip{};    ///< read out to who cannot see the paper, shown to who waits
  std::string value{};  ///< of a hidden field
  /// Code and label of what can be chosen; a radio's codes go over the boxes in their order.
  std::vector<std::pair<std::string, std::string>> choices{};
  double size = 10.5;  ///< of the type, points
};

/// On a page, in points from its lower left corner.
struct Area {
  double x = 0, y = 0, width = 0, height = 0;
};

}  // namespace produce
