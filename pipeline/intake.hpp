#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "pipeline/files.hpp"
#include "pipeline/line.hpp"
#include "pipeline/submission.hpp"
#include "pipeline/vault.hpp"
#include "pipeline/workers.hpp"

// Intake: claims bundles, prepares them on the workers, keeps their bytes in the vault.
//
//   takes   deliveries, in order of arrival
//   gives   groups of claims, in the same order whatever the number of jobs
//   holds   the bytes of bundles that together fit in memory_mb; one at a time that does not is copied to the vault and mapped
//   writes  the vault; durable after the next sync
//   faults  none: what the world did to one bundle stands in its claim, and our own mistake makes it one to set aside

namespace pipeline {

/// One delivery on its way through prepare.
struct Claim {
  Delivery delivery;
  Submission submission;
  std::string fault;        ///< why it stays in the inbox; "" if it does not
  bool unfinished = false;  ///< a copy that may still grow: it is looked at again
  bool gone = false;        ///< taken away, or changed while it was read
  bool poison = false;      ///< it is to be set aside without being opened
  std::string attempt;      ///< its key in Attempts
  bool announced = false;   ///< the disk knows that it comes
  bool ready = false;
};

/// What is told of a bundle that our own mistake keeps from being handled.
Finding internal_error(const std::string& why);

class Intake {
 public:
  Intake(const LineOptions& options, const Stages& stages, Files& files, Vault& vault,
         Workers& workers)
      : options_(options), stages_(stages), files_(files), vault_(vault), workers_(workers) {}

  void claim(Delivery delivery, std::string attempt, bool poison);
  std::size_t claimed() const { return window_.size(); }
  /// The next group in order of arrival: full, or what came within the time; nothing if the first is not prepared yet.
  std::vector<std::shared_ptr<Claim>> gather();
  double cpu_seconds();

 private:
  struct Source;
  void prepare_next();
  std::shared_ptr<Claim> take_what_fits();
  void announce_next();
  bool is_giant(std::uint64_t size) const { return size > std::uint64_t{options_.memory_mb} << 20; }
  void prepare_patiently(Claim& claim);
  void prepare(Claim& claim);
  void set_aside_poison(Claim& claim);
  void set_aside_large(Claim& claim, const Listed& file);
  bool may_still_grow(const Delivery& delivery) const;
  bool was_unfinished(const std::string& path, std::int64_t modified_ns);
  void note_unfinished(const std::string& path, std::int64_t modified_ns, bool unfinished);

  const LineOptions& options_;
  const Stages& stages_;
  Files& files_;
  Vault& vault_;
  Workers& workers_;
  std::deque<std::shared_ptr<Claim>> window_;

  std::mutex mutex_;  ///< guards Claim::ready, announced and what follows
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Claim>> waiting_;  ///< not begun
  std::uint64_t in_flight_ = 0;                 ///< bytes of what is being prepared, but for …
  bool giant_in_flight_ = false;                ///< … one that is larger than the limit
  int parked_ = 0;                              ///< tasks that found nothing that fits
  std::map<std::string, std::int64_t> unfinished_;  ///< giants by path, and when they were modified
  double cpu_ = 0;
};

}  // namespace pipeline
