#include "core/model/layer_memory.h"

#include <algorithm>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/model/architectures.h"
#include "core/model/recurrent_memory.h"

namespace hwledger {
namespace {

// Caches n_head_kv · key_length keys and n_head_kv · value_length values per
// token (llama.cpp: llama_hparams::n_embd_k_gqa).
absl::Status AddAttention(const ArchitectureKeys& keys,
                          std::vector<Layer>& layers) {
  ABSL_ASSIGN_OR_RETURN(const int64_t embedding,
                        keys.Required("embedding_length"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<int64_t> heads,
                        keys.PerLayer("attention.head_count", 0));
  const int64_t heads_max = *absl::c_max_element(heads);
  if (heads_max == 0) {
    return absl::DataLossError(
        absl::StrCat("the key ", keys.architecture(),
                     ".attention.head_count is missing or zero"));
  }
  std::vector<int64_t> kv_heads = heads;
  if (keys.Has("attention.head_count_kv")) {
    ABSL_ASSIGN_OR_RETURN(kv_heads,
                          keys.PerLayer("attention.head_count_kv", 0));
  }
  ABSL_ASSIGN_OR_RETURN(
      const int64_t key_length,
      keys.Optional("attention.key_length", embedding / heads_max));
  ABSL_ASSIGN_OR_RETURN(
      const int64_t value_length,
      keys.Optional("attention.value_length", embedding / heads_max));
  for (size_t i = 0; i < layers.size(); ++i) {
    if (kv_heads[i] == 0) continue;
    if (heads[i] % kv_heads[i] != 0) {
      return absl::DataLossError(absl::StrCat(
          "the query heads of a layer must be a multiple of its key and value "
          "heads; got ",
          heads[i], " and ", kv_heads[i], ", key ", keys.architecture(),
          ".attention.head_count_kv"));
    }
    layers[i].kind = LayerKind::kFullAttention;
    layers[i].key_elements = kv_heads[i] * key_length;
    layers[i].value_elements = kv_heads[i] * value_length;
    layers[i].widths.query_heads = heads[i];
    layers[i].widths.query = heads[i] * key_length;
    layers[i].widths.output = heads[i] * value_length;
  }
  return absl::OkStatus();
}

void SetPositions(Positions positions, std::vector<Layer>& layers) {
  for (size_t i = 0; i < layers.size(); ++i) {
    bool& is_rotated = layers[i].widths.is_rotated;
    switch (positions) {
      case Positions::kRotated:
        break;
      case Positions::kNone:
        is_rotated = false;
        break;
      case Positions::kInWindows:
        is_rotated = layers[i].window_tokens > 0;
        break;
      case Positions::kThreeOfFour:
        is_rotated = i % 4 != 3;
        break;
    }
  }
}

// Caches the latent and the rotated part of the key once per token and layer;
// values are read out of the latent (DeepSeek-V2, arXiv:2405.04434, 2.1). Files
// without these keys cache per head.
absl::Status AddLatentAttention(const ArchitectureKeys& keys,
                                std::vector<Layer>& layers) {
  if (!keys.Has("attention.key_length_mla") ||
      !keys.Has("attention.value_length_mla")) {
    return absl::OkStatus();
  }
  ABSL_ASSIGN_OR_RETURN(const int64_t key_length,
                        keys.Required("attention.key_length_mla"));
  ABSL_ASSIGN_OR_RETURN(const int64_t value_length,
                        keys.Required("attention.value_length_mla"));
  ABSL_ASSIGN_OR_RETURN(const int64_t rotated,
                        keys.Required("rope.dimension_count"));
  for (Layer& layer : layers) {
    if (layer.key_elements == 0) continue;
    layer.kind = LayerKind::kLatentAttention;
    layer.widths.latent = layer.value_elements;
    layer.value_elements = 0;
    layer.widths.unlatent =
        layer.widths.query_heads *
        (key_length + (layer.widths.is_rotated ? rotated : 0));
    layer.widths.unlatent_output = layer.widths.query_heads * value_length;
  }
  return absl::OkStatus();
}

// A lightning indexer caches one key per token, whatever its heads
// (DeepSeek-V3.2-Exp, 2.1; llama.cpp: llama_kv_cache_dsa). In GLM-5.2 several
// layers share what one of them has chosen.
absl::Status AddIndexer(const ArchitectureKeys& keys,
                        std::vector<Layer>& layers) {
  ABSL_ASSIGN_OR_RETURN(const int64_t key_length,
                        keys.Optional("attention.indexer.key_length", 0));
  if (key_length == 0) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const int64_t top,
                        keys.Required("attention.indexer.top_k"));
  ABSL_ASSIGN_OR_RETURN(const std::vector<int64_t> has_indexer,
                        keys.PerLayer("attention.indexer.types", 1));
  for (size_t i = 0; i < layers.size(); ++i) {
    layers[i].widths.index_top = top;
    if (has_indexer[i] != 0) layers[i].index_elements = key_length;
  }
  return absl::OkStatus();
}

// The last layers may predict tokens beyond the next one, for which the engine
// is not asked (llama.cpp: llama_model_params::load_mtp).
void LeaveOutPrediction(const ArchitectureKeys& keys,
                        std::vector<Layer>& layers) {
  std::fill(layers.end() - keys.prediction_layer_count(), layers.end(),
            Layer{.kind = LayerKind::kNoCache, .is_loaded = false});
}

// Some models have heads of another length in layers with a window.
absl::Status AddWindowHeads(const ArchitectureKeys& keys, Layer& layer) {
  const int64_t heads = std::max<int64_t>(layer.widths.query_heads, 1);
  const int64_t full_key = std::max<int64_t>(layer.widths.query / heads, 1);
  const int64_t full_value = std::max<int64_t>(layer.widths.output / heads, 1);
  ABSL_ASSIGN_OR_RETURN(const int64_t key_length,
                        keys.Optional("attention.key_length_swa", full_key));
  ABSL_ASSIGN_OR_RETURN(
      const int64_t value_length,
      keys.Optional("attention.value_length_swa", full_value));
  layer.key_elements = layer.key_elements / full_key * key_length;
  layer.value_elements = layer.value_elements / full_value * value_length;
  layer.widths.query = heads * key_length;
  layer.widths.output = heads * value_length;
  return absl::OkStatus();
}

absl::Status AddWindows(const ArchitectureKeys& keys,
                        const Architecture& architecture,
                        std::vector<Layer>& layers) {
  ABSL_ASSIGN_OR_RETURN(const int64_t window,
                        keys.Optional("attention.sliding_window",
                                      architecture.window_if_missing));
  if (architecture.window_period == 0 || window == 0) return absl::OkStatus();
  ABSL_ASSIGN_OR_RETURN(const std::vector<int64_t> pattern,
                        keys.PerLayer("attention.sliding_window_pattern",
                                      architecture.window_period));
  // Either says of each layer whether it has a window, or gives the period.
  const bool is_array = keys.HasArray("attention.sliding_window_pattern");
  for (size_t i = 0; i < layers.size(); ++i) {
    const int64_t period = std::max<int64_t>(pattern[i], 1);
    const bool windowed = is_array
                              ? pattern[i] != 0
                              : static_cast<int64_t>(i) % period < period - 1;
    if (!windowed) continue;
    layers[i].kind = architecture.window_kind;
    layers[i].window_tokens = window;
    ABSL_RETURN_IF_ERROR(AddWindowHeads(keys, layers[i]));
  }
  return absl::OkStatus();
}

// Rows of transposed values are as long in all layers as in the widest
// (llama.cpp: llama_hparams::n_embd_v_gqa_max); also in layers without keys,
// unless those are recurrent ones.
void AddTransposedValues(Blocks blocks, std::vector<Layer>& layers) {
  int64_t widest = 0;
  for (const Layer& layer : layers) {
    widest = std::max(widest, layer.value_elements);
  }
  for (Layer& layer : layers) {
    const bool caches = blocks == Blocks::kAttention || layer.key_elements > 0;
    layer.transposed_value_elements = caches ? widest : 0;
  }
}

absl::Status AddSharedCaches(const ArchitectureKeys& keys,
                             const Architecture& architecture,
                             std::vector<Layer>& layers) {
  ABSL_ASSIGN_OR_RETURN(const int64_t shared,
                        keys.Optional("attention.shared_kv_layers", 0));
  const int64_t cached = architecture.cached_layers > 0
                             ? architecture.cached_layers
                             : keys.layer_count() - shared;
  for (size_t i = 0; i < layers.size(); ++i) {
    if (static_cast<int64_t>(i) < cached) continue;
    layers[i].kind = LayerKind::kNoCache;
    layers[i].key_elements = 0;
    layers[i].value_elements = 0;
    layers[i].transposed_value_elements = 0;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Layer>> LayerMemory(const ArchitectureKeys& keys) {
  const Architecture* const architecture =
      FindArchitecture(keys.architecture());
  if (architecture == nullptr) {
    return absl::UnimplementedError(
        absl::StrCat("the memory of models of this architecture is not known: ",
                     keys.architecture().substr(0, 64)));
  }
  std::vector<Layer> layers(static_cast<size_t>(keys.layer_count()),
                            {.kind = LayerKind::kNoCache});
  if (architecture->blocks != Blocks::kRecurrent) {
    ABSL_RETURN_IF_ERROR(AddAttention(keys, layers));
    ABSL_RETURN_IF_ERROR(AddWindows(keys, *architecture, layers));
    SetPositions(architecture->positions, layers);
    ABSL_RETURN_IF_ERROR(AddLatentAttention(keys, layers));
    ABSL_RETURN_IF_ERROR(AddIndexer(keys, layers));
    AddTransposedValues(architecture->blocks, layers);
    ABSL_RETURN_IF_ERROR(AddSharedCaches(keys, *architecture, layers));
  }
  if (architecture->blocks != Blocks::kAttention) {
    ABSL_RETURN_IF_ERROR(AddRecurrences(keys, architecture->blocks,
                                        architecture->recurrence, layers));
  }
  LeaveOutPrediction(keys, layers);
  for (Layer& layer : layers) {
    layer.widths.weighs_expert_inputs = architecture->weighs_expert_inputs;
  }
  return layers;
}

}  // namespace hwledger
