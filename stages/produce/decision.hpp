#pragma once

#include <string>
#include <vector>

#include "pipeline/value.hpp"
#include "stages/produce/parts.hpp"

// Decision: what both approval forms have for the reviewer: the fields that say which form it is,
// and the rows to fill in, with a pen or on the screen.
//
// Field names are a contract with stages/prepare, which reads the form back.

namespace produce {

/// case, round, queue, token, form_version, hidden and read only. (`content` comes with the sheet.)
void hide_identity(Sheet& sheet, const pipeline::Value& payload);
/// The box of an opinion that is still to be written; the typed text leaves room for signature,
/// seal and date.
Row open_opinion(const std::string& title, const std::string& foot, double height, Field field);
/// 办理: `printed` choices for the pen, the same ones for the screen, who decides, and whether it
/// counts. A payload without `actions` has no choice for the screen.
void append_decision(std::vector<Row>& rows, const pipeline::Value& payload, std::string printed);
/// How the form is filled in and where it goes.
void append_instructions(std::vector<Row>& rows, const pipeline::Value& payload);

}  // namespace produce
