#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/submission.hpp"
#include "stages/prepare/rules.hpp"

// Bind: gives each attachment its slot.
//
//   takes   the submission with its entries inspected and its form read; the folder that holds the form ("" or "x/")
//   gives   Entry::slot, and findings about files that are named but absent, unnamed, or there twice
//   faults  none
//
// The form's list beats names of files; a name that speaks for two slots is asked about, never guessed (domain §8.5).

namespace prepare {

void bind_attachments(pipeline::Submission& submission, std::string_view form_folder,
                      const Rules& rules);

}  // namespace prepare
