#pragma once

#include "clients/cli/command_line.h"
#include "hwledger/v1/inference.pb.h"

namespace hwledger {

// How tokens are chosen. `sampling` must outlive `command`.
void AddSamplingOptions(CLI::App& command, v1::Sampling& sampling);

}  // namespace hwledger
