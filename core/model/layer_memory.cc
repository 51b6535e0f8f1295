#include "core/model/layer_memory.h"

#include <algorithm>
#include <string_view>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// What the blocks of an architecture are made of.
enum class Blocks {
  kAttention,
  kRecurrent,
  // Attention where the block has KV heads, a recurrent state where not.
  kEither,
  // Attention and a recurrent state side by side.
  kBoth,
};

struct Architecture {
  std::string_view name;
  Blocks blocks = Blocks::kAttention;
  // Of as many layers the last attends to everything, the others to a window.
  // 0: all attend to everything, even where the file names a window.
  int64_t window_period = 0;
  int64_t window_if_missing = 0;
  LayerKind window_kind = LayerKind::kSlidingWindow;
  bool weighs_expert_inputs = false;
};

// Those whose memory was compared with libllama's own accounting, byte by byte.
constexpr Architecture kArchitectures[] = {
    {"bailingmoe"},
    {"bailingmoe2"},
    {"command-r"},
    {"dbrx"},
    {"deepseek2"},
    {"deepseek32"},
    {"dots1"},
    {"ernie4_5-moe"},
    {"gemma"},
    {"gemma2", Blocks::kAttention, 2, 4096},
    {"gemma3", Blocks::kAttention, 6},
    {"glm-dsa"},
    {"glm4moe"},
    {"gpt-oss", Blocks::kAttention, 2},
    {"granitehybrid", Blocks::kEither},
    {"granitemoe"},
    {"grok"},
    {"hunyuan-moe"},
    {"llama"},
    {"llama4", Blocks::kAttention, 4, 8192, LayerKind::kChunkedAttention,
     /*weighs_expert_inputs=*/true},
    {"mamba", Blocks::kRecurrent},
    {"mamba2", Blocks::kRecurrent},
    {"mimo2", Blocks::kAttention, 1},
    {"minimax-m2"},
    {"olmo2"},
    {"olmoe"},
    {"phi3"},
    {"phimoe"},
    {"qwen2"},
    {"qwen2moe"},
    {"qwen3"},
    {"qwen3moe"},
    {"starcoder2"},
};

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
    layers[i].kind = LayerKind::kFullAttention;
    layers[i].key_elements = kv_heads[i] * key_length;
    layers[i].value_elements = kv_heads[i] * value_length;
    layers[i].widths.query_heads = heads[i];
    layers[i].widths.query = heads[i] * key_length;
    layers[i].widths.output = heads[i] * value_length;
  }
  return absl::OkStatus();
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
  ABSL_ASSIGN_OR_RETURN(const int64_t rotated,
                        keys.Required("rope.dimension_count"));
  for (Layer& layer : layers) {
    layer.kind = LayerKind::kLatentAttention;
    layer.widths.latent = layer.value_elements;
    layer.value_elements = 0;
    layer.widths.unlatent = layer.widths.query_heads * (key_length + rotated);
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

// Transposed values of all layers have rows as long as the longest (llama.cpp:
// llama_hparams::n_embd_v_gqa_max).
void AddTransposedValues(std::vector<Layer>& layers) {
  const int64_t longest =
      std::ranges::max(layers, {}, &Layer::value_elements).value_elements;
  for (Layer& layer : layers) {
    if (layer.value_elements > 0) layer.transposed_value_elements = longest;
  }
}

// The last layers may predict tokens beyond the next one, for which the engine
// is not asked (llama.cpp: llama_model_params::load_mtp).
void LeaveOutPrediction(const ArchitectureKeys& keys,
                        std::vector<Layer>& layers) {
  std::fill(layers.end() - keys.prediction_layer_count(), layers.end(),
            Layer{.kind = LayerKind::kNoCache, .is_loaded = false});
}

// State-space models keep the last inputs of the convolution and one state per
// element of the scan (Mamba, arXiv:2312.00752; Mamba-2, arXiv:2405.21060):
//   (conv - 1) · (inner + 2 · groups · state) + inner · state
// where Mamba-1 has no groups.
absl::Status AddScan(const ArchitectureKeys& keys, std::vector<Layer>& layers,
                     LayerKind kind) {
  ABSL_ASSIGN_OR_RETURN(const int64_t convolution,
                        keys.Required("ssm.conv_kernel"));
  ABSL_ASSIGN_OR_RETURN(const int64_t inner, keys.Required("ssm.inner_size"));
  ABSL_ASSIGN_OR_RETURN(const int64_t state, keys.Required("ssm.state_size"));
  ABSL_ASSIGN_OR_RETURN(const int64_t groups,
                        keys.Optional("ssm.group_count", 0));
  ABSL_ASSIGN_OR_RETURN(const int64_t heads,
                        keys.Required("ssm.time_step_rank"));
  const int64_t convolved = inner + 2 * groups * state;
  for (Layer& layer : layers) {
    if (kind == LayerKind::kRecurrent && layer.key_elements > 0) continue;
    layer.kind = kind;
    layer.state_elements =
        std::max<int64_t>(convolution - 1, 0) * convolved + inner * state;
    layer.widths.scan_projection =
        groups > 0 ? inner + convolved + heads : 2 * inner;
    layer.widths.scan_convolution = convolved;
    layer.widths.scan = inner;
    layer.widths.scan_state = state;
  }
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
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<Layer>> LayerMemory(const ArchitectureKeys& keys) {
  const auto* const architecture =
      absl::c_find_if(kArchitectures, [&keys](const Architecture& candidate) {
        return candidate.name == keys.architecture();
      });
  if (architecture == std::end(kArchitectures)) {
    return absl::UnimplementedError(
        absl::StrCat("the memory of models of this architecture is not known: ",
                     keys.architecture().substr(0, 64)));
  }
  std::vector<Layer> layers(static_cast<size_t>(keys.layer_count()),
                            {.kind = LayerKind::kNoCache});
  if (architecture->blocks != Blocks::kRecurrent) {
    ABSL_RETURN_IF_ERROR(AddAttention(keys, layers));
    ABSL_RETURN_IF_ERROR(AddLatentAttention(keys, layers));
    ABSL_RETURN_IF_ERROR(AddIndexer(keys, layers));
    ABSL_RETURN_IF_ERROR(AddWindows(keys, *architecture, layers));
  }
  if (architecture->blocks != Blocks::kAttention) {
    ABSL_RETURN_IF_ERROR(AddScan(keys, layers,
                                 architecture->blocks == Blocks::kBoth
                                     ? LayerKind::kHybrid
                                     : LayerKind::kRecurrent));
  }
  LeaveOutPrediction(keys, layers);
  AddTransposedValues(layers);
  for (Layer& layer : layers) {
    layer.widths.weighs_expert_inputs = architecture->weighs_expert_inputs;
  }
  return layers;
}

}  // namespace hwledger
