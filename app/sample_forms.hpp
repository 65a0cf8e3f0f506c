#pragma once

#include <string>
#include <vector>

#include "app/sample_images.hpp"
#include "app/sample_people.hpp"
#include "pipeline/value.hpp"

// Sample forms: what the units, applicants and reviewers of a sample say, with the attachments that
// belong to it.
//
//   takes   people and units; a source of chance
//   gives   right submissions only; what is wrong with a sample is done to them afterwards
//   (sample_flaws.cpp) faults  none
//
// To add a kind: one function here, one step in sample.cpp.

namespace app {

struct Attachment {
  std::string slot, file;
  Content content;
};

struct Submitted {
  pipeline::Value form;
  std::vector<Attachment> attachments;
};

/// Makes attachments, no two with the same bytes.
class Scanner {
 public:
  Scanner(std::uint64_t seed, int min_kb, int max_kb)
      : seed_(seed), images_(seed, min_kb, max_kb) {}

  Content photo(Random& random);
  Content pdf(Random& random, int pages);
  Content screenshot(Random& random);
  Content portrait(Random& random);

 private:
  std::string unique();

  std::uint64_t seed_;
  ImagePool images_;
  int made_ = 0;
};

enum class Ticks { Professional, Market, Both };

/// To the competent agency, or (Hunan) to `supervising` if it has a name.
Submitted registration(Random& random, Scanner& scanner, const Unit& unit, Ticks ticks,
                       const Institution& supervising);
/// Five attachments and nothing left to chance but the unit: for measurements.
Submitted uniform_registration(Random& random, Scanner& scanner, const Unit& unit);
/// The queue in which such a registration waits.
std::string queue_of(const Unit& unit, Ticks ticks, const Institution& supervising);

struct Application {
  Submitted submitted;
  std::string applicant, case_id, series, level, publicity;
  Unit unit;
  std::vector<std::string> path;  ///< the queues it went through; the last one has it
  int round = 1;
};
Application application(Random& random, Scanner& scanner, People& people, const Unit& unit);

struct Judgement {
  std::string action, recommendation, modification;
};
pipeline::Value decision(const std::string& case_id, int round, const std::string& queue,
                         const std::string& reviewer, const Judgement& judgement, int minutes);

/// One of the ways in which people write a day or a month; `iso` is YYYY-MM-DD or YYYY-MM.
std::string spelled(Random& random, const std::string& iso);
/// Lists the attachments in the form.
void list_attachments(Submitted& submitted);

}  // namespace app
