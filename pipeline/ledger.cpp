#include "pipeline/ledger.hpp"

#include "pipeline/fault.hpp"
#include "pipeline/ledger_schema.hpp"
#include "pipeline/ledger_tables.hpp"
#include "pipeline/server_address.hpp"

namespace pipeline {

Ledger::Tables::Tables(const std::string& place, bool may_upgrade)
    : database(place), lines(database, place) {
  open_schema(database, is_server_url(place) ? parse_server_url(place).shown : place, may_upgrade);
  read_counters();
}

void Ledger::Tables::read_counters() {
  last_seq = 0;
  last_digest.clear();
  if (auto head = last_event.first()) std::tie(last_seq, last_digest) = *std::move(head);
  std::tie(last_effect, last_bundle, last_timer) = *last_ids.first();
}

void Ledger::Tables::read_heads() {
  read_counters();
  heads_read = true;
  proof = {};
  to_prove.clear();
  const auto row = last_proof.first();
  if (!row) return;
  std::tie(proof.bundle, proof.effect, proof.event, proof.digest) = *row;
  if (proof.effect == last_effect) return;
  each_effect([this](const StoredEffect& e) { to_prove.push_back(effect_digest(e)); },
              proof.effect);
}

Ledger::Ledger(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}
Ledger::~Ledger() {
  // Closing would sync once more what could not be synced, and believe the answer: the system closes it, as after a crash.
  static std::vector<std::unique_ptr<Tables>>& kept = *new std::vector<std::unique_ptr<Tables>>;
  if (tables_->spoiled) kept.push_back(std::move(tables_));
}

std::unique_ptr<Ledger> Ledger::open(const std::string& place, bool may_upgrade) {
  return std::unique_ptr<Ledger>(new Ledger(std::make_unique<Tables>(place, may_upgrade)));
}

Lines& Ledger::lines() {
  return tables_->lines;
}

Transaction::Transaction(Ledger& ledger) : ledger_(ledger) {
  ledger_.tables_->database.begin();
  try {
    ledger_.tables_->read_heads();
    ledger_.tables_->lines.confirm(ledger_.tables_->last_bundle);
  } catch (const Fault&) {
    ledger_.tables_->database.rollback();
    throw;
  }
}

Transaction::~Transaction() {
  if (!open_) return;
  try {
    ledger_.tables_->database.rollback();
    ledger_.tables_->read_heads();
  } catch (const Fault&) {
    // The fault that ended the transaction is already on its way; the file rolls back by itself when it is opened again.
  }
}

void Transaction::commit() {
  ledger_.tables_->spoiled = !ledger_.tables_->database.is_server();
  ledger_.tables_->database.commit();
  ledger_.tables_->spoiled = false;
  open_ = false;
  ledger_.tables_->lines.committed(ledger_.tables_->last_bundle);
}

Savepoint::Savepoint(Ledger& ledger) : ledger_(ledger) {
  ledger_.tables_->savepoint.run();
}

Savepoint::~Savepoint() {
  if (!open_) return;
  try {
    ledger_.tables_->database.rollback_to_savepoint("submission");
    ledger_.tables_->release.run();
    ledger_.tables_->read_heads();
  } catch (const Fault&) {
    // As above: the transaction around it will not commit.
  }
}

void Savepoint::release() {
  ledger_.tables_->release.run();
  open_ = false;
}

}  // namespace pipeline
