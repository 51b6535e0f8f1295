#include "core/engine/llama_params.h"

#include <algorithm>

#include "core/engine/weight_layouts.h"

namespace hwledger {
namespace {

llama_split_mode SplitModeOf(SplitMode split_mode) {
  switch (split_mode) {
    case SplitMode::kTensor:
      return LLAMA_SPLIT_MODE_TENSOR;
    case SplitMode::kRow:
      return LLAMA_SPLIT_MODE_ROW;
    case SplitMode::kLayer:
      break;
  }
  return LLAMA_SPLIT_MODE_LAYER;
}

// TensorType::id is ggml's own number.
ggml_type CacheType(const std::string& name) {
  return static_cast<ggml_type>(FindCacheType(name)->id);
}

}  // namespace

llama_flash_attn_type FlashAttentionType(FlashAttention flash_attention) {
  switch (flash_attention) {
    case FlashAttention::kOn:
      return LLAMA_FLASH_ATTN_TYPE_ENABLED;
    case FlashAttention::kOff:
      return LLAMA_FLASH_ATTN_TYPE_DISABLED;
    case FlashAttention::kAuto:
      break;
  }
  return LLAMA_FLASH_ATTN_TYPE_AUTO;
}

llama_model_params ModelParams(const EngineOptions& options,
                               const HostExperts& host_experts,
                               const GgufHeader& header) {
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = static_cast<int32_t>(options.gpu_layers);
  params.tensor_buft_overrides = host_experts.overrides();
  params.split_mode = SplitModeOf(options.split_mode);
  params.use_extra_bufts = MayRelayoutWeights(header);
  return params;
}

llama_context_params ContextParams(const EngineOptions& options) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx =
      static_cast<uint32_t>(options.sequence_length * options.slot_count);
  params.n_batch = static_cast<uint32_t>(
      std::max(options.micro_batch_size, options.slot_count));
  params.n_ubatch = static_cast<uint32_t>(options.micro_batch_size);
  params.n_seq_max = static_cast<uint32_t>(options.slot_count);
  // By default a whole batch: the logits of a large vocabulary would be most of
  // the compute buffer.
  params.n_outputs_max = std::min(
      static_cast<uint32_t>(options.slot_count * options.outputs_per_slot),
      params.n_batch);
  params.n_threads = static_cast<int32_t>(options.thread_count);
  params.n_threads_batch = params.n_threads;
  params.flash_attn_type = FlashAttentionType(options.flash_attention);
  params.type_k = CacheType(options.kv_cache_type_k);
  params.type_v = CacheType(options.kv_cache_type_v);
  params.kv_unified = options.kv_unified;
  params.swa_full = options.swa_full;
  params.no_perf = false;
  return params;
}

}  // namespace hwledger
