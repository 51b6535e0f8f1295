#include "core/engine/model_weights.h"

#include <string_view>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "core/engine/libllama.h"
#include "core/engine/llama_params.h"
#include "core/model/gguf.h"

namespace hwledger {
namespace {

// Out of memory is told from other failures by libllama's words alone.
absl::Status LoadFailure(const std::string& path, std::string_view fallback) {
  const std::string complaint = TakeLibllamaError();
  const std::string message =
      absl::StrFormat("libllama cannot load \"%s\": %s", path,
                      complaint.empty() ? fallback : complaint);
  const bool out_of_memory = absl::StrContains(complaint, "alloc") ||
                             absl::StrContains(complaint, "out of memory");
  return out_of_memory ? absl::ResourceExhaustedError(message)
                       : absl::InvalidArgumentError(message);
}

struct ProgressState {
  const ModelWeights::Progress* progress = nullptr;
  bool given_up = false;
};

bool ReportProgress(float fraction, void* data) {
  auto* state = static_cast<ProgressState*>(data);
  state->given_up = !(*state->progress)(fraction);
  return !state->given_up;
}

absl::StatusOr<llama_model_ptr> LoadModel(
    const std::string& path, const GgufHeader& header,
    const EngineOptions& options, const ModelWeights::Progress& progress) {
  ProgressState state = {.progress = &progress};
  const HostExperts host_experts(options);
  llama_model_params params = ModelParams(options, host_experts, header);
  params.progress_callback = ReportProgress;
  params.progress_callback_user_data = &state;
  TakeLibllamaError();
  llama_model_ptr model(llama_model_load_from_file(path.c_str(), params));
  if (state.given_up) return absl::CancelledError("loading was given up");
  if (!model) return LoadFailure(path, "not a model that it knows");
  return model;
}

// Of an encoder and a decoder, one: what has both translates.
absl::Status ValidateKind(const llama_model* model, const std::string& path) {
  const llama_vocab* vocab = llama_model_get_vocab(model);
  if (llama_model_has_decoder(model) != llama_model_has_encoder(model) &&
      !llama_model_is_diffusion(model) &&
      llama_vocab_type(vocab) != LLAMA_VOCAB_TYPE_NONE) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrFormat("the model neither generates text token by token nor "
                      "only embeds it: \"%s\"",
                      path));
}

}  // namespace

absl::StatusOr<ModelWeights> ModelWeights::Load(
    const std::string& path, const EngineOptions& options,
    const Progress& progress, std::vector<AdapterScale> adapters) {
  // Our own reader is the stricter one: libllama ends the process on some
  // files.
  ABSL_ASSIGN_OR_RETURN(const GgufHeader header, ReadGguf(path));
  ABSL_ASSIGN_OR_RETURN(llama_model_ptr model,
                        LoadModel(path, header, options, progress));
  ABSL_RETURN_IF_ERROR(ValidateKind(model.get(), path));
  ModelWeights weights(path, std::move(model));
  ABSL_RETURN_IF_ERROR(weights.LoadAdapters(std::move(adapters)));
  return weights;
}

absl::Status ModelWeights::LoadAdapters(std::vector<AdapterScale> adapters) {
  scales_ = std::move(adapters);
  for (const AdapterScale& adapter : scales_) {
    ABSL_RETURN_IF_ERROR(ReadGguf(adapter.path).status());
    TakeLibllamaError();
    // The model frees it.
    adapters_.push_back(
        llama_adapter_lora_init(model_.get(), adapter.path.c_str()));
    if (adapters_.back() == nullptr) {
      return LoadFailure(adapter.path, "not an adapter for this model");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<llama_context_ptr> ModelWeights::MakeContext(
    const llama_context_params& params) const {
  llama_context_ptr context(llama_init_from_model(model_.get(), params));
  if (!context) return LoadFailure(path_, "no context with these options");
  return context;
}

void ModelWeights::Apply(absl::Span<const float> scales,
                         llama_context* context) const {
  if (adapters_.empty()) return;
  std::vector<llama_adapter_lora*> adapters = adapters_;
  std::vector<float> values(scales.begin(), scales.end());
  llama_set_adapters_lora(context, adapters.data(), adapters.size(),
                          values.data());
}

}  // namespace hwledger
