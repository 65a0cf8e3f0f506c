#include "pipeline/line.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <memory>
#include <thread>

#include "pipeline/desk.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/intake.hpp"
#include "pipeline/press.hpp"
#include "pipeline/standing.hpp"
#include "pipeline/text.hpp"
#include "pipeline/vault.hpp"
#include "pipeline/watch.hpp"
#include "pipeline/workers.hpp"

namespace pipeline {

namespace {

using Steady = std::chrono::steady_clock;

Steady::time_point later(Steady::time_point start, double seconds) {
  return start +
         std::chrono::duration_cast<Steady::duration>(std::chrono::duration<double>(seconds));
}

bool same_file_system(const std::string& a, const std::string& b) {
  struct stat x;
  struct stat y;
  return stat(a.c_str(), &x) == 0 && stat(b.c_str(), &y) == 0 && x.st_dev == y.st_dev;
}

class Run {
 public:
  Run(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
      const Clock& clock, const Observer& observer)
      : options_(options),
        stages_(stages),
        files_(files),
        ledger_(ledger),
        clock_(clock),
        observer_(observer),
        vault_(files, path_join(options.state, "vault")),
        work_(path_join(options.outbox, ".work")),
        desk_(stages, ledger, clock, observer),
        intake_(options, stages, files, vault_, workers_),
        press_(options, stages, files, vault_, work_, workers_, observer),
        workers_(std::max(1, options.jobs)) {}

  Tally go() {
    const auto start = Steady::now();
    files_.make_folders(options_.inbox);
    files_.make_folders(vault_.folder());
    files_.remove_tree(work_);
    files_.make_folders(work_);
    one_sync_ = same_file_system(vault_.folder(), work_);
    recover();
    if (options_.watch)
      keep_watching();
    else
      run_once();
    files_.remove_tree(work_);
    tally_.prepare_cpu = intake_.cpu_seconds();
    tally_.produce_cpu = press_.cpu_seconds();
    tally_.effects = press_.published();
    tally_.faults += static_cast<std::int64_t>(press_.failed().size());
    tally_.bytes_out += press_.bytes();
    tally_.seconds = std::chrono::duration<double>(Steady::now() - start).count();
    return tally_;
  }

 private:
  /// What the last run committed but did not finish.
  void recover() {
    for (const Untaken& u : ledger_.untaken()) {
      if (still_there(files_, u.delivery)) files_.remove(u.delivery.path);
      taken_.push_back(u.id);
    }
    catch_up();
  }

  /// Produces what is pending in the ledger; nothing is under way.
  void catch_up() {
    first_new_ = std::numeric_limits<std::int64_t>::max();
    for (std::int64_t after = 0;;) {
      constexpr int kBatch = 512;
      std::vector<PendingEffect> pending = ledger_.pending_effects(kBatch, after);
      if (pending.empty()) break;
      after = pending.back().id;
      for (PendingEffect& p : pending) {
        if (p.id >= first_new_) break;  // a timer came due meanwhile; its papers are under way
        // A form whose folder was taken away since must not come back.
        if (p.effect.maker != "remove" && ledger_.removed_after(p.id, p.effect.path)) {
          done_.push_back(p.id);
          continue;
        }
        std::optional<Value> subject;
        if (p.effect.subject)
          subject = ledger_.document(p.effect.subject->space, p.effect.subject->key);
        start({p.id, std::move(p.effect), std::move(subject)});
      }
      while (cycle({})) {
      }
    }
    commit_group({});
    finish_standing();
    caught_up_ = Steady::now();
  }

  void run_once() {
    pass(scan());
    // What looked unfinished and young gets the time to settle, once.
    std::vector<Delivery> again = std::move(deferred_);
    deferred_.clear();
    if (!again.empty() && !observer_.stop()) {
      const auto until = Steady::now() + std::chrono::duration<double>(options_.settle_seconds);
      while (Steady::now() < until && !observer_.stop())
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      intake_.wait_no_longer();
      std::vector<Delivery> now_there;
      for (Delivery& d : scan())
        if (std::any_of(again.begin(), again.end(),
                        [&](const Delivery& other) { return other.path == d.path; }))
          now_there.push_back(std::move(d));
      pass(std::move(now_there));
    }
    summarise();
  }

  void keep_watching() {
    Watch watch;
    while (!observer_.stop()) {
      watch.add(options_.inbox);
      for (const Listed& item : files_.list(options_.inbox))
        if (item.folder) watch.add(path_join(options_.inbox, item.name));
      deferred_.clear();
      pass(scan());
      if (!press_.failed().empty() && Steady::now() >= later(caught_up_, options_.retry_seconds))
        catch_up();
      summarise();
      if (observer_.stop()) break;
      constexpr double kRescanSeconds = 2;
      watch.wait(kRescanSeconds);
    }
  }

  std::vector<Delivery> scan() {
    Scan found = scan_inbox(files_, options_.inbox);
    for (const auto& [path, why] : found.unreadable) {
      ++tally_.faults;
      tell_once(path, 0, "unreadable_folder", why);
    }
    for (const auto& [path, why] : found.passed_over) tell_once(path, 0, "passed_over", why);
    return std::move(found.deliveries);
  }

  /// A watching line meets the same thing every two seconds: it is told once, until it changes.
  void tell_once(const std::string& path, std::int64_t version, std::string_view step,
                 const std::string& why) {
    const auto [told, fresh] = told_.try_emplace(path, version);
    if (!fresh && told->second == version) return;
    told->second = version;
    observer_.log(step, Value::object({{"path", path}, {"why", why}}));
  }

  /// With too little space nothing is claimed: bundles are safe in the inbox, and the next run or rescan goes on.
  bool has_room() {
    const std::uint64_t wanted = std::uint64_t{options_.min_free_mb} << 20;
    for (const std::string& folder : {vault_.folder(), work_}) {
      if (files_.free_bytes(folder) >= wanted) continue;
      ++tally_.faults;
      observer_.log("disk_full", Value::object({{"folder", folder}, {"wanted_bytes", wanted}}));
      return false;
    }
    return true;
  }

  /// Takes these deliveries, in this order, through the whole line.
  void pass(std::vector<Delivery> arrivals) {
    total_ = static_cast<std::int64_t>(arrivals.size());
    std::int64_t done = 0;
    std::size_t next = 0;
    for (;;) {
      const std::size_t ahead = 4 * options_.group;
      if (observer_.stop() || (next < arrivals.size() && !has_room())) next = arrivals.size();
      while (next < arrivals.size() && intake_.claimed() < ahead)
        intake_.claim(std::move(arrivals[next++]));
      const std::vector<std::shared_ptr<Claim>> group = intake_.gather();
      done += static_cast<std::int64_t>(group.size());
      const bool more = cycle(group);
      if (Steady::now() >= later(stood_, options_.standing_seconds)) start_standing();
      if (!group.empty()) observer_.progress(done, total_);
      if (!more && intake_.claimed() == 0 && next >= arrivals.size()) break;
    }
    commit_group({});
    while (cycle({})) {
    }
    finish_standing();
  }

  void start(Order order) {
    if (stages_.standing.contains(order.effect.maker))
      standing_.postpone(std::move(order));
    else
      press_.start(std::move(order));
  }

  /// The papers that show the ledger as it is, as it is now.
  std::size_t start_standing() {
    const double before = thread_cpu();
    std::vector<Order> orders = standing_.take_due();
    for (Order& order : orders) {
      try {
        std::optional<Value> shown;
        if (stages_.resolve) shown = stages_.resolve(order.effect, ledger_);
        if (shown) order.effect.payload = *std::move(shown);
        press_.start(std::move(order));
      } catch (const Fault&) {
        throw;
      } catch (const std::exception& e) {
        press_.fail(order, e.what());
      }
    }
    stood_ = Steady::now();
    tally_.decide_cpu += thread_cpu() - before;
    return orders.size();
  }

  void finish_standing() {
    while (start_standing() > 0) {
      while (cycle({})) {
      }
    }
  }

  /// One beat of the line: the papers of the last group are finished, everything written becomes durable at once, this group
  /// is decided. False when nothing is left to do.
  bool cycle(const std::vector<std::shared_ptr<Claim>>& group) {
    press_.collect();
    if (group.empty() && !press_.needs_sync()) return false;
    if (one_sync_) {
      files_.sync(work_);
    } else {
      if (!group.empty()) files_.sync(vault_.folder());
      files_.sync(work_);
    }
    const std::vector<std::int64_t> durable = press_.take_durable();
    done_.insert(done_.end(), durable.begin(), durable.end());
    standing_.done(durable);
    commit_group(group);
    press_.publish();
    return true;
  }

  void commit_group(const std::vector<std::shared_ptr<Claim>>& group) {
    std::vector<std::pair<std::int64_t, Delivery>> to_remove;
    const double before = thread_cpu();
    {
      Transaction transaction(ledger_);
      for (const std::int64_t id : taken_) ledger_.mark_taken(id);
      for (const std::int64_t id : done_) ledger_.mark_done(id);
      desk_.fire_timers();
      for (const auto& claim : group) {
        if (claim->gone || !claim->fault.empty()) {
          leave_in_inbox(*claim);
          continue;
        }
        desk_.fire_timers();
        auto [id, outcome] = desk_.decide(*claim);
        to_remove.emplace_back(id, claim->delivery);
        told_.erase(claim->delivery.path);
        count(*claim, outcome);
      }
      transaction.commit();
    }
    taken_.clear();
    done_.clear();
    for (const auto& [id, delivery] : to_remove) {
      if (still_there(files_, delivery)) files_.remove(delivery.path);
      taken_.push_back(id);
    }
    tally_.decide_cpu += thread_cpu() - before;
    for (Order& order : desk_.take_orders()) {
      first_new_ = std::min(first_new_, order.id);
      start(std::move(order));
    }
  }

  void leave_in_inbox(const Claim& claim) {
    if (claim.gone) return;
    const bool waits = claim.submission.incomplete;
    if (waits)
      deferred_.push_back(claim.delivery);
    else
      ++tally_.faults;
    tell_once(claim.delivery.path, claim.delivery.modified_ns, "left_in_inbox", claim.fault);
  }

  void count(const Claim& claim, const Outcome& outcome) {
    ++tally_.bundles;
    ++tally_.results[static_cast<std::size_t>(outcome.result)];
    tally_.bytes_in += static_cast<std::int64_t>(claim.submission.size);
    observer_.log("decided", Value::object({{"bundle", claim.delivery.name},
                                            {"drop", claim.delivery.drop},
                                            {"sha256", claim.submission.sha256.substr(0, 12)},
                                            {"kind", claim.submission.kind},
                                            {"result", name(outcome.result)},
                                            {"case", outcome.case_id},
                                            {"queue", outcome.queue}}));
  }

  void summarise() {
    if (!stages_.summarise) return;
    const std::string head =
        std::to_string(ledger_.last_bundle()) + '/' + std::to_string(ledger_.last_event());
    if (ledger_.meta("summarised") == head) return;
    const double before = thread_cpu();
    int number = 0;
    std::vector<std::pair<std::string, std::string>> renames;
    for (const Paper& paper : stages_.summarise(ledger_, clock_.now(), work_)) {
      std::string temporary = paper.from_file;
      if (temporary.empty()) {
        temporary = path_join(work_, "summary-" + std::to_string(number++));
        files_.write(temporary, paper.bytes);
      }
      if (const auto made = files_.look(temporary))
        tally_.bytes_out += static_cast<std::int64_t>(made->size);
      renames.emplace_back(temporary, path_join(options_.outbox, paper.path));
    }
    files_.sync(work_);
    for (const auto& [temporary, place] : renames) {
      files_.make_folders(parent_folder(place));
      files_.rename(temporary, place);
    }
    files_.sync(work_);
    Transaction transaction(ledger_);
    ledger_.set_meta("summarised", head);
    transaction.commit();
    tally_.summarise_cpu += thread_cpu() - before;
  }

  const LineOptions& options_;
  const Stages& stages_;
  Files& files_;
  Ledger& ledger_;
  const Clock& clock_;
  const Observer& observer_;
  Vault vault_;
  const std::string work_;
  bool one_sync_ = false;
  std::int64_t total_ = 0;
  Tally tally_;
  Desk desk_;
  Intake intake_;
  Press press_;
  Standing standing_;
  Steady::time_point stood_ = Steady::now();      ///< when the standing papers were last made
  Steady::time_point caught_up_ = Steady::now();  ///< when pending effects were last looked for
  std::int64_t first_new_ = 0;  ///< the first effect recorded since catch_up began

  std::vector<Delivery> deferred_;
  std::vector<std::int64_t> done_;   ///< durable, not yet marked
  std::vector<std::int64_t> taken_;  ///< their inbox files are gone, not yet marked
  std::map<std::string, std::int64_t>
      told_;         ///< left in the inbox and logged, with their time of modification
  Workers workers_;  ///< last: its threads use all of the above
};

}  // namespace

Tally run_line(const LineOptions& options, const Stages& stages, Files& files, Ledger& ledger,
               const Clock& clock, const Observer& observer) {
  return Run(options, stages, files, ledger, clock, observer).go();
}

}  // namespace pipeline
