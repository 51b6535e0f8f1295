#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "core/ledger/database.h"
#include "core/planner/calibration.h"

namespace hwledger {

// What the newest generations and loads in the database tell about this
// machine. Of loads that left cores idle nothing is taken: it is as many
// threads as `core_count` that a prediction is about.
absl::StatusOr<Measurements> SelectMeasurements(Database& database,
                                                int64_t core_count);

}  // namespace hwledger
