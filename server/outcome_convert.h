#pragma once

#include "core/generation_outcome.h"
#include "hwledger/v1/inference.pb.h"

// What a generation came to, as it is told at its end and kept in the ledger.
namespace hwledger {

v1::Usage UsageOf(const GenerationOutcome& outcome);
// Without what it did not come to.
v1::Timings TimingsOf(const GenerationOutcome& outcome);

}  // namespace hwledger
