#include "stages/prepare/slots.hpp"

#include <algorithm>

#include "pipeline/csv.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/text.hpp"
#include "stages/prepare/entry_name.hpp"

namespace prepare {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

/// The code stands alone: "a01" in "a01-身份证.jpg", not in "a012.jpg" or "data01.jpg".
bool speaks_code(std::string_view text, std::string_view code) {
  const auto at = text.find(code);
  if (at == text.npos) return false;
  const bool begins = at == 0 || !(is_letter(text[at - 1]) || is_digit(text[at - 1]));
  const std::size_t end = at + code.size();
  return begins && (end == text.size() || !is_digit(text[end]));
}

}  // namespace

SlotTable SlotTable::load(const std::string& file) {
  const pipeline::CsvFile csv(file, {"slot", "name", "family", "keywords"});
  SlotTable table;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    Slot slot{csv.cell(i, "slot"), csv.cell(i, "name"), csv.cell(i, "family"), {}};
    const auto fault = [&](const std::string& why) {
      return pipeline::Fault(pipeline::FaultKind::Stop,
                             "read " + file + ":" + std::to_string(csv.line(i)), why);
    };
    if (slot.code.empty() || slot.name.empty()) throw fault("slot and name must be given");
    if (slot.family != "application" && slot.family != "unit")
      throw fault("family is application or unit");
    if (table.find(slot.code)) throw fault("slot " + slot.code + " stands twice");
    for (const std::string_view word : pipeline::split(csv.cell(i, "keywords"), '|'))
      if (!word.empty()) slot.keywords.push_back(name_key(word));
    table.slots_.push_back(std::move(slot));
  }
  return table;
}

const Slot* SlotTable::find(std::string_view code) const {
  const auto found = std::find_if(slots_.begin(), slots_.end(),
                                  [&](const Slot& slot) { return slot.code == code; });
  return found == slots_.end() ? nullptr : &*found;
}

const Slot* SlotTable::named(std::string_view written, std::string_view family) const {
  const std::string key = name_key(pipeline::trim(written));
  for (const Slot& slot : slots_)
    if ((family.empty() || slot.family == family) &&
        (name_key(slot.code) == key || name_key(slot.name) == key ||
         name_key(slot.code + ' ' + slot.name) == key))
      return &slot;
  return nullptr;
}

std::vector<const Slot*> SlotTable::in_text(std::string_view text, std::string_view family) const {
  std::vector<const Slot*> best;
  for (const Slot& slot : slots_)
    if (slot.family == family && speaks_code(text, pipeline::ascii_lower(slot.code)))
      best.push_back(&slot);
  if (!best.empty()) return best;
  std::size_t longest = 0;
  for (const Slot& slot : slots_) {
    if (slot.family != family) continue;
    std::size_t length = 0;
    for (const std::string& word : slot.keywords)
      if (text.find(word) != text.npos)
        length = std::max(length, pipeline::count_code_points(word));
    if (length == 0 || length < longest) continue;
    if (length > longest) best.clear();
    longest = length;
    best.push_back(&slot);
  }
  return best;
}

std::vector<const Slot*> SlotTable::candidates(std::string_view path,
                                               std::string_view family) const {
  const std::string key = name_key(path);
  auto found = in_text(base_name(key), family);
  const auto slash = key.rfind('/');
  if (found.empty() && slash != key.npos)
    found = in_text(base_name(std::string_view(key).substr(0, slash)), family);
  return found;
}

std::string_view slot_family(std::string_view kind) {
  if (kind == "title_application" || kind == "publicity_photo") return "application";
  if (kind == "unit_registration" || kind == "unit_info_correction" || kind == "unit_provision")
    return "unit";
  return {};
}

}  // namespace prepare
