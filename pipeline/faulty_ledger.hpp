#pragma once

#include <string>
#include <vector>

#include "pipeline/faulty_files.hpp"
#include "pipeline/mishap.hpp"

// The disk under the ledger, on which a mishap happens, too; and what a ledger holds, to be compared.

namespace pipeline {

/// While it lives, every SQLite database of this process that is opened meets the mishap at what it does to a disk. One at a
/// time; what was opened under it is closed before it goes.
class FaultyLedgerDisk {
 public:
  FaultyLedgerDisk(Mishap& mishap, Syncs syncs);
  ~FaultyLedgerDisk();
  FaultyLedgerDisk(const FaultyLedgerDisk&) = delete;
  FaultyLedgerDisk& operator=(const FaultyLedgerDisk&) = delete;
};

/// Every row of every table as "table: values", in order, but for the inode of a delivery. Faults (Stop): it cannot be read.
std::vector<std::string> ledger_rows(const std::string& file);

}  // namespace pipeline
