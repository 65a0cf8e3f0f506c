#pragma once

#include "pipeline/outcome.hpp"
#include "pipeline/view.hpp"
#include "stages/decide/rules.hpp"

// Round: what a case received in one round, kept once as the document "form" <case>-r<round> and never changed; papers name it as
// their subject, so that neither the case, its events nor its papers carry it along.
//
//   {form, attachments, findings}, of an application also {changes, attention}
//
// A member "kind" tells a bare form, of which every one has it, from a round, which has none (also in stages/produce/make.cpp); a
// provision (X06) keeps a bare one.
//
// What came since (X63: photos) stands in the case's own document, and goes before what the round received. So does all of it in
// ledgers of earlier releases, whose "form" is the bare form.

namespace decide {

/// What the case received in its present round, as it is now.
pipeline::Value round_of(const pipeline::View& view, const pipeline::Value& case_document);
/// Of it the form; null if there is none.
pipeline::Value form_of(const pipeline::View& view, const pipeline::Value& case_document);
/// The place of the present round.
pipeline::Reference round_reference(const pipeline::Value& case_document);
pipeline::Put put_round(const pipeline::Value& case_document, pipeline::Value round);
/// Into a payload, beside the subject: what came since.
void add_what_came_since(pipeline::Value& payload, const pipeline::Value& case_document);
/// A new round begins: nothing has come since.
void forget_what_came_since(pipeline::Value& case_document);

}  // namespace decide
