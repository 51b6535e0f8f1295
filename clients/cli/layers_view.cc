#include "clients/cli/layers_view.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "clients/cli/enum_words.h"
#include "clients/cli/paragraph.h"
#include "clients/cli/table.h"
#include "clients/cli/units.h"

namespace hwledger {
namespace {

// What a sum of the layers' rows would miss of the devices' table.
std::string BesideLayers(const Plan& plan) {
  std::string text =
      "The token embedding and the output layer are no layers of these.";
  const int64_t count = std::min<int64_t>(plan.request.cpu_moe_layers(),
                                          plan.prediction.layers_size());
  if (count == 0) return text;
  return absl::StrCat(
      text, " The weights count the experts of ",
      count == 1 ? "layer 0" : absl::StrCat("layers 0 to ", count - 1),
      ", which lie in main memory, on ", plan.prediction.devices(0).name(),
      ", and not on the layer's device.");
}

}  // namespace

std::string FormatLayers(const Plan& plan, const Surface& surface) {
  const v1::MemoryPrediction& prediction = plan.prediction;
  if (prediction.layers().empty()) {
    return Paragraph("The layers are not told of this prediction.", Paint::kDim,
                     surface);
  }
  Table table({{.title = "Layer"},
               {.title = "Kind", .align = Align::kLeft},
               {.title = "Weights"},
               {.title = "KV cache"},
               {.title = "Device", .align = Align::kLeft}});
  for (const v1::LayerPrediction& layer : prediction.layers()) {
    table.AddRow({absl::StrCat(layer.index()),
                  std::string(LayerKindWords(layer.kind())),
                  FormatBytes(layer.weights_bytes()),
                  FormatBytes(layer.kv_cache_bytes()), layer.device()});
  }
  return table.Format(surface) +
         Paragraph(BesideLayers(plan), Paint::kDim, surface);
}

}  // namespace hwledger
