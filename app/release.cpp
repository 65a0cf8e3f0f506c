#include <algorithm>
#include <filesystem>
#include <iostream>
#include <optional>

#include "app/commands.hpp"
#include "pipeline/books.hpp"
#include "pipeline/inbox.hpp"
#include "pipeline/sha256.hpp"
#include "pipeline/stored_path.hpp"
#include "pipeline/text.hpp"
#include "pipeline/vault.hpp"

namespace app {

using pipeline::path_join;
using pipeline::StoredDelivery;
using pipeline::Value;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kDigits = 12;

/// What the words name: "…/quarantine/<drop>/<12 hex>/file", its folder, or the digits alone.
struct Named {
  std::string digits, drop;
};

std::optional<Named> parse(const std::string& what) {
  const std::vector<std::string_view> parts = pipeline::split(what, '/');
  for (std::size_t i = parts.size(); i-- > 0;) {
    const std::string_view part = parts[i];
    if (part.size() < kDigits || part.size() > 64 ||
        part.find_first_not_of("0123456789abcdef") != part.npos)
      continue;
    const bool below = i >= 2 && parts[i - 2] == "quarantine";
    return Named{std::string(part), below ? std::string(parts[i - 1]) : ""};
  }
  return std::nullopt;
}

/// The last delivery of these bytes from that drop, whatever became of it.
std::optional<StoredDelivery> find(const pipeline::Ledger& ledger, const Named& named) {
  std::optional<StoredDelivery> found;
  bool quarantined = false;
  pipeline::Books(ledger).each_delivery([&](const StoredDelivery& d) {
    if (!d.sha256.starts_with(named.digits)) return;
    if (!named.drop.empty() && pipeline::shorten(d.drop, pipeline::kLongestName) != named.drop)
      return;
    quarantined = quarantined || d.result == pipeline::name(pipeline::Result::Quarantined);
    found = d;
  });
  return quarantined ? found : std::nullopt;
}

/// Where it lay, in the inbox of today.
std::string old_place(const Places& places, const StoredDelivery& d) {
  const fs::path path(pipeline::from_stored(d.path));
  const std::string folder = d.drop == "public"
                                 ? places.inbox
                                 : path_join(places.inbox, path.parent_path().filename().string());
  return path_join(folder, path.filename().string());
}

int refuse(const Places& places, const std::string& why) {
  if (places.json)
    std::cout << Value::object({{"released", false}, {"message", why}}).dump(true) << "\n";
  else
    std::cerr << why << "\n";
  return kUsage;
}

/// A file that somebody has repaired is another file: it is dropped, not released.
bool is_untouched(pipeline::Files& files, const std::string& what, const StoredDelivery& d) {
  const std::string name = fs::path(what).filename().string();
  if (!files.look(what) || name == "reason.json" || name == "原因.txt") return true;
  return pipeline::sha256_file(what) == d.sha256;
}

}  // namespace

int release(const Places& places, const std::string& what) {
  const auto named = parse(what);
  if (!named)
    return refuse(places, "这不是隔离区里的文件：" + what +
                              "。请写 quarantine/<文件夹>/<12 位编号>，原因.txt 里有完整的命令。");
  const Installation in = open_installation(places, Access::Works);
  const auto ledger = open_ledger(places, Access::Asks);
  const auto files = pipeline::make_files();
  const auto found = find(*ledger, *named);
  if (!found)
    return refuse(places, "台账里没有被隔离过的这份材料：" + what + "。没有改动任何文件。");
  if (found->result != pipeline::name(pipeline::Result::Quarantined))
    return refuse(places,
                  "这份材料后来已经再次办理（" + pipeline::chinese_time(found->received_at) + "，" +
                      in.rules->dictionary.label("result", found->result) + "），不需要放回。");
  if (!is_untouched(*files, what, *found))
    return refuse(places, "这个文件与当时隔离的不同：" + what + "。改过的文件请直接投递到 " +
                              pipeline::parent_folder(old_place(places, *found)) + "。");
  const std::string place = old_place(places, *found);
  const std::string busy =
      "收件箱里已有同名的文件，不会覆盖：" + place + "。请等它办理完，或先把它移开，再执行一次。";
  if (files->look(place)) return refuse(places, busy);

  const pipeline::Vault vault(*files, path_join(state_folder(places), "vault"));
  const std::string kept = vault.path(found->sha256);
  if (!files->look(kept) || pipeline::sha256_file(kept) != found->sha256)
    return refuse(places, "存档里没有完好的原文件（" + found->sha256 +
                              "），请执行 dossier audit --deep 查看。");
  const std::string folder = pipeline::parent_folder(place);
  const std::string hidden = path_join(folder, '.' + found->sha256.substr(0, kDigits) + ".part");
  const std::string set_aside = "quarantine/" +
                                pipeline::shorten(found->drop, pipeline::kLongestName) + '/' +
                                found->sha256.substr(0, kDigits);
  files->make_folders(folder);
  files->copy(kept, hidden);
  files->sync(folder);

  // Put back while nobody else can write: a line that finds it at once can only record its decision after ours, and a name that
  // is taken leaves nothing recorded. After a crash in between the file merely lies in the inbox again.
  pipeline::Outcome outcome;
  outcome.events.push_back({"released",
                            "",
                            Value::object({{"bundle", found->name},
                                           {"drop", found->drop},
                                           {"sha256", found->sha256},
                                           {"delivery", found->id}}),
                            {}});
  outcome.effects.push_back({"remove", set_aside, Value(), std::nullopt});
  std::int64_t effect = 0;
  {
    pipeline::Transaction transaction(*ledger);
    ledger->commit_deed(found->id, outcome, in.rules->digest, in.now());
    effect = ledger->new_effects().back();
    if (!files->rename_to_free(hidden, place)) {
      files->remove(hidden);
      return refuse(places, busy);
    }
    files->sync(folder);
    transaction.commit();
  }
  pipeline::Transaction transaction(*ledger);
  // Quarantined anew meanwhile, the folder is the new one.
  if (!ledger->answered_later(effect, set_aside))
    files->remove_tree(path_join(places.outbox, set_aside));
  ledger->mark_done(effect);
  transaction.commit();
  if (places.json)
    std::cout << Value::object({{"released", true}, {"file", place}, {"sha256", found->sha256}})
                     .dump(true)
              << "\n";
  else
    std::cout << "已放回收件箱：" << place
              << "。下次办理（dossier run）时重新受理，隔离文件夹已收走。\n";
  return kDone;
}

}  // namespace app
