#include "core/runner.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace hwledger {
namespace {

// Progress in steps of a hundredth: more would only fill queues.
constexpr double kLoadFractionStep = 0.01;

}  // namespace

// In use for as long as this lives.
struct Runner::Claimed {
  explicit Claimed(std::shared_ptr<Runner> claimed)
      : runner(std::move(claimed)) {}
  ~Claimed() { runner->EndClaim(); }
  Claimed(const Claimed&) = delete;
  Claimed& operator=(const Claimed&) = delete;

  const std::shared_ptr<Runner> runner;
};

Runner::Runner(LoadPlan plan, OnReady on_ready, RunnerHooks hooks,
               std::function<absl::Time()> now)
    : plan_(std::make_shared<const LoadPlan>(std::move(plan))),
      on_ready_(std::move(on_ready)),
      on_ending_(std::move(hooks.on_ending)),
      now_(std::move(now)),
      started_at_(now_()),
      requests_(std::make_shared<OpenRequests>(
          plan_->model_id,
          [plan = plan_, report = std::move(hooks.on_generation)](
              const GenerationOutcome& outcome) {
            if (report) report(*plan, outcome);
          },
          now_)) {}

std::shared_ptr<Runner> Runner::Claim(ClaimReason reason) {
  {
    MutexLock lock(mutex_);
    if (state_ == LoadState::kUnloading || state_ == LoadState::kEnded) {
      return nullptr;
    }
    ++claim_count_;
    if (reason == ClaimReason::kRequest) was_requested_ = true;
  }
  return {std::make_shared<Claimed>(shared_from_this()), this};
}

void Runner::EndClaim() {
  std::optional<std::function<void()>> stop;
  {
    MutexLock lock(mutex_);
    --claim_count_;
    claimed_at_ = now_();
    if (state_ == LoadState::kLoading && claim_count_ == 0 && !was_requested_) {
      stop = BeginUnload(absl::CancelledError(
          absl::StrCat("the load of ", plan_->model_id, " was given up")));
    }
  }
  TellToEnd(stop);
}

void Runner::Submit(Generation generation,
                    const std::shared_ptr<GenerationStream>& stream) {
  std::optional<LoadProgress> progress;
  {
    MutexLock lock(mutex_);
    if (state_ == LoadState::kLoading) progress = LoadProgress{load_fraction_};
  }
  requests_->Submit(std::move(generation), stream, progress);
}

void Runner::Ask(Question question, const std::shared_ptr<OpenQuestion>& open) {
  requests_->Ask(std::move(question), open);
}

void Runner::WatchLoad(const std::shared_ptr<LoadWatch>& watch) {
  std::optional<absl::Status> end;
  double fraction = 0;
  {
    MutexLock lock(mutex_);
    switch (state_) {
      case LoadState::kLoading:
        std::erase_if(load_watches_,
                      [](const auto& other) { return other->cancelled(); });
        load_watches_.push_back(watch);
        fraction = load_fraction_;
        break;
      case LoadState::kReady:
        end = absl::OkStatus();
        break;
      case LoadState::kUnloading:
        end = unload_reason_;
        break;
      case LoadState::kEnded:
        end = end_reason_;
        break;
    }
  }
  // Outside the lock, since whoever waits is called.
  if (end) {
    watch->Close(*std::move(end));
  } else {
    watch->Push(fraction);
  }
}

void Runner::SetRetention(const Retention& retention) {
  MutexLock lock(mutex_);
  retention_ = retention;
}

void Runner::Unload(absl::Status reason) {
  std::optional<std::function<void()>> stop;
  {
    MutexLock lock(mutex_);
    stop = BeginUnload(std::move(reason));
  }
  TellToEnd(stop);
}

bool Runner::UnloadIfIdle(absl::Time since, absl::Status reason) {
  std::optional<std::function<void()>> stop;
  {
    MutexLock lock(mutex_);
    if (!IsUnclaimed() || claimed_at_ > since) return false;
    if (!requests_->RefuseIfVacant(since, reason)) return false;
    stop = BeginUnload(std::move(reason));
  }
  TellToEnd(stop);
  return true;
}

std::optional<std::function<void()>> Runner::BeginUnload(absl::Status reason) {
  if (state_ == LoadState::kEnded || state_ == LoadState::kUnloading) {
    return std::nullopt;
  }
  state_ = LoadState::kUnloading;
  requests_->Refuse(reason);
  unload_reason_ = std::move(reason);
  return std::exchange(stop_, nullptr);
}

void Runner::TellToEnd(const std::optional<std::function<void()>>& stop) const {
  if (!stop) return;
  if (on_ending_) on_ending_(Snapshot());
  if (*stop) (*stop)();
}

void Runner::WaitUntilEnded() {
  MutexLock lock(mutex_);
  while (state_ != LoadState::kEnded) ended_.Wait(mutex_);
}

void Runner::WaitUntilIdle(absl::Time deadline) {
  requests_->WaitUntilVacant(deadline);
}

LoadState Runner::state() const {
  MutexLock lock(mutex_);
  return state_;
}

RunnerSnapshot Runner::Snapshot() const {
  MutexLock lock(mutex_);
  const OpenRequests::Use use = requests_->use();
  RunnerSnapshot snapshot = {.plan = *plan_,
                             .state = state_,
                             .load_fraction = load_fraction_,
                             .measured = Measured(),
                             .process_id = process_id_,
                             .started_at = started_at_,
                             .ready_at = ready_at_,
                             .generation_count = use.count,
                             .retention = retention_,
                             .end_reason = end_reason_,
                             .ended_at = ended_at_,
                             .has_crashed = has_crashed_};
  if (IsUnclaimed() && use.count == 0) {
    snapshot.idle_since = std::max(claimed_at_, use.last_at);
  }
  return snapshot;
}

void Runner::SetProcess(int64_t process_id, std::function<void()> stop) {
  {
    MutexLock lock(mutex_);
    process_id_ = process_id;
    if (state_ == LoadState::kLoading) {
      stop_ = std::move(stop);
      return;
    }
  }
  stop();  // Unloaded before there was a process.
}

void Runner::SetLoadFraction(double fraction) {
  std::vector<std::shared_ptr<LoadWatch>> watches;
  {
    MutexLock lock(mutex_);
    if (fraction < load_fraction_ + kLoadFractionStep) return;
    load_fraction_ = fraction;
    watches = load_watches_;
  }
  for (const auto& watch : watches) watch->Push(fraction);
  requests_->PushProgress({fraction});
}

void Runner::SetReady(std::vector<DeviceUse> measured) {
  std::vector<std::shared_ptr<LoadWatch>> watches;
  {
    MutexLock lock(mutex_);
    if (state_ != LoadState::kLoading) return;
    state_ = LoadState::kReady;
    load_fraction_ = 1;
    measured_ = std::move(measured);
    ready_at_ = now_();
    claimed_at_ = ready_at_;
    watches = std::exchange(load_watches_, {});
  }
  for (const auto& watch : watches) watch->Close(absl::OkStatus());
  if (on_ready_) on_ready_(Snapshot());
}

void Runner::Deliver(std::vector<StepEvent> events) {
  for (StepEvent& event : events) {
    NoteMemory(event);
    requests_->Deliver(std::move(event));
  }
}

void Runner::NoteMemory(StepEvent& event) {
  if (auto* completion = std::get_if<Completion>(&event.event)) {
    completion->predicted = plan_->predicted();
    MutexLock lock(mutex_);
    completion->measured = TotalOf(Measured());
  } else if (const auto* answer = std::get_if<Answer>(&event.event)) {
    const auto* embedded = std::get_if<EmbedAnswer>(answer);
    if (embedded == nullptr) return;
    MutexLock lock(mutex_);
    measured_beside_ = embedded->context;
  }
}

std::vector<DeviceUse> Runner::Measured() const {
  std::vector<DeviceUse> all = measured_;
  all.insert(all.end(), measured_beside_.begin(), measured_beside_.end());
  return all;
}

void Runner::End(absl::Status reason) {
  std::vector<std::shared_ptr<LoadWatch>> watches;
  {
    MutexLock lock(mutex_);
    if (state_ == LoadState::kEnded) return;
    if (state_ == LoadState::kUnloading) {
      reason = unload_reason_;
    } else {
      has_crashed_ = reason.code() == absl::StatusCode::kUnavailable;
    }
    state_ = LoadState::kEnded;
    end_reason_ = reason;
    ended_at_ = now_();
    stop_ = nullptr;
    requests_->Refuse(reason);
    watches = std::exchange(load_watches_, {});
    ended_.NotifyAll();
  }
  for (const auto& watch : watches) watch->Close(reason);
  requests_->End(reason);
  if (on_ending_) on_ending_(Snapshot());
}

}  // namespace hwledger
