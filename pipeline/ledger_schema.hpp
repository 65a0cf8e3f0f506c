#pragma once

#include <string>

#include "pipeline/database.hpp"

namespace pipeline {

/// Makes the tables in a new database. Faults (Stop): tables of another version.
void open_schema(Database& database, const std::string& place);

}  // namespace pipeline
