#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "core/device.h"
#include "core/ledger/database.h"

namespace hwledger {

// The best rates that each device ever showed: they do not change, and what is
// measured while others use the machine is too low. Takes over what `devices`
// show that is better and gives them what was. `core_count`: the cores that
// their rates were measured with. Wants a transaction around it.
absl::Status KeepBestRates(Database& database, int64_t core_count,
                           std::vector<Device>& devices);

}  // namespace hwledger
