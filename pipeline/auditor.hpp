#pragma once

#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "pipeline/audit.hpp"

// The auditor at work: for audit*.cpp only.

namespace pipeline {

class Auditor {
 public:
  Auditor(const AuditOptions& options, Files& files, const Ledger& ledger)
      : options_(options), files_(files), ledger_(ledger), books_(ledger) {}

  Audit go();

 private:
  // audit_chains.cpp
  void check_deliveries();
  void check_events();
  void check_event(const StoredEvent& event, StoredEvent& before);
  void check_effects();
  void check_receipt(const StoredEffect& effect);
  void check_proofs();
  bool is_proven(const Proof& before, const Proof& proof) const;
  void check_heads();
  void check_projections();
  // audit_papers.cpp
  void check_papers();
  void check_paper(const StoredPaper& paper, const std::string& maker);
  void look_for_strangers(const std::string& folder);
  void look_at_stranger(const std::string& path);
  // audit.cpp
  void check_vault();
  void check_vault_file(const StoredDelivery& delivery);
  void reopen(const StoredDelivery& delivery, const std::string& path);
  void check_inbox();
  bool waits_in_inbox(const StoredDelivery& delivery) const;
  void conclude();

  void begin(const char* name, const char* label) { audit_.checks.push_back({name, label}); }
  void count() { ++audit_.checks.back().checked; }
  void wrong(std::string subject, std::string message, std::string todo);
  void note(std::string subject, std::string message, std::string todo = {});
  std::string told(const StoredDelivery& delivery) const;
  const StoredDelivery* delivery(std::int64_t id) const;

  const AuditOptions& options_;
  Files& files_;
  const Ledger& ledger_;
  const Books books_;
  Audit audit_;

  struct Wanted {
    std::int64_t effect = 0;
    std::string maker;
    bool done = false;
  };
  /// What a bundle held, by its receipt.
  struct Held {
    std::string entries;  ///< digest of names and SHA-256
    bool comparable = false;
  };
  struct Release {
    std::int64_t bundle = 0, event = 0;
  };

  std::vector<StoredDelivery> deliveries_;                           ///< without their findings
  std::vector<std::string> delivery_digests_;                        ///< as deliveries_
  std::set<std::string> heads_;                                      ///< that this ledger has had
  std::vector<std::pair<std::int64_t, std::string>> event_digests_;  ///< by seq
  std::unordered_map<std::int64_t, std::string> effect_digests_;
  std::unordered_map<std::int64_t, std::int64_t> first_effect_;      ///< of a delivery
  std::unordered_map<std::int64_t, std::pair<int, Held>> receipts_;  ///< by delivery
  std::unordered_map<std::int64_t, std::string> receipt_payloads_;   ///< digest, by effect
  std::map<std::string, Wanted> wanted_;                             ///< by path of the effect
  std::set<std::string> removed_, waiting_, known_files_, undigested_;
  std::map<std::string, Delivery> in_inbox_;  ///< not yet decided, by path below the inbox
  std::vector<Release> releases_;
  std::vector<StoredPaper> papers_;
};

/// Names and SHA-256 of what a bundle holds, in one digest.
std::string entries_digest(std::vector<std::pair<std::string, std::string>> entries);

}  // namespace pipeline
