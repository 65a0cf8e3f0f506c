#include "pipeline/books.hpp"
#include "pipeline/sha256.hpp"

namespace pipeline {

std::string event_digest(const StoredEvent& e) {
  const std::string numbers = std::to_string(e.seq) + '\n' + std::to_string(e.at.us) + '\n' +
                              std::to_string(e.bundle) + '\n';
  return sha256(std::vector<std::string_view>{e.previous, "\n", numbers, e.name, "\n", e.case_id,
                                              "\n", e.rules, "\n", e.body});
}

std::string effect_digest(StoredEffect e) {
  Value row = Value::array({e.id, e.bundle});
  for (std::string* text : {&e.maker, &e.path, &e.payload, &e.subject_space, &e.subject_name})
    row.push(std::move(*text));
  return sha256(row.dump());
}

/// Without the inode: it says where the file lay on one disk, and a copy of the inbox has another.
std::string delivery_digest(const StoredDelivery& d) {
  return sha256(
      Value::array({d.id, d.sha256, d.size, d.drop, d.name, d.path, d.modified_ns, d.received_at.us,
                    d.kind, d.result, d.case_id, d.round, d.queue, d.state, d.findings, d.stem})
          .dump());
}

std::string proof_digest(const Proof& before, const std::string& delivery,
                         const std::string& events, const std::vector<std::string>& effects) {
  Value all = Value::array({before.digest, before.effect, before.event, delivery, events});
  for (const std::string& effect : effects) all.push(effect);
  return sha256(all.dump());
}

}  // namespace pipeline
