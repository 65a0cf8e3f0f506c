#include "pipeline/line.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <set>
#include <thread>

#include "pipeline/attempts.hpp"
#include "pipeline/desk.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/intake.hpp"
#include "pipeline/lines.hpp"
#include "pipeline/lookout.hpp"
#include "pipeline/one_run.hpp"
#include "pipeline/press.hpp"
#include "pipeline/standing.hpp"
#include "pipeline/summary.hpp"
#include "pipeline/taking.hpp"
#include "pipeline/troubles.hpp"
#include "pipeline/vault.hpp"
#include "pipeline/watch.hpp"
#include "pipeline/workers.hpp"

namespace pipeline {

namespace {

using Steady = std::chrono::steady_clock;

void pause() {
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
}

class Run {
 public:
  Run(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
      const Clock& clock, const Observer& observer, Troubles& troubles, Tally& tally)
      : options_(options),
        stages_(stages),
        files_(files),
        ledger_(ledger),
        observer_(observer),
        vault_(files, path_join(options.state, "vault"), options.seat),
        work_(path_join(options.outbox, options.seat.empty() ? ".work" : ".work-" + options.seat)),
        troubles_(troubles),
        tally_(tally),
        lookout_(options, files, observer, troubles, {vault_.folder(), work_}),
        desk_(stages, ledger, clock, observer),
        intake_(options, stages, files, vault_, workers_),
        press_(options, stages, files, vault_, work_, workers_, observer),
        attempts_(files, attempts_file(options.state, options.seat), options.attempts),
        taking_(files, work_, troubles),
        summary_(options, stages, files, ledger, clock, work_, attempts_, observer, tally),
        standing_(stages, ledger, press_, attempts_),
        workers_(std::max(0, options.jobs)) {}

  ~Run() {
    tally_.prepare_cpu += intake_.cpu_seconds();
    tally_.produce_cpu += press_.cpu_seconds();
    tally_.decide_cpu += standing_.cpu_seconds();
    tally_.effects += press_.published();
    tally_.bytes_out += press_.bytes();
  }

  /// Gives how many papers could not be made.
  std::int64_t go() {
    files_.make_folders(options_.inbox);
    for (const std::string& work : {vault_.work(), work_}) {
      files_.remove_tree(work);  // what a crash left
      files_.make_folders(work);
    }
    one_sync_ = same_file_system(vault_.folder(), work_);
    if (!options_.seat.empty())
      ledger_.lines().join(options_.seat, stages_.standing, options_.lease_seconds);
    ledger_.lines().take_over();
    recover();
    if (options_.watch)
      keep_watching();
    else
      run_once();
    ledger_.lines().leave();
    files_.remove_tree(vault_.work());
    files_.remove_tree(work_);
    if (!press_.failed().empty())
      troubles_.noted("papers", "papers_pending", Value::object({{"papers", failed_papers()}}));
    return failed_papers();
  }

 private:
  /// What the last run committed but did not finish.
  void recover() {
    for (const Untaken& u : ledger_.untaken()) taking_.take(u.id, u.delivery);
    catch_up();
  }

  /// Produces what is pending in the ledger; nothing is under way.
  void catch_up() {
    first_new_ = std::numeric_limits<std::int64_t>::max();
    press_.forget_waiting();
    standing_.forget();
    for (std::int64_t after = 0;;) {
      constexpr int kBatch = 512;
      std::vector<PendingEffect> pending = ledger_.pending_effects(kBatch, after);
      if (pending.empty()) break;
      after = pending.back().id;
      std::vector<Order> orders;
      for (PendingEffect& p : pending) {
        if (p.id >= first_new_) break;  // a timer came due meanwhile; its papers are under way
        if (stages_.standing.contains(p.effect.maker)) continue;
        // A form that was taken away or made anew since must not come back, nor one made since be taken away.
        if (p.effect.maker == "remove" ? ledger_.made_later(p.id, p.effect.path)
                                       : ledger_.answered_later(p.id, p.effect.path)) {
          done_.push_back(p.id);
          continue;
        }
        std::optional<Value> subject;
        if (p.effect.subject)
          subject = ledger_.document(p.effect.subject->space, p.effect.subject->key);
        orders.push_back({p.id, std::move(p.effect), std::move(subject)});
      }
      start_carefully(std::move(orders));
    }
    commit_group({});
    finish_standing();
    attempts_.keep_suspects("effect", {});
    press_.keep_failed([this](std::int64_t effect) { return ledger_.is_pending(effect); });
    if (press_.failed().empty())
      troubles_.over("papers");
    else
      troubles_.met("papers", "papers_pending", Value::object({{"papers", failed_papers()}}));
  }

  std::int64_t failed_papers() const { return std::ssize(press_.failed()); }
  /// Papers that were being made when the last run died are made one at a time, and given up when they have killed the program
  /// too often.
  void start_carefully(std::vector<Order> orders) {
    std::vector<Order> others;
    for (Order& order : orders) {
      const std::string key = attempt_key(order.id);
      if (!attempts_.is_suspect(key)) {
        others.push_back(std::move(order));
      } else if (attempts_.is_poison(key)) {
        press_.fail(order,
                    "the program died over it " + std::to_string(attempts_.deaths(key)) + " times");
      } else {
        start_all({std::move(order)});
        while (cycle({})) {
        }
      }
    }
    start_all(std::move(others));
    while (cycle({})) {
    }
  }

  /// What lies in the inbox, and from now on what others decide of it.
  Arrivals look() {
    ledger_.lines().watch_others();
    return taking_.without_stuck(lookout_.scan());
  }

  void run_once() {
    pass(look());
    // What looked unfinished and young gets the time to settle, once. What has changed since is young again, and waits for the
    // next run.
    const std::set<std::string> again = std::exchange(deferred_, {});
    if (!again.empty() && !observer_.stop()) {
      const auto until = Steady::now() + std::chrono::duration<double>(options_.settle_seconds);
      while (Steady::now() < until && !observer_.stop()) pause();
      Arrivals now_there = look();
      now_there.erase_if([&](const Delivery& d) { return !again.contains(d.path); });
      pass(now_there);
    }
    summary_.make();
  }

  void keep_watching() {
    Watch watch;
    while (!observer_.stop()) {
      watch.add(options_.inbox);
      for (const Listed& item : files_.list(options_.inbox))
        if (item.folder) watch.add(path_join(options_.inbox, item.name));
      deferred_.clear();
      if (ledger_.lines().take_over(!troubles_.waits("papers"))) recover();
      pass(look());
      if (!press_.failed().empty() && !troubles_.waits("papers")) catch_up();
      observer_.stop() ? summary_.make() : summary_.make_in_time();
      troubles_.over("line");
      troubles_.tell();
      if (observer_.stop()) break;
      constexpr double kRescanSeconds = 2;
      watch.wait(kRescanSeconds);
    }
  }

  /// Takes these deliveries, in this order, through the whole line.
  void pass(const Arrivals& arrivals) {
    std::set<std::string> met;
    if (attempts_.has_suspects())
      for (std::size_t i = 0; i < arrivals.size(); ++i)
        if (std::string key = attempt_key(arrivals[i]); attempts_.is_suspect(key))
          met.insert(std::move(key));
    attempts_.keep_suspects("bundle", met);
    std::int64_t done = 0;
    std::size_t next = 0, ahead = 4;
    for (;;) {
      if (observer_.stop() || (next < arrivals.size() && !lookout_.has_room()))
        next = arrivals.size();
      const bool one_by_one = attempts_.has_suspects();
      next = claim(arrivals, next, one_by_one ? 1 : ahead * options_.group);
      const std::vector<std::shared_ptr<Claim>> group = intake_.gather();
      done += static_cast<std::int64_t>(group.size());
      // While the first takes its time those behind it are prepared, if no other line can take them.
      ahead = group.empty() && !ledger_.lines().joined() ? 64 : 4;
      bool more = cycle(group);
      while (one_by_one && cycle({})) more = true;
      if (seconds_since(standing_.last()) >= options_.standing_seconds) standing_.start();
      if (!group.empty()) observer_.progress(done, std::ssize(arrivals));
      if (!more && intake_.claimed() == 0 && next >= arrivals.size()) break;
    }
    commit_group({});
    while (cycle({})) {
    }
    wait_for_others();
    finish_standing();
    attempts_.rest();
  }

  /// Fills the window from there on; gives the next to claim.
  std::size_t claim(const Arrivals& arrivals, std::size_t next, std::size_t ahead) {
    // So many at a time, for what they need on the disk is looked at before.
    const std::size_t room =
        std::min(4 * options_.group, ahead - std::min(ahead, intake_.claimed()));
    const std::size_t end = std::min(arrivals.size(), next + room);
    std::vector<std::string> keys;
    for (std::size_t i = next; i < end; ++i) keys.push_back(attempt_key(arrivals[i]));
    const std::set<std::string> ours = ledger_.lines().claim(keys);
    attempts_.begin({ours.begin(), ours.end()});
    for (const std::string& key : keys) {
      Delivery delivery = arrivals[next++];
      if (!ours.contains(key)) continue;
      const bool poison = attempts_.is_poison(key);
      if (poison) observer_.log("poison", Value::object({{"bundle", delivery.path}}));
      intake_.claim(std::move(delivery), key, poison);
    }
    return next;
  }

  void start_all(std::vector<Order> orders) {
    // The papers that show the ledger as it is are found there when their time comes.
    std::erase_if(
        orders, [&](const Order& order) { return stages_.standing.contains(order.effect.maker); });
    std::vector<std::string> keys;
    for (const Order& order : orders) keys.push_back(attempt_key(order.id));
    attempts_.begin(keys);
    for (Order& order : orders) press_.start(std::move(order));
  }

  void finish_standing() {
    // While another line is at it, what it makes may not show yet what came in here.
    while (standing_.asked() && ledger_.lines().wait_alone(observer_.stop)) {
      standing_.start();
      while (cycle({})) {
      }
    }
  }

  /// Papers that must not overtake what another line still has to make of the same path.
  void wait_for_others() {
    while (press_.waits() && !observer_.stop()) {
      pause();
      if (ledger_.lines().take_over(options_.watch && !troubles_.waits("papers"))) catch_up();
      publish();
      while (cycle({})) {
      }
    }
  }

  /// Several lines: under the lock under which others decide and publish, and only while this line counts as alive, for no old
  /// paper may come over a newer one.
  void publish() {
    if (!ledger_.lines().joined()) return press_.publish();
    Transaction alone(ledger_);
    press_.publish(ledger_.lines().must_wait());
    ledger_.lines().give_up(press_.failed());
    alone.commit();
  }

  /// One beat of the line: the papers of the last group are finished, everything written becomes durable at once, this group
  /// is decided. False when nothing is left to do.
  bool cycle(const std::vector<std::shared_ptr<Claim>>& group) {
    using enum Press::Next;
    press_.collect(!group.empty() ? Group : intake_.claimed() > 0 ? GroupComes : Nothing);
    if (group.empty() && !press_.needs_sync() && !taking_.needs_sync()) return false;
    ++tally_.beats;
    const auto before = Steady::now();
    if (!one_sync_ && !group.empty()) files_.sync(vault_.folder());
    files_.sync(work_);
    taking_.sync();
    tally_.sync_seconds += seconds_since(before);
    for (const std::int64_t id : press_.failed()) attempts_.end(attempt_key(id));
    const std::vector<std::int64_t> durable = press_.take_durable();
    done_.insert(done_.end(), durable.begin(), durable.end());
    for (const std::int64_t id : durable) attempts_.end(attempt_key(id));
    commit_group(group);
    standing_.settle(durable);
    publish();
    return true;
  }

  void commit_group(const std::vector<std::shared_ptr<Claim>>& group) {
    std::vector<std::pair<std::int64_t, Delivery>> to_remove;
    std::vector<std::string> keys;
    const double before = thread_cpu();
    const std::vector<std::int64_t> taken = taking_.take_durable();
    {
      Transaction transaction(ledger_);
      for (const std::int64_t id : taken) ledger_.mark_taken(id);
      for (const std::int64_t id : done_) ledger_.mark_done(id);
      for (const StoredPaper& paper : press_.take_papers()) ledger_.keep_paper(paper);
      desk_.fire_timers();
      for (const auto& claim : group) {
        attempts_.end(claim->attempt);
        keys.push_back(claim->attempt);
        if (ledger_.lines().decided_elsewhere(claim->delivery)) continue;
        if (claim->gone || claim->unfinished || !claim->fault.empty()) {
          leave_in_inbox(*claim);
          continue;
        }
        desk_.fire_timers();
        auto [id, outcome] = desk_.decide(*claim);
        to_remove.emplace_back(id, claim->delivery);
        lookout_.forget(claim->delivery.path);
        troubles_.over(attempt_key(claim->delivery));
        ++tally_.bundles;
        ++tally_.results[static_cast<std::size_t>(outcome.result)];
        tally_.bytes_in += static_cast<std::int64_t>(claim->submission.size);
      }
      ledger_.lines().release(keys);
      const auto decided = Steady::now();
      transaction.commit();
      tally_.commit_seconds += seconds_since(decided);
    }
    done_.clear();
    for (const auto& [id, delivery] : to_remove) taking_.take(id, delivery);
    tally_.decide_cpu += thread_cpu() - before;
    std::vector<Order> orders = desk_.take_orders();
    for (const Order& order : orders) first_new_ = std::min(first_new_, order.id);
    start_all(std::move(orders));
  }

  void leave_in_inbox(const Claim& claim) {
    const Delivery& delivery = claim.delivery;
    if (claim.unfinished) {
      deferred_.insert(delivery.path);
      lookout_.tell_once(delivery.path, delivery.modified_ns, "left_in_inbox", "looks unfinished");
    } else if (!claim.fault.empty()) {
      troubles_.met(attempt_key(delivery), "left_in_inbox",
                    Value::object({{"path", delivery.path}, {"why", claim.fault}}));
    }
  }

  const LineOptions& options_;
  const Stages& stages_;
  Files& files_;
  Ledger& ledger_;
  const Observer& observer_;
  Vault vault_;
  const std::string work_;
  bool one_sync_ = false;
  Troubles& troubles_;
  Tally& tally_;
  Lookout lookout_;
  Desk desk_;
  Intake intake_;
  Press press_;
  Attempts attempts_;
  Taking taking_;
  Summary summary_;
  Standing standing_;
  std::int64_t first_new_ = 0;  ///< the first effect recorded since catch_up began

  std::set<std::string> deferred_;  ///< paths of what looked unfinished
  std::vector<std::int64_t> done_;  ///< durable, not yet marked
  Workers workers_;                 ///< last: its threads use all of the above
};

}  // namespace

std::int64_t one_run(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
                     const Clock& clock, const Observer& observer, Troubles& troubles,
                     Tally& tally) {
  return Run(options, stages, files, ledger, clock, observer, troubles, tally).go();
}

}  // namespace pipeline
