#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/engine/engine_options.h"
#include "core/known_answers.h"
#include "core/model/known_model.h"
#include "core/planner/additions.h"

namespace hwledger {

// The engine's own word on what models and projectors take. What it was asked
// before it is not asked again, as long as the file is the same. Any thread.
class DryRuns {
 public:
  // Runs the engine's dry run in a process of its own.
  using AskModel = std::function<absl::StatusOr<std::vector<DeviceUse>>(
      const std::string& path, const EngineOptions& options)>;
  // The same for a multimodal projector.
  using AskProjector = std::function<absl::StatusOr<std::vector<ProjectorUse>>(
      const std::string& path, FlashAttention flash_attention)>;

  // Without `ask_projector` there is nobody to ask about projectors.
  DryRuns(AskModel ask_model, AskProjector ask_projector);

  absl::StatusOr<std::vector<DeviceUse>> OfModel(
      const std::shared_ptr<const KnownModel>& model,
      const EngineOptions& options);

  bool knows_projectors() const { return ask_projector_ != nullptr; }
  absl::StatusOr<std::vector<ProjectorUse>> OfProjector(
      const std::string& file, FlashAttention flash_attention);

 private:
  struct ModelQuestion {
    std::shared_ptr<const KnownModel> model;  // A changed file is another one.
    EngineOptions options;

    friend bool operator==(const ModelQuestion&,
                           const ModelQuestion&) = default;
  };
  struct ProjectorQuestion {
    std::string file;
    std::filesystem::file_time_type modified_at;  // A changed file is another.
    FlashAttention flash_attention = FlashAttention::kAuto;

    friend bool operator==(const ProjectorQuestion&,
                           const ProjectorQuestion&) = default;
  };

  // An answer is a few hundred bytes.
  static constexpr size_t kAnswersMax = 256;

  const AskModel ask_model_;
  const AskProjector ask_projector_;
  KnownAnswers<ModelQuestion, std::vector<DeviceUse>> models_{kAnswersMax};
  KnownAnswers<ProjectorQuestion, std::vector<ProjectorUse>> projectors_{
      kAnswersMax};
};

}  // namespace hwledger
