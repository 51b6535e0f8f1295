#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "core/model/model_shape.h"
#include "core/planner/dry_results.h"

namespace hwledger {

// A feed-forward part without experts, or those that all tokens pass.
struct Network {
  int64_t width = 0;
  bool is_gated = false;
  bool is_fused = false;  // Gate and value are one result at first.
};

// Goes through `network`. Frees `normed`, its input.
DryResults::Block RehearseNetwork(const Network& network,
                                  int64_t embedding_elements,
                                  DryResults::Block& normed,
                                  DryResults& results);

// Goes through the experts of `layer`, up to their sum. Frees `normed`, their
// input, unless shared ones take the same. Calls `come_back` where another
// device has the experts and what it gave has arrived; null: this one has.
DryResults::Block RehearseExperts(const Layer& layer,
                                  int64_t embedding_elements,
                                  absl::FunctionRef<void()>* come_back,
                                  DryResults::Block& normed,
                                  DryResults& results);

}  // namespace hwledger
