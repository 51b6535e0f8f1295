#pragma once

#include <string>
#include <string_view>

#include "core/engine/engine_options.h"
#include "core/planner/additions.h"
#include "core/planner/vllm_cache.h"

namespace hwledger {

// Whether llama-server may use the GPUs that it finds.
enum class GpuUse { kAsPlanned, kNone };

// The llama-server command line that loads the same configuration, quoted for a
// shell. `path`: the model file. What llama-server would decide by itself where
// it is not told, or keep in memory beside the plan, it is told.
std::string LlamaServerCommand(const std::string& path,
                               const EngineOptions& options,
                               const Additions& additions = {},
                               GpuUse gpus = GpuUse::kAsPlanned);

// The llama-quantize command line that makes `to` of `from`.
std::string LlamaQuantizeCommand(const std::string& from, const std::string& to,
                                 std::string_view quantization);

// What vLLM is to make of the weights in a repository while it loads them.
// Empty: nothing.
struct VllmWeightOptions {
  std::string_view quantization;  // --quantization
  std::string_view dtype;         // --dtype
};

// The vLLM command line that serves `repository` ("org/name" on Hugging Face,
// or a folder) so.
std::string VllmServeCommand(const std::string& repository,
                             const VllmOptions& options,
                             const VllmWeightOptions& weights = {});

}  // namespace hwledger
