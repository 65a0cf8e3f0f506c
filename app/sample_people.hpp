#pragma once

#include <set>
#include <string>

#include "app/sample_random.hpp"

// Sample people and units: fictional, but each with identifiers whose check digits are right
// (domain §12).
//
// Units live in the zone PDY01000–PDY99999 that GB 11714 reserves for codes nobody else holds;
// their names are made of words that no place or body is known by. The institutions that already
// exist are those of the demonstration directory.

namespace app {

enum class Province { Hunan, Xinjiang };
enum class Branch { School, Kindergarten, Company, Hospital, Farming, Forestry, Institute };

struct Person {
  std::string name, id_number, phone, ethnicity;
  bool male = true;
  int birth_year = 0;
  std::string birth_date;  ///< YYYY-MM-DD
};

struct Unit {
  Province province = Province::Hunan;
  Branch branch = Branch::School;
  std::string name, uscc, nature, level, region, address, phone, username, legal_rep;
  Person handler;
};

/// Who reviews for a region, from the demonstration directory.
struct Institution {
  std::string uscc, name;
};

class People {
 public:
  explicit People(std::uint64_t seed);

  Person person(Random& random, Province province, int youngest, int oldest);
  Unit unit(Random& random, Province province);
  Unit unit(Random& random, Province province, Branch branch, const std::string& region);

 private:
  std::string fictional_uscc(const std::string& authority_and_region);

  int next_, left_;
  std::set<std::string> names_, ids_;
};

/// 人社局 of that region; in Xinjiang the unit that receives its material.
Institution bureau(const std::string& region);
/// The unit with a portal account that supervises such units (H13); empty if there is none.
Institution supervisor(const std::string& region, Branch branch);
/// The same number with another check digit.
std::string with_wrong_check(std::string code);

}  // namespace app
