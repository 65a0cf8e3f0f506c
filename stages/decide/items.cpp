#include "stages/decide/items.hpp"

#include <algorithm>

#include "pipeline/text.hpp"
#include "stages/decide/deciders.hpp"

namespace decide {

using pipeline::Value;

namespace {

class Differences {
 public:
  Differences(std::vector<Change>& to, std::string item) : to_(to), item_(std::move(item)) {}

  void compare(const Value& before, const Value& after, const std::string& where) {
    if (before == after || (is_nothing(before) && is_nothing(after))) return;
    if (before.is_object() || after.is_object()) {
      for (const auto& [key, value] : after.members())
        compare(before[key], value, where + '.' + key);
      for (const auto& [key, value] : before.members())
        if (!after.has(key)) compare(value, Value(), where + '.' + key);
    } else if (before.is_array() || after.is_array()) {
      const std::size_t rows = std::max(before.size(), after.size());
      for (std::size_t i = 0; i < rows; ++i)
        compare(before[i], after[i], where + '[' + std::to_string(i) + ']');
    } else {
      to_.push_back({item_, where, before.text(), after.text()});
    }
  }

 private:
  static bool is_nothing(const Value& value) {
    return value.is_null() || ((value.is_array() || value.is_object()) && value.size() == 0);
  }

  std::vector<Change>& to_;
  std::string item_;
};

struct Scans {
  std::vector<std::string> digests, names;
};

Scans scans_of(const Value& attachments, std::string_view slot) {
  Scans scans;
  for (const Value& a : attachments.items()) {
    if (a["slot"].string() != slot) continue;
    scans.digests.push_back(a["sha256"].string());
    scans.names.push_back(a["file"].string());
  }
  std::sort(scans.digests.begin(), scans.digests.end());
  return scans;
}

}  // namespace

std::vector<Change> changes_between(const Rules& rules, const Content& before,
                                    const Content& after) {
  std::vector<Change> changes;
  for (const Item& item : rules.items) {
    Differences differences(changes, item.code);
    for (const std::string& field : item.fields)
      differences.compare(before.form[field], after.form[field], field);
    for (const auto& [slot, of] : rules.slot_items) {
      if (of != item.code) continue;
      const Scans old = scans_of(before.attachments, slot);
      const Scans now = scans_of(after.attachments, slot);
      if (old.digests == now.digests) continue;
      std::string names = pipeline::join(now.names, "、");
      if (old.names == now.names) names += "（内容已更换）";
      changes.push_back({item.code, slot, pipeline::join(old.names, "、"), std::move(names)});
    }
  }
  return changes;
}

bool is_itemised(const pipeline::View& view, const Rules& rules, std::string_view queue) {
  const auto [family, uscc] = split_drop(queue);
  if (family != "unit") return false;
  const Value unit = unit_of(view, rules, uscc);
  if (unit["itemised"].boolean()) return true;
  // X12: what the university created works the university's way.
  return unit["mode"].string() == "CREATED_BY_PARENT" &&
         unit_of(view, rules, unit["parent"].text())["itemised"].boolean();
}

Value locked_after(const Rules& rules, Value locked, const Value& answers, int round) {
  if (!locked.is_object()) locked = Value::object();
  for (const Value& answer : answers.items()) {
    const Item* item = rules.item(answer["item"].string());
    if (!item || !item->reviewed || !answer["passed"].is_bool()) continue;
    if (!answer["passed"].boolean())
      locked.erase(item->code);
    else if (!locked.has(item->code))
      locked.set(item->code, round);
  }
  return locked;
}

std::string item_label(const Rules& rules, std::string_view item) {
  const Item* known = rules.item(item);
  return known ? known->code + ' ' + known->name : std::string(item);
}

}  // namespace decide
