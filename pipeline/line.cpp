#include "pipeline/line.hpp"

#include <sys/stat.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <set>
#include <thread>

#include "pipeline/fault.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "pipeline/vault.hpp"
#include "pipeline/watch.hpp"
#include "pipeline/workers.hpp"

namespace pipeline {

namespace {

using Steady = std::chrono::steady_clock;

double thread_cpu() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// A time in the future says nothing (a clock that is wrong, a sender who set it): such a file counts as old.
double age_seconds(const Delivery& delivery) {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  if (delivery.modified_ns > now_ns) return std::numeric_limits<double>::infinity();
  return 1e-9 * static_cast<double>(now_ns - delivery.modified_ns);
}

/// One delivery on its way through prepare.
struct Slot {
  Delivery delivery;
  Submission submission;
  std::string fault;  ///< why it stays in the inbox; "" if it does not
  bool gone = false;  ///< taken away, or changed while it was read
  bool ready = false;
};

/// The papers of one effect, written but not yet in their place.
struct Made {
  std::int64_t effect = 0;
  std::string removes;  ///< a folder of the outbox, instead of papers
  std::vector<std::pair<std::string, std::string>> files;  ///< (temporary, final)
  std::string fault;
};

bool same_file_system(const std::string& a, const std::string& b) {
  struct stat x;
  struct stat y;
  return stat(a.c_str(), &x) == 0 && stat(b.c_str(), &y) == 0 && x.st_dev == y.st_dev;
}

Outcome internal_error(const std::string& why) {
  Outcome outcome;
  outcome.result = Result::Quarantined;
  outcome.message = "处理时发生内部错误，文件已原样保留，管理员会处理。";
  outcome.findings.push_back({"INTERNAL_ERROR", Severity::Error, "", "处理时发生内部错误：" + why,
                              "文件已原样保留，不需要重新提交；请联系系统管理员。", ""});
  return outcome;
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
    for (;;) {
      constexpr int kBatch = 512;
      const std::vector<PendingEffect> pending = ledger_.pending_effects(kBatch);
      std::vector<PendingEffect> fresh;
      for (const PendingEffect& p : pending)
        if (!failed_.contains(p.id)) fresh.push_back(p);
      if (fresh.empty()) break;
      for (PendingEffect& p : fresh) {
        // A form whose folder was taken away since must not come back.
        if (p.effect.maker != "remove" && ledger_.removed_after(p.id, p.effect.path)) {
          done_.push_back(p.id);
          continue;
        }
        std::optional<Value> subject;
        if (p.effect.subject)
          subject = ledger_.document(p.effect.subject->space, p.effect.subject->key);
        start_producing(p.id, std::move(p.effect), std::move(subject));
      }
      while (cycle({})) {
      }
      commit_group({});
      if (static_cast<int>(pending.size()) < kBatch) break;
    }
    commit_group({});
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
      patient_ = false;
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
      while (next < arrivals.size() && window_.size() < ahead)
        start_preparing(std::move(arrivals[next++]));
      const std::vector<std::shared_ptr<Slot>> group = gather();
      done += static_cast<std::int64_t>(group.size());
      const bool more = cycle(group);
      if (!group.empty()) observer_.progress(done, total_);
      if (!more && window_.empty() && next >= arrivals.size()) break;
    }
    commit_group({});
    while (cycle({})) {
    }
  }

  void start_preparing(Delivery delivery) {
    auto slot = std::make_shared<Slot>();
    slot->delivery = std::move(delivery);
    window_.push_back(slot);
    workers_.run([this, slot] {
      const std::uint64_t size = slot->delivery.size;  // as scanned; the file may have grown since
      acquire(size);
      const double before = thread_cpu();
      prepare(*slot);
      const double spent = thread_cpu() - before;
      release(size);
      const std::lock_guard lock(mutex_);
      tally_.prepare_cpu += spent;
      slot->ready = true;
      changed_.notify_all();
    });
  }

  void prepare(Slot& slot) {
    thread_local std::string bytes;
    try {
      const auto before = files_.look(slot.delivery.path);
      if (before && before->size > std::uint64_t{options_.bundle_mb} << 20) {
        set_aside_large(slot, *before);
        return;
      }
      if (!before || !files_.read(slot.delivery.path, bytes)) {
        slot.gone = true;
        return;
      }
      const auto after = files_.look(slot.delivery.path);
      if (!after || after->modified_ns != before->modified_ns || after->size != bytes.size() ||
          after->inode != before->inode) {
        slot.gone = true;  // it is being written: the next scan sees it again
        return;
      }
      slot.delivery.size = after->size;
      slot.delivery.modified_ns = after->modified_ns;
      slot.delivery.inode = after->inode;
      slot.submission = stages_.prepare(slot.delivery, bytes);
      const bool waits = slot.submission.incomplete && patient_ && may_still_grow(slot.delivery);
      if (!waits)
        vault_.keep(slot.submission.sha256, bytes);
      else
        slot.fault = "looks unfinished";
      constexpr std::size_t kKeepCapacity = std::size_t{32} << 20;
      if (bytes.capacity() > kKeepCapacity) std::string().swap(bytes);
    } catch (const Fault& fault) {
      slot.fault = fault.what();
    } catch (const std::bad_alloc&) {
      slot.fault = "not enough memory";
    } catch (const std::exception& e) {
      // Our own mistake must not stop the line: the bundle is kept, told and set aside.
      slot.submission = {};
      slot.submission.sha256 = sha256(bytes);
      slot.submission.size = bytes.size();
      slot.submission.findings = internal_error(e.what()).findings;
      try {
        vault_.keep(slot.submission.sha256, bytes);
      } catch (const Fault& fault) {
        slot.fault = fault.what();
      }
    }
  }

  /// Larger than any bundle may be: it goes to the vault in pieces, and prepare, told the size, only says so.
  void set_aside_large(Slot& slot, const Listed& file) {
    slot.delivery.size = file.size;
    slot.delivery.modified_ns = file.modified_ns;
    slot.delivery.inode = file.inode;
    slot.submission = stages_.prepare(slot.delivery, {});
    slot.submission.sha256 = vault_.keep_file(slot.delivery.path);
    slot.submission.size = file.size;
  }

  bool may_still_grow(const Delivery& delivery) const {
    const double patience =
        options_.watch ? options_.incomplete_minutes * 60 : options_.settle_seconds;
    return age_seconds(delivery) < patience;
  }

  /// A bundle waits until those being prepared leave it room; one larger than the limit goes alone.
  void acquire(std::uint64_t bytes) {
    std::unique_lock lock(mutex_);
    const std::uint64_t limit = std::uint64_t{options_.memory_mb} << 20;
    changed_.wait(lock, [&] { return in_flight_ == 0 || in_flight_ + bytes <= limit; });
    in_flight_ += bytes;
  }

  void release(std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    in_flight_ -= bytes;
    changed_.notify_all();
  }

  /// The next group in order of arrival: full, or what came within the time.
  std::vector<std::shared_ptr<Slot>> gather() {
    std::vector<std::shared_ptr<Slot>> group;
    if (window_.empty()) return group;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return window_.front()->ready; });
    const auto ready = [&] {
      const auto end = std::find_if(window_.begin(), window_.end(),
                                    [](const auto& slot) { return !slot->ready; });
      return static_cast<std::size_t>(end - window_.begin());
    };
    const std::size_t wanted = std::min(options_.group, window_.size());
    changed_.wait_for(lock, std::chrono::duration<double>(options_.group_seconds),
                      [&] { return ready() >= wanted; });
    for (std::size_t n = std::min(ready(), options_.group); n > 0; --n) {
      group.push_back(std::move(window_.front()));
      window_.pop_front();
    }
    return group;
  }

  /// One beat of the line: the papers of the last group are finished, everything written becomes durable at once, this group
  /// is decided. False when nothing is left to do.
  bool cycle(const std::vector<std::shared_ptr<Slot>>& group) {
    std::vector<Made> made = collect_papers();
    const bool wrote = !group.empty() || !made.empty() || !published_.empty();
    if (!wrote) return false;
    if (one_sync_) {
      files_.sync(work_);
    } else {
      if (!group.empty()) files_.sync(vault_.folder());
      files_.sync(work_);
    }
    // What was renamed before this sync is durable now.
    done_.insert(done_.end(), published_.begin(), published_.end());
    published_.clear();
    commit_group(group);
    publish(std::move(made));
    return true;
  }

  void commit_group(const std::vector<std::shared_ptr<Slot>>& group) {
    struct Fresh {
      std::int64_t id;
      Effect effect;
      std::optional<Value> subject;
    };
    std::vector<Fresh> fresh;
    std::vector<std::pair<std::int64_t, Delivery>> to_remove;
    const double before = thread_cpu();
    {
      Transaction transaction(ledger_);
      for (const std::int64_t id : taken_) ledger_.mark_taken(id);
      for (const std::int64_t id : done_) ledger_.mark_done(id);
      const auto keep_effects = [&](Outcome& outcome) {
        const std::vector<std::int64_t>& ids = ledger_.new_effects();
        for (std::size_t i = 0; i < ids.size(); ++i) {
          Effect& effect = outcome.effects[i];
          std::optional<Value> subject = subject_of(effect, outcome);
          fresh.push_back({ids[i], std::move(effect), std::move(subject)});
        }
      };
      fire_timers(keep_effects);
      for (const auto& slot : group) {
        if (slot->gone || !slot->fault.empty()) {
          leave_in_inbox(*slot);
          continue;
        }
        fire_timers(keep_effects);
        auto [id, outcome] = decide_one(*slot);
        to_remove.emplace_back(id, slot->delivery);
        told_.erase(slot->delivery.path);
        keep_effects(outcome);
        count(*slot, outcome);
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
    for (Fresh& f : fresh) start_producing(f.id, std::move(f.effect), std::move(f.subject));
  }

  /// Decides one bundle and records what follows, in a savepoint of its own: what our own mistake throws takes only this
  /// bundle away, which is set aside, and the line goes on.
  std::pair<std::int64_t, Outcome> decide_one(const Slot& slot) {
    const Time now = clock_.now();
    std::string why;
    try {
      Outcome outcome = stages_.decide(slot.submission, slot.delivery,
                                       ledger_.earlier(slot.submission.sha256), ledger_, now);
      join_findings(outcome, slot.submission);
      const std::int64_t id = record(slot, outcome, now);
      return {id, std::move(outcome)};
    } catch (const Fault& fault) {
      if (fault.kind == FaultKind::Retry) throw;
      why = fault.what();
    } catch (const std::exception& e) {
      why = e.what();
    }
    observer_.log("internal_error", Value::object({{"bundle", slot.delivery.path}, {"why", why}}));
    Outcome outcome = internal_error(why);
    const std::int64_t id = record(slot, outcome, now);
    return {id, std::move(outcome)};
  }

  std::int64_t record(const Slot& slot, Outcome& outcome, Time now) {
    Savepoint savepoint(ledger_);
    const std::string stem = receipt_stem(slot.delivery, slot.submission.sha256);
    add_papers(slot, outcome, stem, ledger_.receipts(stem), now);
    const std::int64_t id = ledger_.commit_outcome(slot.delivery, slot.submission, outcome, stem,
                                                   stages_.rules_digest, now);
    savepoint.release();
    return id;
  }

  template <class Keep>
  void fire_timers(Keep keep_effects) {
    for (;;) {
      constexpr int kBatch = 100;
      const Time now = clock_.now();
      const std::vector<PendingTimer> due = ledger_.due_timers(now, kBatch);
      for (const PendingTimer& p : due) {
        Outcome outcome = stages_.fire(p.timer, ledger_, now);
        ledger_.commit_timer(p.id, outcome, stages_.rules_digest, now);
        keep_effects(outcome);
      }
      if (static_cast<int>(due.size()) < kBatch) return;
    }
  }

  /// The receipt of every delivery, and the way out for what could not be opened.
  void add_papers(const Slot& slot, Outcome& outcome, const std::string& stem, int repeats,
                  Time now) {
    Value paper = receipt(slot.delivery, slot.submission, outcome, now);
    if (outcome.result == Result::Quarantined)
      outcome.effects.push_back({"quarantine",
                                 "quarantine/" + shorten(slot.delivery.drop, kLongestName) + '/' +
                                     slot.submission.sha256.substr(0, 12),
                                 paper, std::nullopt});
    const std::string number = repeats > 0 ? '.' + std::to_string(repeats + 1) : "";
    outcome.effects.push_back({"receipt", stem + number, std::move(paper), std::nullopt});
  }

  std::optional<Value> subject_of(const Effect& effect, const Outcome& outcome) {
    if (!effect.subject) return std::nullopt;
    for (const Event& event : outcome.events)
      for (const Put& put : event.puts)
        if (put.space == effect.subject->space && put.key == effect.subject->key) return put.body;
    return ledger_.document(effect.subject->space, effect.subject->key);
  }

  void leave_in_inbox(const Slot& slot) {
    if (slot.gone) return;
    const bool waits = slot.submission.incomplete;
    if (waits)
      deferred_.push_back(slot.delivery);
    else
      ++tally_.faults;
    tell_once(slot.delivery.path, slot.delivery.modified_ns, "left_in_inbox", slot.fault);
  }

  void count(const Slot& slot, const Outcome& outcome) {
    ++tally_.bundles;
    ++tally_.results[static_cast<std::size_t>(outcome.result)];
    tally_.bytes_in += static_cast<std::int64_t>(slot.submission.size);
    observer_.log("decided", Value::object({{"bundle", slot.delivery.name},
                                            {"drop", slot.delivery.drop},
                                            {"sha256", slot.submission.sha256.substr(0, 12)},
                                            {"kind", slot.submission.kind},
                                            {"result", name(outcome.result)},
                                            {"case", outcome.case_id},
                                            {"queue", outcome.queue}}));
  }

  void start_producing(std::int64_t id, Effect effect, std::optional<Value> subject) {
    auto made = std::make_shared<Made>();
    made->effect = id;
    producing_.push_back(made);
    if (effect.maker == "remove") {
      made->removes = effect.path;
      return;
    }
    {
      const std::lock_guard lock(mutex_);
      ++unfinished_;
    }
    auto work = [this, made, effect = std::move(effect), subject = std::move(subject)] {
      const double before = thread_cpu();
      const std::int64_t written = produce(effect, subject ? &*subject : nullptr, *made);
      const double spent = thread_cpu() - before;
      const std::lock_guard lock(mutex_);
      tally_.produce_cpu += spent;
      tally_.bytes_out += written;
      --unfinished_;
      changed_.notify_all();
    };
    workers_.run(std::move(work), Workers::Priority::Urgent);
  }

  std::int64_t produce(const Effect& effect, const Value* subject, Made& made) {
    std::int64_t written = 0;
    try {
      for (const Paper& paper : stages_.produce(effect, subject)) {
        const std::string temporary =
            path_join(work_, std::to_string(made.effect) + '-' + std::to_string(made.files.size()));
        if (paper.from_vault.empty())
          files_.write(temporary, paper.bytes);
        else
          files_.copy(vault_.path(paper.from_vault), temporary);
        written += static_cast<std::int64_t>(paper.bytes.size());
        made.files.emplace_back(temporary, path_join(options_.outbox, paper.path));
      }
    } catch (const std::exception& e) {
      made.fault = e.what();
    }
    return written;
  }

  /// Waits for the papers that are being made; in order of their effects.
  std::vector<Made> collect_papers() {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return unfinished_ == 0; });
    }
    std::vector<Made> made;
    for (const auto& m : producing_) made.push_back(std::move(*m));
    producing_.clear();
    return made;
  }

  /// In order of effects: a folder made and taken away again in one group must end taken away.
  void publish(std::vector<Made> made) {
    for (const Made& m : made) {
      if (!m.fault.empty()) {
        leave_pending(m.effect, m.fault);
        continue;
      }
      try {
        if (!m.removes.empty()) files_.remove_tree(path_join(options_.outbox, m.removes));
        for (const auto& [temporary, place] : m.files) {
          files_.make_folders(parent_folder(place));
          files_.rename(temporary, place);
        }
      } catch (const Fault& fault) {
        if (fault.kind == FaultKind::Stop) throw;
        leave_pending(m.effect, fault.what());
        continue;
      }
      published_.push_back(m.effect);
      ++tally_.effects;
    }
  }

  /// One paper that cannot be made keeps nothing else waiting; the next run tries again.
  void leave_pending(std::int64_t effect, const std::string& why) {
    observer_.log("paper_failed", Value::object({{"effect", effect}, {"why", why}}));
    failed_.insert(effect);
    ++tally_.faults;
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
  bool patient_ = true;
  std::int64_t total_ = 0;
  Tally tally_;

  std::mutex mutex_;  ///< guards Slot::ready, in_flight_, unfinished_ and the CPU times of tally_
  std::condition_variable changed_;
  std::uint64_t in_flight_ = 0;
  int unfinished_ = 0;

  std::deque<std::shared_ptr<Slot>> window_;
  std::vector<Delivery> deferred_;
  std::vector<std::shared_ptr<Made>> producing_;
  std::vector<std::int64_t> published_;  ///< renamed, not yet known to be durable
  std::vector<std::int64_t> done_;       ///< durable, not yet marked
  std::vector<std::int64_t> taken_;      ///< their inbox files are gone, not yet marked
  std::set<std::int64_t> failed_;        ///< effects that could not be produced in this run
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
