#pragma once

#include <string>

#include "pipeline/value.hpp"
#include "stages/produce/kit.hpp"

// Archive: one flattened PDF of a case that is closed: the form as decided, every opinion, what came in and when, the
// attachments by their digests (their pages are in 卷宗.pdf and in the vault), findings and their rules, the application itself.
//
//   takes   the payload of decide/archive.hpp, the form of the round
//   gives   the PDF, aimed at PDF/A-2b and found without fault by archive_check.hpp, which is less than a validator checks
//   faults  Stop: PoDoFo failed, or the check found something
//
// Nothing can be filled in, and no seal is printed: it shows what was decided, and is no signed original.

namespace produce {

std::string archive(const pipeline::Value& payload, const pipeline::Value& form, const Kit& kit);

}  // namespace produce
