#pragma once

#include <cstdint>

#include "clients/cli/command_line.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// A conversation of a few pages. `plan` takes a model's own maximum where that
// is less.
inline constexpr int32_t kDefaultSequenceLength = 8192;

// The options of whatever predicts, but for the length of the sequences:
// devices, sequences, quantization, cache, method. `request` must outlive
// `command`.
void AddPredictionOptions(CLI::App& command, v1::EstimateVramRequest& request);

}  // namespace hwledger
