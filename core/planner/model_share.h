#pragma once

#include <cstdint>
#include <vector>

#include "core/bytes.h"
#include "core/model/model_shape.h"
#include "core/planner/compute_buffer.h"
#include "core/planner/kv_cache.h"
#include "core/planner/placement.h"

namespace hwledger {

// The part of a model that one device holds, before a workload is known. Refers
// to the model's layers.
struct ModelShare {
  std::vector<LayerGroup> groups;
  int64_t layer_count = 0;
  bool has_output = false;
  Bytes weights;
  Bytes active_weights;  // Read for one token.

  Bytes KvCache(const CacheLayout& layout) const;
};

// One share per device. A tied embedding is there twice where the output layer
// is not on the host, where the embedding itself stays, or is kept in another
// layout (llama.cpp: create_tensor with TENSOR_DUPLICATED).
std::vector<ModelShare> SharesOf(const ModelShape& model,
                                 const Placement& placement,
                                 int64_t device_count);

// All layers, grouped.
std::vector<LayerGroup> GroupsOf(const ModelShape& model);

}  // namespace hwledger
