#include "core/estimator.h"

#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/method_refusal.h"
#include "core/planner/verdict.h"
#include "core/quantization_choice.h"
#include "core/runtime_estimate.h"

namespace hwledger {
namespace {

// What is to be known about any figures of the model.
void AddModelWarnings(Estimate& estimate) {
  absl::c_copy(estimate.model->warnings,
               std::back_inserter(estimate.plan.warnings));
}

// By formulas alone.
absl::StatusOr<Estimate> PlanModel(
    const std::shared_ptr<const KnownModel>& model,
    const EngineOptions& options, const std::vector<Device>& devices,
    FoundAdditions found) {
  ABSL_RETURN_IF_ERROR(model->shape.status());
  Estimate estimate = {.model = model, .additions = std::move(found.additions)};
  ABSL_ASSIGN_OR_RETURN(estimate.plan, PlanMemory(*model->shape, options,
                                                  devices, estimate.additions));
  AddModelWarnings(estimate);
  absl::c_move(found.warnings, std::back_inserter(estimate.plan.warnings));
  return estimate;
}

}  // namespace

Estimator::Estimator(ModelStore& models, Hardware& hardware,
                     DryRuns::AskModel ask_model,
                     DryRuns::AskProjector ask_projector)
    : models_(models),
      hardware_(hardware),
      dry_runs_(std::move(ask_model), std::move(ask_projector)) {}

void Estimator::SetMeasurements(Measurements measurements) {
  auto shared = std::make_shared<const Measurements>(std::move(measurements));
  MutexLock lock(mutex_);
  measurements_ = std::move(shared);
}

void Estimator::Calibrate(const EstimateRequest& request, Estimate& estimate) {
  if (!request.devices.empty()) return;
  std::shared_ptr<const Measurements> measurements;
  {
    MutexLock lock(mutex_);
    measurements = measurements_;
  }
  if (measurements->empty()) return;
  const ModelShape& shape = estimate.shape();
  estimate.calibration = measurements->Find(
      RateClassOf(estimate.model->digest, shape.architecture,
                  shape.quantization, request.options, estimate.plan.devices));
}

absl::StatusOr<std::vector<Device>> Estimator::Devices(
    const std::vector<DeviceRequest>& requests) {
  return RequestedDevices(requests, hardware_.Snapshot());
}

absl::StatusOr<std::shared_ptr<const KnownModel>> Estimator::FindModel(
    const EstimateRequest& request) {
  if (!request.config_json) {
    return models_.Find(request.model_id, request.quantization);
  }
  if (!request.model_id.empty()) {
    return FieldError("config_json",
                      absl::StrCat("stands instead of model_id; got both, and "
                                   "the latter is \"",
                                   request.model_id, "\""));
  }
  return ModelStore::FromConfig(*request.config_json, request.quantization);
}

absl::StatusOr<FoundAdditions> Estimator::FindAdditions(
    const EstimateRequest& request, const KnownModel& model) {
  ABSL_ASSIGN_OR_RETURN(
      FoundAdditions found,
      hwledger::FindAdditions(request.additions, model, models_));
  if (!found.additions.projector) return found;
  Projector& projector = *found.additions.projector;
  std::string why =
      "the engine is asked for this machine's own devices alone, and not where "
      "method is ANALYTIC";
  if (dry_runs_.knows_projectors() && request.devices.empty() &&
      request.method != PredictionMethod::kAnalytic) {
    auto uses =
        dry_runs_.OfProjector(projector.file, request.options.flash_attention);
    if (uses.ok()) {
      projector.uses = *std::move(uses);
      return found;
    }
    why = uses.status().message();
  }
  found.warnings.push_back(absl::StrCat(
      "The projector's tensors are counted, and not its compute buffer, which "
      "depends on the size of an image: ",
      why, "."));
  return found;
}

absl::StatusOr<Estimate> Estimator::Plan(const EstimateRequest& request,
                                         const std::vector<Device>& devices) {
  ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<const KnownModel> model,
                        FindModel(request));
  ABSL_ASSIGN_OR_RETURN(FoundAdditions found, FindAdditions(request, *model));
  return PlanModel(model, request.options, devices, std::move(found));
}

absl::StatusOr<Estimate> Estimator::PlanByEngine(
    const EstimateRequest& request,
    const std::shared_ptr<const KnownModel>& model,
    const std::vector<Device>& devices) {
  ABSL_RETURN_IF_ERROR(Validate(request.options));
  Estimate estimate = {.model = model, .outline = OutlineOf(model->header)};
  ABSL_ASSIGN_OR_RETURN(FoundAdditions found, FindAdditions(request, *model));
  estimate.additions = std::move(found.additions);
  ABSL_RETURN_IF_ERROR(ValidateAdditions(estimate.additions, request.options));
  for (const Device& device : devices) {
    estimate.plan.devices.push_back({.device = device});
  }
  estimate.plan.additions =
      PlacedSet(*estimate.outline, request.options, devices, estimate.additions)
          .WeighAdditions(request.options);
  estimate.plan.warnings = std::move(found.warnings);
  ABSL_ASSIGN_OR_RETURN(
      const std::vector<DeviceUse> uses,
      dry_runs_.OfModel(model,
                        OptionsBeside(estimate.additions, request.options)));
  ApplyDryRun(uses, estimate.plan);
  AddModelWarnings(estimate);
  estimate.plan.warnings.push_back(
      absl::StrCat("Only the engine knows how this model is made, so layers, "
                   "speed and the longest context are not told: ",
                   model->shape.status().message(), "."));
  return estimate;
}

absl::StatusOr<Estimate> Estimator::PlanByRuntime(
    EstimateRequest request, const std::vector<Device>& devices) {
  // The runtime's own word for its weights, not llama.cpp's.
  const std::string quantization = std::exchange(request.quantization, "");
  ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<const KnownModel> model,
                        FindModel(request));
  ABSL_RETURN_IF_ERROR(model->shape.status());
  request.quantization = quantization;
  ABSL_ASSIGN_OR_RETURN(Estimate estimate,
                        EstimateForRuntime(request, model, devices));
  AddModelWarnings(estimate);
  return estimate;
}

absl::StatusOr<Estimate> Estimator::Predict(EstimateRequest request) {
  const std::vector<Device> present = hardware_.Snapshot();
  const bool is_named = !request.devices.empty();
  // All of its devices are this machine.
  if (AreAllPresent(request.devices, present)) request.devices.clear();
  ABSL_ASSIGN_OR_RETURN(const std::vector<Device> devices,
                        RequestedDevices(request.devices, present));
  ABSL_ASSIGN_OR_RETURN(Estimate estimate, PredictOn(devices, request));
  // Of devices that are named, only what they allow is told.
  if (is_named) estimate.calibration = {};
  if (auto warning = SharedMemoryShortage(estimate.plan)) {
    estimate.plan.warnings.push_back(*std::move(warning));
  }
  return estimate;
}

absl::StatusOr<Estimate> Estimator::PredictOn(
    const std::vector<Device>& devices, const EstimateRequest& request) {
  const bool wants_dry_run = request.method == PredictionMethod::kDryRun;
  if (request.runtime) {
    if (!wants_dry_run) return PlanByRuntime(request, devices);
    return FieldError("method", "DRY_RUN is llama.cpp's alone");
  }
  ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<const KnownModel> model,
                        FindModel(request));
  // Of devices that share every layer the engine tells no part of its own.
  const bool is_shared = request.options.split_mode == SplitMode::kTensor;
  if (wants_dry_run && is_shared) {
    return FieldError("method",
                      "DRY_RUN tells no device's part where split_mode is "
                      "TENSOR");
  }
  const bool can_dry_run = !model->file.empty() && request.devices.empty() &&
                           request.quantization.empty() && !is_shared;
  if (absl::IsUnimplemented(model->shape.status()) && can_dry_run &&
      request.method != PredictionMethod::kAnalytic) {
    return PlanByEngine(request, model, devices);
  }
  ABSL_ASSIGN_OR_RETURN(FoundAdditions found, FindAdditions(request, *model));
  ABSL_ASSIGN_OR_RETURN(
      Estimate estimate,
      PlanModel(model, request.options, devices, std::move(found)));
  Calibrate(request, estimate);
  if (wants_dry_run && !can_dry_run) return DryRunRefusal(*model, request);
  if (!can_dry_run || request.method == PredictionMethod::kAnalytic) {
    return estimate;
  }
  const auto uses = dry_runs_.OfModel(
      model, OptionsBeside(estimate.additions, request.options));
  if (uses.ok()) {
    ApplyDryRun(*uses, estimate.plan);
    if (!estimate.additions.empty()) {
      estimate.plan.warnings.emplace_back(
          "The engine planned the model itself; what is loaded beside it is by "
          "formulas and the headers of its files.");
    }
  } else if (wants_dry_run) {
    return uses.status();
  } else {
    estimate.plan.warnings.push_back(
        absl::StrCat("The engine could not be asked, so the compute buffer is "
                     "a formula's: ",
                     uses.status().message(), "."));
  }
  return estimate;
}

absl::StatusOr<FitAnswer> Estimator::Fit(EstimateRequest base, FitGoal goal,
                                         std::optional<Bytes> reserve) {
  ABSL_RETURN_IF_ERROR(ValidateFormulas(base));
  base.method = PredictionMethod::kAnalytic;
  ABSL_ASSIGN_OR_RETURN(const std::shared_ptr<const KnownModel> model,
                        FindModel(base));
  ABSL_RETURN_IF_ERROR(model->shape.status());
  ABSL_ASSIGN_OR_RETURN(const std::vector<Device> devices,
                        Devices(base.devices));
  ABSL_ASSIGN_OR_RETURN(FoundAdditions found, FindAdditions(base, *model));
  ABSL_ASSIGN_OR_RETURN(
      const BestFit fit,
      FitMemory(*model->shape, base.options, WithReserve(devices, reserve),
                goal, found.additions));
  base.options = fit.options;
  FitAnswer answer = {.fits = fit.fits, .request = std::move(base)};
  ABSL_ASSIGN_OR_RETURN(
      answer.estimate,
      PlanModel(model, answer.request.options, devices, std::move(found)));
  Calibrate(answer.request, answer.estimate);
  return answer;
}

absl::StatusOr<FitAnswer> Estimator::FitQuantization(
    EstimateRequest base, std::optional<Bytes> reserve,
    std::vector<std::string> quantizations) {
  ABSL_RETURN_IF_ERROR(ValidateFormulas(base));
  ABSL_ASSIGN_OR_RETURN(const std::vector<Device> devices,
                        Devices(base.devices));
  ABSL_RETURN_IF_ERROR(ValidateKnownMemory(devices));
  const std::vector<Device> less = WithReserve(devices, reserve);
  base.method = PredictionMethod::kAnalytic;
  ABSL_ASSIGN_OR_RETURN(QuantizationChoice choice,
                        ChooseQuantization(base, std::move(quantizations),
                                           [&](const EstimateRequest& request) {
                                             return Plan(request, less);
                                           }));
  base.quantization = std::move(choice.quantization);
  FitAnswer answer = {.fits = choice.fits, .request = std::move(base)};
  ABSL_ASSIGN_OR_RETURN(answer.estimate, Plan(answer.request, devices));
  Calibrate(answer.request, answer.estimate);
  return answer;
}

}  // namespace hwledger
