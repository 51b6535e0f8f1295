#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/engine/engine_options.h"
#include "core/model/known_model.h"
#include "core/model/model_shape.h"
#include "core/model/weight_precision.h"
#include "core/planner/additions.h"
#include "core/planner/calibration.h"
#include "core/planner/planner.h"
#include "core/planner/runtime.h"
#include "core/planner/runtime_plan.h"
#include "core/requested_additions.h"
#include "core/requested_devices.h"

namespace hwledger {

// Asks what a model needs.
struct EstimateRequest {
  std::string model_id;
  std::optional<std::string> config_json;  // Instead of model_id.
  std::string quantization;                // Empty: as stored.
  EngineOptions options;
  AdditionsRequest additions;
  std::vector<DeviceRequest> devices;      // Empty: this machine's.
  std::optional<PredictionMethod> method;  // Absent: the best available.
  // Absent: llama.cpp. Otherwise `quantization` names a WeightPrecision.
  std::optional<RuntimeOptions> runtime;
};

struct Estimate {
  std::shared_ptr<const KnownModel> model;
  Additions additions;
  MemoryPlan plan;
  // Of a model of which the engine alone knows how it is made.
  std::optional<ModelShape> outline;
  // In what form another runtime has the weights.
  std::optional<WeightFormat> format;
  // What another runtime takes of each device of `plan`, and of all.
  std::optional<RuntimeMemory> per_device;
  std::optional<MemoryRange> total;
  // What was measured of such a model on this machine; `plan` is without it.
  Calibration calibration;

  const ModelShape& shape() const { return outline ? *outline : *model->shape; }
};

// The request with what was found, and what it takes.
struct FitAnswer {
  bool fits = false;
  EstimateRequest request;
  Estimate estimate;
};

}  // namespace hwledger
