#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/engine/adapter_scale.h"
#include "core/engine/engine_options.h"
#include "llama-cpp.h"

namespace hwledger {

// The weights of a model, and of the adapters that were loaded beside it.
class ModelWeights {
 public:
  // Hears how much is loaded, 0 to 1; false gives the load up.
  using Progress = std::function<bool(double fraction)>;

  // `options` are valid. InvalidArgument: a file that libllama cannot load, or
  // that neither generates nor embeds text. ResourceExhausted: not enough
  // memory. Cancelled: given up.
  static absl::StatusOr<ModelWeights> Load(const std::string& path,
                                           const EngineOptions& options,
                                           const Progress& progress,
                                           std::vector<AdapterScale> adapters);

  llama_model* model() const { return model_.get(); }
  const std::vector<AdapterScale>& adapters() const { return scales_; }

  // A context over the model, which lives no longer.
  absl::StatusOr<llama_context_ptr> MakeContext(
      const llama_context_params& params) const;
  // How strongly `context` applies each adapter from now on.
  void Apply(absl::Span<const float> scales, llama_context* context) const;

 private:
  ModelWeights(std::string path, llama_model_ptr model)
      : path_(std::move(path)), model_(std::move(model)) {}

  absl::Status LoadAdapters(std::vector<AdapterScale> adapters);

  std::string path_;
  llama_model_ptr model_;
  std::vector<AdapterScale> scales_;
  std::vector<llama_adapter_lora*> adapters_;  // In the same order.
};

}  // namespace hwledger
