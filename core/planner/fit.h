#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "core/planner/placed_set.h"

namespace hwledger {

// What to make as large as fits.
enum class FitGoal { kSequenceLength, kSlotCount, kGpuLayers };

// `options` with what was found; where nothing fits, with the least.
struct BestFit {
  bool fits = false;
  EngineOptions options;
};

// The largest value of what `goal` names with which `model` and `additions` fit
// on `devices`, all other options as given. Exact: one more does not fit, or is
// not allowed. Pure, as PlanMemory is.
//
// FieldError: an option is out of range; a device's free memory is not known;
// there is no GPU to put layers on.
absl::StatusOr<BestFit> FitMemory(const ModelShape& model,
                                  const EngineOptions& options,
                                  absl::Span<const Device> devices,
                                  FitGoal goal,
                                  const Additions& additions = {});

// FieldError: the free memory of one of `devices` is not known, so that nothing
// can be said to fit.
absl::Status ValidateKnownMemory(absl::Span<const Device> devices);

// The devices with `reserve` less memory free; if absent, a twentieth less.
std::vector<Device> WithReserve(absl::Span<const Device> devices,
                                std::optional<Bytes> reserve);

// The longest sequence with which `placed`, a placement of `model`, fits, at
// most as long as the model was trained for. 0: none does. `needed` is what it
// needs of each device with `options`, where that is known already.
int64_t LongestSequence(const ModelShape& model, const PlacedSet& placed,
                        const EngineOptions& options,
                        absl::Span<const Bytes> needed = {});

}  // namespace hwledger
