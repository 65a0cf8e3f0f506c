#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "pipeline/time.hpp"
#include "pipeline/value.hpp"

// Statistics of changes: what happened to the cases, when, and how they stood at an earlier moment.
//
// A case document holds its own past (history, decisions), so the state of the last daily or weekly report is counted from
// the ledger, never from a file that an earlier report left behind. The current state of a document is believed before its
// history.

namespace produce {

/// How a case stands, of whatever kind it is.
enum Standing : std::size_t {
  NotSubmitted,
  Pending,
  SentBack,
  Granted,
  Denied,
  TakenBack,
  OtherStanding,
  kStandings
};
Standing standing_of(const std::string& state);
const char* standing_label(Standing standing);

/// What can happen to a case; new, corrected and resubmitted apart (X66–X70).
enum StepKind : std::size_t {
  RegisteredFirst,
  RegisteredAgain,
  Corrected,
  RegistrationGranted,
  RegistrationDenied,
  RegistrationWithdrawn,
  AppliedFirst,
  AppliedAgain,
  ReportedUp,
  ReturnedToApplicant,
  SentBackBelow,
  AcceptedByLast,
  NotAccepted,
  Recalled,
  kStepKinds,
  NoStep = kStepKinds
};
const char* step_label(StepKind kind);

struct CaseStep {
  pipeline::Time at;
  StepKind kind = NoStep;  ///< NoStep: it moved nothing
  Standing after = Pending;
  std::int64_t round = 1;
  const pipeline::Value* written = nullptr;  ///< as the document has it
};
/// In order; `body` must outlive them.
std::vector<CaseStep> steps_of(const pipeline::Value& body);

/// The moments with which the present is compared: midnight before today, before the last seven and fourteen days (Beijing).
struct Moments {
  explicit Moments(pipeline::Time now);
  pipeline::Time now, today, yesterday, week, fortnight;
};

struct ChangeRow {
  std::string label;
  std::int64_t today = 0, yesterday = 0, week = 0, week_before = 0;
};

/// Cases of one kind that stand so.
struct StockRow {
  std::string kind, label;
  std::int64_t now = 0, yesterday = 0, week_ago = 0;  ///< at the end of that day
};

struct WeekRow {
  pipeline::Day monday;
  std::array<std::int64_t, kStepKinds> steps{};
  std::int64_t deliveries = 0, refused = 0;  ///< refused or quarantined
};
inline constexpr int kWeeks = 26;

struct Changes {
  std::vector<ChangeRow> steps;  ///< in the order of StepKind
  std::vector<StockRow> stock;
  std::vector<WeekRow> weeks;  ///< the last kWeeks, the present one last
};

class ChangeCounter {
 public:
  explicit ChangeCounter(pipeline::Time now);
  void add(const pipeline::Value& body, const std::vector<CaseStep>& steps);
  void add_delivery(pipeline::Time at, bool refused);
  Changes finish() && { return std::move(out_); }

 private:
  WeekRow* week_of(pipeline::Time at);
  Moments moments_;
  Changes out_;
};

}  // namespace produce
