#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/kv_cache.h"
#include "core/planner/placement.h"

namespace hwledger {

// Experts that one token does not use.
struct IdleExperts {
  Bytes weights;
  // That one token does not use an expert: 1 - used / experts.
  double probability = 0;
};

// The part of a model that one device holds, before a workload is known. Refers
// to the model's layers.
struct ModelShare {
  std::vector<LayerGroup> groups;
  // Those of which it holds the experts and another device all else.
  std::vector<LayerGroup> expert_groups;
  int64_t layer_count = 0;
  bool has_output = false;
  Bytes weights;
  Bytes active_weights;  // Read for one token.
  std::vector<IdleExperts> idle_experts;
  // Of matrices, multiplied with for one token: of layers, and of the output.
  int64_t active_elements = 0;
  int64_t quantized_elements = 0;  // Of active_elements.
  int64_t output_elements = 0;
  bool quantized_output = false;
  double attention_part = 1;  // Of its layers' heads; others have the rest.

  Bytes KvCache(const CacheLayout& layout) const;
  // Weights read in a pass of so many tokens. An expert is idle for all of them
  // with probability^tokens, if each token's choice is as good as random.
  Bytes WeightsRead(int64_t token_count) const;
};

// One share per device; `kinds` are those of the model's layers. A tied
// embedding is there twice where the output layer is not on the host, where the
// embedding itself stays, or is kept in another layout (llama.cpp:
// create_tensor with TENSOR_DUPLICATED).
std::vector<ModelShare> SharesOf(const ModelShape& model,
                                 absl::Span<const size_t> kinds,
                                 const Placement& placement,
                                 int64_t device_count);

// All layers, grouped.
std::vector<LayerGroup> GroupsOf(const ModelShape& model,
                                 absl::Span<const size_t> kinds);

}  // namespace hwledger
