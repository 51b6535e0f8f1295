#include "core/loaded_models.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/host_memory.h"

namespace hwledger {
namespace {

// A long context is the user's wish; by default memory goes to what chats need.
constexpr int64_t kDefaultSequenceLengthMax = 4096;
constexpr int64_t kDefaultSlotCount = 4;

// Each takes a process and its threads; memory usually ends before this does.
constexpr int64_t kRunnersMax = 32;

EngineOptions OptionsFor(const LoadRequest& request, const KnownModel& model,
                         int64_t core_count) {
  const int64_t model_max =
      model.shape.ok() ? model.shape->context_tokens_max : 0;
  EngineOptions options;
  options.sequence_length = request.sequence_length.value_or(
      model_max > 0 ? std::min(model_max, kDefaultSequenceLengthMax)
                    : kDefaultSequenceLengthMax);
  options.slot_count = request.slot_count.value_or(kDefaultSlotCount);
  options.kv_cache_type_k =
      request.kv_cache_type_k.value_or(options.kv_cache_type_k);
  options.kv_cache_type_v =
      request.kv_cache_type_v.value_or(options.kv_cache_type_v);
  options.micro_batch_size =
      request.micro_batch_size.value_or(options.micro_batch_size);
  options.gpu_layers = request.gpu_layers.value_or(options.gpu_layers);
  options.flash_attention =
      request.flash_attention.value_or(options.flash_attention);
  options.kv_unified = request.kv_unified.value_or(options.kv_unified);
  options.swa_full = request.swa_full.value_or(options.swa_full);
  options.cpu_moe_layers =
      request.cpu_moe_layers.value_or(options.cpu_moe_layers);
  options.thread_count = request.thread_count.value_or(core_count);
  return options;
}

absl::Status DoesNotFit(const std::string& model_id, const MemoryPlan& plan) {
  std::string message = absl::StrCat(model_id, " does not fit:");
  for (const DevicePlan& share : plan.devices) {
    if (share.verdict != Verdict::kDoesNotFit) continue;
    absl::StrAppend(&message, " ", share.device.name, " needs ",
                    share.total().mebibytes(), " MiB and has ",
                    share.device.free.value_or(Bytes()).mebibytes(),
                    " MiB free;");
  }
  absl::StrAppend(&message, " the longest sequence_length that fits is ",
                  plan.sequence_length_max);
  return absl::ResourceExhaustedError(message);
}

// A GPU with memory of its own keeps it; the others take from main memory.
Reservation ReservationOf(const DevicePlan& share) {
  const bool has_memory = share.device.kind == DeviceKind::kGpu;
  return {.gpu = has_memory ? share.device.name : "", .memory = share.total()};
}

// What a model was promised and has not taken. Of main memory those are the
// weights, as pages of their file, and the buffers not used yet.
std::vector<Reservation> OutstandingOf(const RunnerSnapshot& runner) {
  Bytes taken = ReadAnonymousMemory(runner.process_id).value_or(Bytes());
  std::vector<Reservation> outstanding;
  for (const DevicePlan& share : runner.plan.shares) {
    Reservation& reservation = outstanding.emplace_back(ReservationOf(share));
    if (reservation.gpu.empty()) {
      const Bytes part = std::min(taken, reservation.memory);
      reservation.memory = reservation.memory - part;
      taken = taken - part;
    } else if (runner.state != LoadState::kLoading) {
      reservation.shows_at = runner.ready_at;
    }
  }
  return outstanding;
}

}  // namespace

LoadedModels::LoadedModels(Estimator& estimator, Launch launch,
                           Runner::OnReady on_ready)
    : estimator_(estimator),
      launch_(std::move(launch)),
      on_ready_(std::move(on_ready)) {
  estimator_.hardware().SetReservations([this] { return Reservations(); });
}

std::vector<Reservation> LoadedModels::Reservations() {
  std::vector<Reservation> all;
  for (const RunnerSnapshot& runner : List()) {
    std::ranges::move(OutstandingOf(runner), std::back_inserter(all));
  }
  return all;
}

absl::StatusOr<LoadPlan> LoadedModels::Plan(const LoadRequest& request) const {
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<const KnownModel> model,
                        estimator_.models().Find(request.model_id, ""));
  const int64_t core_count =
      estimator_.hardware().Snapshot().front().core_count.value_or(1);
  EstimateRequest question = {
      .model_id = request.model_id,
      .options = OptionsFor(request, *model, core_count)};
  ABSL_RETURN_IF_ERROR(Validate(request.lora_adapters));
  for (const AdapterScale& adapter : request.lora_adapters) {
    question.additions.lora_adapters.push_back(adapter.path);
  }
  ABSL_ASSIGN_OR_RETURN(Estimate estimate, estimator_.Predict(question));
  if (estimate.plan.verdict == Verdict::kDoesNotFit && !request.force) {
    return DoesNotFit(request.model_id, estimate.plan);
  }
  return LoadPlan{.model_id = request.model_id,
                  .path = model->file,
                  .architecture = estimate.shape().architecture,
                  .quantization = estimate.shape().quantization,
                  .options = question.options,
                  .adapters = request.lora_adapters,
                  .method = estimate.plan.method,
                  .shares = std::move(estimate.plan.devices)};
}

std::shared_ptr<Runner> LoadedModels::FindLive(const std::string& path) {
  const auto found = runners_.find(path);
  if (found == runners_.end()) return nullptr;
  if (found->second->Snapshot().state == LoadState::kEnded) {
    runners_.erase(found);
    return nullptr;
  }
  return found->second;
}

absl::StatusOr<std::shared_ptr<Runner>> LoadedModels::Acquire(
    const LoadRequest& request) {
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<const KnownModel> model,
                        estimator_.models().Find(request.model_id, ""));
  if (model->file.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(request.model_id,
                     " can be planned but not run: there is no model file in "
                     "GGUF; give the path of one as model_id"));
  }
  {
    MutexLock lock(mutex_);
    if (stopped_) return *stopped_;
    if (auto runner = FindLive(model->file)) return runner;
  }
  MutexLock admission(admission_);
  {
    MutexLock lock(mutex_);
    if (auto runner = FindLive(model->file)) return runner;
  }
  ABSL_ASSIGN_OR_RETURN(LoadPlan plan, Plan(request));
  std::shared_ptr<Runner> runner;
  {
    MutexLock lock(mutex_);
    if (stopped_) return *stopped_;
    if (std::ssize(runners_) >= kRunnersMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat("too many models are loaded; unload one first; loaded: ",
                       runners_.size()));
    }
    runner = std::make_shared<Runner>(std::move(plan), on_ready_);
    runners_[model->file] = runner;
  }
  launch_(runner);
  return runner;
}

std::vector<RunnerSnapshot> LoadedModels::List() {
  std::vector<RunnerSnapshot> snapshots;
  {
    MutexLock lock(mutex_);
    for (const auto& [path, runner] : runners_) {
      snapshots.push_back(runner->Snapshot());
    }
  }
  std::erase_if(snapshots, [](const RunnerSnapshot& snapshot) {
    return snapshot.state == LoadState::kEnded;
  });
  std::sort(snapshots.begin(), snapshots.end(),
            [](const RunnerSnapshot& a, const RunnerSnapshot& b) {
              return a.plan.model_id < b.plan.model_id;
            });
  return snapshots;
}

std::shared_ptr<Runner> LoadedModels::FindLoaded(const std::string& model_id) {
  MutexLock lock(mutex_);
  for (const auto& [path, runner] : runners_) {
    const RunnerSnapshot snapshot = runner->Snapshot();
    const bool named = path == model_id || snapshot.plan.model_id == model_id;
    if (named && snapshot.state != LoadState::kEnded) return runner;
  }
  return nullptr;
}

absl::StatusOr<Bytes> LoadedModels::Unload(const std::string& model_id) {
  const std::shared_ptr<Runner> runner = FindLoaded(model_id);
  if (runner == nullptr) {
    return absl::NotFoundError(absl::StrCat(model_id, " is not loaded"));
  }
  const Bytes held =
      ReadResidentMemory(runner->Snapshot().process_id).value_or(Bytes());
  runner->Unload(absl::CancelledError(absl::StrCat(model_id, " was unloaded")));
  runner->WaitUntilEnded();
  return held;
}

void LoadedModels::Drain(const absl::Status& reason, absl::Time deadline) {
  std::map<std::string, std::shared_ptr<Runner>> runners;
  {
    MutexLock lock(mutex_);
    stopped_ = reason;
    runners = runners_;
  }
  for (const auto& [path, runner] : runners) runner->WaitUntilIdle(deadline);
  for (const auto& [path, runner] : runners) runner->Unload(reason);
  for (const auto& [path, runner] : runners) runner->WaitUntilEnded();
}

}  // namespace hwledger
