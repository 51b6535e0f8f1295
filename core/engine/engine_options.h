#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "core/bytes.h"
#include "core/model/tensor_type.h"

namespace hwledger {

enum class FlashAttention { kAuto, kOn, kOff };

// How several GPUs share a model: whole layers each, rows of every matrix, or a
// part of every layer.
enum class SplitMode { kLayer, kRow, kTensor };

constexpr int64_t kSlotsMax = 256;  // LLAMA_MAX_SEQ

// How the engine is set up for one model.
struct EngineOptions {
  int64_t sequence_length = 0;  // Tokens that each sequence can hold.
  int64_t slot_count = 1;       // Sequences alive at once.
  // Tokens of one sequence whose logits are wanted at once; more than one where
  // those of a draft are checked.
  int64_t outputs_per_slot = 1;
  std::string kv_cache_type_k = "f16";
  std::string kv_cache_type_v = "f16";
  FlashAttention flash_attention = FlashAttention::kAuto;
  int64_t micro_batch_size = 512;
  int64_t gpu_layers = -1;  // -1: all.
  // Of so many layers, the first, the experts stay on the host.
  int64_t cpu_moe_layers = 0;
  SplitMode split_mode = SplitMode::kLayer;
  int64_t thread_count = 1;
  bool kv_unified = true;
  bool swa_full = false;

  friend bool operator==(const EngineOptions&, const EngineOptions&) = default;
};

// FieldError: an option is out of range or unknown, or two contradict each
// other. slot_count is the contract's batch_size.
absl::Status Validate(const EngineOptions& options);

// The longest sequence that so many slots allow.
int64_t SequenceLengthMax(int64_t slot_count);

// The type of a KV cache by its name ("q8_0"). Null where the engine cannot
// cache in it.
const TensorType* FindCacheType(std::string_view name);

// What one device holds for a model, by the engine's own accounting.
struct DeviceUse {
  std::string name;
  bool is_host = false;
  Bytes weights;
  Bytes kv_cache;
  Bytes compute_buffer;
  Bytes output_buffer;

  Bytes total() const {
    return weights + kv_cache + compute_buffer + output_buffer;
  }
  friend bool operator==(const DeviceUse&, const DeviceUse&) = default;
};

// The same for a multimodal projector: weights and compute buffer together.
struct ProjectorUse {
  std::string name;
  bool is_host = false;
  Bytes total;

  friend bool operator==(const ProjectorUse&, const ProjectorUse&) = default;
};

}  // namespace hwledger
