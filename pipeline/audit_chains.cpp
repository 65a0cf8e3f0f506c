#include <algorithm>
#include <cstdlib>

#include "pipeline/auditor.hpp"
#include "pipeline/json.hpp"
#include "pipeline/sha256.hpp"

// What the ledger says of itself: every row in its chain, and one row agreeing with the other.

namespace pipeline {

namespace {

const std::string kRestore =
    "台账被改动过。请停止运行，查明是谁在何时改动的，再从备份恢复（管理员手册“恢复”一节）。";

constexpr std::size_t kDigits = 32;  ///< of a head, as people write it down

std::string head(char chain, std::int64_t number, const std::string& digest) {
  return chain + std::to_string(number) + ':' + digest.substr(0, kDigits);
}

/// The members in which the receipt and the row say different things.
std::string disagreement(const Value& receipt, const StoredDelivery& d) {
  const std::pair<const char*, std::string> members[] = {
      {"bundle", d.name},
      {"sha256", d.sha256},
      {"drop", d.drop},
      {"kind", d.kind},
      {"result", d.result},
      {"case", d.case_id},
      {"queue", d.queue},
      {"state", d.state},
      {"received_at", iso_time(d.received_at)},
      {"round", d.round > 0 ? std::to_string(d.round) : ""}};
  std::string out;
  for (const auto& [member, kept] : members)
    if (receipt[member].text() != kept) out += (out.empty() ? "" : "、") + std::string(member);
  return out;
}

}  // namespace

std::string entries_digest(std::vector<std::pair<std::string, std::string>> entries) {
  std::sort(entries.begin(), entries.end());
  Value list = Value::array();
  for (const auto& [name, digest] : entries) list.push(Value::array({name, digest}));
  return sha256(list.dump());
}

void Auditor::check_deliveries() {
  begin("deliveries", "投递登记");
  books_.each_delivery([&](const StoredDelivery& row) {
    count();
    const std::int64_t expected = deliveries_.empty() ? 1 : deliveries_.back().id + 1;
    if (row.id != expected)
      wrong("delivery " + std::to_string(expected),
            "第 " + std::to_string(expected) +
                (row.id == expected + 1 ? " 件" : " 至 " + std::to_string(row.id - 1) + " 件") +
                "投递的登记不见了",
            kRestore);
    delivery_digests_.push_back(delivery_digest(row));
    deliveries_.push_back(row);
    deliveries_.back().findings.clear();
  });
}

void Auditor::check_event(const StoredEvent& e, StoredEvent& before) {
  const std::string subject = "event " + std::to_string(e.seq);
  const std::string number = "第 " + std::to_string(e.seq) + " 个事件";
  if (e.seq != before.seq + 1)
    wrong("event " + std::to_string(before.seq + 1),
          "第 " + std::to_string(before.seq + 1) + " 个事件起有事件不见了", kRestore);
  else if (e.previous != before.digest)
    wrong(subject, number + "接不上前一个事件：其中一个被改动或调换过", kRestore);
  if (event_digest(e) != e.digest)
    wrong(subject,
          number + (e.case_id.empty() ? "" : "（案件 " + e.case_id + "）") +
              "的内容与它的摘要不符：被改动过",
          kRestore);
  const StoredDelivery* cause = e.bundle == 0 ? nullptr : delivery(e.bundle);
  if (e.bundle != 0 && !cause)
    wrong(subject, number + "所说的投递（第 " + std::to_string(e.bundle) + " 件）没有登记",
          kRestore);
  else if (cause && e.name != "released" && cause->received_at != e.at)
    wrong(subject, number + "与引起它的投递（" + told(*cause) + "）时间不同", kRestore);
  if (before.seq > 0 && e.at < before.at)
    note(subject, number + "的时间 " + iso_time(e.at) + " 早于前一个事件的 " + iso_time(before.at) +
                      "：当时这台机器的时钟被拨回过。先后以事件的次序为准。");
  if (e.name == "released") releases_.push_back({e.bundle, e.seq});
}

void Auditor::check_events() {
  begin("events", "事件链");
  StoredEvent before;
  ledger_.each_event([&](const StoredEvent& e) {
    count();
    check_event(e, before);
    event_digests_.emplace_back(e.seq, e.digest);
    if (!options_.heads.empty()) heads_.insert(head('E', e.seq, e.digest));
    before.seq = e.seq;
    before.at = e.at;
    before.digest = e.digest;
  });
  if (before.seq > 0) audit_.event_head = head('E', before.seq, before.digest);
}

void Auditor::check_receipt(const StoredEffect& e) {
  const Json receipt = parse_json(e.payload);
  const StoredDelivery* of = delivery(e.bundle);
  const std::string subject = "delivery " + std::to_string(e.bundle);
  auto& [times, held] = receipts_[e.bundle];
  ++times;
  if (!of || !receipt.error.empty()) {
    wrong(subject, "第 " + std::to_string(e.bundle) + " 件投递的回执没有对应的登记，或已损坏",
          kRestore);
    return;
  }
  const Value& r = receipt.value;
  if (const std::string members = disagreement(r, *of); !members.empty())
    wrong(subject, told(*of) + "：登记与回执说法不同（" + members + "）", kRestore);
  receipt_payloads_[e.id] = sha256(r.dump());
  std::vector<std::pair<std::string, std::string>> entries;
  bool ours = false;
  for (const Value& finding : r["findings"].items())
    ours = ours || finding["code"].text() == "INTERNAL_ERROR";
  for (const Value& entry : r["entries"].items()) {
    entries.emplace_back(entry["name"].text(), entry["sha256"].text());
    for (const Role role : {Role::Form, Role::Attachment, Role::Ignored, Role::Rejected})
      audit_.roles[static_cast<std::size_t>(role)] += entry["role"].text() == name(role);
  }
  const auto many = static_cast<std::int64_t>(entries.size());
  audit_.entries.received += many;
  for (std::size_t i = 0; i < audit_.bundles.results.size(); ++i) {
    if (r["result"].text() != name(static_cast<Result>(i))) continue;
    ++audit_.bundles.results[i];
    audit_.entries.results[i] += many;
  }
  held = {entries_digest(std::move(entries)), many > 0 && !ours};
}

void Auditor::check_effects() {
  begin("receipts", "登记与回执");
  books_.each_effect([&](const StoredEffect& e) {
    effect_digests_[e.id] = effect_digest(e);
    if (e.bundle > 0) first_effect_.try_emplace(e.bundle, e.id);
    if (e.maker == "receipt") {
      count();
      check_receipt(e);
    }
    if (e.maker == "remove") {
      wanted_.erase(e.path);
      if (e.done) removed_.insert(e.path);
      return;
    }
    removed_.erase(e.path);
    wanted_[e.path] = {e.id, e.maker, e.done != 0};
  });
  for (const StoredDelivery& d : deliveries_) {
    const int times = receipts_.contains(d.id) ? receipts_[d.id].first : 0;
    if (times != 1)
      wrong("delivery " + std::to_string(d.id),
            told(d) + (times == 0 ? "：没有回执" : "：有不止一份回执"), kRestore);
  }
}

bool Auditor::is_proven(const Proof& before, const Proof& p) const {
  std::vector<std::string> effects;
  for (std::int64_t id = before.effect + 1; id <= p.effect; ++id) {
    const auto at = effect_digests_.find(id);
    effects.push_back(at == effect_digests_.end() ? "" : at->second);
  }
  const auto event = std::lower_bound(event_digests_.begin(), event_digests_.end(),
                                      std::pair(p.event, std::string()));
  const bool known = event != event_digests_.end() && event->first == p.event;
  const auto row = static_cast<std::size_t>(delivery(p.bundle) - deliveries_.data());
  return proof_digest(before, delivery_digests_[row], known ? event->second : "", effects) ==
         p.digest;
}

void Auditor::check_proofs() {
  begin("proofs", "投递链");
  // A ledger that an older program began has no proofs of what came before.
  const std::int64_t unproven = std::atoll(ledger_.meta("unproven").c_str());
  Proof before{unproven, 0, 0, ""};
  const auto gap = [&](std::int64_t bundle) {
    wrong("delivery " + std::to_string(bundle),
          "第 " + std::to_string(bundle) + " 件投递在投递链中不见了", kRestore);
  };
  books_.each_proof([&](const Proof& p) {
    count();
    if (p.bundle != before.bundle + 1) gap(before.bundle + 1);
    if (before.digest.empty()) {
      const auto at = first_effect_.find(p.bundle);
      before.effect = at == first_effect_.end() ? p.effect : at->second - 1;
    }
    const StoredDelivery* of = delivery(p.bundle);
    if (of && !is_proven(before, p))
      wrong("delivery " + std::to_string(p.bundle),
            told(*of) + "：登记、结果、提示或文书的内容被改动过（文书任务 " +
                std::to_string(before.effect + 1) + " 至 " + std::to_string(p.effect) + "）",
            kRestore);
    before = p;
    if (!options_.heads.empty()) heads_.insert(head('D', p.bundle, p.digest));
  });
  if (!deliveries_.empty() && before.bundle != deliveries_.back().id) gap(before.bundle + 1);
  if (unproven > 0)
    note("proofs", "前 " + std::to_string(unproven) +
                       " 件投递由旧版程序登记，不在投递链中；事件链、回执和存档照常核对。");
  if (!before.digest.empty()) audit_.delivery_head = head('D', before.bundle, before.digest);
}

void Auditor::check_heads() {
  if (options_.heads.empty()) return;
  begin("heads", "抄存的末端摘要");
  for (const std::string& kept : options_.heads) {
    count();
    if (!heads_.contains(kept))
      wrong(kept,
            "当时抄存的末端摘要 " + kept +
                " 不在现在的台账里：抄存以前的记录被改写过，或台账是从别处"
                "换来的",
            kRestore);
  }
}

void Auditor::check_projections() {
  begin("projections", "案件和单位资料");
  using Kind = ProjectionDifference::Kind;
  for (const ProjectionDifference& d : books_.compare_projections(1000)) {
    if (d.kind == Kind::Unreadable) {
      wrong("event " + d.key, "第 " + d.key + " 个事件读不出来，案件和单位资料不能核对", kRestore);
      continue;
    }
    if (d.kind == Kind::Lost) {
      wrong(d.space + "/" + d.key,
            "资料 " + d.space + "/" + d.key + " 不见了或被改动过：与事件所记的摘要不符", kRestore);
      continue;
    }
    const char* how = d.kind == Kind::Altered   ? "与事件不符：被改动过"
                      : d.kind == Kind::Missing ? "按事件应当有，却不见了"
                      : d.kind == Kind::Unknown ? "没有任何事件产生过它"
                                                : "的检索项与事件不符";
    wrong(d.space + "/" + d.key, "资料 " + d.space + "/" + d.key + " " + how,
          "执行 dossier rebuild --projections，按事件重建。");
  }
}

}  // namespace pipeline
