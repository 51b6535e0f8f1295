#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "core/bytes.h"
#include "core/model/layer_matrices.h"
#include "core/model/model_shape.h"
#include "core/planner/dry_results.h"

namespace hwledger {

// A feed-forward part without experts, or those that all tokens pass.
struct Network {
  int64_t width = 0;
  bool is_gated = false;
  bool is_fused = false;  // Gate and value are one result at first.
  // What copies of the matrices take, if another device has them.
  Bytes gate;
  Bytes up;
  Bytes down;
};

// Goes through `network`. Frees `normed`, its input.
DryResults::Block RehearseNetwork(const Network& network,
                                  int64_t embedding_elements,
                                  DryResults::Block& normed,
                                  DryResults& results);

// Goes through the experts of `layer`, up to their sum, with `copies` of the
// matrices that another device has. Frees `normed`, their input, unless shared
// ones take the same. Calls `come_back` where another device has gone through
// the experts and what it gave has arrived; null: this one does.
DryResults::Block RehearseExperts(const Layer& layer,
                                  const LayerMatrices& copies,
                                  int64_t embedding_elements,
                                  absl::FunctionRef<void()>* come_back,
                                  DryResults::Block& normed,
                                  DryResults& results);

}  // namespace hwledger
