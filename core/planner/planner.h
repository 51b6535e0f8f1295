#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/additions.h"

namespace hwledger {

enum class Verdict { kUnknown, kFits, kTight, kDoesNotFit };
enum class PredictionMethod { kAnalytic, kDryRun };

// One device's share of a plan.
struct DevicePlan {
  Device device;
  Bytes weights;
  Bytes kv_cache;
  Bytes compute_buffer;
  Bytes output_buffer;
  Bytes backend_context;
  int64_t layer_count = 0;
  // Of the host: with what devices without memory of their own take from it.
  Verdict verdict = Verdict::kUnknown;

  Bytes total() const {
    return weights + kv_cache + compute_buffer + output_buffer +
           backend_context;
  }
  // What `other` holds on the same device, added or taken away: bytes alone.
  void Add(const DevicePlan& other);
  void Subtract(const DevicePlan& other);
};

enum class AdditionKind { kProjector, kLoraAdapter, kDraftModel };

// What is loaded beside a model, and where. Of `devices`, which are as many as
// the plan's, `device` and `verdict` are left empty.
struct AdditionPlan {
  AdditionKind kind = AdditionKind::kDraftModel;
  std::string model_id;
  std::vector<DevicePlan> devices;
};

struct LayerPlan {
  LayerKind kind = LayerKind::kFullAttention;
  Bytes weights;
  Bytes kv_cache;
  int64_t device = 0;  // Index into MemoryPlan::devices.
};

// What limits a rate.
enum class BindingTerm { kMemoryBandwidth, kCompute };

// Tokens per second, from a full cache to an empty one.
struct TokenRate {
  double low = 0;
  double high = 0;
  BindingTerm binding_term = BindingTerm::kMemoryBandwidth;  // Of `low`.
};

// Absent: unknown.
struct Throughput {
  std::optional<TokenRate> prefill;     // Of one sequence.
  std::optional<TokenRate> decode;      // Of one sequence that has all for it.
  std::optional<TokenRate> decode_all;  // Of all sequences together.
};

// Where a model's memory goes. A model that does not fit is a plan too.
struct MemoryPlan {
  std::vector<DevicePlan> devices;  // In the order given; with the additions.
  std::vector<LayerPlan> layers;    // Of the model alone.
  std::vector<AdditionPlan> additions;
  PredictionMethod method = PredictionMethod::kAnalytic;
  Verdict verdict = Verdict::kUnknown;  // The worst of the devices'.
  Throughput throughput;
  int64_t sequence_length_max = 0;  // That still fits; 0: none does.
  std::vector<std::string> warnings;
};

// Places `model` on `devices`, the host first among them, as the engine would
// with `options`, and `additions` beside it. Pure: reads no hardware and keeps
// no state.
//
// InvalidArgument: an option is out of range or unknown; names field and value.
absl::StatusOr<MemoryPlan> PlanMemory(const ModelShape& model,
                                      const EngineOptions& options,
                                      absl::Span<const Device> devices,
                                      const Additions& additions = {});

// For who asks for longer sequences than `model` was trained for.
std::optional<std::string> LengthWarning(const ModelShape& model,
                                         int64_t sequence_length);

// Whether `model` can run with `options` at all. FieldError, as above.
absl::Status ValidateFor(const ModelShape& model, const EngineOptions& options);

// Replaces the analytic figures of the model in `plan` by what the engine
// itself said. Those of its additions stay.
void ApplyDryRun(absl::Span<const DeviceUse> uses, MemoryPlan& plan);

}  // namespace hwledger
