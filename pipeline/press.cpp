#include "pipeline/press.hpp"

#include <algorithm>
#include <chrono>

#include "pipeline/fault.hpp"
#include "pipeline/sha256.hpp"

namespace pipeline {

namespace {

std::vector<std::int64_t> effects_of(const Order& order) {
  std::vector<std::int64_t> effects = order.also;
  effects.push_back(order.id);
  return effects;
}

/// One is the other, or lies in it.
bool touch(const std::string& a, const std::string& b) {
  const auto& [outer, inner] =
      std::minmax(a, b, [](const auto& x, const auto& y) { return x.size() < y.size(); });
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

/// Writes a paper that is put piece by piece, and tells what it became.
StoredPaper put(Files& files, const Vault& vault, const Paper& paper, const std::string& to,
                std::int64_t effect) {
  Sha256 hash;
  std::int64_t size = 0;
  files.write_pieces(to, [&](const Sink& next) {
    paper.fill(vault, [&](std::string_view piece) {
      hash.add(piece);
      size += static_cast<std::int64_t>(piece.size());
      next(piece);
    });
  });
  return {paper.path, effect, hash.digest(), size};
}

/// What was made, by the bytes that were meant: a disk that wrote others is found out by them.
StoredPaper describe(Files& files, const Paper& paper, const std::string& made,
                     std::int64_t effect) {
  if (paper.from_file.empty() && paper.from_vault.empty())
    return {paper.path, effect, sha256(paper.bytes), static_cast<std::int64_t>(paper.bytes.size())};
  const auto there = files.look(made);
  const std::string digest = paper.from_vault.empty() ? sha256_file(made) : paper.from_vault;
  return {paper.path, effect, digest, there ? static_cast<std::int64_t>(there->size) : 0};
}

}  // namespace

void Press::start(Order order) {
  auto made = std::make_shared<Made>();
  made->effects = effects_of(order);
  made->path = order.effect.path;
  producing_.push_back(made);
  if (order.effect.maker == "remove") {
    made->removes = order.effect.path;
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    ++unfinished_;
    made->finished = false;
  }
  auto work = [this, made, order = std::move(order)] {
    const double before = thread_cpu();
    const std::int64_t written =
        produce(order.effect, order.subject ? &*order.subject : nullptr, *made);
    const double spent = thread_cpu() - before;
    const std::lock_guard lock(mutex_);
    cpu_ += spent;
    bytes_ += written;
    --unfinished_;
    made->finished = true;
    changed_.notify_all();
  };
  workers_.run(std::move(work), Workers::Priority::Urgent);
}

std::int64_t Press::produce(const Effect& effect, const Value* subject, Made& made) {
  std::int64_t written = 0;
  try {
    for (const Paper& paper : stages_.produce(effect, subject)) {
      std::string temporary = temporary_of(made, made.files.size());
      if (paper.fill) {
        StoredPaper stored = put(files_, vault_, paper, temporary, made.effects.back());
        written += stored.size;
        made.files.emplace_back(std::move(temporary), std::move(stored));
        continue;
      }
      if (!paper.from_file.empty())
        temporary = paper.from_file;
      else if (!paper.from_vault.empty())
        files_.copy(vault_.path(paper.from_vault), temporary);
      else
        files_.write(temporary, paper.bytes);
      written += static_cast<std::int64_t>(paper.bytes.size());
      made.files.emplace_back(temporary, describe(files_, paper, temporary, made.effects.back()));
    }
  } catch (const std::exception& e) {
    made.fault = e.what();
    clear_away(made);
  }
  return written;
}

std::string Press::temporary_of(const Made& made, std::size_t index) const {
  return path_join(work_, std::to_string(made.effects.back()) + '-' + std::to_string(index));
}

/// A disk that is full must not be kept full by a part of a paper.
void Press::clear_away(Made& made) {
  try {
    for (std::size_t i = 0; i <= made.files.size(); ++i) files_.remove(temporary_of(made, i));
  } catch (const std::exception& e) {
    made.fault += std::string("; ") + e.what();
  }
  made.files.clear();
}

void Press::collect() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return unfinished_ == 0; });
  take_finished();
}

void Press::collect(Next next) {
  std::unique_lock lock(mutex_);
  const int most = 4 * static_cast<int>(options_.group);
  if (next == Next::Group) changed_.wait(lock, [&] { return unfinished_ <= most; });
  if (next == Next::Nothing)
    changed_.wait_for(lock, std::chrono::duration<double>(options_.group_seconds),
                      [&] { return unfinished_ == 0; });
  take_finished();
  while (next == Next::Nothing && !needs_sync() && unfinished_ > 0) {
    changed_.wait(lock);
    take_finished();
  }
}

void Press::take_finished() {
  std::vector<std::shared_ptr<Made>> later;
  for (std::shared_ptr<Made>& made : producing_) {
    const bool waits =
        !made->finished || std::any_of(later.begin(), later.end(), [&](const auto& earlier) {
          return touch(earlier->path, made->path);
        });
    (waits ? later : written_).push_back(std::move(made));
  }
  producing_ = std::move(later);
}

bool Press::held_up(const Made& made, const MustWait& must_wait) const {
  for (const std::int64_t effect : made.effects) {
    const auto waits = must_wait.find(effect);
    if (waits == must_wait.end()) continue;
    for (const std::int64_t earlier : waits->second)
      if (!failed_.contains(earlier) &&
          std::find(in_place_.begin(), in_place_.end(), earlier) == in_place_.end())
        return true;
  }
  return false;
}

void Press::publish(const MustWait& must_wait) {
  // In order of effects: a folder made and taken away again in one group must end taken away.
  std::vector<std::shared_ptr<Made>> ready = std::exchange(waiting_, {});
  ready.insert(ready.end(), written_.begin(), written_.end());
  written_.clear();
  for (const auto& made : ready) {
    if (held_up(*made, must_wait)) {
      waiting_.push_back(made);
      continue;
    }
    if (!made->fault.empty()) {
      leave_pending(made->effects, made->fault);
      continue;
    }
    try {
      if (!made->removes.empty()) {
        files_.remove_tree(path_join(options_.outbox, made->removes));
        papers_in_place_.push_back({made->removes, made->effects.front(), "", 0});
      }
      for (const auto& [temporary, paper] : made->files) {
        const std::string place = path_join(options_.outbox, paper.path);
        files_.make_folders(parent_folder(place));
        files_.rename(temporary, place);
      }
    } catch (const Fault& fault) {
      if (fault.kind == FaultKind::Stop) throw;
      leave_pending(made->effects, fault.what());
      continue;
    }
    for (auto& [temporary, paper] : made->files) papers_in_place_.push_back(std::move(paper));
    for (const std::int64_t effect : made->effects) {
      in_place_.push_back(effect);
      failed_.erase(effect);
    }
    ++published_;
  }
}

void Press::fail(const Order& order, const std::string& why) {
  leave_pending(effects_of(order), why);
}

void Press::keep_failed(const std::function<bool(std::int64_t)>& pending) {
  std::erase_if(failed_, [&](std::int64_t effect) { return !pending(effect); });
}

void Press::leave_pending(const std::vector<std::int64_t>& effects, const std::string& why) {
  const bool known = failed_.contains(effects.back());
  failed_.insert(effects.begin(), effects.end());
  // A watching line tries again and again: it is told once.
  if (!known)
    observer_.log("paper_failed", Value::object({{"effect", effects.back()}, {"why", why}}));
}

std::int64_t Press::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

double Press::cpu_seconds() {
  const std::lock_guard lock(mutex_);
  return cpu_;
}

std::vector<StoredPaper> publish_at_once(Files& files, const std::vector<Paper>& papers,
                                         const std::string& work, const std::string& outbox) {
  std::vector<StoredPaper> made;
  std::vector<std::string> temporaries;
  for (const Paper& paper : papers) {
    temporaries.push_back(paper.from_file);
    if (temporaries.back().empty()) {
      temporaries.back() = path_join(work, "at-once-" + std::to_string(made.size()));
      files.write(temporaries.back(), paper.bytes);
    }
    made.push_back(describe(files, paper, temporaries.back(), 0));
  }
  files.sync(work);
  for (std::size_t i = 0; i < made.size(); ++i) {
    const std::string place = path_join(outbox, made[i].path);
    files.make_folders(parent_folder(place));
    files.rename(temporaries[i], place);
  }
  files.sync(work);
  return made;
}

}  // namespace pipeline
