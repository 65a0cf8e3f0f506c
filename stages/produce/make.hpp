#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "pipeline/attachments.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/paper.hpp"
#include "stages/produce/kit.hpp"

// Make: turns a committed effect into files of the outbox.
//
//   takes   an effect, the immutable document that it refers to, and the kit
//   gives   one or more papers, the dossier as one that is put when it is written; the same effect gives the same bytes, on any thread
//   faults  Stop: a library failed
//
// To add a paper: a maker's name here, its function in a file of its own.

namespace produce {

/// Faults as typeface.hpp says.
std::shared_ptr<const Kit> load_kit(const std::string& templates_folder,
                                    const Fonts& fonts = default_fonts());

/// What is wrong with the layouts of the papers; load_kit stops at the first. Faults (Stop): a table
/// that cannot be read at all.
std::vector<LayoutProblem> check_layouts(const std::string& templates_folder);

/// How a maker gets what was submitted: of the vault in which it lies, for the papers of one case.
using OpenAttachments = std::function<std::unique_ptr<pipeline::Attachments>(
    const pipeline::Vault&, const std::string& case_id)>;

/// `kit` outlives the papers. Makers: archive, dossier, publicity_sheet, receipt, registration_form, application_form, notice, quarantine, worklist, roster. Another name is
/// asserted, and so is a form's missing subject.
std::vector<pipeline::Paper> make(const pipeline::Effect& effect, const pipeline::Value* subject,
                                  const Kit& kit, const OpenAttachments& attachments = {});

}  // namespace produce
