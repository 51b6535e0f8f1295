#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "core/bytes.h"
#include "core/device.h"
#include "core/dry_runs.h"
#include "core/estimate.h"
#include "core/hardware.h"
#include "core/model/known_model.h"
#include "core/model/model_store.h"
#include "core/mutex.h"
#include "core/planner/calibration.h"
#include "core/planner/fit.h"
#include "core/requested_additions.h"
#include "core/requested_devices.h"

namespace hwledger {

// Answers what a model needs: finds the model and the devices, plans, and asks
// the engine for its own figures where it can. Any thread; reads files.
class Estimator {
 public:
  // Without `ask_projector` a projector's compute buffer is not known.
  Estimator(ModelStore& models, Hardware& hardware, DryRuns::AskModel ask_model,
            DryRuns::AskProjector ask_projector = {});

  absl::StatusOr<Estimate> Predict(EstimateRequest request);

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
  absl::StatusOr<Estimate> PredictOn(const std::vector<Device>& devices,
                                     const EstimateRequest& request);
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
  // What `request` loads beside `model`, a projector's compute buffer with it
  // where the engine can be asked; warns where it cannot.
  absl::StatusOr<FoundAdditions> FindAdditions(const EstimateRequest& request,
                                               const KnownModel& model);
  // Adds what was measured, where the question is about this machine.
  void Calibrate(const EstimateRequest& request, Estimate& estimate);

  ModelStore& models_;
  Hardware& hardware_;
  DryRuns dry_runs_;
  Mutex mutex_;
  std::shared_ptr<const Measurements> measurements_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const Measurements>();
};

}  // namespace hwledger
