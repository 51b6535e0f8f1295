#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/engine/generation.h"
#include "core/engine/serving_options.h"
#include "core/planner/planner.h"

namespace hwledger {

// What is loaded, how, and what it was predicted to take.
struct LoadPlan {
  int64_t load_number = 0;  // Rising in the daemon's life; 0: none was given.
  std::string model_id;
  std::string path;
  std::string architecture;  // Empty: not known.
  std::string quantization;
  std::string model_digest;
  EngineOptions options;
  ServingOptions serving;
  std::string draft_model_id;  // Empty: none.
  std::vector<AdapterScale> adapters;
  PredictionMethod method = PredictionMethod::kAnalytic;
  std::vector<DevicePlan> shares;  // One per device.
  Throughput throughput;           // What they allow at best.

  Bytes predicted() const;
};

}  // namespace hwledger
