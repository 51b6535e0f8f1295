#include "core/estimator.h"

#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/planner/device_presets.h"

namespace hwledger {
namespace {

// Distinct questions remembered; an answer is a few hundred bytes.
constexpr size_t kAnswersMax = 256;

Device Described(const DeviceRequest& request, Device device) {
  if (request.memory) {
    device.total = *request.memory;
    device.free = *request.memory;
  }
  if (request.bandwidth_per_second) {
    device.bandwidth_per_second = request.bandwidth_per_second;
  }
  return device;
}

absl::StatusOr<Device> FindDevice(const DeviceRequest& request,
                                  const std::vector<Device>& present) {
  for (const Device& device : present) {
    if (device.name == request.name) return Described(request, device);
  }
  if (const auto preset = FindDevicePreset(request.name)) {
    return Described(request, *preset);
  }
  if (request.memory) {
    return Described(request, {.name = request.name, .kind = DeviceKind::kGpu});
  }
  return FieldError("devices",
                    absl::StrCat("must each be a preset, a device of this "
                                 "machine, or have memory_bytes; got \"",
                                 request.name, "\""));
}

}  // namespace

Estimator::Estimator(ModelStore& models, Hardware& hardware, DryRun dry_run)
    : models_(models), hardware_(hardware), dry_run_(std::move(dry_run)) {}

absl::StatusOr<std::vector<Device>> Estimator::Devices(
    const std::vector<DeviceRequest>& requests) {
  std::vector<Device> present = hardware_.Snapshot();
  if (requests.empty()) return present;
  std::vector<Device> devices;
  for (const DeviceRequest& request : requests) {
    ABSL_ASSIGN_OR_RETURN(Device device, FindDevice(request, present));
    if (device.kind == DeviceKind::kCpu) {
      devices.insert(devices.begin(), std::move(device));
    } else {
      devices.push_back(std::move(device));
    }
  }
  // The embedding and what is not offloaded stay in main memory.
  if (devices.front().kind != DeviceKind::kCpu) {
    devices.insert(devices.begin(), present.front());
  }
  return devices;
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

absl::StatusOr<Estimate> Estimator::Predict(const EstimateRequest& request) {
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<const KnownModel> model,
                        FindModel(request));
  ABSL_ASSIGN_OR_RETURN(const std::vector<Device> devices,
                        Devices(request.devices));
  ABSL_RETURN_IF_ERROR(model->shape.status());
  Estimate estimate = {.model = model};
  ABSL_ASSIGN_OR_RETURN(estimate.plan,
                        PlanMemory(*model->shape, request.options, devices));
  absl::c_copy(model->warnings, std::back_inserter(estimate.plan.warnings));
  const bool wants_dry_run = request.method == PredictionMethod::kDryRun;
  const bool can_dry_run = !model->file.empty() && request.devices.empty() &&
                           request.quantization.empty();
  if (wants_dry_run && !can_dry_run) {
    return FieldError("method",
                      "DRY_RUN needs a model file as it is stored, on this "
                      "machine's own devices");
  }
  if (!can_dry_run || request.method == PredictionMethod::kAnalytic) {
    return estimate;
  }
  const auto uses = AskEngine(model, request.options);
  if (uses.ok()) {
    ApplyDryRun(*uses, estimate.plan);
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

absl::StatusOr<std::vector<DeviceUse>> Estimator::AskEngine(
    const std::shared_ptr<const KnownModel>& model,
    const EngineOptions& options) {
  {
    MutexLock lock(mutex_);
    for (const Answer& answer : answers_) {
      if (answer.model == model && answer.options == options) {
        return answer.uses;
      }
    }
  }
  ABSL_ASSIGN_OR_RETURN(std::vector<DeviceUse> uses,
                        dry_run_(model->file, options));
  MutexLock lock(mutex_);
  if (answers_.size() >= kAnswersMax) answers_.clear();
  answers_.push_back({model, options, uses});
  return uses;
}

}  // namespace hwledger
