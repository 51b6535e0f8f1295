#pragma once

#include "core/engine/link.h"
#include "hwledger/runner/v1/runner.pb.h"

// What the daemon tells a runner. The messages come from the same build and are
// complete.
namespace hwledger {

runner::v1::Command ToProto(const Command& command);
Command FromProto(const runner::v1::Command& command);

}  // namespace hwledger
