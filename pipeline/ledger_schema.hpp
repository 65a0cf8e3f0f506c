#pragma once

#include <string>

#include "pipeline/database.hpp"

// Ledger schema: its tables, and how a ledger of an earlier version becomes one of this.
//
//   writes  what is missing, all in one transaction
//   faults  Stop: a ledger of a later version; one of an earlier version, for who only asks
//
// To change the schema: one more entry at the end of kMigrations; those before it stay as they are.

namespace pipeline {

/// `shown` names the ledger in messages. Who may not upgrade makes the tables of an empty ledger, but changes none.
void open_schema(Database& database, const std::string& shown, bool may_upgrade);

/// The version that this program makes of every ledger it opens.
int schema_version();

}  // namespace pipeline
