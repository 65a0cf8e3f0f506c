#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <set>

#include "app/commands.hpp"
#include "pipeline/audit.hpp"
#include "pipeline/books.hpp"
#include "pipeline/fault.hpp"
#include "pipeline/vault.hpp"

namespace app {

using pipeline::Fault;
using pipeline::FaultKind;
using pipeline::path_join;
using pipeline::Value;

namespace {

namespace fs = std::filesystem;

struct Copied {
  std::int64_t files = 0, bytes = 0;
};

/// What the copied ledger refers to: it was durable before the ledger said so.
Copied copy_vault(pipeline::Files& files, const pipeline::Ledger& ledger,
                  const pipeline::Vault& from, const pipeline::Vault& to) {
  Copied copied;
  std::set<std::string> seen;
  pipeline::Books(ledger).each_delivery([&](const pipeline::StoredDelivery& d) {
    if (!seen.insert(d.sha256).second) return;
    const auto there = files.look(from.path(d.sha256));
    if (!there) return;  // the audit of the copy tells it
    files.make_folders(pipeline::parent_folder(to.path(d.sha256)));
    files.share(from.path(d.sha256), to.path(d.sha256));
    ++copied.files;
    copied.bytes += static_cast<std::int64_t>(there->size);
  });
  return copied;
}

void copy_tree(pipeline::Files& files, const std::string& from, const std::string& to) {
  files.make_folders(to);
  for (const pipeline::Listed& item : files.list(from)) {
    if (item.folder)
      copy_tree(files, path_join(from, item.name), path_join(to, item.name));
    else
      files.copy(path_join(from, item.name), path_join(to, item.name));
  }
}

void copy_secret(pipeline::Files& files, const std::string& from, const std::string& to) {
  std::string key;
  if (!files.read(from, key)) return;
  files.write(to, "");
  chmod(to.c_str(), S_IRUSR | S_IWUSR);
  files.write(to, key);
}

/// What a fault leaves is of no use.
struct Unfinished {
  pipeline::Files& files;
  const std::string folder;
  Unfinished(pipeline::Files& in, std::string what) : files(in), folder(std::move(what)) {}
  Unfinished(const Unfinished&) = delete;
  Unfinished& operator=(const Unfinished&) = delete;
  ~Unfinished() {
    try {
      files.remove_tree(folder);
    } catch (const Fault&) {
      // The fault that is under way says more.
    }
  }
};

void print(const Value& said) {
  std::cout << "备份完成：" << said["backup"].text() << "\n  投递 " << said["deliveries"].text()
            << " 件，存档 " << said["vault_files"].text() << " 个文件，"
            << said["vault_bytes"].integer() / (1 << 20)
            << " MB；台账、密钥、设置、规则表都在内。\n";
  if (said["holds"].boolean()) {
    std::cout << "  逐字节核对：全部相符。";
  } else {
    std::cout << "  逐字节核对：有不符之处，原来的数据就是如此：\n";
    for (const Value& p : said["problems"].items())
      std::cout << "    " << p["message"].text() << "\n      怎么办：" << p["todo"].text() << "\n";
  }
  std::cout << "\n  末端摘要：" << said["delivery_head"].text() << "  " << said["event_head"].text()
            << "\n恢复方法见管理员手册“恢复”一节。备份里有密钥和全部材料，请妥善保管，最好放在另一"
               "台机器上。\n";
}

}  // namespace

int backup(const Places& places, const std::string& wanted) {
  std::string folder = wanted;
  while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
  const Installation in = open_installation(places, Access::Asks);
  if (is_shared(places))
    throw Fault(FaultKind::Stop, "back up the ledger",
                "it lies on PostgreSQL: copy it with pg_dump, and the vault afterwards");
  if (!fs::exists(path_join(places.state, "ledger.sqlite")))
    throw Fault(FaultKind::Stop, "back up " + places.state, "there is no ledger");
  if (fs::exists(folder))
    throw Fault(FaultKind::Stop, "back up to " + folder,
                "it is there already; a backup is a new folder each time");
  const auto files = pipeline::make_files();
  // Never a folder that was there: it may be somebody's.
  const std::string beside = folder + ".part-" + std::to_string(getpid());
  if (fs::exists(beside))
    throw Fault(FaultKind::Stop, "back up to " + beside,
                "it is there already; move it away or give the command again");
  const Unfinished unfinished{*files, beside};
  files->make_folders(path_join(beside, "state/vault"));
  const std::string state = path_join(beside, "state");
  const std::string copy = path_join(state, "ledger.sqlite");
  {
    const auto ledger = open_ledger(places, Access::Asks);
    pipeline::Books(*ledger).copy_to(copy);
  }
  Copied copied;
  pipeline::Audit checked;
  {
    const auto ledger = pipeline::Ledger::open(copy);
    copied = copy_vault(*files, *ledger,
                        pipeline::Vault(*files, path_join(state_folder(places), "vault")),
                        pipeline::Vault(*files, path_join(state, "vault")));
    copy_secret(*files, path_join(state_folder(places), "key"), path_join(state, "key"));
    const std::string settings =
        places.settings.empty() ? path_join(state_folder(places), "dossier.toml") : places.settings;
    if (files->look(settings)) files->copy(settings, path_join(state, "dossier.toml"));
    copy_tree(*files, places.templates, path_join(beside, "templates"));
    files->sync(beside);
    pipeline::AuditOptions options;
    options.vault = path_join(state, "vault");
    options.papers = false;
    options.deep = true;
    checked = pipeline::audit(options, *files, *ledger);
  }
  Value problems = Value::array();
  for (const pipeline::Problem& p : checked.problems)
    problems.push(Value::object({{"message", p.message}, {"todo", p.todo}}));
  const Value said = Value::object({{"backup", folder},
                                    {"made_at", pipeline::iso_time(in.now())},
                                    {"deliveries", checked.bundles.received},
                                    {"vault_files", copied.files},
                                    {"vault_bytes", copied.bytes},
                                    {"rules", in.rules->digest},
                                    {"delivery_head", checked.delivery_head},
                                    {"event_head", checked.event_head},
                                    {"holds", checked.holds()},
                                    {"problems", std::move(problems)}});
  files->write(path_join(beside, "backup.json"), said.dump(true) + "\n");
  files->sync(beside);
  files->rename(beside, folder);
  const std::string above = pipeline::parent_folder(folder);
  files->sync(above.empty() ? "." : above);
  if (places.json)
    std::cout << said.dump(true) << "\n";
  else
    print(said);
  return checked.holds() ? kDone : kFault;
}

}  // namespace app
