#pragma once

#include <array>
#include <string>
#include <vector>

#include "pipeline/value.hpp"
#include "pipeline/view.hpp"
#include "stages/produce/sorted_list.hpp"
#include "stages/produce/statistics.hpp"

// Details: the lists behind the numbers, one row a case, a delivery, a step, a returned item.
//
// Each is sorted by what its figures count by, so that a figure leads to its very rows; where it cannot (a figure of another
// dimension), it leads to the list and says what to filter. Identifiers are text. Days and times are real dates, so that they
// sort, filter by month and can be subtracted. ID numbers are masked, and of a birth date only the year stands beside them.

namespace produce {

inline constexpr std::array kDueLabels = {"未到期", "明日到期", "今日到期", "逾期"};
inline constexpr double kCodesWidth = 34,
                        kMessagesWidth = 50;  ///< characters, of the deliveries' list

class Details {
 public:
  Details(const ListFrame& frame, const Terms& terms, pipeline::Time now);

  /// The rows of a case, made on any thread; in its turn they are added.
  pipeline::Turn rows_of(const pipeline::Value& body, const CaseFacts& facts);
  pipeline::Turn rows_of(const pipeline::Received& delivery);
  void lay_out();
  /// In the order of the workbook.
  std::vector<const SortedList*> lists() const;

  // What a figure counts, and the tip it shows.
  Link unit(const std::string& uscc, const std::string& region, const std::string& tip) const;
  Link registered_unit(const std::string& uscc, const std::string& region,
                       const std::string& tip) const;
  /// With all that lies below; `own`: without.
  Link region(const std::string& code, bool own, bool applications, const std::string& tip) const;
  /// level kLevels: all levels.
  Link series(std::size_t series, std::size_t level, Progress progress,
              const std::string& tip) const;
  /// due 0 … 3: later, tomorrow, today, overdue; 4: all of the queue.
  Link queue(const std::string& queue, std::size_t due) const;
  Link returned(const std::string& item) const;
  Link delivered(const std::string& kind, std::size_t result) const;
  /// Steps of that kind from … until.
  Link step(StepKind kind, pipeline::Time from, pipeline::Time until) const;
  Link applications(const std::string& filter) const;
  Link registrations(const std::string& filter) const;
  Link deliveries(const std::string& filter) const;
  Link waiting(const std::string& filter) const;

 private:
  SpoolRow registration(const pipeline::Value& body) const;
  SpoolRow application(const pipeline::Value& body, const CaseFacts& facts) const;
  SpoolRow title(const pipeline::Value& body, const CaseFacts& facts) const;
  SpoolRow returned(const pipeline::Value& body, const std::string& item) const;
  SpoolRow step(const pipeline::Value& body, const CaseStep& step) const;
  SpoolRow pending(const pipeline::Value& body, const CaseFacts& facts) const;
  SpoolRow delivery(const pipeline::Received& delivery) const;
  void share_words(Spreadsheet& book) const;
  static std::string group_of(std::size_t n);  ///< "07"
  std::string delivery_group(const std::string& kind) const;
  std::string place_of(const pipeline::Value& body) const;
  std::string series_group(std::size_t series, std::size_t level) const;

  const Terms& terms_;
  pipeline::Time now_;
  Moments moments_;
  std::vector<std::string> series_;  ///< codes, in the order of the table
  SortedList registrations_, applications_, titles_, deliveries_, pending_, returns_, steps_;
};

}  // namespace produce
