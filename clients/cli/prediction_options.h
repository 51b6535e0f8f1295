#pragma once

#include <cstdint>
#include <string>

#include "clients/cli/command_line.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// A conversation of a few pages. `plan` takes a model's own maximum where that
// is less.
inline constexpr int32_t kDefaultSequenceLength = 8192;

// The options of whatever predicts for llama.cpp, but for the length of the
// sequences and the weights' type: devices, sequences, cache. `request` must
// outlive `command`.
void AddPredictionOptions(CLI::App& command, v1::EstimateVramRequest& request);

// --quantization, which takes `types`.
void AddQuantizationOption(CLI::App& command, const std::string& types,
                           v1::EstimateVramRequest& request);

// The options of what predicts one configuration: which program is to run it,
// and how to predict.
void AddMethodOptions(CLI::App& command, v1::EstimateVramRequest& request);

}  // namespace hwledger
