#pragma once

#include <string>

#include "stages/decide/matter.hpp"

// Decision: what the parts of a review share. review.cpp checks what a decision must bring and hands it on to the kind of its
// case.

namespace decide {

/// review_registration.cpp: registrations and corrections (H08, H22, H42).
void decide_on_registration(Matter& matter, pipeline::Value case_document,
                            const std::string& action);
/// review_application.cpp: where an application goes next (X41, X46–X60).
void decide_on_application(Matter& matter, pipeline::Value case_document, const std::string& action,
                           const std::string& next_state);

/// Notes action, opinion, name and time in the document and its history.
void write_decision(Matter& matter, pipeline::Value& case_document, const std::string& action);
/// The event that carries the changed document; the decision is accepted.
void commit_decision(Matter& matter, const pipeline::Value& case_document, const char* event_name);
/// X45, X50: what the applicant reads: the modification opinion, and each item that was not passed.
pipeline::Value reasons_of(const Matter& matter, const pipeline::Value& case_document);

}  // namespace decide
