#include "core/model/layer_matrices.h"

#include <algorithm>
#include <iterator>

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

struct NamedMatrix {
  std::string_view part;
  Bytes LayerMatrices::* place;
};

constexpr NamedMatrix kMatrices[] = {
    {"attn_k.weight", &LayerMatrices::key},
    {"attn_output.weight", &LayerMatrices::output},
    {"attn_q.weight", &LayerMatrices::query},
    {"attn_qkv.weight", &LayerMatrices::query},
    {"attn_v.weight", &LayerMatrices::value},
    {"ffn_down.weight", &LayerMatrices::down},
    {"ffn_down_exps.weight", &LayerMatrices::expert_down},
    {"ffn_down_shexp.weight", &LayerMatrices::shared_down},
    {"ffn_gate.weight", &LayerMatrices::gate},
    {"ffn_gate_exps.weight", &LayerMatrices::expert_gate},
    {"ffn_gate_shexp.weight", &LayerMatrices::shared_gate},
    {"ffn_gate_up_exps.weight", &LayerMatrices::expert_gate},
    {"ffn_up.weight", &LayerMatrices::up},
    {"ffn_up_exps.weight", &LayerMatrices::expert_up},
    {"ffn_up_shexp.weight", &LayerMatrices::shared_up},
};

}  // namespace

Bytes LargestMatrix(const LayerMatrices& matrices) {
  Bytes largest = matrices.largest_other;
  for (const NamedMatrix& matrix : kMatrices) {
    largest = std::max(largest, matrices.*(matrix.place));
  }
  return largest;
}

void AddMatrix(std::string_view part, Bytes size, LayerMatrices& matrices) {
  const auto* const named = absl::c_find_if(
      kMatrices,
      [part](const NamedMatrix& matrix) { return matrix.part == part; });
  if (named == std::end(kMatrices)) {
    matrices.largest_other = std::max(matrices.largest_other, size);
  } else {
    matrices.*(named->place) = size;
  }
}

}  // namespace hwledger
