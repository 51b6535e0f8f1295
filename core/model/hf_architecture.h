#pragma once

#include <string_view>

#include "core/model/header_draft.h"
#include "core/model/hf_config.h"

// What a config says, as keys and tensors of a GGUF header: one function per
// family of architectures. Keys are those of llama.cpp's converter, tensors
// those of its loader (src/models), so that libllama loads the result.
namespace hwledger {

// Decoders of attention and a dense or sparse feed-forward network that differ
// in their style only: llama, qwen3_moe, falcon and what else is listed in
// hf_header.cc without a function of its own.
void AddDecoder(std::string_view model_type, HfConfig& config,
                HeaderDraft& draft);

// Latent attention: deepseek_v2, deepseek_v3, deepseek_v32, glm4_moe_lite,
// glm_moe_dsa, kimi_k2.
void AddDeepSeek(std::string_view model_type, HfConfig& config,
                 HeaderDraft& draft);

// Per-layer embeddings and shared caches: gemma3n, gemma4.
void AddGemma3n(HfConfig& config, HeaderDraft& draft);
void AddGemma4(HfConfig& config, HeaderDraft& draft);

// Each block with widths of its own: openelm, nemotron-nas.
void AddNemotronNas(HfConfig& config, HeaderDraft& draft);
void AddOpenElm(HfConfig& config, HeaderDraft& draft);

// minicpm3.
void AddMiniCpm3(HfConfig& config, HeaderDraft& draft);

// For all of them.

// LLAMA_EXPERT_GATING_FUNC_TYPE_*
inline constexpr int64_t kSoftmaxGating = 1;
inline constexpr int64_t kSigmoidGating = 2;

struct Ends {
  int64_t embedding_elements = 0;
  int64_t vocabulary_size = 0;
  bool tied = false;  // The output's weights are the token embedding.
};
// The token embedding and the output.
void AddEnds(const Ends& ends, HeaderDraft& draft);
// Keys that every decoder with attention has.
void SetAttentionKeys(HfConfig& config, HeaderDraft& draft);
// Factors of results, where the architecture has any. They weigh nothing, but
// the loader asks for them.
void SetScales(std::string_view model_type, HfConfig& config,
               HeaderDraft& draft);
// Gate, up and down projection; `suffix` as in "ffn_up_shexp".
void AddFeedForward(int64_t block, std::string_view suffix,
                    int64_t embedding_elements, int64_t inner_elements,
                    HeaderDraft& draft);
// The router, and the same three projections of all experts.
void AddExperts(int64_t block, int64_t embedding_elements,
                int64_t inner_elements, int64_t expert_count,
                const TensorType* type, HeaderDraft& draft);

struct NextTokenPrediction {
  int64_t block = 0;
  int64_t embedding_elements = 0;
  int64_t vocabulary_size = 0;  // 0: it has no embedding and output of its own.
};
// What a block has besides if it predicts tokens beyond the next one.
void AddNextTokenPrediction(const NextTokenPrediction& prediction,
                            HeaderDraft& draft);

}  // namespace hwledger
