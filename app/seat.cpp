#include "app/seat.hpp"

#include <unistd.h>

#include "pipeline/fault.hpp"
#include "pipeline/lines.hpp"
#include "pipeline/sha256.hpp"

namespace app {

using pipeline::Fault;
using pipeline::FaultKind;
using pipeline::path_join;

namespace {

std::string host_name() {
  char host[256] = "";
  gethostname(host, sizeof host - 1);
  std::string name;
  for (const char* c = host; *c; ++c)
    name += std::isalnum(static_cast<unsigned char>(*c)) || *c == '-' || *c == '.' ? *c : '_';
  return name;
}

}  // namespace

Seat take_seat(const Places& places, pipeline::Files& files) {
  const std::string state = state_folder(places);
  files.make_folders(state);
  if (!is_shared(places)) {
    const std::string file = path_join(state, "lock");
    if (auto lock = pipeline::FileLock::take(file)) return {std::move(*lock), ""};
    throw Fault(FaultKind::Stop, "lock " + state,
                "another run holds it: " + pipeline::FileLock::holder(file));
  }
  if (pipeline::FileLock::is_held(path_join(state, "lock")))
    throw Fault(FaultKind::Stop, "lock " + state,
                "a rebuild holds it: " + pipeline::FileLock::holder(path_join(state, "lock")));
  files.make_folders(path_join(state, "lines"));
  for (int number = 1;; ++number) {
    const std::string name = host_name() + '-' + std::to_string(number);
    const std::string file = path_join(state, "lines/" + name + ".lock");
    if (auto lock = pipeline::FileLock::take(file)) return {std::move(*lock), name};
    constexpr int kMost = 100;
    if (number == kMost)
      throw Fault(FaultKind::Stop, "lock " + file,
                  "a hundred runs on this machine hold the others");
  }
}

Installation open_together(const Places& places, pipeline::Ledger& ledger) {
  if (!is_shared(places)) return open_installation(places, Access::Works);
  // The first of them makes the key, and nobody else meanwhile.
  pipeline::Transaction alone(ledger);
  Installation in = open_installation(places, Access::Works);
  std::string key;
  pipeline::make_files()->read(path_join(state_folder(places), "key"), key);
  const std::string fingerprint = pipeline::sha256("dossier key " + key);
  const std::string known = ledger.meta("key");
  if (known.empty())
    ledger.set_meta("key", fingerprint);
  else if (known != fingerprint)
    throw Fault(
        FaultKind::Stop, "use the key in " + state_folder(places),
        "this ledger was begun with another: --vault must be the same folder for all machines");
  alone.commit();
  return in;
}

}  // namespace app
