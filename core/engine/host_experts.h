#pragma once

#include <array>
#include <string>

#include "core/engine/engine_options.h"
#include "llama.h"

namespace hwledger {

// Tells libllama which layers' experts stay on the host, whatever device the
// rest of their layer is on. Must live for as long as a model is being loaded
// with it.
class HostExperts {
 public:
  // `options` are valid.
  explicit HostExperts(const EngineOptions& options);
  HostExperts(const HostExperts&) = delete;
  HostExperts& operator=(const HostExperts&) = delete;

  // For llama_model_params. Null where no layer's do.
  const llama_model_tensor_buft_override* overrides() const {
    return pattern_.empty() ? nullptr : overrides_.data();
  }

 private:
  std::string pattern_;
  // The second ends the list.
  std::array<llama_model_tensor_buft_override, 2> overrides_ = {};
};

}  // namespace hwledger
