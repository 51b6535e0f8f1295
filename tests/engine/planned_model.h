#pragma once

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

// A test's name for a model's.
std::string LettersOf(std::string name);

}  // namespace hwledger
