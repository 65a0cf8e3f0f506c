#include "pipeline/press.hpp"

#include "pipeline/fault.hpp"

namespace pipeline {

void Press::start(Order order) {
  auto made = std::make_shared<Made>();
  made->effect = order.id;
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

void Press::collect() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return unfinished_ == 0; });
  }
  written_ = std::exchange(producing_, {});
}

void Press::publish() {
  // In order of effects: a folder made and taken away again in one group must end taken away.
  for (const auto& made : std::exchange(written_, {})) {
    if (!made->fault.empty()) {
      leave_pending(made->effect, made->fault);
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
      leave_pending(made->effect, fault.what());
      continue;
    }
    in_place_.push_back(made->effect);
    ++published_;
  }
}

/// One paper that cannot be made keeps nothing else waiting; the next run tries again.
void Press::leave_pending(std::int64_t effect, const std::string& why) {
  observer_.log("paper_failed", Value::object({{"effect", effect}, {"why", why}}));
  failed_.insert(effect);
}

std::int64_t Press::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

double Press::cpu_seconds() {
  const std::lock_guard lock(mutex_);
  return cpu_;
}

}  // namespace pipeline
