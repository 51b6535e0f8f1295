#include "core/engine/host_experts.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ggml-backend.h"

namespace hwledger {
namespace {

constexpr int64_t kLayersMax = 512;  // LLAMA_MAX_LAYERS

// As llama-server's --n-cpu-moe names them (common/arg.cpp), but all layers in
// one: libllama compiles each pattern anew for every tensor.
std::string PatternFor(int64_t layer_count) {
  std::vector<int64_t> layers(
      static_cast<size_t>(std::min(layer_count, kLayersMax)));
  std::iota(layers.begin(), layers.end(), 0);
  return absl::StrCat("^blk\\.(", absl::StrJoin(layers, "|"),
                      ")\\.ffn_(up|down|gate|gate_up)_(ch|)exps");
}

}  // namespace

HostExperts::HostExperts(const EngineOptions& options) {
  if (options.cpu_moe_layers == 0) return;
  pattern_ = PatternFor(options.cpu_moe_layers);
  ggml_backend_dev_t host =
      ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
  overrides_[0] = {.pattern = pattern_.c_str(),
                   .buft = ggml_backend_dev_buffer_type(host)};
}

}  // namespace hwledger
