#include "core/planner/layer_kinds.h"

#include "absl/algorithm/container.h"

namespace hwledger {
namespace {

bool IsAlike(const Layer& a, const Layer& b) {
  return a.kind == b.kind && a.key_elements == b.key_elements &&
         a.value_elements == b.value_elements &&
         a.transposed_value_elements == b.transposed_value_elements &&
         a.index_elements == b.index_elements &&
         a.window_tokens == b.window_tokens &&
         a.state_elements == b.state_elements && a.widths == b.widths;
}

}  // namespace

std::vector<size_t> KindsOf(absl::Span<const Layer> layers) {
  std::vector<size_t> kinds;
  kinds.reserve(layers.size());
  std::vector<size_t> firsts;
  for (size_t i = 0; i < layers.size(); ++i) {
    const auto alike = absl::c_find_if(firsts, [&](size_t first) {
      return IsAlike(layers[first], layers[i]);
    });
    kinds.push_back(alike == firsts.end() ? i : *alike);
    if (alike == firsts.end()) firsts.push_back(i);
  }
  return kinds;
}

}  // namespace hwledger
