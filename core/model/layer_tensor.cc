#include "core/model/layer_tensor.h"

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace hwledger {

std::optional<LayerTensor> ParseLayerTensor(std::string_view name) {
  if (!absl::ConsumePrefix(&name, "blk.")) return std::nullopt;
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  LayerTensor tensor{.part = name.substr(dot + 1)};
  if (!absl::SimpleAtoi(name.substr(0, dot), &tensor.layer)) {
    return std::nullopt;
  }
  return tensor;
}

}  // namespace hwledger
