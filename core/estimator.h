#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/engine/engine_options.h"
#include "core/hardware.h"
#include "core/model/model_store.h"
#include "core/mutex.h"
#include "core/planner/calibration.h"
#include "core/planner/fit.h"
#include "core/planner/planner.h"
#include "core/planner/runtime_plan.h"
#include "core/requested_additions.h"
#include "core/requested_devices.h"

namespace hwledger {

struct EstimateRequest {
  std::string model_id;
  std::optional<std::string> config_json;  // Instead of model_id.
  std::string quantization;                // Empty: as stored.
  EngineOptions options;
  AdditionsRequest additions;
  std::vector<DeviceRequest> devices;      // Empty: this machine's.
  std::optional<PredictionMethod> method;  // Absent: the best available.
  // Absent: llama.cpp. Otherwise `quantization` names a WeightPrecision.
  std::optional<RuntimeOptions> runtime;
};

struct Estimate {
  std::shared_ptr<const KnownModel> model;
  Additions additions;
  MemoryPlan plan;
  // Of a model of which the engine alone knows how it is made.
  std::optional<ModelShape> outline;
  // What another runtime takes of each device of `plan`, and of all.
  std::optional<RuntimeMemory> per_device;
  std::optional<MemoryRange> total;
  // What was measured of such a model on this machine; `plan` is without it.
  Calibration calibration;

  const ModelShape& shape() const { return outline ? *outline : *model->shape; }
};

// The request with what was found, and what it takes.
struct FitAnswer {
  bool fits = false;
  EstimateRequest request;
  Estimate estimate;
};

// Answers what a model needs: finds the model and the devices, plans, and asks
// the engine for its own figures where it can. Any thread; reads files.
class Estimator {
 public:
  // Runs the engine's dry run in a process of its own.
  using DryRun = std::function<absl::StatusOr<std::vector<DeviceUse>>(
      const std::string& path, const EngineOptions& options)>;

  // The same for a multimodal projector.
  using ProjectorDryRun =
      std::function<absl::StatusOr<std::vector<ProjectorUse>>(
          const std::string& path, FlashAttention flash_attention)>;

  // Without `projector_dry_run` a projector's compute buffer is not known.
  Estimator(ModelStore& models, Hardware& hardware, DryRun dry_run,
            ProjectorDryRun projector_dry_run = {});

  absl::StatusOr<Estimate> Predict(const EstimateRequest& request);

  // The largest value of what `goal` names with which the model fits, leaving
  // `reserve` free on every device (absent: a twentieth). By formulas alone.
  absl::StatusOr<FitAnswer> Fit(EstimateRequest base, FitGoal goal,
                                std::optional<Bytes> reserve);

  // The first of `quantizations` with which the model fits. Empty: the usual
  // ones, best first, none larger than the model as it is stored.
  // FieldError: as FitMemory's, where a device's free memory is not known.
  absl::StatusOr<FitAnswer> FitQuantization(
      EstimateRequest base, std::optional<Bytes> reserve,
      std::vector<std::string> quantizations);

  // What was measured on this machine, from now on.
  void SetMeasurements(Measurements measurements);

  ModelStore& models() { return models_; }
  Hardware& hardware() { return hardware_; }

 private:
  absl::StatusOr<std::shared_ptr<const KnownModel>> FindModel(
      const EstimateRequest& request);
  absl::StatusOr<std::vector<Device>> Devices(
      const std::vector<DeviceRequest>& requests);
  // By formulas alone.
  absl::StatusOr<Estimate> Plan(const EstimateRequest& request,
                                const std::vector<Device>& devices);
  // By the engine alone, where the formulas do not know the architecture.
  absl::StatusOr<Estimate> PlanByEngine(
      const EstimateRequest& request,
      const std::shared_ptr<const KnownModel>& model,
      const std::vector<Device>& devices);
  absl::StatusOr<Estimate> PlanByRuntime(EstimateRequest request,
                                         const std::vector<Device>& devices);
  // The dry run's answer; a question asked before is not asked again.
  absl::StatusOr<std::vector<DeviceUse>> AskEngine(
      const std::shared_ptr<const KnownModel>& model,
      const EngineOptions& options);

  // What `request` loads beside `model`, a projector's compute buffer with it
  // where the engine can be asked; warns where it cannot.
  absl::StatusOr<FoundAdditions> FindAdditions(const EstimateRequest& request,
                                               const KnownModel& model);
  absl::StatusOr<std::vector<ProjectorUse>> AskProjector(
      const Projector& projector, FlashAttention flash_attention);
  // Adds what was measured, where the question is about this machine.
  void Calibrate(const EstimateRequest& request, Estimate& estimate);

  struct Answer {
    std::shared_ptr<const KnownModel> model;  // A changed file is another one.
    EngineOptions options;
    std::vector<DeviceUse> uses;
  };
  struct ProjectorAnswer {
    std::string file;
    std::filesystem::file_time_type modified_at;  // A changed file is another.
    FlashAttention flash_attention = FlashAttention::kAuto;
    std::vector<ProjectorUse> uses;
  };

  ModelStore& models_;
  Hardware& hardware_;
  const DryRun dry_run_;
  const ProjectorDryRun projector_dry_run_;
  Mutex mutex_;
  std::vector<Answer> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<ProjectorAnswer> projector_answers_ ABSL_GUARDED_BY(mutex_);
  std::shared_ptr<const Measurements> measurements_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const Measurements>();
};

}  // namespace hwledger
