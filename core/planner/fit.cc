#include "core/planner/fit.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/planner/interpolation.h"
#include "core/planner/kv_cache.h"
#include "core/planner/layer_kinds.h"
#include "core/planner/placed_weights.h"
#include "core/planner/planner.h"
#include "core/planner/sequence_room.h"
#include "core/planner/tensor_split.h"

namespace hwledger {
namespace {

absl::Status ValidateDevices(absl::Span<const Device> devices, FitGoal goal) {
  ABSL_RETURN_IF_ERROR(ValidateKnownMemory(devices));
  if (goal == FitGoal::kGpuLayers && absl::c_none_of(devices, IsGpu)) {
    return FieldError("devices", "must have a GPU to put layers on; got none");
  }
  return absl::OkStatus();
}

// What is asked for, at its least.
EngineOptions Least(EngineOptions options, FitGoal goal) {
  switch (goal) {
    case FitGoal::kSequenceLength:
      options.sequence_length = 1;
      break;
    case FitGoal::kSlotCount:
      options.slot_count = 1;
      break;
    case FitGoal::kGpuLayers:
      options.gpu_layers = 0;
      break;
  }
  return options;
}

BestFit FitSequenceLength(const ModelShape& model, EngineOptions options,
                          absl::Span<const Device> devices,
                          const Additions& additions) {
  const PlacedSet placed(model, options, devices, additions);
  const int64_t longest = LongestSequence(model, placed, options);
  options.sequence_length = std::max<int64_t>(longest, 1);
  return {.fits = longest > 0, .options = options};
}

// From the top: a few more slots can need less where they divide the
// micro-batch better, so that a search by halves
// could miss the end.
BestFit FitSlotCount(const ModelShape& model, EngineOptions options,
                     absl::Span<const Device> devices,
                     const Additions& additions) {
  const PlacedSet placed(model, options, devices, additions);
  options.slot_count = kSlotsMax;
  while (!Validate(options).ok() || !placed.Fits(options)) {
    if (options.slot_count == 1) return {.options = options};
    --options.slot_count;
  }
  return {.fits = true, .options = options};
}

// From the top as well: with every layer moved, the host has one less to hold.
// Mostly weights and caches alone do not fit.
BestFit FitGpuLayers(const ModelShape& model, EngineOptions options,
                     absl::Span<const Device> devices,
                     const Additions& additions) {
  const std::vector<size_t> kinds = KindsOf(model.layers);
  const auto fits = [&] {
    return PlacedWeights(model, kinds, options, devices)
                   .RoomToCompute(options) >= 0 &&
           PlacedSet(model, options, devices, additions).Fits(options);
  };
  options.gpu_layers = std::ssize(model.layers) + 1;
  while (!fits()) {
    if (options.gpu_layers == 0) return {.options = options};
    --options.gpu_layers;
  }
  return {.fits = true, .options = options};
}

}  // namespace

absl::StatusOr<BestFit> FitMemory(const ModelShape& model,
                                  const EngineOptions& options,
                                  absl::Span<const Device> devices,
                                  FitGoal goal, const Additions& additions) {
  ABSL_RETURN_IF_ERROR(ValidateDevices(devices, goal));
  const EngineOptions least = Least(options, goal);
  ABSL_RETURN_IF_ERROR(ValidateFor(model, least));
  ABSL_RETURN_IF_ERROR(ValidateAdditions(additions, least));
  ABSL_RETURN_IF_ERROR(ValidateSharers(least, devices));
  switch (goal) {
    case FitGoal::kSequenceLength:
      return FitSequenceLength(model, least, devices, additions);
    case FitGoal::kSlotCount:
      return FitSlotCount(model, least, devices, additions);
    case FitGoal::kGpuLayers:
      return FitGpuLayers(model, least, devices, additions);
  }
  return BestFit{.options = least};
}

absl::Status ValidateKnownMemory(absl::Span<const Device> devices) {
  for (const Device& device : devices) {
    if (device.free) continue;
    return FieldError(
        "devices", absl::StrCat("must each have memory that is known; got \"",
                                device.name, "\""));
  }
  return absl::OkStatus();
}

std::vector<Device> WithReserve(absl::Span<const Device> devices,
                                std::optional<Bytes> reserve) {
  std::vector<Device> less(devices.begin(), devices.end());
  for (Device& device : less) {
    if (!device.free) continue;
    device.free =
        *device.free - reserve.value_or(Bytes(device.free->count() / 20));
  }
  return less;
}

// Memory never falls as the sequence grows, but for a little below 128 tokens.
// It grows with the micro-batch first
// and then with the cells alone, which a cache has in units of 256.
int64_t LongestSequence(const ModelShape& model, const PlacedSet& placed,
                        const EngineOptions& options,
                        absl::Span<const Bytes> needed) {
  int64_t tokens_max = SequenceLengthMax(options.slot_count);
  if (model.context_tokens_max > 0) {
    tokens_max = std::min(model.context_tokens_max, tokens_max);
  }
  SequenceRoom room(placed, options);
  int64_t straight_from = options.micro_batch_size;
  if (!needed.empty()) {
    room.Learn(options.sequence_length, needed);
    straight_from = std::max(straight_from, options.sequence_length);
  }
  const auto step_end = [&](int64_t tokens) {
    EngineOptions longer = options;
    longer.sequence_length = tokens;
    return TokensThatFillCells(longer);
  };
  return LargestWithRoom(
      tokens_max, {.left = [&](int64_t tokens) { return room.Left(tokens); },
                   .straight_from = straight_from,
                   .step_end = step_end});
}

}  // namespace hwledger
