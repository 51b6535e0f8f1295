#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hwledger {

// "blk.7.attn_q.weight": layer 7, part "attn_q.weight".
struct LayerTensor {
  int64_t layer = 0;
  std::string_view part;  // Of the name.
};

// Nothing where the tensor `name` belongs to no layer.
std::optional<LayerTensor> ParseLayerTensor(std::string_view name);

}  // namespace hwledger
