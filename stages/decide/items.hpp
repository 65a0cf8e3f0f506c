#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/value.hpp"
#include "pipeline/view.hpp"
#include "stages/decide/rules.hpp"

// Items: the sections S0–S13 of an application, as itemised approval passes and returns them (X49–X52, Q19).
//
//   takes   two rounds of an application: forms after prepare, and the attachments that count
//   gives   what changed, item by item; what the applicant may change
//   faults  none
//
// An item is its fields of templates/common/items.csv and the slots that slots.csv gives it. To move one: those files.

namespace decide {

/// One difference between two rounds: a field of the form, or a slot.
struct Change {
  std::string item;   ///< "S3"; "" for what belongs to none
  std::string where;  ///< "education[0].school", or "A02"
  std::string before,
      after;  ///< codes as they are in the form; names of files; "" if it was not there
};

/// What an application consists of.
struct Content {
  const pipeline::Value& form;
  const pipeline::Value& attachments;  ///< as a case document holds them: slot, file, sha256
};

/// All of them, in order of items; attachments are compared by their bytes, whatever their names.
std::vector<Change> changes_between(const Rules& rules, const Content& before,
                                    const Content& after);

/// X49: whether who reviews in that queue passes and returns item by item.
bool is_itemised(const pipeline::View& view, const Rules& rules, std::string_view queue);

/// X51: what an itemised return leaves locked, item -> round in which it passed. `answers` are the decision's items; those
/// passed are locked, those not passed are open again, and what was not answered stays as it was.
pipeline::Value locked_after(const Rules& rules, pipeline::Value locked,
                             const pipeline::Value& answers, int round);

/// "S3 学历学位"
std::string item_label(const Rules& rules, std::string_view item);

}  // namespace decide
