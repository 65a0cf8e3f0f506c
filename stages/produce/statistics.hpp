#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/dictionary.hpp"
#include "pipeline/finding.hpp"
#include "pipeline/outcome.hpp"
#include "pipeline/regions.hpp"
#include "pipeline/time.hpp"
#include "pipeline/view.hpp"
#include "stages/produce/statistics_changes.hpp"
#include "stages/produce/statistics_times.hpp"

// Statistics: everything that 统计汇总.xlsx counts (domain §5.5), as plain numbers.
//
//   takes   View          one pass over its cases, one over its deliveries
//           Period        cases and deliveries received on these days; queues are counted as they
//           stand at `now`
//   gives   Statistics    tables whose rows are disjoint: the total of a table is the sum of its
//   rows faults  none
//
// Memory grows with units, queues and regions, never with cases. What a case does not say is
// counted as 未注明, so that nothing falls out of a total. To add a table: a member here, a line in
// the Counter, a sheet in workbook_*.cpp.

namespace produce {

/// Days in Beijing, both included; an open end reaches as far as the ledger does.
struct Period {
  std::optional<pipeline::Day> from, to;
  bool contains(pipeline::Time t) const;
};

struct Terms {
  const pipeline::Dictionary& dictionary;
  const pipeline::Regions& regions;
  const pipeline::Catalogue& catalogue;
  std::map<std::string, std::string> items = {};  ///< of an application, code to name (X50)
};

struct Category {
  std::string code, label;
  std::int64_t count = 0;
};

std::int64_t sum(const std::vector<Category>& categories);

inline constexpr std::size_t kLevels = 6;  ///< senior_full … junior, and 未注明
using Levels = std::array<std::int64_t, kLevels>;
std::int64_t sum(const Levels& levels);

struct LevelRow {
  std::string code, label;
  Levels count{};
};

/// What became of an application. One application may be counted in several of them.
enum Progress : std::size_t { Submitted, Reported, Returned, Closed, kProgress };

struct SeriesRow {
  std::string code, label;
  std::array<Levels, kProgress> count{};
};

inline constexpr std::size_t kResults = 5;
struct KindRow {
  std::string code, label;
  std::array<std::int64_t, kResults> by_result{};  ///< in the order of pipeline::Result
};

struct UnitRow {
  std::string uscc, name, nature, region,
      registration;  ///< labels; registration as it stands at `now`
  std::string region_code;
  std::int64_t registrations = 0, applications = 0, reported = 0, returned = 0, closed = 0;
  std::int64_t returns = 0;  ///< how often its applications were returned, altogether
};

enum RegionCount : std::size_t {
  RegionRegistrations,
  RegionApproved,
  RegionApplications,
  RegionReported,
  RegionReturned,
  RegionClosed,
  kRegionCounts
};

/// A division that is counted itself, or (with parts) the sum of other rows. Divisions without a
/// case are kept.
struct RegionRow {
  std::string code, label;
  int depth = 0;  ///< 0 province, 1 prefecture, 2 county
  std::vector<std::size_t> parts;
  std::array<std::int64_t, kRegionCounts> count{};
};

struct PeopleTable {
  std::string title;
  std::vector<LevelRow> rows;
};

struct TypeRow {
  std::string code, label;
  Levels count{};
  std::int64_t reported = 0, returned = 0, accepted = 0, not_accepted = 0, recalled = 0;
};

/// Cases that were handed in in one way: new, again, as a correction.
struct SubmissionRow {
  std::string label;
  std::array<std::int64_t, kStandings> by_standing{};
  std::int64_t submissions = 0;  ///< each round counts
};

/// Rows of one property of the registered unit, by state of the registration.
struct StateRow {
  std::string code, label;
  std::vector<std::int64_t> by_state;  ///< in the order of Statistics::registration_states
};

struct ChoiceRow {
  std::string code, label;
  std::vector<std::int64_t> by_effective;  ///< in the order of Statistics::targets
};

struct WrongChoice {
  std::string code, label, rule;
  std::int64_t bundles = 0;
};

struct QueueRow {
  std::string queue, name;
  std::int64_t later = 0, tomorrow = 0, today = 0, overdue = 0;  ///< pending at `now`, by due day
  std::int64_t oldest_days = 0;  ///< since the oldest of them arrived
  std::int64_t handled = 0;      ///< of the period's cases
  double handling_days = 0;      ///< mean of the handled ones
  std::int64_t pending() const { return later + tomorrow + today + overdue; }
};

struct FindingRow {
  std::string code, severity, text, rule;
  std::int64_t count = 0, bundles = 0;
};

struct DropRow {
  std::string drop;
  std::int64_t deliveries = 0, flawed = 0, errors = 0;  ///< flawed: with at least one error
};

struct Statistics {
  Period period;
  pipeline::Time now;

  std::array<std::string, kResults> results;  ///< their labels
  std::vector<KindRow> deliveries;
  std::int64_t received = 0;  ///< counted apart, to check that the results add up
  std::vector<Category> registration_states, application_states;

  std::vector<SeriesRow> series;   ///< all of the dictionary, and 其他
  std::vector<UnitRow> units;      ///< those with a case in the period, by region, then USCC
  std::vector<RegionRow> regions;  ///< in the order of print, each subtotal before its parts
  std::vector<PeopleTable> people;
  std::vector<TypeRow> types;
  std::vector<TypeRow> rounds;             ///< applications by the round in which they are
  std::vector<SubmissionRow> submissions;  ///< new, corrected and resubmitted cases apart (X66–X70)

  std::vector<StateRow> registrations_by_nature, registrations_by_level;
  std::vector<Category> targets;   ///< who may review a registration
  std::vector<ChoiceRow> choices;  ///< chosen target × effective target
  std::vector<WrongChoice> wrong_choices;
  std::int64_t hr_overrides = 0, reregistrations = 0, corrections = 0;

  std::vector<QueueRow> queues;      ///< most pending first
  std::vector<FindingRow> findings;  ///< most frequent first
  std::vector<DropRow> drops;        ///< most errors first, at most 20

  std::vector<StageRow> handled, waiting;  ///< stays of the period's cases; all that wait at `now`
  std::vector<ReturnRow> returns;
  std::int64_t returned = 0;  ///< applications that were ever returned
  Changes changes;
};

/// The tables of applicants, in the order of Statistics::people.
enum PeopleTableOf : std::size_t {
  Sex,
  Ethnicity,
  Education,
  Degree,
  Age,
  Political,
  kPeopleTables
};

/// A case as the tables count it and the lists show it; it refers to the case's document.
struct CaseFacts {
  bool application = false;
  bool counted = false;  ///< it was received in the period
  bool pending = false;  ///< it lies in a queue and waits for a decision, whenever it was received
  std::size_t level = kLevels - 1;
  std::array<bool, kProgress> progress{};  ///< all false for a registration
  int age = -1;  ///< on 31 December of the application's year; -1 if unknown
  std::array<std::size_t, kPeopleTables> people{};  ///< of an application: its row in each table
  std::string ethnicity;
  Stays stays;
  std::vector<CaseStep> steps;
};

/// Of the rows of Statistics::submissions.
extern const std::array<const char*, 5> kSubmissionLabels;
/// In which way it was handed in: the label of its row; "" if it is in none.
std::string submission_label(const pipeline::Value& body);

/// Called for each case that is counted or pending, each delivery of the period as it passes, so that lists are written in the same
/// pass; on any thread, as pipeline::View says.
using CaseWork = std::function<pipeline::Turn(const pipeline::Value& body, const CaseFacts& facts)>;
using DeliveryWork = pipeline::View::DeliveryWork;

/// What the tables and the lists behind them read of a case document and of the objects in it, a tenth of it: CaseWork sees no more.
const std::vector<std::string_view>& members_read();

Statistics count(const pipeline::View& view, const Terms& terms, pipeline::Time now,
                 const Period& period, const CaseWork& on_case = {},
                 const DeliveryWork& on_delivery = {});

}  // namespace produce
