#include <algorithm>
#include <iostream>
#include <memory>
#include <set>
#include <utility>

#include "app/commands.hpp"
#include "app/make_stages.hpp"
#include "pipeline/audit.hpp"
#include "stages/prepare/prepare.hpp"

namespace app {

using pipeline::Audit;
using pipeline::path_join;
using pipeline::Problem;
using pipeline::Value;

namespace {

constexpr const char* kResults[] = {"accepted", "not_submitted", "refused", "quarantined",
                                    "duplicate"};
constexpr const char* kRoles[] = {"form", "attachment", "ignored", "rejected"};

Value shown(const pipeline::Conservation& c) {
  Value out = Value::object({{"received", c.received}});
  for (std::size_t i = 0; i < c.results.size(); ++i) out.set(kResults[i], c.results[i]);
  out.set("in_work", c.in_work);
  out.set("holds", c.holds());
  return out;
}

Value shown(const std::vector<Problem>& problems) {
  Value list = Value::array();
  for (const Problem& p : problems)
    list.push(Value::object({{"check", p.check},
                             {"subject", p.subject},
                             {"message", p.message},
                             {"todo", p.todo.empty() ? Value() : Value(p.todo)}}));
  return list;
}

Value shown(const Audit& a, bool deep, bool running) {
  Value entries = shown(a.entries);
  for (std::size_t i = 0; i < a.roles.size(); ++i) entries.set(kRoles[i], a.roles[i]);
  Value checks = Value::array();
  for (const pipeline::Check& c : a.checks)
    checks.push(Value::object(
        {{"check", c.name}, {"label", c.label}, {"checked", c.checked}, {"failed", c.failed}}));
  return Value::object({{"holds", a.holds()},
                        {"deep", deep},
                        {"running", running},
                        {"bundles", shown(a.bundles)},
                        {"entries", std::move(entries)},
                        {"checks", std::move(checks)},
                        {"delivery_head", a.delivery_head},
                        {"event_head", a.event_head},
                        {"pending_papers", a.pending_papers},
                        {"pending_timers", a.pending_timers},
                        {"problems", shown(a.problems)},
                        {"notes", shown(a.notes)}});
}

/// "收到 12 件 = 受理 8 + 未提交 1 + …"
void print_sum(const char* what, const char* unit, const Value& c) {
  const auto n = [&](const char* key) { return c[key].text(); };
  std::cout << "  " << what << "  收到 " << n("received") << " " << unit << " = 受理 "
            << n("accepted") << " + 未提交 " << n("not_submitted") << " + 未受理 " << n("refused")
            << " + 重复 " << n("duplicate") << " + 隔离 " << n("quarantined") << " + 办理中 "
            << n("in_work") << (c["holds"].boolean() ? "    相符\n" : "    不符\n");
}

void print(const Value& a, const std::string& at) {
  std::cout << "核对时间  " << at << (a["running"].boolean() ? "（办理程序正在运行）" : "")
            << "\n\n一、件数\n";
  print_sum("材料", "件", a["bundles"]);
  const Value& e = a["entries"];
  print_sum("文件", "个", e);
  std::cout << "        其中 表单 " << e["form"].text() << "，附件 " << e["attachment"].text()
            << "，不采用 " << e["ignored"].text() << "，不接受 " << e["rejected"].text()
            << "；办理中的材料还没有打开，其中的文件没有计入\n";
  if (a["pending_papers"].integer() > 0)
    std::cout << "        还有 " << a["pending_papers"].text()
              << " 份文书待制作（执行 dossier run）\n";
  std::cout << "\n二、逐项核对\n";
  for (const Value& c : a["checks"].items())
    std::cout << "  " << (c["failed"].integer() == 0 ? "相符" : "不符") << "  " << c["label"].text()
              << (c["checked"].integer() > 0 ? "  " + c["checked"].text() + " 项" : "")
              << (c["failed"].integer() > 0 ? "，其中不符 " + c["failed"].text() + " 项" : "")
              << "\n";
  if (a["notes"].size() > 0) std::cout << "\n三、说明（不影响结论）\n";
  constexpr std::size_t kNotes = 20;
  for (std::size_t i = 0; i < std::min(kNotes, a["notes"].size()); ++i)
    std::cout << "  · " << a["notes"][i]["message"].text() << a["notes"][i]["todo"].text() << "\n";
  if (a["notes"].size() > kNotes)
    std::cout << "  · 另有 " << a["notes"].size() - kNotes << " 条，见 --json\n";
  std::cout << "\n结论  ";
  if (a["holds"].boolean()) {
    std::cout << "全部相符：没有丢失，没有重复，没有改动。\n";
  } else {
    std::cout << "有不符之处：\n";
    int number = 0;
    for (const Value& p : a["problems"].items())
      std::cout << "  " << ++number << ". " << p["message"].text() << "\n     怎么办："
                << p["todo"].text() << "\n";
  }
  if (!a["delivery_head"].text().empty())
    std::cout << "\n请把下面的末端摘要抄存在别处（纸上或另一台机器），下次用 dossier audit --head "
                 "核对：\n  "
              << a["delivery_head"].text()
              << (a["event_head"].text().empty() ? "" : "\n  " + a["event_head"].text()) << "\n";
  if (!a["deep"].boolean())
    std::cout << "\n本次只核对了存档文件的有无和大小；逐字节核对请用 dossier audit --deep。\n";
}

/// While the line works, a paper may be replaced between our reading of the ledger and of the file: what counts is what both
/// saw.
void keep_common(const Audit& first, Audit& second) {
  std::set<std::pair<std::string, std::string>> seen;
  for (const Problem& p : first.problems) seen.emplace(p.check, p.subject);
  std::erase_if(second.problems, [&](const Problem& p) {
    return !seen.contains({p.check, p.subject});
  });
  for (pipeline::Check& check : second.checks)
    check.failed = std::count_if(second.problems.begin(), second.problems.end(),
                                 [&](const Problem& p) { return p.check == check.name; });
}

pipeline::AuditOptions audit_options(const Installation& in, bool deep) {
  pipeline::AuditOptions options;
  options.inbox = in.places.inbox;
  options.outbox = in.places.outbox;
  options.vault = path_join(state_folder(in.places), "vault");
  options.deep = deep;
  const auto rules = std::make_shared<const prepare::Rules>(prepare_rules(in));
  options.open = [rules](const pipeline::Delivery& delivery,
                         std::string_view bytes) -> std::optional<std::vector<pipeline::Entry>> {
    if (bytes.size() > rules->limits.bundle_mb << 20) return std::nullopt;
    return prepare::prepare(delivery, bytes, *rules).entries;
  };
  return options;
}

}  // namespace

int audit(const Places& places, const AuditCommand& command) {
  const Installation in = open_installation(places, Access::Asks);
  const auto ledger = open_ledger(places, Access::Asks);
  const auto files = pipeline::make_files();
  pipeline::AuditOptions options = audit_options(in, command.deep);
  options.heads = command.heads;
  const bool running = pipeline::FileLock::is_held(path_join(state_folder(places), "lock")) ||
                       !pipeline::Books(*ledger).live_lines().empty();
  Audit found = pipeline::audit(options, *files, *ledger);
  for (int again = 0; running && again < 2 && !found.problems.empty(); ++again) {
    Audit second = pipeline::audit(options, *files, *ledger);
    keep_common(found, second);
    found = std::move(second);
  }
  const Value answer = shown(found, command.deep, running);
  if (places.json)
    std::cout << answer.dump(true) << "\n";
  else
    print(answer, pipeline::chinese_time(in.now()));
  return found.holds() ? kDone : kFault;
}

}  // namespace app
