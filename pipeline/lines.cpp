#include "pipeline/lines.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <thread>

#include "pipeline/attempts.hpp"
#include "pipeline/dialect.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/heartbeat.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/stored_path.hpp"
#include "pipeline/text.hpp"

namespace pipeline {

namespace {

using Number = std::int64_t;
using Text = std::string;

/// `line` of an effect that any line may answer.
constexpr Number kAnyLine = -1;

/// … and of what nobody has in hand.
constexpr Number kNobody = 0;

/// Ids are never used twice: a line that was taken for dead must not find itself alive again.
Number new_id() {
  std::uint64_t id = 0;
  std::memcpy(&id, random_bytes(sizeof id).data(), sizeof id);
  return static_cast<Number>(id >> 1) | 1;
}

/// Keys are as long as a path may be; an index entry is not.
std::string short_key(const std::string& key) {
  return sha256(key);
}

}  // namespace

struct Lines::Statements {
  Database& database;
  const std::string clock = database.dialect().clock;

  Statement put_line{database,
                     "INSERT INTO line (id, seat, expires) VALUES ($1, $2, " + clock + " + $3)"};
  // Who sits on this seat now is its only owner: who sat there before is dead, whatever its lease says.
  Query<Number> dead{database, "SELECT id FROM line WHERE id <> $1 AND (seat = $2 OR expires < " +
                                   clock + ") ORDER BY id" + database.dialect().skip_locked};
  Query<Number> still_there{database, "SELECT id FROM line WHERE id = $1"};
  Statement drop_line{database, "DELETE FROM line WHERE id = $1"};
  Statement drop_claims{database, "DELETE FROM claim WHERE line = $1"};
  // A line that was taken for dead may have claimed since: until its next transaction it does not know.
  Statement drop_strays{database, "DELETE FROM claim WHERE line NOT IN (SELECT id FROM line)"};
  Statement hand_over_effects{database, "UPDATE effect SET line = $1 WHERE done = 0 AND line = $2"};
  Statement hand_over_files{database, "UPDATE bundle SET line = $1 WHERE taken = 0 AND line = $2"};
  Statement put_claim{database,
                      "INSERT INTO claim (name, line) VALUES ($1, $2) ON CONFLICT DO NOTHING"};
  Query<Number> claim_of{database, "SELECT line FROM claim WHERE name = $1"};
  Statement drop_claim{database, "DELETE FROM claim WHERE name = $1 AND line = $2"};
  Statement give_up{database, "UPDATE effect SET line = 0 WHERE id = $1 AND line = $2"};
  Query<Number> newest{database, "SELECT coalesce(max(id), 0) FROM bundle"};
  Query<Text, Number, Number> decided_since{
      database, "SELECT path, size, modified_ns FROM bundle WHERE id > $1"};
  Query<Text, Number, Number> untaken_elsewhere{
      database, "SELECT path, size, modified_ns FROM bundle WHERE taken = 0 AND line <> $1"};
  Query<Number, Number> must_wait{
      database,
      "SELECT later.id, earlier.id FROM effect later JOIN effect earlier ON earlier.path = "
      "later.path AND earlier.id < later.id WHERE later.done = 0 AND later.line = $1 AND "
      "earlier.done = 0 AND earlier.line > 0 AND earlier.maker <> 'receipt' "
      "ORDER BY later.id, earlier.id"};
  Query<Number> evict{database, database.dialect().evict};
  Query<Number> try_alone{database, database.dialect().try_alone};
  Query<Number> end_alone{database, database.dialect().end_alone};
};

Lines::Lines(Database& database, std::string place)
    : database_(database), place_(std::move(place)) {}
Lines::~Lines() = default;

void Lines::join(const std::string& seat, const std::set<std::string>& standing,
                 double lease_seconds) {
  statements_.reset(new Statements{database_});
  const std::int64_t id = new_id();
  constexpr double kShortestSeconds = 10;
  const auto silence = static_cast<Number>(1000 * std::max(kShortestSeconds, lease_seconds));
  for (std::string statement : database_.dialect().introduce) {
    statement = replace_all(std::move(statement), "{line}", std::to_string(id));
    database_.execute(replace_all(std::move(statement), "{ms}", std::to_string(silence)));
  }
  standing_ = standing;
  seat_ = seat;
  own_ = id;
  database_.begin();
  try {
    statements_->put_line.run(own_, seat, static_cast<Number>(lease_seconds * 1e6));
    database_.commit();
  } catch (...) {
    own_ = 0;
    database_.rollback();
    throw;
  }
  heartbeat_ = std::make_unique<Heartbeat>(place_, own_, lease_seconds);
}

void Lines::leave() {
  if (!joined()) return;
  heartbeat_.reset();
  if (alone_) end_alone();
  database_.begin();
  try {
    statements_->hand_over_effects.run(kNobody, own_);
    statements_->hand_over_files.run(kNobody, own_);
    statements_->drop_claims.run(own_);
    statements_->drop_line.run(own_);
    database_.commit();
  } catch (...) {
    database_.rollback();
    throw;
  }
  own_ = 0;
}

std::int64_t Lines::maker_of(const std::string& maker) const {
  return joined() && standing_.contains(maker) ? kAnyLine : own_;
}

bool Lines::take_over(bool papers_of_nobody) {
  if (!joined()) return false;
  bool anything = false;
  statements_->evict.first();
  database_.begin();
  try {
    confirm(seen_);
    std::vector<Number> gone{kNobody};
    statements_->dead.each([&](Number line) { gone.push_back(line); }, own_, seat_);
    for (const Number line : gone) {
      if (line != kNobody || papers_of_nobody)
        anything = statements_->hand_over_effects.run(own_, line) > 0 || anything;
      anything = statements_->hand_over_files.run(own_, line) > 0 || anything;
      statements_->drop_claims.run(line);
      statements_->drop_line.run(line);
    }
    statements_->drop_strays.run();
    database_.commit();
  } catch (...) {
    database_.rollback();
    throw;
  }
  return anything;
}

std::set<std::string> Lines::claim(const std::vector<std::string>& keys) {
  std::set<std::string> ours(keys.begin(), keys.end());
  if (!joined()) return ours;
  for (const std::string& key : keys) {
    if (statements_->put_claim.run(short_key(key), own_) > 0) continue;
    const auto holder = statements_->claim_of.first(short_key(key));
    if (!holder || std::get<0>(*holder) != own_) ours.erase(key);
  }
  return ours;
}

void Lines::watch_others() {
  if (!joined()) return;
  elsewhere_.clear();
  seen_ = std::get<0>(*statements_->newest.first());
  statements_->untaken_elsewhere.each(
      [&](const Text& path, Number size, Number modified_ns) {
        elsewhere_.insert(attempt_key(
            {"", "", from_stored(path), static_cast<std::uint64_t>(size), modified_ns, 0}));
      },
      own_);
}

bool Lines::decided_elsewhere(const Delivery& delivery) const {
  return !elsewhere_.empty() && elsewhere_.contains(attempt_key(delivery));
}

bool Lines::try_alone() {
  if (joined() && !alone_) alone_ = std::get<0>(*statements_->try_alone.first()) > 0;
  return alone_ || !joined();
}

bool Lines::wait_alone(const std::function<bool()>& stop) {
  while (!try_alone()) {
    if (stop()) return false;
    statements_->evict.first();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return true;
}

void Lines::end_alone() {
  if (alone_) statements_->end_alone.first();
  alone_ = false;
}

void Lines::confirm(std::int64_t last_bundle) {
  if (!joined()) return;
  if (!statements_->still_there.first(own_))
    throw Fault(FaultKind::Retry, "go on as line " + seat_,
                "it was silent for so long that its work was given to others; it starts anew");
  if (last_bundle <= seen_) return;
  statements_->decided_since.each(
      [&](const Text& path, Number size, Number modified_ns) {
        elsewhere_.insert(attempt_key(
            {"", "", from_stored(path), static_cast<std::uint64_t>(size), modified_ns, 0}));
      },
      seen_);
  seen_ = last_bundle;
}

void Lines::release(const std::vector<std::string>& keys) {
  if (!joined()) return;
  for (const std::string& key : keys) statements_->drop_claim.run(short_key(key), own_);
}

void Lines::give_up(const std::set<std::int64_t>& effects) {
  if (!joined()) return;
  for (const std::int64_t effect : effects) statements_->give_up.run(effect, own_);
}

std::map<std::int64_t, std::set<std::int64_t>> Lines::must_wait() {
  std::map<std::int64_t, std::set<std::int64_t>> waits;
  if (!joined()) return waits;
  statements_->must_wait.each([&](Number later, Number earlier) { waits[later].insert(earlier); },
                              own_);
  return waits;
}

}  // namespace pipeline
