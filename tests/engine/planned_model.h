#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/device.h"
#include "core/engine/engine_options.h"
#include "core/model/model_shape.h"
#include "tests/temporary_folder.h"

namespace hwledger {

enum class ComputeBuffers { kCompared, kNotCompared };

// A model of the catalogue, to be planned for and to be asked libllama about.
class PlannedModel {
 public:
  explicit PlannedModel(const std::string& name);

  // Expects of the plan for `devices`, which libllama finds too: weights and
  // caches to the byte, compute buffers within 5 %.
  void ExpectAgreement(
      const EngineOptions& options, const std::vector<Device>& devices,
      ComputeBuffers buffers = ComputeBuffers::kCompared) const;

 private:
  TemporaryFolder folder_;
  std::string path_;
  ModelShape shape_;
};

// One sequence and several, with flash attention and without.
std::vector<EngineOptions> LayerSettings(int64_t gpu_layers);

// Of each way to be made, whose layers are split between devices.
inline const auto kSplitModels = testing::Values(
    "deepseek-v2-lite", "falcon-7b", "gemma-2-9b", "gemma-3-12b", "gpt-oss-20b",
    "granite-4.0-h-tiny", "lfm2-1.2b", "llama-3.1-8b", "llama-3.2-1b",
    "mamba2-2.7b", "mixtral-8x7b", "phi-4", "qwen2.5-7b", "qwen3-8b",
    "qwen3-30b-a3b", "qwen3.5-4b");

// A test's name for a model's.
std::string LettersOf(std::string name);

}  // namespace hwledger
