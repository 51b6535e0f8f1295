#pragma once

#include <string_view>

#include "core/model/header_draft.h"
#include "core/model/hf_config.h"

// What a config says, as keys and tensors of a GGUF header: one function per
// family of architectures. Keys are those of llama.cpp's converter, tensors
// those of its loader (src/models), so that libllama loads the result.
namespace hwledger {

// Decoders of attention and a dense or sparse feed-forward network: llama,
// mistral, mixtral, qwen2, qwen3, qwen3_moe, gemma3, phi3, gpt_oss.
void AddDecoder(std::string_view model_type, HfConfig& config,
                HeaderDraft& draft);

// Latent attention: deepseek_v2, deepseek_v3.
void AddDeepSeek(HfConfig& config, HeaderDraft& draft);

// For all of them.

struct Ends {
  int64_t embedding_elements = 0;
  int64_t vocabulary_size = 0;
  bool tied = false;  // The output's weights are the token embedding.
};
// The token embedding and the output.
void AddEnds(const Ends& ends, HeaderDraft& draft);
// Keys that every decoder with attention has.
void SetAttentionKeys(HfConfig& config, HeaderDraft& draft);
// Gate, up and down projection; `suffix` as in "ffn_up_shexp".
void AddFeedForward(int64_t block, std::string_view suffix,
                    int64_t embedding_elements, int64_t inner_elements,
                    HeaderDraft& draft);
// The router, and the same three projections of all experts.
void AddExperts(int64_t block, int64_t embedding_elements,
                int64_t inner_elements, int64_t expert_count,
                const TensorType* type, HeaderDraft& draft);

}  // namespace hwledger
