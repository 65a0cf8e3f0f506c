#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/regions.hpp"
#include "pipeline/time.hpp"
#include "pipeline/value.hpp"
#include "pipeline/view.hpp"
#include "stages/produce/statistics.hpp"

// Statistics of places: where cases come from (unit, region) and where they wait (queue).

namespace produce {

class UnitCounter {
 public:
  explicit UnitCounter(const Terms& terms) : terms_(terms) {}
  /// Of every case, also those outside the period: a registration stands as it stands at `now`.
  void add_any(const pipeline::Value& body);
  void add(const pipeline::Value& body, const CaseFacts& facts);
  /// A unit without a registration of its own (X07–X12) is looked up in the view.
  std::vector<UnitRow> rows(const pipeline::View& view) &&;

 private:
  struct Registration {
    std::int64_t received_at = 0;
    std::string state;
  };
  struct Unit {
    UnitRow row;
    std::string region;
  };
  const Terms& terms_;
  std::map<std::string, Unit> units_;
  std::map<std::string, Registration> registrations_;
};

class RegionCounter {
 public:
  explicit RegionCounter(const pipeline::Regions& regions) : regions_(regions) {}
  void add(const pipeline::Value& body, const CaseFacts& facts);
  /// All current divisions of each province that occurs; last, what has no known division.
  std::vector<RegionRow> rows() const;

 private:
  using Counts = decltype(RegionRow::count);
  using Children = std::map<std::string, std::vector<std::string>>;
  std::size_t append(std::vector<RegionRow>& rows, const Children& children,
                     const std::string& code, int depth) const;

  const pipeline::Regions& regions_;
  std::map<std::string, Counts> counts_;
};

class QueueCounter {
 public:
  QueueCounter(const pipeline::Regions& regions, pipeline::Time now)
      : regions_(regions), now_(now) {}
  void add_pending(const pipeline::Value& body, const Stays& stays);
  void add_handled(const pipeline::Value& body, const Stays& stays);
  std::vector<QueueRow> rows() &&;

 private:
  QueueRow& row(std::string_view queue, const std::string& name);

  const pipeline::Regions& regions_;
  pipeline::Time now_;
  std::map<std::string, QueueRow, std::less<>> rows_;
};

}  // namespace produce
