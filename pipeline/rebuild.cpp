#include "pipeline/rebuild.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "pipeline/books.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/press.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/text.hpp"
#include "pipeline/vault.hpp"
#include "pipeline/workers.hpp"

namespace pipeline {

namespace {

class Rebuild {
 public:
  Rebuild(const LineOptions& line, const RebuildOptions& options, const Stages& stages,
          Files& files, Ledger& ledger, const Observer& observer)
      : options_(options),
        line_(line),
        staging_(line),
        stages_(stages),
        files_(files),
        ledger_(ledger),
        observer_(observer),
        vault_(files, path_join(line.state, "vault")),
        work_(path_join(line.outbox, ".work")),
        workers_(line.jobs) {
    staging_.outbox = path_join(line.outbox, ".rebuild");
    telling_.log = [this](std::string_view step, Value fields) {
      if (step == "paper_failed") rebuilt_.failed.push_back(fields.dump());
      observer_.log(step, std::move(fields));
    };
  }

  Rebuilt go() {
    files_.make_folders(vault_.folder());
    files_.remove_tree(work_);
    files_.remove_tree(staging_.outbox);
    files_.make_folders(work_);
    files_.make_folders(staging_.outbox);
    plan();
    make();
    files_.sync(staging_.outbox);
    Books(ledger_).each_paper([this](const StoredPaper& p) { recorded_[p.path] = p; });
    for (const StoredPaper& paper : made_) settle(paper);
    if (!options_.only_compare) {
      files_.sync(staging_.outbox);
      Transaction transaction(ledger_);
      for (const StoredPaper& paper : in_place_) ledger_.keep_paper(paper);
      transaction.commit();
    }
    files_.remove_tree(staging_.outbox);
    files_.remove_tree(work_);
    return std::move(rebuilt_);
  }

 private:
  /// Of each path the last paper asked for, unless it was taken away since. What is pending is the line's to make.
  void plan() {
    std::map<std::string, std::pair<std::int64_t, bool>> last;
    Books(ledger_).each_effect([&](const StoredEffect& e) {
      if (e.maker == "remove")
        last.erase(e.path);
      else
        last[e.path] = {e.id, e.done != 0};
    });
    for (const auto& [path, effect] : last)
      if (effect.second) planned_.insert(effect.first);
  }

  void make() {
    Press press(staging_, stages_, files_, vault_, work_, workers_, telling_);
    std::int64_t started = 0;
    const auto finish = [&] {
      press.collect();
      press.publish();
      press.take_durable();
      for (StoredPaper& paper : press.take_papers()) made_.push_back(std::move(paper));
      observer_.progress(started, static_cast<std::int64_t>(planned_.size()));
    };
    // What is read is not what the press asks the ledger for: one group after the other.
    constexpr std::size_t kGroup = 64;
    for (std::int64_t after = 0; started < static_cast<std::int64_t>(planned_.size());) {
      std::vector<Order> orders;
      for (auto at = planned_.upper_bound(after); at != planned_.end() && orders.size() < kGroup;
           ++at) {
        orders.push_back(order(*at));
        after = *at;
      }
      for (Order& o : orders) press.start(std::move(o));
      started += static_cast<std::int64_t>(orders.size());
      finish();
    }
    summarise();
  }

  Order order(std::int64_t id) {
    Effect effect = ledger_.effect(id);
    if (stages_.standing.contains(effect.maker) && stages_.resolve)
      if (auto shown = stages_.resolve(effect, ledger_)) effect.payload = *std::move(shown);
    std::optional<Value> subject;
    if (effect.subject) subject = ledger_.document(effect.subject->space, effect.subject->key);
    return {id, std::move(effect), std::move(subject)};
  }

  void summarise() {
    const std::string at = ledger_.meta("summarised_at");
    if (!stages_.summarise || at.empty()) return;
    for (StoredPaper& paper :
         publish_at_once(files_, stages_.summarise(ledger_, Time{std::stoll(at)}, work_), work_,
                         staging_.outbox))
      made_.push_back(std::move(paper));
  }

  /// Compares one paper with what lies in its place, and puts it there if it must.
  void settle(const StoredPaper& paper) {
    ++rebuilt_.made;
    const std::string place = path_join(line_.outbox, paper.path);
    const auto there = files_.look(place);
    const std::string lies = there ? sha256_file(place) : "";
    const auto recorded = recorded_.find(paper.path);
    const std::string first = recorded != recorded_.end() && recorded->second.effect == paper.effect
                                  ? recorded->second.sha256
                                  : "";
    if (lies == paper.sha256) {
      ++rebuilt_.same;
      in_place_.push_back(paper);
      return;
    }
    if (!lies.empty() && lies == first) {
      rebuilt_.renewed.push_back(paper.path);
      return;
    }
    (there ? rebuilt_.replaced : rebuilt_.restored).push_back(paper.path);
    if (!first.empty() && first != paper.sha256) rebuilt_.different.push_back(paper.path);
    if (options_.only_compare) return;
    files_.make_folders(parent_folder(place));
    if (there) set_aside(place);
    files_.rename(path_join(staging_.outbox, paper.path), place);
    in_place_.push_back(paper);
  }

  void set_aside(const std::string& place) {
    constexpr std::size_t kLongest = 255;
    const std::string folder = parent_folder(place);
    const std::string name = place.substr(folder.size() + 1);
    const std::size_t dot = std::min(name.rfind('.'), name.size());
    for (int number = 1;; ++number) {
      const std::string end =
          "（重建前" + (number > 1 ? ' ' + std::to_string(number) : "") + "）" + name.substr(dot);
      const std::string aside =
          path_join(folder, shorten(name.substr(0, dot), kLongest - end.size()) + end);
      if (!files_.rename_to_free(place, aside)) continue;
      rebuilt_.kept.push_back(aside.substr(line_.outbox.size() + 1));
      return;
    }
  }

  const RebuildOptions& options_;
  const LineOptions& line_;
  LineOptions staging_;
  const Stages& stages_;
  Files& files_;
  Ledger& ledger_;
  const Observer& observer_;
  Observer telling_;
  const Vault vault_;
  const std::string work_;
  Rebuilt rebuilt_;
  std::set<std::int64_t> planned_;
  std::vector<StoredPaper> made_, in_place_;
  std::map<std::string, StoredPaper> recorded_;
  Workers workers_;  ///< last: its threads use the above
};

}  // namespace

Rebuilt rebuild_outbox(const LineOptions& line, const RebuildOptions& options, const Stages& stages,
                       Files& files, Ledger& ledger, const Observer& observer) {
  return Rebuild(line, options, stages, files, ledger, observer).go();
}

}  // namespace pipeline
