#include "core/model/layer_weights.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "core/model/architecture_keys.h"

namespace hwledger {
namespace {

constexpr int64_t kVocabularyMax = int64_t{1} << 28;

constexpr std::string_view kNorms[] = {
    "attn_norm.weight",           "attn_norm_2.weight",   "ffn_norm.weight",
    "post_attention_norm.weight", "post_ffw_norm.weight", "ffn_norm"};

// What ggml's CPU back-end repacks on x86 with AVX2 and on ARM alike
// (ggml-cpu/repack.cpp); more on some CPUs.
constexpr std::string_view kRepackedTypes[] = {"IQ4_NL", "MXFP4", "Q4_0",
                                               "Q4_K"};

// Architectures whose output libllama creates before the token embedding, so
// that a tied one is loaded twice (src/models: load_arch_tensors).
constexpr std::string_view kOutputFirst[] = {"gemma3n", "gemma4"};

// Architectures whose feed-forward part runs beside attention, which is
// projected only then (src/models: falcon.cpp and the others).
constexpr std::string_view kProjectLate[] = {"cohere2", "command-r", "falcon",
                                             "gptneox"};

// Buffers start each tensor at a multiple of this (ggml-cpu: TENSOR_ALIGNMENT).
constexpr int64_t kAlignment = 32;

// "blk.7.attn_q.weight": layer 7, part "attn_q.weight".
struct LayerTensor {
  int64_t layer = 0;
  std::string_view part;
};

std::optional<LayerTensor> ParseName(std::string_view name) {
  if (!absl::ConsumePrefix(&name, "blk.")) return std::nullopt;
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  LayerTensor tensor{.part = name.substr(dot + 1)};
  if (!absl::SimpleAtoi(name.substr(0, dot), &tensor.layer)) {
    return std::nullopt;
  }
  return tensor;
}

Bytes StoredSize(const GgufTensor& tensor) {
  const int64_t size = tensor.size().count();
  const int64_t gap = (kAlignment - size % kAlignment) % kAlignment;
  return tensor.size() + Bytes(gap);
}

// What is read for one token: of a stack of experts, the last dimension, only
// those that are used.
struct Share {
  int64_t experts = 1;
  int64_t experts_used = 1;

  int64_t Of(int64_t count) const { return count / experts * experts_used; }
};

// The stacked experts: "blk.3.ffn_up_exps.weight", with its bias and the like.
bool IsExpert(const GgufTensor& tensor) {
  return absl::StrContains(tensor.name, "_exps.");
}

Share ActiveShare(const GgufTensor& tensor, int64_t experts_used) {
  if (!IsExpert(tensor)) return {};
  const int64_t experts = tensor.dimensions.back();
  return {.experts = experts, .experts_used = std::min(experts_used, experts)};
}

// Norms and biases are added or scaled with, which is no work to speak of.
bool IsMatrix(const GgufTensor& tensor) {
  return tensor.dimensions.size() >= 2 &&
         absl::EndsWith(tensor.name, ".weight");
}

bool IsQuantized(const GgufTensor& tensor) {
  return tensor.type->block_elements > 1;
}

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

// Of a layer that it leaves in the file, libllama's loaders of these read one
// tensor all the same.
constexpr std::string_view kReadsCorrections[] = {"deepseek32", "glm-dsa"};

// `tensor` belongs to a layer of `shape`, or to none.
bool IsLoaded(const GgufTensor& tensor, const ModelShape& shape) {
  const std::optional<LayerTensor> name = ParseName(tensor.name);
  return !name || shape.layers[static_cast<size_t>(name->layer)].is_loaded ||
         (name->part == "exp_probs_b.bias" &&
          absl::c_linear_search(kReadsCorrections, shape.architecture));
}

absl::Status AddLayerTensor(const GgufTensor& tensor, int64_t experts_used,
                            ModelShape& shape) {
  const std::optional<LayerTensor> name = ParseName(tensor.name);
  if (!name || name->layer < 0 || name->layer >= std::ssize(shape.layers)) {
    return absl::DataLossError(
        absl::StrFormat("a tensor belongs to none of the %d layers: \"%s\"",
                        std::ssize(shape.layers), tensor.name.substr(0, 64)));
  }
  Layer& layer = shape.layers[static_cast<size_t>(name->layer)];
  if (!IsLoaded(tensor, shape)) return absl::OkStatus();
  const Share share = ActiveShare(tensor, experts_used);
  const Bytes active(share.Of(tensor.size().count()));
  const int64_t elements =
      IsMatrix(tensor) ? share.Of(tensor.element_count()) : 0;
  const int64_t quantized = IsQuantized(tensor) ? elements : 0;
  layer.weights += StoredSize(tensor);
  layer.active_weights += active;
  layer.active_elements += elements;
  layer.quantized_elements += quantized;
  if (IsExpert(tensor)) {
    layer.expert_weights += tensor.size();
    layer.active_expert_weights += active;
    layer.active_expert_elements += elements;
    layer.quantized_expert_elements += quantized;
  }
  if (share.experts > 1) layer.expert_count = share.experts;
  return AddWidths(tensor, name->part, experts_used, layer.widths);
}

// Of what comes before the first layer, all but tables is where that is
// (llama.cpp: LLM_TENSOR_INFOS).
bool IsWithFirstLayer(const GgufTensor& tensor) {
  return absl::StartsWith(tensor.name, "per_layer_model_proj.") ||
         absl::StartsWith(tensor.name, "per_layer_proj_norm.") ||
         absl::StartsWith(tensor.name, "token_embd_norm.");
}

bool IsWithOutput(const GgufTensor& tensor, const ModelShape& shape) {
  return absl::StartsWith(tensor.name, "output") ||
         absl::StartsWith(tensor.name, "altup_") ||
         (tensor.name == "token_embd_norm.weight" &&
          absl::StartsWith(shape.architecture, "lfm2"));
}

void AddOuterTensor(const GgufTensor& tensor, ModelShape& shape) {
  if (absl::StartsWith(tensor.name, "rope_")) {
    shape.shared_weights += StoredSize(tensor);
  } else if (IsWithOutput(tensor, shape)) {
    shape.output_weights += StoredSize(tensor);
  } else if (IsWithFirstLayer(tensor) && !shape.layers.empty()) {
    shape.layers.front().weights += StoredSize(tensor);
  } else {
    shape.input_weights += StoredSize(tensor);
  }
}

bool IsRepacked(const GgufTensor& tensor) {
  return absl::c_linear_search(kRepackedTypes, tensor.type->name) &&
         tensor.dimensions[1] % 8 == 0;
}

const GgufTensor* FindTensor(const GgufHeader& header, std::string_view name) {
  const auto found = absl::c_find_if(
      header.tensors,
      [name](const GgufTensor& tensor) { return tensor.name == name; });
  return found == header.tensors.end() ? nullptr : &*found;
}

// Without a gate of its own, `ffn_up` may hold gate and value: twice as wide.
void FindFusedGates(const GgufHeader& header, ModelShape& shape) {
  for (const GgufTensor& tensor : header.tensors) {
    const std::optional<LayerTensor> name = ParseName(tensor.name);
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
    const std::optional<LayerTensor> name = ParseName(tensor.name);
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
    const std::optional<LayerTensor> name = ParseName(tensor.name);
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

void SetLayerInputs(const GgufTensor& projection, ModelShape& shape) {
  for (Layer& layer : shape.layers) {
    layer.widths.layer_inputs =
        std::min(projection.dimensions.back(), ArchitectureKeys::kValueMax);
  }
}

}  // namespace

absl::Status AddWeights(const GgufHeader& header, int64_t experts_used,
                        ModelShape& shape) {
  for (const GgufTensor& tensor : header.tensors) {
    const int64_t count = tensor.element_count();
    if (__builtin_add_overflow(shape.parameter_count, count,
                               &shape.parameter_count)) {
      return absl::DataLossError("the tensors have more than 2^63 elements");
    }
    if (absl::StartsWith(tensor.name, "blk.")) {
      ABSL_RETURN_IF_ERROR(AddLayerTensor(tensor, experts_used, shape));
    } else {
      AddOuterTensor(tensor, shape);
    }
    if (IsLoaded(tensor, shape)) {
      shape.active_parameter_count +=
          ActiveShare(tensor, experts_used).Of(count);
    }
  }
  FindFusedGates(header, shape);
  FindParallelParts(header, shape);
  FindPostNorms(header, shape);
  if (const GgufTensor* const projection =
          FindTensor(header, "per_layer_model_proj.weight")) {
    SetLayerInputs(*projection, shape);
  }
  const GgufTensor* const embedding = FindTensor(header, "token_embd.weight");
  if (embedding == nullptr || embedding->dimensions.size() < 2 ||
      embedding->dimensions[1] > kVocabularyMax) {
    return absl::DataLossError(
        "the tensor token_embd.weight is missing or absurd");
  }
  shape.vocabulary_size = embedding->dimensions[1];
  shape.doubled_embedding =
      IsRepacked(*embedding) ||
      absl::c_linear_search(kOutputFirst, shape.architecture);
  shape.embedding_weights = embedding->size();
  shape.centers_output = FindTensor(header, "output_norm.bias") != nullptr;
  shape.has_position_table =
      FindTensor(header, "position_embd.weight") != nullptr;
  const GgufTensor* const output = FindTensor(header, "output.weight");
  shape.tied_embedding = output == nullptr;
  shape.quantized_output =
      IsQuantized(output == nullptr ? *embedding : *output);
  return absl::OkStatus();
}

}  // namespace hwledger
