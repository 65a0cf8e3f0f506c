#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/settings.hpp"
#include "pipeline/files.hpp"
#include "pipeline/ledger.hpp"
#include "pipeline/time.hpp"
#include "stages/decide/rules.hpp"

// Installation: the folders a command works on, and what is loaded from them. Every command begins here.

namespace app {

/// Options that every command accepts.
struct Places {
  std::string inbox = "inbox", outbox = "outbox", state = "state", templates = "templates";
  std::string
      vault;  ///< with a ledger on a server: the folder of all that else lies in the state folder
  std::string settings;  ///< default: dossier.toml in the state folder
  std::string now;       ///< "": the machine's clock
  bool json = false;
};

/// The ledger is on a server, and other machines may work with it.
bool is_shared(const Places& places);
/// The folder of vault, key, fonts and settings. Faults (Stop): a ledger on a server, and no --vault.
std::string state_folder(const Places& places);

/// Its dossier.toml. Faults (Stop): a settings file that was named and is not there, a setting that is wrong.
Settings settings_of(const Places& places);

struct Installation {
  Places places;
  Settings settings;
  std::optional<pipeline::Time> fixed_now;
  std::shared_ptr<const decide::Rules> rules;

  pipeline::Time now() const;
};

/// Whether the command may write into the state folder: only then are folder and key made.
enum class Access { Asks, Works };

/// Faults (Stop): a time that is none, a setting or a table that is wrong.
Installation open_installation(const Places& places, Access access,
                               decide::Digest digest = decide::Digest::Taken);

/// Nobody else works on this state folder while it is held. Faults (Stop): who holds it.
pipeline::FileLock lock_state(const Places& places);

/// The ledger, or an empty one if nothing was received yet. One of an older program is carried over for who works on it, and
/// holds the lock; for who asks it is a fault (Stop), for a line of that program may be at work.
std::unique_ptr<pipeline::Ledger> open_ledger(const Places& places, Access access);

/// What the ledger would say at `now`: with the timers fired that are due, without writing anything.
class Present {
 public:
  Present(const pipeline::Ledger& ledger, const decide::Rules& rules, pipeline::Time now);
  const pipeline::View& view() const { return overlay_; }

 private:
  pipeline::Overlay overlay_;
};

}  // namespace app
