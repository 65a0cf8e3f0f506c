#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pipeline/submission.hpp"
#include "pipeline/value.hpp"
#include "stages/prepare/limits.hpp"

// Find form: which entry of a bundle is its form, and the document in it.
//
//   takes   names of entries; the bytes of one
//   gives   places of candidates, a Value
//   faults  none
//
// A form is form.json, at the root or in one folder below it, in any encoding that Chinese offices use; without one, a paper that
// the program made and a reviewer filled in (filled_form.hpp).

namespace prepare {

bool is_form_name(std::string_view entry_name);

/// Places of entries that were meant as the form of a bundle without form.json: where a form lies, a sheet or a PDF that is
/// alone, a sheet called 待审清单, a PDF called 审批单, and sheets of which `holds_form` says that they are one. With none of these,
/// the only sheet there is. `holds_form` is asked of the first few sheets only.
std::vector<std::size_t> filled_form_candidates(const std::vector<pipeline::Entry>& entries,
                                                const std::function<bool(std::size_t)>& holds_form);

/// Beside a form.json, whose bytes are `json`: places of entries that are forms too, by `holds_form`. What the form's own list
/// attaches is none of them.
std::vector<std::size_t> forms_beside(const std::vector<pipeline::Entry>& entries,
                                      std::string_view json, const Limits& limits,
                                      const std::function<bool(std::size_t)>& holds_form);

/// Without any form: the entry that was probably meant as one, and what to do about it, in Chinese; "" if there is none.
std::pair<std::size_t, std::string> meant_as_form(const std::vector<pipeline::Entry>& entries);

inline constexpr const char* kSaveAgain =
    "请用 Excel 或 WPS 打开，“另存为”Excel 工作簿（*.xlsx）后重新投递。";

/// Of a file of that type dropped alone: why it cannot be read as a form, what to do included; "" if it is no kind of sheet.
std::string unreadable_sheet(std::string_view type, std::string_view name, std::string_view bytes);

struct DecodedForm {
  pipeline::Value value;
  std::string error;                    ///< Chinese; "" if it could be read
  bool incomplete = false;              ///< it looks like a copy that is not finished
  std::vector<std::string> duplicates;  ///< paths that stand twice, the first of them
  std::size_t duplicate_count = 0;
};

DecodedForm decode_form(std::string_view bytes, const Limits& limits);

}  // namespace prepare
