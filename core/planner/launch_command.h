#pragma once

#include <string>

#include "core/engine/engine_options.h"
#include "core/planner/additions.h"
#include "core/planner/vllm_cache.h"

namespace hwledger {

// The llama-server command line that loads the same configuration, quoted for a
// shell. `path`: the model file; empty for a catalogue model.
std::string LlamaServerCommand(const std::string& path,
                               const EngineOptions& options,
                               const Additions& additions = {});

// The vLLM command line that serves `repository` ("org/name" on Hugging Face)
// so. Empty without a repository: vLLM reads safetensors, which no GGUF file
// has.
std::string VllmServeCommand(const std::string& repository,
                             const VllmOptions& options);

}  // namespace hwledger
