#pragma once

#include "stages/decide/matter.hpp"

// Lists: the standing papers, which show the ledger as it is and not one event: a queue's worklist, a drop's roster.
//
//   takes   an outcome, and the view before it
//   gives   the effects by which the line makes the lists anew that the outcome touches
//           what a list shows, asked for when it is made
//   faults  none
//
// No decider knows of them: a case that changes its queue, or anything a list shows, touches them by itself.

namespace decide {

/// One effect for each list that the outcome's cases are, or were, in.
void renew_lists(const pipeline::View& before, const Rules& rules, pipeline::Outcome& outcome,
                 pipeline::Time at);

/// What a standing effect's paper shows now; nothing if the effect is an ordinary one.
std::optional<pipeline::Value> resolve(const pipeline::Effect& effect, const pipeline::View& view,
                                       const Rules& rules);

/// {queue, label, at, calendar_note, cases:[…]} in order of due day, then case. `calendar_note` is "" if the years of all due
/// days have a calendar.
pipeline::Value worklist_payload(const pipeline::View& view, const Rules& rules,
                                 const std::string& queue, pipeline::Time at);
/// {drop, label, at, people:[…], units:[…]}: the applications of a year that a unit submitted, or that have come to a receiving
/// unit or committee (X66–X68); `roster` as rosters_of names it.
pipeline::Value roster_payload(const pipeline::View& view, const Rules& rules,
                               const std::string& roster, pipeline::Time at);

}  // namespace decide
