#pragma once

#include "stages/decide/matter.hpp"

// One decider a kind of submission. Each fills Matter::out; none writes anywhere.
// To add a kind: a decider here, a row in kDeciders (decide.cpp), its rows in templates/common/{fields,folders}.csv, a case file.

namespace decide {

void decide_registration(Matter& matter);  ///< registration.cpp: H03–H19, H29–H38, X20–X27, X34
void decide_application(Matter& matter);   ///< application.cpp: X02–X04, X38, X42
void decide_review(Matter& matter);        ///< review.cpp: H17, H42, X44–X48, X53, X55
void decide_query(Matter& matter);         ///< query.cpp: H24–H27, H39–H41

/// Where a registration goes (route.cpp). `queue` is empty if the choice was refused; findings say why and whom to choose.
struct Route {
  std::string queue, reviewer_kind, channel;
  bool hr_override = false;
  std::vector<std::string> rows;  ///< ids of the table rows that decided
};
Route route_hunan(Matter& matter);     ///< H03–H19
Route route_xinjiang(Matter& matter);  ///< X06–X14, X20–X27

/// The approval form of the case for its present queue, and that the folder of the queue before is taken away.
pipeline::Effect approval_form(const pipeline::View& view, const Rules& rules,
                               const pipeline::Value& case_document);
pipeline::Effect take_away_form(const pipeline::Value& case_document);

/// Next stages an application may be handed to from `queue`: (id, name), the default first (X29–X32, X47, X55).
struct Target {
  std::string id, name, queue;
  bool is_default = false;
};
std::vector<Target> next_targets(const pipeline::View& view, const Rules& rules,
                                 const pipeline::Value& case_document);

/// The timer of a core decision (H42): what the approved unit gets.
void take_effect(const pipeline::View& view, const Rules& rules, pipeline::Outcome& outcome,
                 pipeline::Value case_document, pipeline::Time at);

}  // namespace decide
