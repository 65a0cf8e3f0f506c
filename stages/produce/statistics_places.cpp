#include "stages/produce/statistics_places.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>
#include <utility>

#include "stages/produce/statistics_times.hpp"

namespace produce {

namespace {

using pipeline::Region;
using pipeline::Time;
using pipeline::Value;

constexpr const char* kNowhere = "区划不明";

std::int64_t days_between(Time from, Time to) {
  return (pipeline::beijing_day(to) - pipeline::beijing_day(from)).count();
}

/// "湖南省长沙市芙蓉区 专技" of "agency-430102-pt", for a queue that no case names.
std::string queue_name(const pipeline::Regions& regions, const std::string& queue) {
  constexpr std::string_view kAgency = "agency-";
  if (!queue.starts_with(kAgency) || queue.size() < kAgency.size() + 6) return queue;
  return regions.full_name(queue.substr(kAgency.size(), 6)) +
         (queue.ends_with("-hr") ? " 人力资源" : " 专技");
}

template <typename Counts>
void add_to(Counts& to, const Counts& more) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += more[i];
}

}  // namespace

void UnitCounter::add_any(const Value& body) {
  if (body["kind"].string() != "unit_registration") return;
  const std::int64_t at = body["received_at"].integer();
  const auto [found, added] = registrations_.try_emplace(body["uscc"].string());
  if (added || found->second.received_at <= at) found->second = {at, body["state"].string()};
}

void UnitCounter::add(const Value& body, const CaseFacts& facts) {
  const bool registration = body["kind"].string() == "unit_registration";
  if (!registration && !facts.application) return;
  Unit& unit = units_[body["uscc"].string()];
  if (unit.row.uscc.empty()) {
    unit.row.uscc = body["uscc"].string();
    unit.row.name = body["unit"].string();
    unit.row.nature = terms_.dictionary.label("nature", body["unit_nature"].string());
    unit.region = body["region"].string();
    unit.row.region = terms_.regions.full_name(unit.region);
    unit.row.region_code = unit.region;
  }
  if (registration) ++unit.row.registrations;
  if (!facts.application) return;
  ++unit.row.applications;
  if (facts.progress[Reported]) ++unit.row.reported;
  if (facts.progress[Returned]) ++unit.row.returned;
  if (facts.progress[Closed]) ++unit.row.closed;
  unit.row.returns += body["returns"].integer();
}

std::vector<UnitRow> UnitCounter::rows(const pipeline::View& view) && {
  std::vector<Unit> all;
  all.reserve(units_.size());
  for (auto& [uscc, unit] : units_) {
    const auto own = registrations_.find(uscc);
    if (own != registrations_.end()) {
      unit.row.registration = terms_.dictionary.label("state", own->second.state);
    } else if (const auto known = view.document("unit", uscc)) {
      unit.row.registration =
          terms_.dictionary.label("registration_mode", (*known)["mode"].string());
    } else {
      unit.row.registration = "未注册";
    }
    all.push_back(std::move(unit));
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Unit& a, const Unit& b) { return a.region < b.region; });
  std::vector<UnitRow> rows;
  rows.reserve(all.size());
  for (Unit& unit : all) rows.push_back(std::move(unit.row));
  return rows;
}

void RegionCounter::add(const Value& body, const CaseFacts& facts) {
  const std::string& code = body["region"].string();
  Counts& counts = counts_[regions_.find(code) ? code : std::string()];
  if (!facts.application) {
    ++counts[RegionRegistrations];
    if (body["state"].string() == "approved") ++counts[RegionApproved];
    return;
  }
  ++counts[RegionApplications];
  if (facts.progress[Reported]) ++counts[RegionReported];
  if (facts.progress[Returned]) ++counts[RegionReturned];
  if (facts.progress[Closed]) ++counts[RegionClosed];
}

std::size_t RegionCounter::append(std::vector<RegionRow>& rows, const Children& children,
                                  const std::string& code, int depth) const {
  const auto counted = counts_.find(code);
  const Counts own = counted == counts_.end() ? Counts{} : counted->second;
  const std::size_t at = rows.size();
  const std::string name = regions_.short_name(code);
  const auto below = children.find(code);
  if (below == children.end()) {
    rows.push_back({code, name, depth, {}, own});
    return at;
  }
  rows.push_back({code, name, depth, {at + 1}, own});
  rows.push_back({code, name + "（本级）", depth + 1, {}, own});
  for (const std::string& child : below->second) {
    const std::size_t part = append(rows, children, child, depth + 1);
    add_to(rows[at].count, rows[part].count);
    rows[at].parts.push_back(part);
  }
  return at;
}

std::vector<RegionRow> RegionCounter::rows() const {
  std::set<std::string> named;  // with all that lies above
  std::set<std::string> provinces;
  for (const auto& [code, counts] : counts_) {
    for (const Region* region = regions_.find(code); region;
         region = regions_.find(region->parent)) {
      named.insert(region->code);
      if (region->parent.empty()) provinces.insert(region->code);
    }
  }
  // A division that is no more is only shown if an old case names it.
  Children children;
  for (const auto& [code, region] : regions_.all())
    if (!region.parent.empty() && (region.current || named.contains(code)))
      children[region.parent].push_back(code);

  std::vector<RegionRow> rows;
  for (const std::string& province : provinces) append(rows, children, province, 0);
  const auto nowhere = counts_.find("");
  rows.push_back({"", kNowhere, 0, {}, nowhere == counts_.end() ? Counts{} : nowhere->second});
  return rows;
}

QueueRow& QueueCounter::row(std::string_view queue, const std::string& name) {
  auto found = rows_.find(queue);
  if (found == rows_.end()) {
    found = rows_.emplace(queue, QueueRow()).first;
    found->second.queue = queue;
    found->second.name = queue_name(regions_, found->first);
  }
  if (!name.empty()) found->second.name = name;
  return found->second;
}

void QueueCounter::add_pending(const Value& body, const Stays& stays) {
  QueueRow& queue = row(body["queue"].string(), body["reviewer"].string());
  const pipeline::Day today = pipeline::beijing_day(now_);
  const auto due = pipeline::parse_iso_date(body["due"].string());
  if (!due || *due > today + std::chrono::days(1)) {
    ++queue.later;
  } else if (*due > today) {
    ++queue.tomorrow;
  } else if (*due == today) {
    ++queue.today;
  } else {
    ++queue.overdue;
  }
  queue.oldest_days = std::max(queue.oldest_days, days_between(Time{stays.since}, now_));
}

void QueueCounter::add_handled(const Value& body, const Stays& stays) {
  constexpr double kMicrosecondsPerDay = 86400e6;
  for (const Stay& stay : stays.over) {
    // The last one that acted on a closed case is still named as its reviewer.
    const bool last = &stay == &stays.over.back() && body["queue"].string().empty();
    const bool base = stay.queue == "unit-" + body["uscc"].string();
    QueueRow& queue = row(stay.queue, base   ? body["unit"].string()
                                      : last ? body["reviewer"].string()
                                             : std::string());
    ++queue.handled;
    queue.handling_days += static_cast<double>(stay.to - stay.from) / kMicrosecondsPerDay;
  }
}

std::vector<QueueRow> QueueCounter::rows() && {
  std::vector<QueueRow> rows;
  for (auto& [queue, row] : rows_) {
    if (row.handled > 0) row.handling_days /= static_cast<double>(row.handled);
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const QueueRow& a, const QueueRow& b) { return a.pending() > b.pending(); });
  return rows;
}

}  // namespace produce
