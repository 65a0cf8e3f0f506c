#include "pipeline/intake.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "pipeline/fault.hpp"
#include "pipeline/sha256.hpp"

namespace pipeline {

namespace {

/// A time in the future says nothing (a clock that is wrong, a sender who set it): such a file counts as old.
double age_seconds(const Delivery& delivery) {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  const auto now_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(since_epoch).count();
  if (delivery.modified_ns > now_ns) return std::numeric_limits<double>::infinity();
  return 1e-9 * static_cast<double>(now_ns - delivery.modified_ns);
}

}  // namespace

Finding internal_error(const std::string& why) {
  return {"INTERNAL_ERROR",
          Severity::Error,
          "",
          "处理时发生内部错误：" + why,
          "文件已原样保留，不需要重新提交；请联系系统管理员。",
          ""};
}

void Intake::claim(Delivery delivery, std::string attempt, bool poison) {
  auto claim = std::make_shared<Claim>();
  claim->delivery = std::move(delivery);
  claim->attempt = std::move(attempt);
  claim->poison = poison;
  window_.push_back(claim);
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(claim));
  }
  workers_.run([this] { prepare_next(); });
}

void Intake::prepare_next() {
  const std::shared_ptr<Claim> claim = take_what_fits();
  const std::uint64_t size = claim->delivery.size;  // as scanned; the file may have grown since
  const bool giant = is_giant(*claim);
  const double before = thread_cpu();
  prepare_patiently(*claim);
  const double spent = thread_cpu() - before;
  const std::lock_guard lock(mutex_);
  cpu_ += spent;
  claim->ready = true;
  if (giant)
    giant_in_flight_ = false;
  else
    in_flight_ -= size;
  changed_.notify_all();
}

bool Intake::is_giant(const Claim& claim) const {
  return claim.delivery.size > std::uint64_t{options_.memory_mb} << 20;
}

/// The oldest that has room. Of giants there is one at a time, and those behind a second one pass it; the others share the limit
/// and never pass one another, so that nothing waits for ever.
std::shared_ptr<Claim> Intake::take_what_fits() {
  std::unique_lock lock(mutex_);
  for (;;) {
    bool room = true;
    for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
      const std::uint64_t size = (*at)->delivery.size;
      const bool giant = is_giant(**at);
      const bool fits = giant
                            ? !giant_in_flight_
                            : room && in_flight_ + size <= std::uint64_t{options_.memory_mb} << 20;
      if (!giant && !fits) room = false;
      if (!fits) continue;
      if (giant)
        giant_in_flight_ = true;
      else
        in_flight_ += size;
      std::shared_ptr<Claim> claim = std::move(*at);
      waiting_.erase(at);
      return claim;
    }
    changed_.wait(lock);
  }
}

/// A fault of a moment must not change the order in which bundles are decided.
void Intake::prepare_patiently(Claim& claim) {
  double pause = options_.retry_at_once_seconds;
  for (int tries = 1;; ++tries) {
    prepare(claim);
    if (claim.fault.empty() || tries >= options_.tries_at_once) return;
    claim.fault.clear();
    claim.submission = {};
    std::this_thread::sleep_for(std::chrono::duration<double>(pause));
    pause *= 2;
  }
}

void Intake::prepare(Claim& claim) {
  thread_local std::string bytes;
  try {
    if (claim.poison) {
      set_aside_poison(claim);
      return;
    }
    const auto before = files_.look(claim.delivery.path);
    if (before && before->size > std::uint64_t{options_.bundle_mb} << 20) {
      set_aside_large(claim, *before);
      return;
    }
    if (!before || !files_.read(claim.delivery.path, bytes)) {
      claim.gone = true;
      return;
    }
    const auto after = files_.look(claim.delivery.path);
    if (!after || after->modified_ns != before->modified_ns || after->size != bytes.size() ||
        after->inode != before->inode) {
      claim.gone = true;  // it is being written: the next scan sees it again
      return;
    }
    claim.delivery.size = after->size;
    claim.delivery.modified_ns = after->modified_ns;
    claim.delivery.inode = after->inode;
    claim.submission = stages_.prepare(claim.delivery, bytes);
    const bool waits = claim.submission.incomplete && may_still_grow(claim.delivery);
    claim.unfinished = waits;
    if (!waits) vault_.keep(claim.submission.sha256, bytes);
    constexpr std::size_t kKeepCapacity = std::size_t{32} << 20;
    if (bytes.capacity() > kKeepCapacity) std::string().swap(bytes);
  } catch (const Fault& fault) {
    claim.fault = fault.what();
  } catch (const std::bad_alloc&) {
    claim.fault = "not enough memory";
  } catch (const std::exception& e) {
    // Our own mistake must not stop the line: the bundle is kept, told and set aside.
    claim.submission = {};
    claim.submission.sha256 = sha256(bytes);
    claim.submission.size = bytes.size();
    claim.submission.findings = {internal_error(e.what())};
    try {
      vault_.keep(claim.submission.sha256, bytes);
    } catch (const Fault& fault) {
      claim.fault = fault.what();
    }
  }
}

/// What has killed the program again and again is kept as it is, and not looked into.
void Intake::set_aside_poison(Claim& claim) {
  claim.submission.size = claim.delivery.size;
  claim.submission.sha256 = vault_.keep_file(claim.delivery.path);
  claim.submission.findings = {internal_error("处理这份材料时程序多次异常中止，已不再尝试")};
}

/// Larger than any bundle may be: it goes to the vault in pieces, and prepare, told the size, only says so.
void Intake::set_aside_large(Claim& claim, const Listed& file) {
  claim.delivery.size = file.size;
  claim.delivery.modified_ns = file.modified_ns;
  claim.delivery.inode = file.inode;
  claim.submission = stages_.prepare(claim.delivery, {});
  claim.submission.sha256 = vault_.keep_file(claim.delivery.path);
  claim.submission.size = file.size;
}

bool Intake::may_still_grow(const Delivery& delivery) const {
  const double patience =
      options_.watch ? options_.incomplete_minutes * 60 : options_.settle_seconds;
  return age_seconds(delivery) < patience;
}

std::vector<std::shared_ptr<Claim>> Intake::gather() {
  std::vector<std::shared_ptr<Claim>> group;
  if (window_.empty()) return group;
  std::unique_lock lock(mutex_);
  const auto time = std::chrono::duration<double>(options_.group_seconds);
  if (!changed_.wait_for(lock, time, [&] { return window_.front()->ready; })) return group;
  const auto ready = [&] {
    const auto end = std::find_if(window_.begin(), window_.end(),
                                  [](const auto& claim) { return !claim->ready; });
    return static_cast<std::size_t>(end - window_.begin());
  };
  const std::size_t wanted = std::min(options_.group, window_.size());
  changed_.wait_for(lock, time, [&] { return ready() >= wanted; });
  for (std::size_t n = std::min(ready(), options_.group); n > 0; --n) {
    group.push_back(std::move(window_.front()));
    window_.pop_front();
  }
  return group;
}

double Intake::cpu_seconds() {
  const std::lock_guard lock(mutex_);
  return cpu_;
}

}  // namespace pipeline
