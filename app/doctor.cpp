#include "app/doctor.hpp"

#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <thread>
#include <utility>

#include "app/commands.hpp"
#include "pipeline/books.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/files.hpp"
#include "pipeline/text.hpp"
#include "stages/decide/rules.hpp"
#include "stages/prepare/foreign.hpp"
#include "stages/produce/fonts.hpp"

namespace app {

using pipeline::Value;

namespace {

/// The folder itself, or the nearest one above it that is there.
std::filesystem::path existing(const std::string& folder) {
  std::filesystem::path at = std::filesystem::absolute(folder);
  while (!std::filesystem::exists(at) && at.has_parent_path()) at = at.parent_path();
  return at;
}

struct Checks {
  Value list = Value::array();
  bool all = true;
  void add(const std::string& what, bool ok, const std::string& detail, const std::string& how) {
    all = all && ok;
    list.push(Value::object(
        {{"what", what}, {"ok", ok}, {"detail", detail}, {"how", ok ? Value() : Value(how)}}));
  }
};

void check_folder(Checks& checks, const std::string& name, const std::string& folder) {
  const auto at = existing(folder);
  const bool writable = access(at.c_str(), W_OK | X_OK) == 0;
  struct statvfs s {};
  std::string detail = folder;
  constexpr double kMb = 1024.0 * 1024.0;
  if (statvfs(at.c_str(), &s) == 0)
    detail += "（可用 " +
              std::to_string(static_cast<long>(static_cast<double>(s.f_bavail) *
                                               static_cast<double>(s.f_frsize) / kMb)) +
              " MB）";
  checks.add(name + "可写", writable, detail, "chown 或 chmod 使运行用户可以写入 " + at.string());
}

/// Readers take system calls away from themselves, which not every machine lets them.
void check_reader(Checks& checks, const prepare::Limits& limits) {
  const std::string name = "外来文件检查进程";
  try {
    prepare::ForeignReaders readers;
    bool answers = true;
    for (const auto& [task, bytes] : {std::pair{prepare::ForeignTask::PdfInspect, "%PDF-"},
                                      {prepare::ForeignTask::ImageBlank, "\xFF\xD8"}})
      answers = answers && readers.read("doctor", task, bytes, limits).answer.has_value();
    checks.add(name, answers, answers ? "可以启动" : "启动后没有回答",
               "在 dossier.toml 的 [limits] 中调大 reader_memory_mb 和 reader_seconds");
  } catch (const pipeline::Fault& fault) {
    checks.add(name, false, fault.what(),
               "在 dossier.toml 的 [limits] 中调大 reader_memory_mb；容器须允许 "
               "seccomp；系统须允许从内存启动程序（vm.memfd_noexec "
               "不为 2），并已安装 libqpdf");
  }
}

std::string told(const produce::FontTrouble& trouble) {
  return trouble.font.file + "（" + trouble.font.setting + "）：" + trouble.why;
}

void check_fonts(Checks& checks, const produce::Fonts& fonts) {
  const auto troubles = produce::font_troubles(fonts);
  for (const produce::FontTrouble& trouble : troubles)
    checks.add("字体", false, told(trouble), trouble.how);
  if (troubles.empty()) {
    std::string names;
    for (const auto* role : {&fonts.song, &fonts.title, &fonts.hei, &fonts.kai, &fonts.fang})
      names +=
          (names.empty() ? "" : "、") + std::filesystem::path(role->front().file).stem().string();
    checks.add("字体", true, "宋、小标宋、黑、楷、仿宋：" + names, "");
  }
}

}  // namespace

Value missing_on_this_machine(const produce::Fonts& fonts) {
  Value missing = Value::array();
  for (const produce::FontTrouble& trouble : produce::font_troubles(fonts))
    missing.push(Value::object({{"what", told(trouble)}, {"how", trouble.how}}));
  return missing;
}

int doctor(const Places& places) {
  Checks checks;
  check_folder(checks, "收件箱", places.inbox);
  check_folder(checks, "发件箱", places.outbox);
  check_folder(checks, "数据目录", state_folder(places));
  try {
    const auto tables = decide::load_tables(places.templates);
    std::size_t problems = 0;
    for (const auto& table : tables) problems += table.check().size();
    checks.add("规则表", !tables.empty() && problems == 0,
               places.templates + "（" + std::to_string(tables.size()) + " 张判定表）",
               "dossier rules check");
    const Installation in = open_installation(places, Access::Asks);
    checks.add("设置和字典", true, places.templates, "");
    check_fonts(checks, in.settings.fonts);
    check_reader(checks, in.settings.limits);
  } catch (const pipeline::Fault& fault) {
    checks.add("规则表和设置", false, fault.what(), "按提示的文件和行号改正");
  }
  if (is_shared(places)) {
    try {
      const auto ledger = open_ledger(places, Access::Asks);
      const std::string lines = pipeline::join(pipeline::Books(*ledger).live_lines(), "、");
      checks.add("台账服务器", true, "可以连接" + (lines.empty() ? "" : "，正在办理：" + lines),
                 "");
    } catch (const pipeline::Fault& fault) {
      checks.add("台账服务器", false, fault.what(), "检查 --state 地址、网络和数据库服务");
    }
  }
  const std::string lock = pipeline::path_join(state_folder(places), "lock");
  if (std::filesystem::exists(lock))
    checks.add("上次运行", true, pipeline::FileLock::holder(lock), "");
  checks.add("处理器", true, std::to_string(std::thread::hardware_concurrency()) + " 核", "");
  if (places.json) {
    std::cout << Value::object({{"ok", checks.all}, {"checks", checks.list}}).dump(true) << "\n";
  } else {
    for (const Value& c : checks.list.items()) {
      std::cout << (c["ok"].boolean() ? "  正常  " : "  缺少  ") << c["what"].string() << "："
                << c["detail"].string() << "\n";
      if (!c["ok"].boolean()) std::cout << "        → " << c["how"].string() << "\n";
    }
  }
  return checks.all ? kDone : kLacking;
}

}  // namespace app
