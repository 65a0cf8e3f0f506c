#pragma once

#include "stages/decide/matter.hpp"

// Completeness (X54): whether an application brings what it needs: attachments, years and hours, publicity, scans of its own.
//
//   takes   the application's form (merged with earlier rounds) and the attachments that count
//   gives   findings for the office; lines for the reviewer, with the arithmetic, whether or not something is amiss
//   faults  none
//
// What must be attached: templates/common/application_attachments.csv. Years: eligibility.csv; whether somebody qualifies is
// for people to decide, so they only warn.

namespace decide {

/// One ATTACHMENT_MISSING for each of the rows of which no slot of `any_of` is filled; all of them warnings if so wanted.
void require_attachments(Matter& matter, const pipeline::Table& table,
                         const std::vector<const pipeline::TableRow*>& rows,
                         const pipeline::Value& attachments, bool only_warn);

struct Application {
  const pipeline::Value& form;
  const pipeline::Value& attachments;
  const pipeline::Value& unit;
};

void check_application_attachments(Matter& matter, const Application& application);
/// X61–X64, domain §5.3: long enough, and photographed if the setting asks for it.
void check_publicity(Matter& matter, const Application& application);
/// The same scan in another person's application. Gives lines for the reviewer, who may know whose.
pipeline::Value check_scans(Matter& matter, const Application& application);
/// domain §3.4. Gives lines for the reviewer.
pipeline::Value check_eligibility(Matter& matter, const Application& application);

/// The best education that the form names, in the order of the dictionary (doctor first); null if it names none.
const pipeline::Value& highest_education(const Rules& rules, const pipeline::Value& form);

/// domain §5.3: first and last day count, if they are working days.
int count_workdays(const Rules& rules, pipeline::Day from, pipeline::Day to);
/// The publicity of an application as its approval form shows it: with working days and number of photos.
pipeline::Value publicity_for_paper(const Matter& matter, const Application& application);

}  // namespace decide
