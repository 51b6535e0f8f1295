#pragma once

#include "absl/status/status.h"
#include "core/ledger/database.h"

namespace hwledger {

// Brings a database to the tables of this version: an empty one, or one that an
// older version has written, of which nothing is lost. FailedPrecondition: a
// newer version has written it.
absl::Status PrepareSchema(Database& database);

}  // namespace hwledger
