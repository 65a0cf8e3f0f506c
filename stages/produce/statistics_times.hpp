#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/time.hpp"
#include "pipeline/value.hpp"

// Statistics of times and returns: how long cases lay where, how long those that wait have waited, and what was returned.

namespace produce {

/// What a queue took for a case, from its arrival until it left.
struct Stay {
  std::string_view queue;
  std::int64_t from = 0, to = 0;
};
struct Stays {
  std::vector<Stay> over;
  std::int64_t since = 0;  ///< when the case came to where it is now
};
/// `body` must outlive them.
Stays stays_of(const pipeline::Value& body);
double waited_days(const Stays& stays, pipeline::Time now);
/// It lies in a queue and waits for a decision.
bool is_pending(const pipeline::Value& body);

enum Stage : std::size_t { OfRegistration, AtBase, AtReceiver, AtCommittee, kStages };
const char* stage_label(Stage stage);
Stage stage_of(const pipeline::Value& body, std::string_view queue);

inline constexpr std::size_t kSpans = 6;
const std::array<const char*, kSpans>& span_labels();
std::size_t span_of(double days);

struct StageRow {
  std::string label;
  std::array<std::int64_t, kSpans> count{};
  double days = 0;  ///< altogether
};

/// Applications by what their last return objected to; one can stand in several rows.
struct ReturnRow {
  std::string code, label;
  std::array<std::int64_t, kStages> count{};
};

class TimeCounter {
 public:
  TimeCounter(pipeline::Time now, const std::map<std::string, std::string>& items);
  void add_pending(const pipeline::Value& body, const Stays& stays);
  void add(const pipeline::Value& body, const Stays& stays);

  std::vector<StageRow> handled, waiting;
  std::vector<ReturnRow> returns;  ///< in order of items; last, those that name none
  std::int64_t returned = 0;       ///< applications

 private:
  pipeline::Time now_;
};

/// The items of the last return; one empty code if it named none; nothing if it was never returned.
std::vector<std::string> returned_items(const pipeline::Value& body);

}  // namespace produce
