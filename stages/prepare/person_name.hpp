#pragma once

#include <string>
#include <string_view>

// Person name: a personal name in the writing of the 2016 rule on minority names (domain §8.1): parts joined by U+00B7.
//
//   takes   the name as written
//   gives   the normalised name, and what was or could not be done to it
//   faults  none
//
// Hanzi are never changed but for private-use code points of the old GBK and radicals that only look like hanzi; a blank or a
// hyphen between hanzi may be a separator or mere spacing, so it is asked about and left alone.

namespace prepare {

struct PersonName {
  std::string text;
  bool separator_normalised = false;
  bool private_use = false;  ///< a character without a standard code point is left
  std::string
      uncertain;  ///< the characters that stand for ones the writer could not type; "" if none
  std::string
      suggestion;  ///< with U+00B7 where a blank or hyphen stands between hanzi; "" if none does
};

PersonName normalise_person_name(std::string_view written);

}  // namespace prepare
