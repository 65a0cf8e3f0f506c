#pragma once

#include "stages/decide/matter.hpp"

// One decider a kind of submission. Each fills Matter::out; none writes anywhere.
// To add a kind: a decider here, a row in kDeciders (decide.cpp), its rows in templates/common/{fields,folders}.csv, a case file.

namespace decide {

void decide_registration(Matter& matter);  ///< registration.cpp: H03–H19, H29–H38, X20–X27, X34
void decide_withdrawal(Matter& matter);    ///< withdrawal.cpp: H20, H22, H23
void decide_correction(Matter& matter);    ///< correction.cpp: H21
void decide_application(Matter& matter);  ///< application.cpp: X02–X04, X18, X38, X42, X58
void decide_review(Matter& matter);       ///< review.cpp: H17, H42, X44–X48, X53, X55
void decide_worklist(Matter& matter);  ///< worklist.cpp: the same for each filled row of a worklist
void decide_recall(Matter& matter);    ///< recall.cpp: X56, X57
void decide_publicity_photo(Matter& matter);   ///< publicity_photo.cpp: X61–X64
void decide_provision(Matter& matter);         ///< provision.cpp: X06–X14
void decide_receiving_change(Matter& matter);  ///< receiving.cpp: X33, X38
void decide_query(Matter& matter);             ///< query.cpp: H24–H27, H39–H41

/// Where a registration goes (route.cpp). `queue` is empty if the choice was refused; findings say why and whom to choose.
struct Route {
  std::string queue, reviewer_kind, channel;
  bool hr_override = false;
  std::vector<std::string> rows;  ///< ids of the table rows that decided
};
Route route_hunan(Matter& matter);     ///< H03–H19
Route route_xinjiang(Matter& matter);  ///< X06–X14, X20–X27

/// One of the two divisions contains the other, or they are the same.
bool same_place(std::string_view a, std::string_view b);
/// Whom a unit of Xinjiang of that level and region chooses (X24–X26, E37), for people.
std::string receiving_candidates(const Rules& rules, const std::string& unit_level,
                                 const std::string& region);

/// X04, X38: tells who is not registered, or not yet approved; `unit` is what unit_of gives.
void check_approved(Matter& matter, const std::string& uscc, const std::string& where,
                    const pipeline::Value& unit);
/// The latest approved registration of the unit; null if it has none (it was assigned, created, or is in the directory).
pipeline::Value approved_registration(const pipeline::View& view, std::string_view uscc);
/// X14, X27: registration-assigned and created units submit to their superior only.
bool is_bound_to_parent(const pipeline::Value& unit);
/// X06–X12: what `status` tells of a provision by its case number; the document is of the space "provision".
pipeline::Value provision_answer(const pipeline::View& view, const Rules& rules,
                                 const pipeline::Value& document);
/// X38–X41: what opens with the approval of a unit of Xinjiang.
pipeline::Value capabilities();

/// The id of a queue written as an id or as people call it: "长沙市芙蓉区专技股" (H44). What is neither comes back as it was.
std::string queue_named(const Rules& rules, std::string_view written);

/// "1.2": which fields the approval form has (the contract with prepare, not where they stand: an office may change
/// templates/papers/ while forms are out), and how often the case has come to a queue in this round. A form that was given
/// out on an earlier visit is stale, though its round is the same (X57).
std::string form_version(const pipeline::Value& case_document);
/// The token of that version of the form that lies in the case's queue.
std::string form_token(const Rules& rules, const pipeline::Value& case_document,
                       std::string_view version);

/// What may be ticked on the form, by common/actions.csv: [{action,label}].
pipeline::Value actions_for_paper(const Rules& rules, const pipeline::Value& case_document);

/// What the case's codes are called, for its papers.
pipeline::Value labels_for_paper(const Rules& rules, const pipeline::Value& case_document);
/// Of a registration: what was asked for, where it lies, what the reviewer is told.
void add_registration_facts(pipeline::Value& payload, const Rules& rules,
                            const pipeline::Value& case_document);

/// The approval form of the case for its present queue, …
pipeline::Effect approval_form(const pipeline::View& view, const Rules& rules,
                               const pipeline::Value& case_document);
/// … the same with the dossier of its attachments beside it, …
void lay_out_papers(pipeline::Outcome& outcome, const pipeline::View& view, const Rules& rules,
                    const pipeline::Value& case_document);
/// … and that both are taken away from the queue.
void take_away_papers(pipeline::Outcome& outcome, const pipeline::Value& case_document);

/// Next stages an application may be handed to from `queue`: (id, name), the default first (X29–X32, X47, X55).
struct Target {
  std::string id, name, queue;
  bool is_default = false;
};
std::vector<Target> next_targets(const pipeline::View& view, const Rules& rules,
                                 const pipeline::Value& case_document);
/// X31, X32: the case lies with the last receiving unit, which hands it to a committee.
bool goes_to_committee(const pipeline::View& view, const Rules& rules,
                       const pipeline::Value& case_document);

/// The timer of a core decision (H42): what the approved unit gets.
void take_effect(const pipeline::View& view, const Rules& rules, pipeline::Outcome& outcome,
                 pipeline::Value case_document, pipeline::Time at);
/// The same for a correction (H21): the unit's document changes, the old values stay in the case.
void take_correction_effect(const pipeline::View& view, const Rules& rules,
                            pipeline::Outcome& outcome, const pipeline::Value& case_document,
                            pipeline::Time at);

}  // namespace decide
