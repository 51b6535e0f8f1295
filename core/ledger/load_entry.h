#pragma once

#include "core/ledger/entries.h"
#include "core/runner_snapshot.h"

namespace hwledger {

// What there is to record of a runner whose model is loaded. What a GPU's
// driver takes beside the model is left out: the engine does not count it.
LedgerEntry LoadEntryOf(const RunnerSnapshot& runner);

}  // namespace hwledger
