#pragma once

#include <memory>
#include <string>

#include "app/installation.hpp"
#include "pipeline/files.hpp"

// Seat: what keeps two runs apart.
//
//   takes   places
//   gives   the state folder locked; with a ledger on a server, the first free of this machine's names (host-1, host-2 …)
//   faults  Stop: another run holds the state folder

namespace app {

struct Seat {
  pipeline::FileLock lock;
  std::string name;  ///< "" if this run is the only one
};

Seat take_seat(const Places& places, pipeline::Files& files);

/// Opens the installation while no other machine does, and makes sure that all have the same key.
Installation open_together(const Places& places, pipeline::Ledger& ledger);

}  // namespace app
