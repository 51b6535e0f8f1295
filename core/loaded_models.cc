#include "core/loaded_models.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "core/eviction.h"
#include "core/host_memory.h"
#include "core/load_conflict.h"
#include "core/load_refusal.h"
#include "core/outstanding_memory.h"

namespace hwledger {
namespace {

absl::StatusOr<std::string> DraftPath(const Additions& additions) {
  if (!additions.draft) return "";
  if (additions.draft->file.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "draft_model_id: ", additions.draft->model_id,
        " can be planned but not run: there is no model file in GGUF"));
  }
  return additions.draft->file;
}

}  // namespace

LoadedModels::LoadedModels(Estimator& estimator, Launch launch,
                           Runner::OnReady on_ready, RunnerHooks hooks,
                           absl::Duration idle_ttl,
                           std::function<absl::Time()> now)
    : estimator_(estimator),
      launch_(std::move(launch)),
      now_(now),
      runners_(std::move(on_ready), std::move(hooks), std::move(now)),
      idle_ttl_(idle_ttl) {
  estimator_.hardware().SetReservations([this] { return Reservations(); });
}

std::vector<Reservation> LoadedModels::Reservations() {
  std::vector<Reservation> all;
  for (const RunnerSnapshot& runner : List()) {
    std::ranges::move(OutstandingMemory(runner), std::back_inserter(all));
  }
  return all;
}

absl::StatusOr<LoadPlan> LoadedModels::Plan(const LoadRequest& request,
                                            const KnownModel& model) {
  EstimateRequest question = {
      .model_id = request.model_id,
      .options = EngineOptionsFor(request, model, Hardware::core_count()),
      .additions = {.draft_model_id = request.draft_model_id}};
  ABSL_RETURN_IF_ERROR(Validate(request.lora_adapters));
  for (const AdapterScale& adapter : request.lora_adapters) {
    question.additions.lora_adapters.push_back(adapter.path);
  }
  ABSL_ASSIGN_OR_RETURN(ServingOptions serving, ServingOptionsFor(request));
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

bool LoadedModels::MakeRoom(const std::string& model_id,
                            const MemoryPlan& plan) {
  const auto chosen = ChooseEvictions(MissingMemory(plan.devices), List());
  if (!chosen) return false;
  std::vector<std::shared_ptr<Runner>> evicted;
  for (const std::string& path : *chosen) {
    if (auto runner = runners_.At(path)) evicted.push_back(std::move(runner));
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
                        runners_.Claim(*model, reason));
  if (runner != nullptr) return runner;
  MutexLock admission(admission_);
  ABSL_ASSIGN_OR_RETURN(runner, runners_.Claim(*model, reason));
  if (runner != nullptr) return runner;
  return Start(request, *model, reason);
}

absl::StatusOr<std::shared_ptr<Runner>> LoadedModels::Start(
    const LoadRequest& request, const KnownModel& model, ClaimReason reason) {
  ABSL_ASSIGN_OR_RETURN(LoadPlan plan, Plan(request, model));
  const Retention retention = {
      .idle_ttl = request.idle_ttl.value_or(idle_ttl()),
      .pinned = request.pinned.value_or(false)};
  ABSL_ASSIGN_OR_RETURN(std::shared_ptr<Runner> claimed,
                        runners_.Add(std::move(plan), retention, reason));
  // Whoever runs the process has no claim.
  launch_(claimed->shared_from_this());
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

std::vector<RunnerSnapshot> LoadedModels::List() { return runners_.List(); }

absl::StatusOr<Bytes> LoadedModels::Unload(const std::string& model_id) {
  const std::shared_ptr<Runner> runner = runners_.Find(model_id);
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

absl::Duration LoadedModels::idle_ttl() {
  MutexLock lock(mutex_);
  return idle_ttl_;
}

void LoadedModels::UnloadIdle() {
  for (const auto& runner : runners_.All()) {
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
  runners_.Close(reason);
  const std::vector<std::shared_ptr<Runner>> runners = runners_.All();
  for (const auto& runner : runners) runner->WaitUntilIdle(deadline);
  for (const auto& runner : runners) runner->Unload(reason);
  for (const auto& runner : runners) runner->WaitUntilEnded();
}

}  // namespace hwledger
