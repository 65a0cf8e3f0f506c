#include "pipeline/audit.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "pipeline/auditor.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/vault.hpp"

namespace pipeline {

bool Conservation::holds() const {
  return received == std::accumulate(results.begin(), results.end(), in_work);
}

bool Audit::holds() const {
  for (const Check& check : checks)
    if (check.failed > 0) return false;
  return true;
}

void Auditor::wrong(std::string subject, std::string message, std::string todo) {
  Check& check = audit_.checks.back();
  if (++check.failed <= Audit::kTold)
    audit_.problems.push_back(
        {check.name, std::move(subject), std::move(message), std::move(todo)});
}

void Auditor::note(std::string subject, std::string message, std::string todo) {
  audit_.notes.push_back(
      {audit_.checks.back().name, std::move(subject), std::move(message), std::move(todo)});
}

std::string Auditor::told(const StoredDelivery& d) const {
  return "第 " + std::to_string(d.id) + " 件投递（" + d.drop + "/" + d.name + "，" +
         chinese_time(d.received_at) + "）";
}

const StoredDelivery* Auditor::delivery(std::int64_t id) const {
  const auto at =
      std::lower_bound(deliveries_.begin(), deliveries_.end(), id,
                       [](const StoredDelivery& d, std::int64_t wanted) { return d.id < wanted; });
  return at == deliveries_.end() || at->id != id ? nullptr : &*at;
}

/// Also under `deep`: what the bundle holds must be what its receipt says.
void Auditor::reopen(const StoredDelivery& d, const std::string& path) {
  const auto receipt = receipts_.find(d.id);
  std::string bytes;
  if (!options_.open || receipt == receipts_.end() || !receipt->second.second.comparable ||
      !files_.read(path, bytes))
    return;
  Delivery again{d.drop, d.name, path, static_cast<std::uint64_t>(d.size), 0, 0};
  const auto entries = options_.open(again, bytes);
  if (!entries) return;
  std::vector<std::pair<std::string, std::string>> found;
  for (const Entry& entry : *entries) found.emplace_back(entry.name, entry.sha256);
  if (entries_digest(std::move(found)) != receipt->second.second.entries)
    wrong(
        "delivery " + std::to_string(d.id), told(d) + "：存档里的材料所含的文件与回执所列的不同",
        "请把这条报告和该件的回执交给系统管理员核对：可能是程序更新后读法不同，也可能是回执不实。");
}

void Auditor::check_vault_file(const StoredDelivery& d) {
  const Vault vault(files_, options_.vault);
  const std::string path = vault.path(d.sha256);
  const auto there = files_.look(path);
  const std::string name = d.sha256.substr(0, 2) + "/" + d.sha256;
  const std::string todo = "从备份取回 vault/" + name + "；没有备份的，请“" + d.drop +
                           "”把同一个文件再投递一次，程序会补上存档。";
  if (!there)
    wrong(name, "存档里少了" + told(d) + "的原文件 " + name, todo);
  else if (static_cast<std::int64_t>(there->size) != d.size)
    wrong(name, told(d) + "的存档文件 " + name + " 大小不对：被改动过，或已损坏", todo);
  else if (options_.deep && sha256_file(path) != d.sha256)
    wrong(name, told(d) + "的存档文件 " + name + " 内容与 SHA-256 不符：被改动过，或已损坏", todo);
  else if (options_.deep)
    reopen(d, path);
}

void Auditor::check_vault() {
  begin("vault", options_.deep ? "存档（逐字节）" : "存档（大小）");
  std::set<std::string> referred;
  for (const StoredDelivery& d : deliveries_) {
    if (d.sha256.size() != 64 || !referred.insert(d.sha256).second) continue;
    count();
    check_vault_file(d);
  }
  std::int64_t orphans = 0;
  for (const Listed& folder : files_.list(options_.vault))
    if (folder.folder)
      for (const Listed& file : files_.list(path_join(options_.vault, folder.name)))
        orphans += !referred.contains(file.name);
  if (orphans > 0)
    note("vault", "存档里有 " + std::to_string(orphans) +
                      " 个文件没有登记：正在办理，或上次中断时留下的，无害。");
}

/// Another file of the same name is not the one.
bool Auditor::waits_in_inbox(const StoredDelivery& d) const {
  const auto there = in_inbox_.find(d.drop + "/" + d.name);
  return there != in_inbox_.end() && static_cast<std::int64_t>(there->second.size) == d.size &&
         files_.look(there->second.path) && sha256_file(there->second.path) == d.sha256;
}

void Auditor::check_inbox() {
  begin("inbox", "收件箱");
  std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> decided;
  for (const StoredDelivery& d : deliveries_)
    if (d.taken == 0) decided.emplace(d.inode, d.size, d.modified_ns);
  const Scan scan = scan_inbox(files_, options_.inbox);
  for (std::size_t i = 0; i < scan.deliveries.size(); ++i) {
    const Delivery d = scan.deliveries[i];
    count();
    if (decided.contains(
            {static_cast<std::int64_t>(d.inode), static_cast<std::int64_t>(d.size), d.modified_ns}))
      continue;
    in_inbox_[d.drop + "/" + d.name] = d;
    ++audit_.bundles.in_work;
  }
  for (const auto& [path, why] : scan.unreadable)
    wrong(path, "收件箱的文件夹读不出来：" + path + "（" + why + "）", "请检查权限和网络盘。");
  for (const auto& [path, why] : scan.passed_over)
    note(path, "收件箱里有不会办理的文件夹：" + path + "（请打成 ZIP 投递）");
  for (const Release& release : releases_) {
    const StoredDelivery* of = delivery(release.bundle);
    if (!of || waits_in_inbox(*of)) continue;
    const bool again = std::any_of(deliveries_.begin(), deliveries_.end(), [&](const auto& d) {
      return d.id > of->id && d.sha256 == of->sha256 && d.drop == of->drop;
    });
    if (!again)
      wrong("delivery " + std::to_string(of->id),
            told(*of) + "：已放回收件箱，却既不在收件箱，也没有再次办理",
            "执行 dossier release " + of->sha256.substr(0, 12) + "，再放回一次。");
  }
}

void Auditor::conclude() {
  begin("conservation", "件数守恒");
  audit_.checks.back().checked = 2;
  audit_.bundles.received =
      (deliveries_.empty() ? 0 : deliveries_.back().id) + audit_.bundles.in_work;
  const std::int64_t of_roles =
      std::accumulate(audit_.roles.begin(), audit_.roles.end(), std::int64_t{0});
  if (!audit_.bundles.holds())
    wrong("bundles", "材料件数对不上：收到的不等于各种结果与办理中的总和",
          "见本报告其他各项，逐项查明。");
  if (!audit_.entries.holds() || of_roles != audit_.entries.received)
    wrong("entries", "材料内的文件数对不上：有的文件没有结果，或有不止一个结果",
          "见本报告其他各项，逐项查明。");
}

Audit Auditor::go() {
  {
    // What takes long comes after it: a server may end a transaction that is idle.
    const Snapshot snapshot(ledger_);
    check_deliveries();
    check_events();
    check_effects();
    check_proofs();
    check_heads();
    check_projections();
    books_.each_paper([this](const StoredPaper& paper) { papers_.push_back(paper); });
    const std::string head =
        std::to_string(ledger_.last_bundle()) + '/' + std::to_string(ledger_.last_event());
    audit_.pending_papers = books_.pending_effects() + (ledger_.meta("summarised") != head);
    audit_.pending_timers = books_.pending_timers();
  }
  check_vault();
  if (options_.papers) {
    check_papers();
    check_inbox();
  }
  conclude();
  return std::move(audit_);
}

Audit audit(const AuditOptions& options, Files& files, const Ledger& ledger) {
  return Auditor(options, files, ledger).go();
}

}  // namespace pipeline
