#include <algorithm>
#include <iostream>
#include <limits>

#include "app/commands.hpp"
#include "pipeline/files.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/json.hpp"
#include "pipeline/troubles.hpp"

namespace app {

using pipeline::path_join;
using pipeline::Value;

namespace {

std::string label(const std::string& what) {
  if (what == "disk_full") return "磁盘空间不足，暂不收件";
  if (what == "left_in_inbox") return "材料暂时读不出或存不下，仍在收件箱";
  if (what == "unreadable_folder") return "文件夹打不开";
  if (what == "papers_pending") return "文书暂未生成";
  if (what == "line_failed") return "处理中断";
  return what;
}

}  // namespace

int line_status(const Places& places) {
  const auto files = pipeline::make_files();
  const auto ledger = open_ledger(places, Access::Asks);
  const pipeline::Scan inbox = scan_inbox(*files, places.inbox);
  std::string text;
  Value troubles = Value::array();
  if (files->read(pipeline::troubles_file(places.state), text))
    if (const pipeline::Json read = pipeline::parse_json(text); read.error.empty())
      troubles = read.value;
  const auto next = ledger->next_timer();
  const Value answer = Value::object(
      {{"last_run_by", pipeline::FileLock::holder(path_join(places.state, "lock"))},
       {"in_inbox", static_cast<std::int64_t>(inbox.deliveries.size())},
       {"papers_pending",
        static_cast<std::int64_t>(ledger->pending_effects(std::numeric_limits<int>::max()).size())},
       {"next_timer", next ? Value(pipeline::iso_time(*next)) : Value()},
       {"troubles", troubles}});
  if (places.json) {
    std::cout << answer.dump(true) << "\n";
    return kDone;
  }
  std::cout << "收件箱待处理 " << answer["in_inbox"].text() << " 件，待生成文书 "
            << answer["papers_pending"].text() << " 份。\n";
  if (next) std::cout << "下一个到期事项：" << pipeline::chinese_time(*next) << "\n";
  if (const std::string& by = answer["last_run_by"].string(); !by.empty())
    std::cout << "最近一次运行：" << by << "\n";
  for (const Value& trouble : troubles.items()) {
    std::cout << "  " << label(trouble["what"].string()) << "（自 " << trouble["since"].string()
              << " 起，已尝试 " << trouble["tries"].text() << " 次）";
    for (const char* member : {"path", "folder", "why"})
      if (trouble.has(member)) std::cout << " " << trouble[member].string();
    std::cout << "\n";
  }
  if (troubles.size() == 0) std::cout << "没有故障。\n";
  return kDone;
}

}  // namespace app
