#include "core/model/layer_widths.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "core/model/architecture_keys.h"
#include "core/model/layer_tensor.h"

namespace hwledger {
namespace {

constexpr std::string_view kNorms[] = {
    "attn_norm.weight",           "attn_norm_2.weight",   "ffn_norm.weight",
    "post_attention_norm.weight", "post_ffw_norm.weight", "ffn_norm"};

// Architectures whose feed-forward part runs beside attention, which is
// projected only then (src/models: falcon.cpp and the others).
constexpr std::string_view kProjectLate[] = {"cohere2", "command-r", "falcon",
                                             "gptneox"};

// Without a gate of its own, `ffn_up` may hold gate and value: twice as wide.
void FindFusedGates(const GgufHeader& header, ModelShape& shape) {
  for (const GgufTensor& tensor : header.tensors) {
    const std::optional<LayerTensor> name = ParseLayerTensor(tensor.name);
    if (!name || name->part != "ffn_up.weight") continue;
    LayerWidths& widths = shape.layers[static_cast<size_t>(name->layer)].widths;
    if (tensor.dimensions.back() / 2 == widths.feed_forward) {
      widths.is_gated = true;
      widths.has_fused_gate = true;
    }
  }
}

// One norm in front of attention and the feed-forward part alike.
void FindParallelParts(const GgufHeader& header, ModelShape& shape) {
  std::vector<int64_t> norms(shape.layers.size(), 0);
  for (const GgufTensor& tensor : header.tensors) {
    const std::optional<LayerTensor> name = ParseLayerTensor(tensor.name);
    if (!name) continue;
    const auto layer = static_cast<size_t>(name->layer);
    if (absl::c_linear_search(kNorms, name->part)) ++norms[layer];
    if (name->part == "attn_output.weight") {
      shape.layers[layer].widths.is_parallel = true;
    }
  }
  const bool is_late = absl::c_linear_search(kProjectLate, shape.architecture);
  for (size_t i = 0; i < norms.size(); ++i) {
    LayerWidths& widths = shape.layers[i].widths;
    widths.is_parallel &= norms[i] == 1 && widths.feed_forward > 0;
    widths.projects_late = is_late;
    widths.adds_stream_early = is_late && shape.architecture != "falcon";
  }
}

// Norms behind the parts of a layer and none in front.
void FindPostNorms(const GgufHeader& header, ModelShape& shape) {
  std::vector<bool> in_front(shape.layers.size(), false);
  for (const GgufTensor& tensor : header.tensors) {
    const std::optional<LayerTensor> name = ParseLayerTensor(tensor.name);
    if (!name) continue;
    const auto layer = static_cast<size_t>(name->layer);
    if (name->part == "attn_norm.weight") in_front[layer] = true;
    if (name->part == "post_attention_norm.weight") {
      shape.layers[layer].widths.is_post_normed = true;
    }
  }
  for (size_t i = 0; i < in_front.size(); ++i) {
    if (in_front[i]) shape.layers[i].widths.is_post_normed = false;
  }
}

void FindLayerInputs(const GgufHeader& header, ModelShape& shape) {
  const auto projection =
      absl::c_find_if(header.tensors, [](const GgufTensor& tensor) {
        return tensor.name == "per_layer_model_proj.weight";
      });
  if (projection == header.tensors.end()) return;
  for (Layer& layer : shape.layers) {
    layer.widths.layer_inputs =
        std::min(projection->dimensions.back(), ArchitectureKeys::kValueMax);
  }
}

}  // namespace

absl::Status AddWidths(const GgufTensor& tensor, std::string_view part,
                       int64_t experts_used, LayerWidths& widths) {
  if (tensor.dimensions.front() > ArchitectureKeys::kValueMax) {
    return absl::DataLossError(
        absl::StrFormat("rows must have at most %d elements; %s has %d",
                        ArchitectureKeys::kValueMax, tensor.name.substr(0, 64),
                        tensor.dimensions.front()));
  }
  if (part == "ffn_down.weight") {
    widths.feed_forward = tensor.dimensions.front();
  } else if (part == "ffn_gate.weight") {
    widths.is_gated = true;
  } else if (part == "attn_q_norm.weight") {
    widths.norms_queries = true;
  } else if (part == "attn_q.bias") {
    widths.biases_queries = true;
  } else if (part == "attn_qkv.weight") {
    widths.has_fused_queries = true;
  } else if (part == "layer_output_scale.weight") {
    widths.scales_result = true;
  } else if (absl::StartsWith(part, "ffn_gate_exps.") ||
             absl::StartsWith(part, "ffn_gate_up_exps.")) {
    widths.has_gated_experts = true;
  } else if (part == "ffn_down_exps.weight") {
    widths.expert_feed_forward = tensor.dimensions.front();
    widths.experts_used = experts_used;
  } else if (part == "ffn_down_shexp.weight") {
    widths.shared_feed_forward = tensor.dimensions.front();
  } else if (part == "ffn_gate_up_exps.weight") {
    widths.experts_fused = true;
  } else if (part == "altup_correct_coef.weight") {
    widths.streams = tensor.dimensions.front();
  }
  return absl::OkStatus();
}

void AddJointWidths(const GgufHeader& header, ModelShape& shape) {
  FindFusedGates(header, shape);
  FindParallelParts(header, shape);
  FindPostNorms(header, shape);
  FindLayerInputs(header, shape);
}

}  // namespace hwledger
