#include "core/dry_runs.h"

#include <system_error>
#include <utility>

namespace hwledger {

DryRuns::DryRuns(AskModel ask_model, AskProjector ask_projector)
    : ask_model_(std::move(ask_model)),
      ask_projector_(std::move(ask_projector)) {}

absl::StatusOr<std::vector<DeviceUse>> DryRuns::OfModel(
    const std::shared_ptr<const KnownModel>& model,
    const EngineOptions& options) {
  return models_.Answered({.model = model, .options = options},
                          [&] { return ask_model_(model->file, options); });
}

absl::StatusOr<std::vector<ProjectorUse>> DryRuns::OfProjector(
    const std::string& file, FlashAttention flash_attention) {
  std::error_code error;
  return projectors_.Answered(
      {.file = file,
       .modified_at = std::filesystem::last_write_time(file, error),
       .flash_attention = flash_attention},
      [&] { return ask_projector_(file, flash_attention); });
}

}  // namespace hwledger
