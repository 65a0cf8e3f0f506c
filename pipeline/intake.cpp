#include "pipeline/intake.hpp"

#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>
#include <utility>

#include "pipeline/fault.hpp"

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
  if (!claim) return;
  announce_next();
  const std::uint64_t size = claim->delivery.size;  // as scanned; the file may have grown since
  const double before = thread_cpu();
  prepare_patiently(*claim);
  const double spent = thread_cpu() - before;
  int again = 0;
  {
    const std::lock_guard lock(mutex_);
    cpu_ += spent;
    claim->ready = true;
    if (is_giant(size))
      giant_in_flight_ = false;
    else
      in_flight_ -= size;
    again = std::exchange(parked_, 0);
    changed_.notify_all();
  }
  for (; again > 0; --again) workers_.run([this] { prepare_next(); });
}

/// The oldest that has room; nothing, and this task is parked until there is some, if none has. Of giants there is one at a time,
/// and those behind a second one pass it; the others share the limit and never pass one another, so that nothing waits for ever.
std::shared_ptr<Claim> Intake::take_what_fits() {
  const std::lock_guard lock(mutex_);
  bool room = true;
  for (auto at = waiting_.begin(); at != waiting_.end(); ++at) {
    const std::uint64_t size = (*at)->delivery.size;
    const bool giant = is_giant(size);
    const bool fits = giant ? !giant_in_flight_
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
  ++parked_;
  return nullptr;
}

/// What comes next is fetched from the disk meanwhile; the rest of a large file the system fetches by itself.
void Intake::announce_next() {
  constexpr std::size_t kAhead = 8;
  constexpr std::uint64_t kMostBytes = std::uint64_t{8} << 20;
  std::vector<std::pair<std::string, std::uint64_t>> next;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < std::min(kAhead, waiting_.size()); ++i)
      if (Claim& claim = *waiting_[i]; !claim.poison && !std::exchange(claim.announced, true))
        next.emplace_back(claim.delivery.path, std::min(claim.delivery.size, kMostBytes));
  }
  for (const auto& [path, bytes] : next) files_.will_read(path, bytes);
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

/// The bytes of one bundle.
struct Intake::Source {
  Source(Files& files, Vault& vault, std::string& buffer)
      : files_(files), vault_(vault), buffer_(buffer) {}
  Source(const Source&) = delete;
  Source& operator=(const Source&) = delete;
  ~Source() {
    constexpr std::size_t kKeepCapacity = std::size_t{32} << 20;
    if (buffer_.capacity() > kKeepCapacity) std::string().swap(buffer_);
    try {
      if (!copy_.empty()) files_.remove(copy_);
    } catch (const Fault&) {  // it goes with the folder
    }
  }
  /// False if it is gone.
  bool read(const std::string& path) {
    if (!files_.read(path, buffer_)) return false;
    bytes = buffer_;
    return true;
  }
  /// Of a giant: a copy in the vault, which its owner can neither change nor cut off while we read it.
  bool map(const std::string& path) {
    copy_ = vault_.copy(path);
    const auto mapped = files_.map(copy_);
    if (mapped) bytes = *mapped;
    return mapped.has_value();
  }
  bool read_any() const { return !bytes.view().empty(); }
  void keep(const std::string& sha256) {
    if (copy_.empty()) return vault_.keep(sha256, bytes);
    vault_.keep_copy(copy_, sha256);
    copy_.clear();
  }

  Bytes bytes;

 private:
  Files& files_;
  Vault& vault_;
  std::string& buffer_;
  std::string copy_;
};

void Intake::prepare(Claim& claim) {
  thread_local std::string buffer;
  Source source(files_, vault_, buffer);
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
    const bool giant = before && is_giant(before->size);
    // It is not copied every other second while it does not change.
    if (giant && may_still_grow(claim.delivery) &&
        was_unfinished(claim.delivery.path, before->modified_ns)) {
      claim.unfinished = true;
      return;
    }
    if (!before || !(giant ? source.map(claim.delivery.path) : source.read(claim.delivery.path))) {
      claim.gone = true;
      return;
    }
    const auto after = files_.look(claim.delivery.path);
    if (!after || after->modified_ns != before->modified_ns ||
        after->size != source.bytes.view().size() || after->inode != before->inode) {
      claim.gone = true;  // it is being written: the next scan sees it again
      return;
    }
    claim.delivery.size = after->size;
    claim.delivery.modified_ns = after->modified_ns;
    claim.delivery.inode = after->inode;
    claim.submission = stages_.prepare(claim.delivery, source.bytes);
    const bool waits = claim.submission.incomplete && may_still_grow(claim.delivery);
    claim.unfinished = waits;
    if (giant) note_unfinished(claim.delivery.path, after->modified_ns, waits);
    if (!waits) source.keep(claim.submission.sha256);
  } catch (const Fault& fault) {
    claim.fault = fault.what();
  } catch (const std::bad_alloc&) {
    claim.fault = "not enough memory";
  } catch (const std::exception& e) {
    // Our own mistake must not stop the line: the bundle is kept, told and set aside.
    claim.submission = {};
    claim.submission.size = claim.delivery.size;
    claim.submission.findings = {internal_error(e.what())};
    try {
      // What was too large even to be mapped has not been read.
      claim.submission.sha256 =
          source.read_any() ? digest_of(source.bytes) : vault_.keep_file(claim.delivery.path);
      if (source.read_any()) source.keep(claim.submission.sha256);
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

bool Intake::was_unfinished(const std::string& path, std::int64_t modified_ns) {
  const std::lock_guard lock(mutex_);
  const auto known = unfinished_.find(path);
  return known != unfinished_.end() && known->second == modified_ns;
}

void Intake::note_unfinished(const std::string& path, std::int64_t modified_ns, bool unfinished) {
  const std::lock_guard lock(mutex_);
  if (unfinished)
    unfinished_[path] = modified_ns;
  else
    unfinished_.erase(path);
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
