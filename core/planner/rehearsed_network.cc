#include "core/planner/rehearsed_network.h"

#include <utility>

namespace hwledger {
namespace {

using Block = DryResults::Block;

// Of each expert that is used.
Block ExpertResults(const LayerWidths& widths, const LayerMatrices& copies,
                    int64_t embedding_elements, Block& normed, Block& inputs,
                    DryResults& results) {
  const int64_t width = widths.experts_used * widths.expert_feed_forward;
  const bool is_first_gate = widths.has_gated_experts || widths.experts_fused;
  Block hidden =
      results.Multiply(is_first_gate ? copies.expert_gate : copies.expert_up,
                       (widths.experts_fused ? 2 : 1) * width);
  Block value;
  if (widths.has_gated_experts && !widths.experts_fused) {
    value = results.Multiply(copies.expert_up, width);
  }
  results.Free(normed);
  results.Free(inputs);
  if (widths.has_gated_experts) results.Replace(hidden, width);
  results.Free(value);
  results.ReplaceByProduct(hidden, copies.expert_down,
                           widths.experts_used * embedding_elements);
  return hidden;
}

}  // namespace

Block RehearseNetwork(const Network& network, int64_t embedding_elements,
                      Block& normed, DryResults& results) {
  const bool has_gate = network.is_gated && !network.is_fused;
  Block hidden = results.Multiply(has_gate ? network.gate : network.up,
                                  (network.is_fused ? 2 : 1) * network.width);
  Block value;
  if (has_gate) value = results.Multiply(network.up, network.width);
  results.Free(normed);
  if (network.is_gated) results.Replace(hidden, network.width);
  results.Free(value);
  results.ReplaceByProduct(hidden, network.down, embedding_elements);
  return hidden;
}

// Each token's experts are chosen first: small results, which break gaps up.
// Those of the experts are weighted where they are and then added up.
Block RehearseExperts(const Layer& layer, const LayerMatrices& copies,
                      int64_t embedding_elements,
                      absl::FunctionRef<void()>* come_back, Block& normed,
                      DryResults& results) {
  const LayerWidths& widths = layer.widths;
  const bool is_beside_network = widths.feed_forward > 0;
  Block scores = results.Take(layer.expert_count);
  if (is_beside_network) results.Free(normed);
  Block order = results.Take(layer.expert_count);
  Block weights = results.Take(widths.experts_used);
  results.Free(scores);
  results.Replace(weights, widths.experts_used);
  // With a network of its own beside them experts have a norm of their own.
  if (is_beside_network) normed = results.Take(embedding_elements);
  Block inputs;
  if (widths.weighs_expert_inputs) {
    inputs = results.Take(widths.experts_used * embedding_elements);
    results.Free(weights);
  }
  Block kept;
  if (widths.shared_feed_forward > 0) std::swap(kept, normed);
  Block experts;
  if (come_back == nullptr) {
    experts = ExpertResults(widths, copies, embedding_elements, normed, inputs,
                            results);
    results.Free(order);
  } else {
    results.Free(normed);
    results.Free(inputs);
    results.Free(order);
    experts = results.Take(widths.experts_used * embedding_elements);
    (*come_back)();
  }
  results.Free(weights);
  const Block sum = results.Take(embedding_elements);
  results.Free(experts);
  if (widths.shared_feed_forward > 0) normed = kept;
  return sum;
}

}  // namespace hwledger
