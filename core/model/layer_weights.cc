#include "core/model/layer_weights.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/model/layer_tensor.h"
#include "core/model/layer_widths.h"

namespace hwledger {
namespace {

constexpr int64_t kVocabularyMax = int64_t{1} << 28;

// What ggml's CPU back-end repacks on x86 with AVX2 and on ARM alike
// (ggml-cpu/repack.cpp); more on some CPUs.
constexpr std::string_view kRepackedTypes[] = {"IQ4_NL", "MXFP4", "Q4_0",
                                               "Q4_K"};

// Architectures whose output libllama creates before the token embedding, so
// that a tied one is loaded twice (src/models: load_arch_tensors).
constexpr std::string_view kOutputFirst[] = {"gemma3n", "gemma4"};

// Buffers start each tensor at a multiple of this (ggml-cpu: TENSOR_ALIGNMENT).
constexpr int64_t kAlignment = 32;

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

// Of a layer that it leaves in the file, libllama's loaders of these read one
// tensor all the same.
constexpr std::string_view kReadsCorrections[] = {"deepseek32", "glm-dsa"};

// `tensor` belongs to a layer of `shape`, or to none.
bool IsLoaded(const GgufTensor& tensor, const ModelShape& shape) {
  const std::optional<LayerTensor> name = ParseLayerTensor(tensor.name);
  return !name || shape.layers[static_cast<size_t>(name->layer)].is_loaded ||
         (name->part == "exp_probs_b.bias" &&
          absl::c_linear_search(kReadsCorrections, shape.architecture));
}

absl::Status AddLayerTensor(const GgufTensor& tensor, int64_t experts_used,
                            ModelShape& shape) {
  const std::optional<LayerTensor> name = ParseLayerTensor(tensor.name);
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
  if (IsMatrix(tensor)) AddMatrix(name->part, tensor.size(), layer.matrices);
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
    shape.shares_with_windows = shape.architecture != "gemma4";
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
  AddJointWidths(header, shape);
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
