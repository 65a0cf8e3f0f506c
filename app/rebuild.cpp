#include <iostream>
#include <thread>

#include "app/commands.hpp"
#include "app/make_stages.hpp"
#include "pipeline/books.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/rebuild.hpp"
#include "pipeline/text.hpp"

namespace app {

using pipeline::Value;

namespace {

Value words(const std::vector<std::string>& list) {
  Value out = Value::array();
  for (const std::string& word : list) out.push(word);
  return out;
}

void print_list(const char* what, const std::vector<std::string>& list) {
  constexpr std::size_t kShown = 20;
  if (list.empty()) return;
  std::cout << what << " " << list.size() << " 份\n";
  for (std::size_t i = 0; i < std::min(kShown, list.size()); ++i)
    std::cout << "    " << list[i] << "\n";
  if (list.size() > kShown) std::cout << "    …… 其余见 --json\n";
}

std::string how(pipeline::ProjectionDifference::Kind kind) {
  using Kind = pipeline::ProjectionDifference::Kind;
  switch (kind) {
    case Kind::Altered:
      return "altered";
    case Kind::Missing:
      return "missing";
    case Kind::Unknown:
      return "unknown";
    case Kind::Unreadable:
      return "unreadable";
    case Kind::Lost:
      return "lost";
    case Kind::Index:
      break;
  }
  return "index";
}

std::string in_chinese(const std::string& kind) {
  return kind == "altered"   ? "内容与事件不符"
         : kind == "missing" ? "按事件应当有，却没有"
         : kind == "unknown" ? "没有任何事件产生过它"
         : kind == "lost" ? "不见了或被改动过，按事件不能重建：请从备份恢复"
                          : "检索项与事件不符";
}

/// What a line makes meanwhile would be taken for what somebody changed.
void refuse_beside_lines(const pipeline::Ledger& ledger) {
  const std::vector<std::string> lines = pipeline::Books(ledger).live_lines();
  if (lines.empty()) return;
  throw pipeline::Fault(pipeline::FaultKind::Stop, "rebuild the outbox",
                        "lines are at work on this ledger: " + pipeline::join(lines, ", ") +
                            "; stop them on every machine first (one that died counts until its "
                            "lease runs out)");
}

}  // namespace

int rebuild(const Places& places, bool only_compare) {
  const pipeline::FileLock lock = lock_state(places);
  const Installation in = open_installation(places, Access::Works);
  const auto ledger = open_ledger(places, Access::Works);
  refuse_beside_lines(*ledger);
  const auto files = pipeline::make_files();
  pipeline::LineOptions line;
  line.inbox = places.inbox;
  line.outbox = places.outbox;
  line.state = state_folder(places);
  line.jobs = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const pipeline::Rebuilt r = pipeline::rebuild_outbox(line, {only_compare}, make_stages(in),
                                                       *files, *ledger, pipeline::Observer());
  if (places.json) {
    std::cout << Value::object({{"made", r.made},
                                {"same", r.same},
                                {"restored", words(r.restored)},
                                {"replaced", words(r.replaced)},
                                {"kept", words(r.kept)},
                                {"renewed", words(r.renewed)},
                                {"different", words(r.different)},
                                {"failed", words(r.failed)},
                                {"changed_anything", !only_compare}})
                     .dump(true)
              << "\n";
  } else {
    std::cout << "按台账和存档重新制作了 " << r.made << " 份文书：与发件箱相同的 " << r.same
              << " 份。\n";
    print_list(only_compare ? "发件箱里缺少" : "补齐了发件箱里缺少的", r.restored);
    print_list(only_compare ? "发件箱里的与原件不同" : "换回了与原件不同的", r.replaced);
    print_list("换下的文件留在原处，改名为（填过的请投递出去）", r.kept);
    print_list("保留原件（按现在的模板或程序制作会略有不同）", r.renewed);
    print_list("其中与第一次制作的字节不同（模板或程序此后改过）", r.different);
    print_list("没有做成", r.failed);
    if (only_compare) std::cout << "只是比较，没有改动任何文件。\n";
  }
  if (!r.failed.empty()) return kFault;
  return only_compare && r.restored.size() + r.replaced.size() > 0 ? kFault : kDone;
}

int rebuild_projections(const Places& places) {
  const pipeline::FileLock lock = lock_state(places);
  const auto ledger = open_ledger(places, Access::Works);
  constexpr std::size_t kNamed = 1000;
  pipeline::Transaction transaction(*ledger);
  const pipeline::Books books(*ledger);
  const auto found = books.compare_projections(kNamed);
  for (const pipeline::ProjectionDifference& d : found)
    if (d.kind == pipeline::ProjectionDifference::Kind::Unreadable)
      throw pipeline::Fault(pipeline::FaultKind::Stop, "rebuild the projections",
                            "event " + d.key +
                                " cannot be read; nothing was replaced. Restore the ledger from a "
                                "backup (docs/administrators.md)");
  Value differences = Value::array();
  std::int64_t lost = 0;
  for (const pipeline::ProjectionDifference& d : found) {
    if (d.kind == pipeline::ProjectionDifference::Kind::Lost) ++lost;
    differences.push(
        Value::object({{"space", d.space}, {"key", d.key}, {"difference", how(d.kind)}}));
  }
  const bool replaces = lost < std::ssize(found);
  // What is about to be replaced is told first.
  if (places.json) {
    std::cout << Value::object({{"replaced", replaces}, {"differences", differences}}).dump(true)
              << std::endl;
  } else {
    for (const Value& d : differences.items())
      std::cout << d["space"].text() << "/" << d["key"].text() << "  "
                << in_chinese(d["difference"].text()) << "\n";
    std::cout << (found.empty() ? "资料与事件完全相同，不需要替换。"
                                : "以上 " + std::to_string(found.size()) +
                                      " 项与事件不同，能按事件重建的现在替换。")
              << std::endl;
  }
  if (replaces) books.replace_projections();
  transaction.commit();
  return lost > 0 ? kFault : kDone;
}

}  // namespace app
