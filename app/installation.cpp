#include "app/installation.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "pipeline/fault.hpp"
#include "pipeline/files.hpp"
#include "pipeline/server_address.hpp"
#include "pipeline/sha256.hpp"
#include "stages/decide/decide.hpp"

namespace app {

using pipeline::Fault;
using pipeline::FaultKind;
using pipeline::path_join;

namespace {

/// The secret of this installation: made once, durable before it is used, readable by its owner only.
std::string secret_key(const std::string& state, Access access) {
  const std::string file = path_join(state, "key");
  const auto files = pipeline::make_files();
  std::string key;
  if (files->read(file, key)) {
    if (key.size() < 32) throw Fault(FaultKind::Stop, "read " + file, "it is damaged");
    return key;
  }
  if (access == Access::Asks) return std::string(32, '\0');
  files->make_folders(state);
  key = pipeline::random_bytes(32);
  files->write(file + ".part", key);
  chmod((file + ".part").c_str(), S_IRUSR | S_IWUSR);
  files->sync(state);
  files->rename(file + ".part", file);
  files->sync(state);
  return key;
}

}  // namespace

bool is_shared(const Places& places) {
  return pipeline::is_server_url(places.state);
}

std::string state_folder(const Places& places) {
  if (!is_shared(places)) return places.state;
  if (places.vault.empty())
    throw Fault(FaultKind::Stop, "read --vault",
                "with a ledger on a server it must name the folder of vault and key, the same for "
                "all machines");
  return places.vault;
}

pipeline::Time Installation::now() const {
  return pipeline::make_clock(fixed_now)->now();
}

Settings settings_of(const Places& places) {
  if (places.settings.empty())
    return load_settings(path_join(state_folder(places), "dossier.toml"));
  if (!std::filesystem::exists(places.settings))
    throw Fault(FaultKind::Stop, "read " + places.settings, "there is no such file");
  return load_settings(places.settings);
}

Installation open_installation(const Places& places, Access access, decide::Digest digest) {
  Installation in;
  in.places = places;
  if (!places.now.empty()) {
    in.fixed_now = pipeline::parse_time(places.now);
    if (!in.fixed_now)
      throw Fault(FaultKind::Stop, "read --now",
                  "not a time: " + places.now + " (example: 2026-11-22T10:00:00+08:00)");
  }
  in.settings = settings_of(places);
  in.rules = decide::load_rules(places.templates, in.settings.decide,
                                secret_key(state_folder(places), access), digest);
  return in;
}

pipeline::FileLock lock_state(const Places& places) {
  pipeline::make_files()->make_folders(state_folder(places));
  const std::string file = path_join(state_folder(places), "lock");
  auto lock = pipeline::FileLock::take(file);
  if (!lock)
    throw Fault(FaultKind::Stop, "lock " + state_folder(places),
                "another run holds it: " + pipeline::FileLock::holder(file));
  return *std::move(lock);
}

std::unique_ptr<pipeline::Ledger> open_ledger(const Places& places, Access access) {
  const bool works = access == Access::Works;
  if (is_shared(places)) return pipeline::Ledger::open(places.state, works);
  const std::string file = path_join(places.state, "ledger.sqlite");
  if (!works && !std::filesystem::exists(file)) return pipeline::Ledger::open(":memory:");
  return pipeline::Ledger::open(file, works);
}

Present::Present(const pipeline::Ledger& ledger, const decide::Rules& rules, pipeline::Time now)
    : overlay_(ledger) {
  constexpr int kAll = 1'000'000;
  for (const pipeline::PendingTimer& due : ledger.due_timers(now, kAll))
    overlay_.apply(decide::fire(due.timer, overlay_, now, rules).events);
}

}  // namespace app
