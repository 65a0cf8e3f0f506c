#include <algorithm>
#include <iostream>

#include "app/commands.hpp"
#include "pipeline/books.hpp"
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

/// Of the only line, and of those that share a ledger.
std::vector<std::string> troubles_files(pipeline::Files& files, const std::string& state) {
  std::vector<std::string> all{pipeline::troubles_file(state)};
  const std::string lines = path_join(state, "lines");
  for (const pipeline::Listed& file : files.list(lines))
    if (file.name.ends_with(".troubles.json")) all.push_back(path_join(lines, file.name));
  return all;
}

}  // namespace

int line_status(const Places& places) {
  const auto files = pipeline::make_files();
  const auto ledger = open_ledger(places, Access::Asks);
  const pipeline::Scan inbox = scan_inbox(*files, places.inbox);
  const std::string state = state_folder(places);
  Value troubles = Value::array();
  for (const std::string& file : troubles_files(*files, state)) {
    std::string text;
    if (!files->read(file, text)) continue;
    const pipeline::Json read = pipeline::parse_json(text);
    if (!read.error.empty()) continue;
    for (const Value& trouble : read.value.items()) troubles.push(trouble);
  }
  const auto next = ledger->next_timer();
  Value lines = Value::array();
  for (const std::string& seat : pipeline::Books(*ledger).live_lines()) lines.push(seat);
  const Value answer =
      Value::object({{"last_run_by", pipeline::FileLock::holder(path_join(state, "lock"))},
                     {"lines", lines},
                     {"in_inbox", static_cast<std::int64_t>(inbox.deliveries.size())},
                     {"papers_pending", ledger->papers_pending()},
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
  for (const Value& seat : lines.items()) std::cout << "正在办理：" << seat.string() << "\n";
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
