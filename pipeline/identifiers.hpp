#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "pipeline/time.hpp"

// Identifiers: check digits of the national identifiers (domain §1). Input is normalised by normalise_code first.

namespace pipeline {

/// NFKC, upper case, without blanks, hyphens and zero-width characters.
std::string normalise_code(std::string_view written);

/// GB 32100: the 18th character for the first 17; 0 if one is outside the alphabet or the length is wrong.
char uscc_check(std::string_view first17);
/// GB 11714: the check character of an 8-character organisation code; 0 if it is not one.
char organisation_check(std::string_view body8);
bool is_uscc_alphabet(std::string_view code);
bool is_uscc(std::string_view code);  ///< 18 characters of the alphabet and the check digit right

/// GB 11643: the 18th character for the first 17 digits; 0 if they are not digits.
char id_check(std::string_view first17);
std::optional<Day> id_birth(std::string_view id18);  ///< nothing if it is no calendar day
bool id_is_male(std::string_view id18);

/// The number of a case made by the bundle with that SHA-256: "R-3F9A2C1B77D0". Depends on content only, so that it is the
/// same whatever the order of arrival. Kinds: R registration, C correction, A application, P provision.
std::string case_number(char kind, std::string_view sha256, std::size_t digits = 12);

std::string mask_id(std::string_view id);      ///< 430102********0018
std::string mask_name(std::string_view name);  ///< 张*, 阿卜杜*
std::string mask_phone(std::string_view phone);

}  // namespace pipeline
