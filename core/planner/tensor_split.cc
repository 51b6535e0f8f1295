#include "core/planner/tensor_split.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/planner/placement.h"

namespace hwledger {
namespace {

// What is faster to multiply with, where it does not leave a device without.
constexpr int64_t kFastElements = 128;

// One device of those that share a layer.
struct Sharer {
  int64_t device = 0;
  int64_t device_count = 1;
  int64_t rotation = 0;  // The device that is served first.
};

// A device's part of `extent`, in multiples of `granularity` but for the last.
int64_t PartOf(int64_t extent, int64_t granularity, const Sharer& sharer) {
  const int64_t count = sharer.device_count;
  const int64_t turn = (sharer.device + count - sharer.rotation) % count;
  const auto border = [&](int64_t turns) {
    if (turns == count) return extent;
    const int64_t even = extent * turns / count;
    return even - even % granularity;
  };
  return border(turn + 1) - border(turn);
}

// Query heads per pair of key and value heads.
int64_t HeadsPerGroup(const Layer& layer) {
  const int64_t head = layer.widths.query / layer.widths.query_heads;
  return layer.widths.query_heads / (layer.key_elements / head);
}

// Elements of queries that stay together: all that share a key's head, and what
// is stored together.
int64_t QueryGranularity(const Layer& layer, int64_t block_elements,
                         int64_t device_count) {
  const int64_t group =
      HeadsPerGroup(layer) * (layer.widths.query / layer.widths.query_heads);
  int64_t fast = block_elements;
  while (fast < kFastElements && fast * device_count < group) fast *= 2;
  return std::lcm(group, fast);
}

int64_t PartOf(const DividedTensor& tensor, const Layer& layer,
               const Sharer& sharer) {
  const int64_t queries = layer.widths.query;
  switch (tensor.divided_by) {
    case DividedBy::kNothing:
      return tensor.extent;
    case DividedBy::kQueryHeads: {
      const int64_t granularity =
          QueryGranularity(layer, tensor.block_elements, sharer.device_count);
      // Of heads, whole ones, where there is one element of each.
      return tensor.extent == layer.widths.query_heads
                 ? PartOf(tensor.extent,
                          granularity * layer.widths.query_heads / queries,
                          sharer)
                 : PartOf(tensor.extent, granularity, sharer);
    }
    case DividedBy::kKeyValueHeads:
      return PartOf(
          tensor.extent,
          QueryGranularity(layer, tensor.block_elements, sharer.device_count) /
              HeadsPerGroup(layer),
          sharer);
    case DividedBy::kFeedForward:
      return PartOf(tensor.extent,
                    std::lcm(tensor.block_elements, kFastElements), sharer);
    case DividedBy::kElements:
      return PartOf(tensor.extent, 1, sharer);
  }
  return tensor.extent;
}

// Buffers start each tensor at a multiple of this (ggml: TENSOR_ALIGNMENT).
constexpr int64_t kAlignment = 32;

Bytes SizeOfPart(const DividedTensor& tensor, int64_t part) {
  // Exact: a part is whole blocks of each row.
  const auto size = static_cast<int64_t>(
      static_cast<__int128>(tensor.size.count()) * part / tensor.extent);
  return Bytes((size + kAlignment - 1) / kAlignment * kAlignment);
}

// By whom the turns of each layer begin: layers with windows and those without
// are counted apart.
std::vector<int64_t> Rotations(const ModelShape& model, int64_t device_count) {
  std::vector<int64_t> rotations;
  rotations.reserve(model.layers.size());
  int64_t full = 0;
  int64_t windowed = 0;
  for (const Layer& layer : model.layers) {
    rotations.push_back((layer.window_tokens > 0 ? windowed : full)++ %
                        device_count);
  }
  return rotations;
}

// In proportion to the weights that are read.
void ScaleActive(const Layer& whole, Layer& thin) {
  const double share =
      static_cast<double>(thin.weights.count()) /
      static_cast<double>(std::max<int64_t>(whole.weights.count(), 1));
  const auto part = [share](int64_t count) {
    return static_cast<int64_t>(share * static_cast<double>(count));
  };
  thin.active_weights = Bytes(part(whole.active_weights.count()));
  thin.active_expert_weights = Bytes(part(whole.active_expert_weights.count()));
  thin.active_elements = part(whole.active_elements);
  thin.active_expert_elements = part(whole.active_expert_elements);
  thin.quantized_elements = part(whole.quantized_elements);
  thin.quantized_expert_elements = part(whole.quantized_expert_elements);
}

ModelShape ThinnerModel(const ModelShape& model,
                        const std::vector<int64_t>& rotations, Sharer sharer) {
  ModelShape thin = model;
  for (Layer& layer : thin.layers) {
    layer.weights = Bytes();
    layer.expert_weights = Bytes();
  }
  thin.output_weights = Bytes();
  for (const DividedTensor& tensor : model.divided_tensors) {
    if (tensor.layer < 0) {
      sharer.rotation = std::ssize(model.layers) % sharer.device_count;
      thin.output_weights += SizeOfPart(tensor, PartOf(tensor, {}, sharer));
      continue;
    }
    const auto index = static_cast<size_t>(tensor.layer);
    const Layer& whole = model.layers[index];
    Layer& layer = thin.layers[index];
    sharer.rotation = rotations[index];
    const Bytes size = SizeOfPart(tensor, PartOf(tensor, whole, sharer));
    layer.weights += size;
    if (tensor.is_expert) layer.expert_weights += size;
    if (tensor.divided_by != DividedBy::kKeyValueHeads) continue;
    const int64_t granularity =
        QueryGranularity(whole, tensor.block_elements, sharer.device_count) /
        HeadsPerGroup(whole);
    layer.key_elements = PartOf(whole.key_elements, granularity, sharer);
    layer.value_elements = PartOf(whole.value_elements, granularity, sharer);
  }
  for (size_t i = 0; i < thin.layers.size(); ++i) {
    ScaleActive(model.layers[i], thin.layers[i]);
  }
  return thin;
}

}  // namespace

absl::Status ValidateTensorSplit(const ModelShape& model,
                                 const EngineOptions& options) {
  if (options.split_mode != SplitMode::kTensor) return absl::OkStatus();
  if (options.flash_attention == FlashAttention::kOff) {
    return FieldError("flash_attention",
                      "must not be OFF with split_mode "
                      "TENSOR, which needs it");
  }
  if (options.cpu_moe_layers > 0) {
    return FieldError("cpu_moe_layers",
                      absl::StrCat("cannot be planned with split_mode TENSOR; "
                                   "got ",
                                   options.cpu_moe_layers));
  }
  if (!model.divided_tensors.empty()) return absl::OkStatus();
  return FieldError(
      "split_mode",
      absl::StrCat("cannot be TENSOR for this model: the engine does not split "
                   "its architecture so, or how is not known to the byte; got "
                   "\"",
                   model.architecture, "\""));
}

absl::Status ValidateSharers(const EngineOptions& options,
                             absl::Span<const Device> devices) {
  if (options.split_mode != SplitMode::kTensor ||
      !SharersOf(options, devices).empty()) {
    return absl::OkStatus();
  }
  return FieldError("split_mode", "cannot be TENSOR without a GPU; got none");
}

std::vector<int64_t> SharersOf(const EngineOptions& options,
                               absl::Span<const Device> devices) {
  if (options.split_mode != SplitMode::kTensor) return {};
  return LayerDevices(devices);
}

std::vector<ModelShape> ThinnerModels(const ModelShape& model,
                                      int64_t device_count) {
  std::vector<ModelShape> models;
  if (device_count == 0) return models;
  const std::vector<int64_t> rotations = Rotations(model, device_count);
  for (int64_t device = 0; device < device_count; ++device) {
    models.push_back(ThinnerModel(
        model, rotations, {.device = device, .device_count = device_count}));
  }
  return models;
}

}  // namespace hwledger
