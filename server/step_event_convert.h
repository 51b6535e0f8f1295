#pragma once

#include "core/engine/link.h"
#include "hwledger/runner/v1/runner.pb.h"

// What the daemon hears from a runner. The messages come from the same build
// and are complete.
namespace hwledger {

runner::v1::GenerationEvent ToProto(const StepEvent& event);
StepEvent FromProto(const runner::v1::GenerationEvent& event);

}  // namespace hwledger
