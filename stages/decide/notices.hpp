#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/finding.hpp"

// Notices: what letters say, from templates/common/notices.csv.
//
//   takes   rows notice,province,part,text; the notices and the parts are those of this program
//   gives   the texts of one notice with its placeholders filled in; a sentence, or a bracket （…）,
//           whose placeholder has nothing is left out
//   faults  Stop, with file and line: a notice that has no title or says nothing, an unknown word
//
// To add a notice: its name and its placeholders in notices.cpp, its rows in the table.

namespace decide {

/// A letter without its reasons.
struct NoticeTexts {
  std::string title, number;
  std::vector<std::string> body;  ///< before the reasons
  std::string hint;  ///< below each reason; a template still, its {item} is the reason's
  std::vector<std::string> closing;  ///< after the reasons: until when, whom to ask
};

class Notices {
 public:
  static Notices load(const std::string& file);

  /// `province`: "hunan" or "xinjiang"; rows of the other one are passed over.
  NoticeTexts texts(std::string_view notice, std::string_view province,
                    const pipeline::Arguments& arguments) const;

 private:
  struct Row {
    std::string province, part, text;
  };
  std::map<std::string, std::vector<Row>, std::less<>> rows_;
};

}  // namespace decide
