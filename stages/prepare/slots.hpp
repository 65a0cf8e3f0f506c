#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Slots: the places that attachments are for, from templates/common/slots.csv (slot,name,family,items,keywords).
//
//   takes   the file; keywords are separated by |
//   gives   the slot of a code, a name or a file's name
//   faults  Stop, with file and line
//
// To add a slot or a keyword: the file only.

namespace prepare {

struct Slot {
  std::string code;    ///< "A01"
  std::string name;    ///< Chinese
  std::string family;  ///< "application" or "unit"
  std::vector<std::string> keywords;
};

class SlotTable {
 public:
  static SlotTable load(const std::string& file);

  const std::vector<Slot>& slots() const { return slots_; }
  const Slot* find(std::string_view code) const;
  /// By code, name, or both ("A01 身份证"), as a form's list names it.
  const Slot* named(std::string_view written, std::string_view family) const;
  /// Slots that the path's file name speaks for, else its folder's: the code itself first, then the longest keyword. More
  /// than one: it cannot be told (domain §8.5: ask, don't guess).
  std::vector<const Slot*> candidates(std::string_view path, std::string_view family) const;

 private:
  std::vector<const Slot*> in_text(std::string_view text, std::string_view family) const;
  std::vector<Slot> slots_;
};

/// What a form's list of attachments asks.
inline constexpr const char* kSlotLabel = "附件名称";
inline constexpr const char* kFileLabel = "文件名";

/// "application", "unit"; "" for kinds that carry no slots.
std::string_view slot_family(std::string_view kind);

}  // namespace prepare
