#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/ledger/database.h"
#include "core/ledger/entries.h"

namespace hwledger {

struct LedgerQuery {
  std::string model_id;  // Empty: of all models.
  int64_t before_id = std::numeric_limits<int64_t>::max();
  int64_t count_max = 100;
};

// How far the predictions of one term were off, over all loads of models of one
// architecture: |predicted - measured| / measured, in per cent.
struct TermAccuracy {
  std::string architecture;
  std::string term;
  int64_t entry_count = 0;
  double mean_error_percent = 0;
  double max_error_percent = 0;
};

// The ledger's loads and their terms in the database. What writes wants a
// transaction around it.

// What a load's columns `first` and the next say of a rate. Nothing: null.
std::optional<TokenRate> RateAt(const Statement& row, int first);

// Returns the id given.
absl::StatusOr<int64_t> InsertLoad(Database& database,
                                   const LedgerEntry& entry);

// Fills in what `usage` tells of the load `id`.
absl::Status UpdateLoad(Database& database, int64_t id,
                        const UsageEvent& usage);

// All but the newest `count_max`, with their terms.
absl::Status DeleteOldLoads(Database& database, int64_t count_max);

// Newest first.
absl::StatusOr<std::vector<LedgerEntry>> SelectLoads(Database& database,
                                                     const LedgerQuery& query);

absl::StatusOr<std::vector<TermAccuracy>> SelectAccuracy(Database& database);

}  // namespace hwledger
