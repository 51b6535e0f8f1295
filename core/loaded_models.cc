#include "core/loaded_models.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/eviction.h"
#include "core/field_error.h"
#include "core/host_memory.h"
#include "core/load_conflict.h"
#include "core/load_refusal.h"

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

// But for the path of the draft.
absl::StatusOr<ServingOptions> ServingFor(const LoadRequest& request) {
  ServingOptions serving;
  serving.ngram_lookup = request.ngram_lookup.value_or(serving.ngram_lookup);
  serving.draft_tokens_max =
      request.draft_tokens_max.value_or(serving.draft_tokens_max);
  if (request.prefix_cache_bytes) {
    if (*request.prefix_cache_bytes < 0) {
      return FieldError("prefix_cache_bytes",
                        absl::StrCat("must not be negative; got ",
                                     *request.prefix_cache_bytes));
    }
    serving.prefix_cache_max = Bytes(*request.prefix_cache_bytes);
  }
  ABSL_RETURN_IF_ERROR(Validate(serving));
  return serving;
}

absl::StatusOr<std::string> DraftPath(const Additions& additions) {
  if (!additions.draft) return "";
  if (additions.draft->file.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "draft_model_id: ", additions.draft->model_id,
        " can be planned but not run: there is no model file in GGUF"));
  }
  return additions.draft->file;
}

// From one second, since a client cannot send a request any sooner.
constexpr absl::Duration kIdleTtlMin = absl::Seconds(1);

absl::Status Validate(const LoadRequest& request) {
  if (!request.idle_ttl || *request.idle_ttl >= kIdleTtlMin) {
    return absl::OkStatus();
  }
  return FieldError(
      "idle_ttl",
      absl::StrCat("must be at least ", absl::FormatDuration(kIdleTtlMin),
                   "; got ", absl::FormatDuration(*request.idle_ttl)));
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
                           Runner::OnReady on_ready, RunnerHooks hooks,
                           absl::Duration idle_ttl,
                           std::function<absl::Time()> now)
    : estimator_(estimator),
      launch_(std::move(launch)),
      on_ready_(std::move(on_ready)),
      hooks_(std::move(hooks)),
      now_(std::move(now)),
      idle_ttl_(idle_ttl) {
  estimator_.hardware().SetReservations([this] { return Reservations(); });
}

std::vector<Reservation> LoadedModels::Reservations() {
  std::vector<Reservation> all;
  for (const RunnerSnapshot& runner : List()) {
    std::ranges::move(OutstandingOf(runner), std::back_inserter(all));
  }
  return all;
}

absl::StatusOr<LoadPlan> LoadedModels::Plan(const LoadRequest& request,
                                            const KnownModel& model) {
  EstimateRequest question = {
      .model_id = request.model_id,
      .options = OptionsFor(request, model, Hardware::core_count()),
      .additions = {.draft_model_id = request.draft_model_id}};
  ABSL_RETURN_IF_ERROR(Validate(request.lora_adapters));
  for (const AdapterScale& adapter : request.lora_adapters) {
    question.additions.lora_adapters.push_back(adapter.path);
  }
  ABSL_ASSIGN_OR_RETURN(ServingOptions serving, ServingFor(request));
  if (serving.ngram_lookup || !request.draft_model_id.empty()) {
    question.options.outputs_per_slot = 1 + serving.draft_tokens_max;
  }
  ABSL_ASSIGN_OR_RETURN(Estimate estimate, estimator_.Predict(question));
  ABSL_ASSIGN_OR_RETURN(serving.draft_path, DraftPath(estimate.additions));
  while (estimate.plan.verdict == Verdict::kDoesNotFit && !request.force) {
    if (!MakeRoom(request.model_id, estimate.plan)) {
      return LoadDoesNotFit(question, estimate.plan, estimator_);
    }
    ABSL_ASSIGN_OR_RETURN(estimate, estimator_.Predict(question));
  }
  return LoadPlan{.model_id = request.model_id,
                  .path = model.file,
                  .architecture = estimate.shape().architecture,
                  .quantization = estimate.shape().quantization,
                  .model_digest = model.digest,
                  .options = question.options,
                  .serving = std::move(serving),
                  .draft_model_id = request.draft_model_id,
                  .adapters = request.lora_adapters,
                  .method = estimate.plan.method,
                  .shares = std::move(estimate.plan.devices),
                  .throughput = estimate.plan.throughput};
}

RunnerHooks LoadedModels::HooksFor(const std::string& path) {
  std::shared_ptr<ModelCounters>& counters = counters_[path];
  if (counters == nullptr) counters = std::make_shared<ModelCounters>();
  counters->ProcessStarts();
  return {
      .on_generation =
          [counters, next = hooks_.on_generation](
              const LoadPlan& plan, const GenerationOutcome& outcome) {
            counters->Count(outcome);
            if (next) next(plan, outcome);
          },
      .on_ending =
          [counters, next = hooks_.on_ending](const RunnerSnapshot& runner) {
            if (runner.state == LoadState::kEnded) {
              counters->ProcessEnded(runner.has_crashed);
            }
            if (next) next(runner);
          }};
}

bool LoadedModels::MakeRoom(const std::string& model_id,
                            const MemoryPlan& plan) {
  const auto chosen = ChooseEvictions(MissingMemory(plan.devices), List());
  if (!chosen) return false;
  std::vector<std::shared_ptr<Runner>> evicted;
  {
    MutexLock lock(mutex_);
    for (const std::string& path : *chosen) {
      if (auto runner = FindLive(path)) evicted.push_back(std::move(runner));
    }
  }
  for (const auto& runner : evicted) {
    // One that has been asked for meanwhile stays: the next plan will tell.
    runner->UnloadIfIdle(absl::InfiniteFuture(),
                         absl::CancelledError(absl::StrCat(
                             runner->plan().model_id,
                             " was unloaded to make room for ", model_id)));
  }
  for (const auto& runner : evicted) {
    if (runner->state() == LoadState::kUnloading) {
      runner->WaitUntilEnded();
    }
  }
  estimator_.hardware().ForgetFreeMemory();
  return true;
}

std::shared_ptr<Runner> LoadedModels::FindLive(const std::string& path) {
  ForgetEnded();
  const auto found = runners_.find(path);
  return found == runners_.end() ? nullptr : found->second;
}

void LoadedModels::ForgetEnded() {
  std::erase_if(
      runners_,
      [this](const auto& entry) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        if (entry.second->state() != LoadState::kEnded) return false;
        const RunnerSnapshot snapshot = entry.second->Snapshot();
        if (snapshot.has_crashed) {
          CrashStreak& streak = crashes_[entry.first];
          streak = AfterCrash(streak, snapshot.ended_at, snapshot.end_reason);
        }
        return true;
      });
}

absl::StatusOr<std::shared_ptr<Runner>> LoadedModels::ClaimLive(
    const KnownModel& model, ClaimReason reason) {
  for (;;) {
    std::shared_ptr<Runner> runner;
    {
      MutexLock lock(mutex_);
      if (stopped_) return *stopped_;
      runner = FindLive(model.file);
      if (runner == nullptr) {
        const auto streak = crashes_.find(model.file);
        if (streak == crashes_.end()) return nullptr;
        ABSL_RETURN_IF_ERROR(
            CheckMayRestart(model.model_id, streak->second, now_()));
        return nullptr;
      }
    }
    if (auto claimed = runner->Claim(reason)) return claimed;
    runner->WaitUntilEnded();
  }
}

absl::StatusOr<std::shared_ptr<Runner>> LoadedModels::Acquire(
    const LoadRequest& request) {
  return AcquireFor(request, ClaimReason::kRequest);
}

absl::StatusOr<std::shared_ptr<Runner>> LoadedModels::AcquireFor(
    const LoadRequest& request, ClaimReason reason) {
  ABSL_RETURN_IF_ERROR(Validate(request));
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<const KnownModel> model,
                        estimator_.models().Find(request.model_id, ""));
  if (model->file.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat(request.model_id,
                     " can be planned but not run: there is no model file in "
                     "GGUF; give the path of one as model_id"));
  }
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<Runner> runner,
                        ClaimLive(*model, reason));
  if (runner != nullptr) return runner;
  MutexLock admission(admission_);
  ABSL_ASSIGN_OR_RETURN(runner, ClaimLive(*model, reason));
  if (runner != nullptr) return runner;
  return Start(request, *model, reason);
}

absl::StatusOr<std::shared_ptr<Runner>> LoadedModels::Start(
    const LoadRequest& request, const KnownModel& model, ClaimReason reason) {
  ABSL_ASSIGN_OR_RETURN(LoadPlan plan, Plan(request, model));
  std::shared_ptr<Runner> runner;
  std::shared_ptr<Runner> claimed;
  {
    MutexLock lock(mutex_);
    if (stopped_) return *stopped_;
    if (std::ssize(runners_) >= kRunnersMax) {
      return absl::ResourceExhaustedError(
          absl::StrCat("too many models are loaded; unload one first; loaded: ",
                       runners_.size()));
    }
    plan.load_number = next_load_number_++;
    runner = std::make_shared<Runner>(std::move(plan), on_ready_,
                                      HooksFor(model.file), now_);
    runner->SetRetention({.idle_ttl = request.idle_ttl.value_or(idle_ttl_),
                          .pinned = request.pinned.value_or(false)});
    claimed = runner->Claim(reason);
    runners_[model.file] = runner;
  }
  launch_(std::move(runner));
  return claimed;
}

void LoadedModels::Load(const LoadRequest& request,
                        const std::shared_ptr<LoadWatch>& watch) {
  if (watch->cancelled()) return;
  absl::StatusOr<std::shared_ptr<Runner>> runner =
      AcquireFor(request, ClaimReason::kLoad);
  if (runner.ok()) {
    const absl::Status same = CheckLoadedAs(request, (*runner)->plan());
    if (!same.ok()) runner = same;
  }
  if (!runner.ok()) {
    watch->Close(runner.status());
    return;
  }
  Retention retention = (*runner)->Snapshot().retention;
  retention.idle_ttl = request.idle_ttl.value_or(retention.idle_ttl);
  retention.pinned = request.pinned.value_or(retention.pinned);
  (*runner)->SetRetention(retention);
  // The claim is the watch's alone: it must not outlive what the client hears.
  const std::shared_ptr<Runner> unclaimed = (*runner)->shared_from_this();
  if (watch->Attach(*std::move(runner))) unclaimed->WatchLoad(watch);
}

std::vector<RunnerSnapshot> LoadedModels::List() {
  std::vector<RunnerSnapshot> snapshots;
  {
    MutexLock lock(mutex_);
    for (const auto& [path, runner] : runners_) {
      snapshots.push_back(runner->Snapshot());
      snapshots.back().counts = counters_.at(path)->counts();
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
    const bool named = path == model_id || runner->plan().model_id == model_id;
    if (named && runner->state() != LoadState::kEnded) return runner;
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

void LoadedModels::SetIdleTtl(absl::Duration idle_ttl) {
  MutexLock lock(mutex_);
  idle_ttl_ = idle_ttl;
}

void LoadedModels::UnloadIdle() {
  std::vector<std::shared_ptr<Runner>> runners;
  {
    MutexLock lock(mutex_);
    for (const auto& [path, runner] : runners_) runners.push_back(runner);
  }
  for (const auto& runner : runners) {
    const RunnerSnapshot snapshot = runner->Snapshot();
    if (snapshot.retention.pinned) continue;
    const absl::Duration ttl = snapshot.retention.idle_ttl;
    runner->UnloadIfIdle(now_() - ttl,
                         absl::CancelledError(absl::StrCat(
                             snapshot.plan.model_id, " was unloaded after ",
                             absl::FormatDuration(ttl), " without a request")));
  }
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
