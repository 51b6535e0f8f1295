#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/gguf.h"
#include "core/model/model_shape.h"
#include "llama-cpp.h"
#include "tests/temporary_folder.h"

namespace hwledger {

// A model of the catalogue, to be planned for and to be asked libllama about.
class PlannedModel {
 public:
  explicit PlannedModel(const std::string& name);

  // Expects of the plan for `devices`, which libllama finds too: weights and
  // caches to the byte, compute buffers within 5 %.
  void ExpectAgreement(const EngineOptions& options,
                       const std::vector<Device>& devices);

 private:
  // As DryRun answers, nothing where libllama refuses; but the outline of the
  // model stays loaded as long as its layers stay where they are, which takes
  // longer than all else.
  std::optional<std::vector<DeviceUse>> Uses(const EngineOptions& options);

  TemporaryFolder folder_;
  std::string path_;
  GgufHeader header_;
  ModelShape shape_;
  llama_model_ptr outline_;
  EngineOptions outline_options_;
};

// The usual, and what differs from it in one respect or two: flash attention,
// sequences and whether they share a cache, the micro-batch, the cache's types.
std::vector<EngineOptions> LayerSettings(int64_t gpu_layers);

// One of each architecture, and of each way to be made, whose layers are split
// between devices.
inline const auto kSplitModels = testing::Values(
    "arcee-4.5b", "aya-expanse-8b", "bloom-560m", "command-r7b",
    "deepseek-v2-lite", "dots.llm1", "ernie-4.5-0.3b", "exaone-3.5-2.4b",
    "exaone-4.0-1.2b", "falcon-40b", "falcon-7b", "falcon-h1-0.5b",
    "gemma-2-9b", "gemma-2b", "gemma-3-12b", "gemma-4-26b-a4b", "gemma-4-31b",
    "gemma-4-e2b", "gemma-4-e4b", "glm-4-9b", "glm-4-9b-0414", "glm-4.5-air",
    "gpt-oss-20b", "gpt2", "granite-3.3-2b", "granite-4.0-h-tiny",
    "hunyuan-a13b", "internlm2-7b", "lfm2-1.2b", "llama-3.1-8b", "llama-3.2-1b",
    "llama-4-scout", "mamba2-2.7b", "minicpm4-0.5b", "mixtral-8x7b",
    "nemotron-h-8b", "olmo-2-7b", "olmo-3-7b", "phi-2", "phi-3.5-moe", "phi-4",
    "pythia-1.4b", "qwen1.5-moe-a2.7b", "qwen2.5-7b", "qwen3-30b-a3b",
    "qwen3-8b", "qwen3.5-4b", "rwkv6-1.6b", "rwkv7-2.9b", "seed-oss-36b",
    "smollm3-3b", "stablelm-2-1.6b", "starcoder2-3b");

// A test's name for a model's.
std::string LettersOf(std::string name);

}  // namespace hwledger
