#pragma once

#include "clients/cli/command_line.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// The options of whatever predicts, but for the length of the sequences:
// devices, sequences, quantization, cache, method. `request` must outlive
// `command`.
void AddPredictionOptions(CLI::App& command, v1::EstimateVramRequest& request);

}  // namespace hwledger
