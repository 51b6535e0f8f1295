#include "core/engine/projector_dry_run.h"

#include "absl/strings/str_format.h"
#include "core/engine/llama_params.h"
#include "ggml-backend.h"
#include "mtmd.h"

namespace hwledger {

absl::StatusOr<std::vector<ProjectorUse>> ProjectorDryRun(
    const std::string& path, FlashAttention flash_attention) {
  mtmd_context_params params = mtmd_context_params_default();
  params.flash_attn_type = FlashAttentionType(flash_attention);
  const mtmd_memory_usage usage = mtmd_get_memory_usage(path.c_str(), params);
  if (usage.backend_mem_usage.empty()) {
    return absl::InvalidArgumentError(
        absl::StrFormat("libmtmd cannot load the projector: \"%s\"", path));
  }
  std::vector<ProjectorUse> uses;
  uses.reserve(usage.backend_mem_usage.size());
  for (const auto& [device, size] : usage.backend_mem_usage) {
    uses.push_back({.name = ggml_backend_dev_name(device),
                    .is_host = ggml_backend_dev_type(device) ==
                               GGML_BACKEND_DEVICE_TYPE_CPU,
                    .total = Bytes(static_cast<int64_t>(size))});
  }
  return uses;
}

}  // namespace hwledger
