#pragma once

#include "core/engine/engine_options.h"
#include "core/engine/host_experts.h"
#include "core/model/gguf.h"
#include "llama.h"

namespace hwledger {

// How libllama is told what `options` say. They must be valid.

// For a file with `header`. Refers to `host_experts`.
llama_model_params ModelParams(const EngineOptions& options,
                               const HostExperts& host_experts,
                               const GgufHeader& header);

llama_flash_attn_type FlashAttentionType(FlashAttention flash_attention);

// Also what the options leave open: as many outputs per step as slots, timings
// on, one micro-batch per call of llama_decode (of at least one token a slot).
llama_context_params ContextParams(const EngineOptions& options);

}  // namespace hwledger
