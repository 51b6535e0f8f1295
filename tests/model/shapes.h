#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "core/model/model_shape.h"
#include "tests/gguf_file.h"
#include "tests/status_matchers.h"

namespace hwledger {

// A header without layers' tensors: what the rules need besides keys.
inline GgufHeader HeaderOf(const std::string& architecture) {
  GgufHeader header;
  header.metadata["general.architecture"] = architecture;
  header.metadata[architecture + ".block_count"] = int64_t{6};
  header.metadata[architecture + ".context_length"] = int64_t{4096};
  header.metadata[architecture + ".embedding_length"] = int64_t{256};
  header.metadata[architecture + ".attention.head_count"] = int64_t{8};
  header.metadata[architecture + ".attention.head_count_kv"] = int64_t{2};
  header.tensors = {TensorOf("token_embd.weight", "F16", {256, 1000}),
                    TensorOf("output.weight", "F16", {256, 1000})};
  return header;
}

inline ModelShape Shape(const GgufHeader& header) {
  absl::StatusOr<ModelShape> shape = ShapeOf(header);
  EXPECT_THAT(shape, IsOk());
  return shape.ok() ? *std::move(shape) : ModelShape{};
}

inline std::vector<LayerKind> Kinds(const ModelShape& shape) {
  std::vector<LayerKind> kinds;
  for (const Layer& layer : shape.layers) kinds.push_back(layer.kind);
  return kinds;
}

}  // namespace hwledger
