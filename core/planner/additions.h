#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/engine/engine_options.h"
#include "core/model/gguf.h"
#include "core/model/model_shape.h"

namespace hwledger {

// A smaller model that proposes tokens for the model to check.
struct DraftAddition {
  std::string model_id;
  std::string file;  // Empty: there is none.
  std::shared_ptr<const ModelShape> shape;
  std::string kv_cache_type_k = "f16";
  std::string kv_cache_type_v = "f16";
};

// A LoRA adapter: its tensors' bytes, each by what they adapt.
struct LoraAdapter {
  struct Layer {
    Bytes weights;  // But for those of experts.
    Bytes expert_weights;
  };

  std::string file;
  Bytes input_weights;
  std::vector<Layer> layers;  // As many as the model's.
  Bytes output_weights;
};

// A multimodal projector: what turns images or sound into embeddings.
struct Projector {
  std::string file;
  Bytes weights;
  // What each device holds for it, weights included, by the engine's own
  // accounting. Absent: only the weights are known.
  std::optional<std::vector<ProjectorUse>> uses;
};

// What is loaded beside a model.
struct Additions {
  std::optional<Projector> projector;
  std::vector<LoraAdapter> adapters;
  std::optional<DraftAddition> draft;

  bool empty() const { return !projector && adapters.empty() && !draft; }
};

// The adapter that `header` describes, for the model that `model` does. Each
// pair of its tensors lies where the engine puts what it adapts (llama.cpp:
// llama_adapter_lora_init_impl).
//
// InvalidArgument: not a LoRA adapter, or one for another model; says why, as
// libllama refuses it.
absl::StatusOr<LoraAdapter> LoraOf(const GgufHeader& header,
                                   const GgufHeader& model,
                                   int64_t layer_count);

// InvalidArgument: not a projector.
absl::StatusOr<Projector> ProjectorOf(const GgufHeader& header);

// How the engine is set up for the model itself, which checks what a draft
// proposes: llama-server then wants the logits of the last token and of those
// drafted, by default three (common_params_speculative_draft, n_max).
EngineOptions OptionsBeside(const Additions& additions, EngineOptions options);

// How llama-server sets up the context of `draft` where the model has
// `options`: the same but for the type of its cache and its layers, which all
// go on the GPUs, experts included.
EngineOptions DraftOptions(const DraftAddition& draft, EngineOptions options);

// FieldError: an addition cannot be loaded where the model has `options`.
absl::Status ValidateAdditions(const Additions& additions,
                               const EngineOptions& options);

}  // namespace hwledger
