#include "pipeline/press.hpp"

#include <algorithm>

#include "pipeline/fault.hpp"

namespace pipeline {

namespace {

std::vector<std::int64_t> effects_of(const Order& order) {
  std::vector<std::int64_t> effects = order.also;
  effects.push_back(order.id);
  return effects;
}

}  // namespace

void Press::start(Order order) {
  auto made = std::make_shared<Made>();
  made->effects = effects_of(order);
  producing_.push_back(made);
  if (order.effect.maker == "remove") {
    made->removes = order.effect.path;
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    ++unfinished_;
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
    changed_.notify_all();
  };
  workers_.run(std::move(work), Workers::Priority::Urgent);
}

std::int64_t Press::produce(const Effect& effect, const Value* subject, Made& made) {
  std::int64_t written = 0;
  try {
    for (const Paper& paper : stages_.produce(effect, subject)) {
      std::string temporary = path_join(
          work_, std::to_string(made.effects.back()) + '-' + std::to_string(made.files.size()));
      if (!paper.from_file.empty())
        temporary = paper.from_file;
      else if (!paper.from_vault.empty())
        files_.copy(vault_.path(paper.from_vault), temporary);
      else
        files_.write(temporary, paper.bytes);
      written += static_cast<std::int64_t>(paper.bytes.size());
      made.files.emplace_back(temporary, path_join(options_.outbox, paper.path));
    }
  } catch (const std::exception& e) {
    made.fault = e.what();
  }
  return written;
}

void Press::collect() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return unfinished_ == 0; });
  }
  written_ = std::exchange(producing_, {});
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
      if (!made->removes.empty()) files_.remove_tree(path_join(options_.outbox, made->removes));
      for (const auto& [temporary, place] : made->files) {
        files_.make_folders(parent_folder(place));
        files_.rename(temporary, place);
      }
    } catch (const Fault& fault) {
      if (fault.kind == FaultKind::Stop) throw;
      leave_pending(made->effects, fault.what());
      continue;
    }
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

std::int64_t publish_at_once(Files& files, const std::vector<Paper>& papers,
                             const std::string& work, const std::string& outbox) {
  std::int64_t bytes = 0;
  std::vector<std::pair<std::string, std::string>> renames;
  for (const Paper& paper : papers) {
    std::string temporary = paper.from_file;
    if (temporary.empty()) {
      temporary = path_join(work, "at-once-" + std::to_string(renames.size()));
      files.write(temporary, paper.bytes);
    }
    if (const auto made = files.look(temporary)) bytes += static_cast<std::int64_t>(made->size);
    renames.emplace_back(temporary, path_join(outbox, paper.path));
  }
  files.sync(work);
  for (const auto& [temporary, place] : renames) {
    files.make_folders(parent_folder(place));
    files.rename(temporary, place);
  }
  files.sync(work);
  return bytes;
}

}  // namespace pipeline
