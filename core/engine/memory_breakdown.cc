#include "core/engine/memory_breakdown.h"

#include <algorithm>
#include <cstddef>
#include <map>

#include "ggml-backend.h"

// Exported by libllama, but in none of the headers that it installs. The build
// checks that it is there.
struct llama_memory_breakdown_data {  // NOLINT(readability-identifier-naming)
  size_t model = 0;
  size_t context = 0;
  size_t compute = 0;
};
std::map<ggml_backend_buffer_type_t, llama_memory_breakdown_data>
llama_get_memory_breakdown(const llama_context* context);

namespace hwledger {
namespace {

// The device that a buffer takes its memory from; null for the host. Buffers of
// host memory that a GPU's driver has pinned belong to the host.
ggml_backend_dev_t OwnerOf(ggml_backend_buffer_type_t type) {
  ggml_backend_dev_t device = ggml_backend_buft_get_device(type);
  const bool is_host =
      device == nullptr || ggml_backend_buft_is_host(type) ||
      ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_CPU;
  return is_host ? nullptr : device;
}

Bytes ToBytes(size_t count) { return Bytes(static_cast<int64_t>(count)); }

// The logits of as many tokens as there are sequences: llama_context keeps room
// for those from the start, outside of its own accounting.
Bytes OutputBuffer(const llama_context* context) {
  const llama_vocab* vocab = llama_model_get_vocab(llama_get_model(context));
  return int64_t{llama_n_seq_max(context)} *
         Bytes(int64_t{llama_vocab_n_tokens(vocab)} * int64_t{sizeof(float)});
}

}  // namespace

std::vector<DeviceUse> MemoryBreakdown(const llama_context* context) {
  std::map<ggml_backend_dev_t, DeviceUse> by_owner;
  for (const auto& [type, part] : llama_get_memory_breakdown(context)) {
    DeviceUse& use = by_owner[OwnerOf(type)];
    use.weights += ToBytes(part.model);
    use.kv_cache += ToBytes(part.context);
    use.compute_buffer += ToBytes(part.compute);
  }
  by_owner[nullptr].output_buffer = OutputBuffer(context);

  std::vector<DeviceUse> uses = {by_owner[nullptr]};
  uses.front().name = "CPU";
  uses.front().is_host = true;
  for (size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    ggml_backend_dev_t device = ggml_backend_dev_get(i);
    const auto found = by_owner.find(device);
    if (found == by_owner.end()) continue;
    uses.push_back(found->second);
    uses.back().name = ggml_backend_dev_name(device);
    by_owner.erase(found);
  }
  by_owner.erase(nullptr);
  for (const auto& [device, use] : by_owner) {
    uses.push_back(use);
    uses.back().name = ggml_backend_dev_name(device);
  }
  std::erase_if(uses,
                [](const DeviceUse& use) { return use.total() == Bytes(); });
  return uses;
}

}  // namespace hwledger
