#include <algorithm>

#include "pipeline/auditor.hpp"
#include "pipeline/json.hpp"
#include "pipeline/sha256.hpp"

// Every promised paper: in the outbox, as it was made.

namespace pipeline {

namespace {

const std::string kRebuild = "执行 dossier rebuild，按台账和存档补齐。";

/// The stem at or above that path in the set, if there is one: "a/b" of "a/b.pdf" and "a/b/c.pdf".
bool lies_under(const std::set<std::string>& stems, const std::string& path) {
  for (std::size_t end = path.size(); end != path.npos && end > 0;
       end = path.find_last_of("/.", end - 1))
    if (stems.contains(path.substr(0, end))) return true;
  return false;
}

}  // namespace

void Auditor::check_paper(const StoredPaper& paper, const std::string& maker) {
  count();
  known_files_.insert(paper.path);
  const std::string place = path_join(options_.outbox, paper.path);
  const auto there = files_.look(place);
  if (!there) {
    wrong(paper.path, "发件箱里少了：" + paper.path + "（可能被人移走或删除）", kRebuild);
    return;
  }
  if (static_cast<std::int64_t>(there->size) != paper.size || sha256_file(place) != paper.sha256) {
    wrong(paper.path, "发件箱里的文件与制作时不同：" + paper.path + "（被改动过，或已损坏）",
          kRebuild + "如果是审核人在原处填写并保存的，请先把填好的文件投递出去。");
    return;
  }
  // The ledger's own digest could have been changed with the file: the receipt's words are in the chain.
  const auto payload = receipt_payloads_.find(paper.effect);
  std::string text;
  if (maker == "receipt" && paper.path.ends_with(".json") && payload != receipt_payloads_.end() &&
      files_.read(place, text) && sha256(parse_json(text).value.dump()) != payload->second)
    wrong(paper.path, "回执与台账说法不同：" + paper.path, kRebuild);
}

void Auditor::check_papers() {
  begin("papers", "发件箱的文书");
  std::unordered_map<std::int64_t, std::string> makers;
  std::set<std::int64_t> unseen;
  for (const auto& [path, wanted] : wanted_) {
    if (wanted.done) {
      makers[wanted.effect] = wanted.maker;
      unseen.insert(wanted.effect);
    } else {
      waiting_.insert(path);
    }
  }
  for (const StoredPaper& paper : papers_) {
    const auto maker = makers.find(paper.effect);
    const bool workbook = paper.effect == 0;
    if (maker == makers.end() && !workbook) continue;  // taken away, or made anew since
    unseen.erase(paper.effect);
    if (!lies_under(waiting_, paper.path)) check_paper(paper, workbook ? "" : maker->second);
    known_files_.insert(paper.path);
  }
  for (const auto& [path, wanted] : wanted_)
    if (unseen.contains(wanted.effect)) undigested_.insert(path);
  if (!undigested_.empty())
    note("papers", std::to_string(undigested_.size()) +
                       " 份文书由旧版程序制作，没有留下摘要，不能核对内容。执行 dossier rebuild "
                       "以后就可以核对。");
  for (const char* folder : {"receipts", "queues", "notices", "reports", "archive", "quarantine"})
    look_for_strangers(folder);
}

void Auditor::look_for_strangers(const std::string& folder) {
  for (const Listed& item : files_.list(path_join(options_.outbox, folder))) {
    const std::string path = path_join(folder, item.name);
    if (item.folder)
      look_for_strangers(path);
    else if (!known_files_.contains(path) && !lies_under(waiting_, path) &&
             !lies_under(undigested_, path))
      look_at_stranger(path);
  }
}

/// People may leave files of their own in the outbox. A receipt that the ledger does not know of is another matter.
void Auditor::look_at_stranger(const std::string& path) {
  std::string text;
  if (path.starts_with("receipts/") && path.ends_with(".json") &&
      files_.read(path_join(options_.outbox, path), text)) {
    const Json receipt = parse_json(text);
    const std::string& digest = receipt.value["sha256"].string();
    const bool known = std::any_of(deliveries_.begin(), deliveries_.end(),
                                   [&](const StoredDelivery& d) { return d.sha256 == digest; });
    if (receipt.error.empty() && digest.size() == 64 && !known) {
      wrong(path, "发件箱里有台账不知道的回执：" + path + "（台账可能是从较早的备份恢复的）",
            "请“" + receipt.value["drop"].text() + "”重新投递“" + receipt.value["bundle"].text() +
                "”；内容相同的材料会照常办理。");
      return;
    }
  }
  note(path,
       (lies_under(removed_, path) ? "已收走的文书又出现在发件箱：" : "不是程序放的文件：") + path);
}

}  // namespace pipeline
