#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/ledger/database.h"
#include "core/ledger/entries.h"

namespace hwledger {

struct GenerationQuery {
  std::string model_id;  // Empty: of all models.
  int64_t load_id = 0;   // 0: of all loads.
  int64_t before_id = std::numeric_limits<int64_t>::max();
  int64_t count_max = 100;
};

// How long generations are kept, and how many.
struct LedgerRetention {
  absl::Duration age_max = absl::InfiniteDuration();
  int64_t count_max = std::numeric_limits<int64_t>::max();
};

// The ledger's generations in the database. What writes wants a transaction
// around it.

absl::Status InsertGeneration(Database& database, const GenerationEntry& entry);

// Newest first.
absl::StatusOr<std::vector<GenerationEntry>> SelectGenerations(
    Database& database, const GenerationQuery& query);

// Deletes of the oldest `step` generations those that are not to be kept at
// `now`. Whether it was all of them: then there may be more.
absl::StatusOr<bool> DeleteOldGenerations(Database& database,
                                          const LedgerRetention& retention,
                                          absl::Time now, int64_t step);

}  // namespace hwledger
