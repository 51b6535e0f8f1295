#include "core/live_runners.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// Each takes a process and its threads; memory usually ends before this does.
constexpr int64_t kRunnersMax = 32;

}  // namespace

LiveRunners::LiveRunners(Runner::OnReady on_ready, RunnerHooks hooks,
                         std::function<absl::Time()> now)
    : on_ready_(std::move(on_ready)),
      hooks_(std::move(hooks)),
      now_(std::move(now)) {}

absl::StatusOr<std::shared_ptr<Runner>> LiveRunners::Claim(
    const KnownModel& model, ClaimReason reason) {
  for (;;) {
    std::shared_ptr<Runner> runner;
    {
      MutexLock lock(mutex_);
      if (closed_) return *closed_;
      runner = LiveAt(model.file);
      if (runner == nullptr) {
        if (const auto streak = crashes_.find(model.file);
            streak != crashes_.end()) {
          ABSL_RETURN_IF_ERROR(
              CheckMayRestart(model.model_id, streak->second, now_()));
        }
        return nullptr;
      }
    }
    if (auto claimed = runner->Claim(reason)) return claimed;
    runner->WaitUntilEnded();
  }
}

absl::StatusOr<std::shared_ptr<Runner>> LiveRunners::Add(
    LoadPlan plan, const Retention& retention, ClaimReason reason) {
  MutexLock lock(mutex_);
  if (closed_) return *closed_;
  if (std::ssize(runners_) >= kRunnersMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("too many models are loaded; unload one first; loaded: ",
                     runners_.size()));
  }
  plan.load_number = next_load_number_++;
  const std::string path = plan.path;
  const auto runner = std::make_shared<Runner>(std::move(plan), on_ready_,
                                               HooksFor(path), now_);
  runner->SetRetention(retention);
  runners_[path] = runner;
  return runner->Claim(reason);
}

RunnerHooks LiveRunners::HooksFor(const std::string& path) {
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

std::vector<RunnerSnapshot> LiveRunners::List() {
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

std::vector<std::shared_ptr<Runner>> LiveRunners::All() {
  std::vector<std::shared_ptr<Runner>> all;
  MutexLock lock(mutex_);
  all.reserve(runners_.size());
  for (const auto& [path, runner] : runners_) all.push_back(runner);
  return all;
}

std::shared_ptr<Runner> LiveRunners::At(const std::string& path) {
  MutexLock lock(mutex_);
  return LiveAt(path);
}

std::shared_ptr<Runner> LiveRunners::LiveAt(const std::string& path) {
  ForgetEnded();
  const auto found = runners_.find(path);
  return found == runners_.end() ? nullptr : found->second;
}

void LiveRunners::ForgetEnded() {
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

std::shared_ptr<Runner> LiveRunners::Find(const std::string& model_id) {
  MutexLock lock(mutex_);
  for (const auto& [path, runner] : runners_) {
    const bool named = path == model_id || runner->plan().model_id == model_id;
    if (named && runner->state() != LoadState::kEnded) return runner;
  }
  return nullptr;
}

void LiveRunners::Close(const absl::Status& reason) {
  MutexLock lock(mutex_);
  closed_ = reason;
}

}  // namespace hwledger
