#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "hwledger/v1/hardware.pb.h"
#include "hwledger/v1/inference.pb.h"
#include "hwledger/v1/ledger.pb.h"
#include "hwledger/v1/library.pb.h"
#include "hwledger/v1/planner.pb.h"

namespace hwledger {

// What a real daemon once answered (record.py), and nothing else but
// `answer_markdown`, which somebody wrote. Constant once it is read.
struct Script {
  struct Planned {
    v1::EstimateVramRequest request;
    v1::MemoryPrediction prediction;
  };
  struct Load {
    std::string model_id;
    // Progress, then the loaded model.
    std::vector<v1::LoadModelResponse> events;
  };

  // Everything that is read. Internal: the script is damaged.
  static absl::StatusOr<Script> Read(std::string_view json,
                                     std::string_view answer_markdown);

  // The prediction of this model on these devices whose request is nearest to
  // `request`. Null: there is none.
  const v1::MemoryPrediction* NearestPrediction(
      const v1::EstimateVramRequest& request) const;

  // Null: there is none.
  const v1::Model* FindModel(std::string_view model_id) const;
  const Load* FindLoad(std::string_view model_id) const;

  std::vector<v1::Model> models;
  std::vector<Planned> predictions;
  std::vector<Load> loads;
  v1::ListDevicesResponse devices;
  std::vector<v1::DevicePreset> presets;
  // Half a second apart.
  std::vector<v1::WatchDevicesResponse> watch;
  // One of the demo's answers.
  std::vector<v1::RunInferenceResponse> generation;
  // Newest first.
  std::vector<v1::LedgerEntry> entries;
  std::vector<v1::GenerationEntry> generations;
  v1::SummarizeAccuracyResponse accuracy;
  // Longer than what the demo says, and in Markdown.
  std::string answer_markdown;
};

}  // namespace hwledger
