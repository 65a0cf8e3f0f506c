#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pipeline/dictionary.hpp"
#include "pipeline/finding.hpp"
#include "pipeline/regions.hpp"

// Identity: everything that can be said of a USCC or an ID number without asking anybody (domain §1.1, §1.3).
//
//   takes   a normalised code (pipeline::normalise_code), its place in the form, and what the form says beside it
//   gives   findings, all of them
//   faults  none
//
// Nothing is corrected silently: a likely correction is only suggested.

namespace prepare {

struct IdentityRules {
  const pipeline::Catalogue& catalogue;
  const pipeline::Regions& regions;
  const pipeline::Dictionary& dictionary;
};

/// `nature` is the code of the unit's declared nature, "" if none is declared.
std::vector<pipeline::Finding> check_uscc(std::string_view code, const std::string& where,
                                          std::string_view nature, const IdentityRules& rules);

/// What a USCC with I, O, S, V or Z may have been meant to be: candidates that make both check digits right.
std::vector<std::string> uscc_candidates(std::string_view code);

/// What a well-formed code whose check digit is wrong may have been meant to be: two neighbours exchanged, or one character
/// taken for one that looks like it. At most three, each with both check digits right.
std::vector<std::string> slip_candidates(std::string_view code);

/// What stands beside an ID number; "" for what is not given.
struct Bearer {
  std::string sex;         ///< "male" or "female"
  std::string birth_date;  ///< canonical; a month is compared as a month
  std::string object;      ///< path of the object that holds them, e.g. "applicant"
};

std::vector<pipeline::Finding> check_id_number(std::string_view code, const std::string& where,
                                               const Bearer& bearer, const IdentityRules& rules);

}  // namespace prepare
