#pragma once

#include <cstdint>

#include "absl/types/span.h"
#include "core/bytes.h"
#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/planner/model_share.h"
#include "core/planner/placed_weights.h"
#include "core/planner/planner.h"
#include "core/planner/roofline.h"

namespace hwledger {

// The tokens of one pass, as many of each sequence.
struct TokenBatch {
  int64_t sequence_count = 1;
  int64_t tokens_per_sequence = 1;
  // What the last of a sequence's tokens can look at, itself included.
  int64_t context_tokens = 1;

  int64_t token_count() const { return sequence_count * tokens_per_sequence; }
};

// What a device must read for `batch`: its weights once, of experts those that
// a token uses, and keys, values and states of every sequence once. `options`
// say how they are cached.
Bytes ReadFor(const ModelShare& share, const TokenBatch& batch,
              const EngineOptions& options);

// What it must compute:
//   2 · matrix elements · tokens                   the layers
//   2 · embedding · vocabulary · sequences         the output, of last tokens
//   2 · (queries + outputs) · tokens · looked at   attention, in each layer
// A token looks at what is before it, so on average at half of its own batch;
// where there is a window, at no more than that (Kaplan et al., Scaling Laws
// for Neural Language Models, arXiv:2001.08361, table 1; Pope et al.,
// Efficiently Scaling Transformer Inference, arXiv:2211.05102, section 2).
Flops FlopsFor(const ModelShare& share, const TokenBatch& batch);

// How fast a model with these `weights` runs on its `devices` at best. Prefill
// takes as many tokens at once as a micro-batch holds; it is unknown where a
// compute rate is. A GPU that computes for the host does its part of it.
Throughput ThroughputOf(const PlacedWeights& weights,
                        const EngineOptions& options,
                        absl::Span<const Device> devices);

}  // namespace hwledger
