#include "core/runner.h"

#include <algorithm>
#include <cassert>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace hwledger {
namespace {

// A start, a cancel and the grants for the credit that can be outstanding.
constexpr int64_t kCommandsPerGeneration = 8;

// Progress in steps of a hundredth: more would only fill queues.
constexpr double kLoadFractionStep = 0.01;

}  // namespace

Bytes TotalOf(const std::vector<DeviceUse>& uses) {
  Bytes total;
  for (const DeviceUse& use : uses) total += use.total();
  return total;
}

Bytes LoadPlan::predicted() const {
  Bytes total;
  for (const DevicePlan& share : shares) total += share.total();
  return total;
}

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
    : plan_(std::move(plan)),
      on_ready_(std::move(on_ready)),
      hooks_(std::move(hooks)),
      now_(std::move(now)),
      started_at_(now_()),
      commands_(kGenerationsMax * kCommandsPerGeneration) {}

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
    used_at_ = now_();
    if (state_ == LoadState::kLoading && claim_count_ == 0 && !was_requested_) {
      stop = BeginUnload(absl::CancelledError(
          absl::StrCat("the load of ", plan_.model_id, " was given up")));
    }
  }
  TellToEnd(stop);
}

void Runner::Submit(Generation generation,
                    const std::shared_ptr<GenerationStream>& stream) {
  int64_t id = 0;
  bool loading = false;
  double fraction = 0;
  absl::Status refused;
  {
    MutexLock lock(mutex_);
    refused = ReasonToRefuse();
    if (refused.ok()) {
      id = Add(stream);
      loading = state_ == LoadState::kLoading;
      fraction = load_fraction_;
    }
  }
  if (!refused.ok()) {
    Report({.arrived_at = now_()}, refused.code());
    stream->Close(std::move(refused));
    return;
  }
  if (loading) stream->Push(LoadProgress{fraction});
  if (!commands_.Push({id, Start{std::move(generation),
                                 GenerationStream::kCreditTokens}})) {
    absl::Status overflow = TooManyCommands();
    if (Take(id, overflow.code())) stream->Close(std::move(overflow));
    return;
  }
  // The runner keeps the stream, so the stream must not keep the runner.
  const bool wanted = stream->Attach(
      [weak = weak_from_this(), id](int64_t tokens) {
        if (const auto self = weak.lock()) {
          self->commands_.Push({id, Grant{tokens}});
        }
      },
      [weak = weak_from_this(), id] {
        if (const auto self = weak.lock()) self->CancelGeneration(id);
      });
  if (!wanted) CancelGeneration(id);
}

// Many have come and been given up while the model was loading.
absl::Status Runner::TooManyCommands() const {
  return absl::ResourceExhaustedError(
      absl::StrCat("too many requests wait for ", plan_.model_id));
}

absl::Status Runner::ReasonToRefuse() const {
  if (state_ == LoadState::kEnded) return end_reason_;
  if (state_ == LoadState::kUnloading) return unload_reason_;
  const int64_t count = std::ssize(running_) + std::ssize(asked_);
  if (count < kGenerationsMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("too many requests wait for ", plan_.model_id,
                   "; running and waiting: ", count));
}

int64_t Runner::Add(std::shared_ptr<GenerationStream> stream) {
  const bool is_alone = IsVacant();
  EndSolitude();
  running_[next_id_] = {.stream = std::move(stream),
                        .arrived_at = now_(),
                        .outcome = {.was_alone = is_alone}};
  return next_id_++;
}

int64_t Runner::Add(std::shared_ptr<OpenQuestion> open) {
  EndSolitude();
  asked_[next_id_] = std::move(open);
  return next_id_++;
}

// Of several, none is by itself.
void Runner::EndSolitude() {
  if (running_.size() == 1) running_.begin()->second.outcome.was_alone = false;
}

void Runner::Ask(Question question, const std::shared_ptr<OpenQuestion>& open) {
  int64_t id = 0;
  absl::Status refusal;
  {
    MutexLock lock(mutex_);
    refusal = ReasonToRefuse();
    if (refusal.ok()) id = Add(open);
  }
  if (!refusal.ok()) {
    open->Close(std::move(refusal));
    return;
  }
  if (!commands_.Push({id, std::move(question)})) {
    CloseQuestion(id, TooManyCommands());
    return;
  }
  const bool wanted = open->Attach([weak = weak_from_this(), id] {
    if (const auto self = weak.lock()) self->CancelQuestion(id);
  });
  if (!wanted) CancelQuestion(id);
}

void Runner::CancelQuestion(int64_t question_id) {
  if (TakeQuestion(question_id)) commands_.Push({question_id, Cancel{}});
}

void Runner::CloseQuestion(int64_t question_id, absl::StatusOr<Answer> answer) {
  const std::shared_ptr<OpenQuestion> open = TakeQuestion(question_id);
  if (open != nullptr) open->Close(std::move(answer));
}

std::shared_ptr<OpenQuestion> Runner::TakeQuestion(int64_t question_id) {
  MutexLock lock(mutex_);
  const auto node = asked_.extract(question_id);
  used_at_ = now_();
  if (IsVacant()) idle_.NotifyAll();
  return node ? node.mapped() : nullptr;
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
    const std::optional<absl::Time> idle_since = IdleSince();
    if (!idle_since || *idle_since > since) return false;
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
  unload_reason_ = std::move(reason);
  return std::exchange(stop_, nullptr);
}

void Runner::TellToEnd(const std::optional<std::function<void()>>& stop) const {
  if (!stop) return;
  if (hooks_.on_ending) hooks_.on_ending(Snapshot());
  if (*stop) (*stop)();
}

std::optional<absl::Time> Runner::IdleSince() const {
  const bool is_idle =
      state_ == LoadState::kReady && IsVacant() && claim_count_ == 0;
  if (!is_idle) return std::nullopt;
  return used_at_;
}

void Runner::WaitUntilEnded() {
  MutexLock lock(mutex_);
  while (state_ != LoadState::kEnded) ended_.Wait(mutex_);
}

void Runner::WaitUntilIdle(absl::Time deadline) {
  MutexLock lock(mutex_);
  while (!IsVacant() && absl::Now() < deadline) {
    idle_.WaitUntil(mutex_, deadline);
  }
}

LoadState Runner::state() const {
  MutexLock lock(mutex_);
  return state_;
}

RunnerSnapshot Runner::Snapshot() const {
  MutexLock lock(mutex_);
  return {.plan = plan_,
          .state = state_,
          .load_fraction = load_fraction_,
          .measured = Measured(),
          .process_id = process_id_,
          .started_at = started_at_,
          .ready_at = ready_at_,
          .generation_count = std::ssize(running_) + std::ssize(asked_),
          .retention = retention_,
          .idle_since = IdleSince(),
          .end_reason = end_reason_,
          .ended_at = ended_at_,
          .has_crashed = has_crashed_};
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
  std::vector<std::shared_ptr<GenerationStream>> streams;
  {
    MutexLock lock(mutex_);
    if (fraction < load_fraction_ + kLoadFractionStep) return;
    load_fraction_ = fraction;
    watches = load_watches_;
    for (const auto& [id, running] : running_) {
      streams.push_back(running.stream);
    }
  }
  for (const auto& watch : watches) watch->Push(fraction);
  for (const auto& stream : streams) stream->Push(LoadProgress{fraction});
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
    used_at_ = ready_at_;
    watches = std::exchange(load_watches_, {});
  }
  for (const auto& watch : watches) watch->Close(absl::OkStatus());
  if (on_ready_) on_ready_(Snapshot());
}

void Runner::Deliver(std::vector<StepEvent> events) {
  for (StepEvent& event : events) DeliverOne(std::move(event));
}

void Runner::DeliverOne(StepEvent event) {
  if (auto* answer = std::get_if<Answer>(&event.event)) {
    NoteContext(*answer);
    CloseQuestion(event.generation_id, std::move(*answer));
    return;
  }
  const std::shared_ptr<GenerationStream> stream = Stamp(event);
  if (stream == nullptr && std::holds_alternative<absl::Status>(event.event)) {
    CloseQuestion(event.generation_id,
                  std::get<absl::Status>(std::move(event.event)));
    return;
  }
  if (stream == nullptr) return;  // Cancelled meanwhile.
  if (auto* failure = std::get_if<absl::Status>(&event.event)) {
    if (Take(event.generation_id, failure->code())) {
      stream->Close(std::move(*failure));
    }
    return;
  }
  const bool is_last = std::holds_alternative<Completion>(event.event);
  std::visit(
      [&](auto& alternative) {
        using Event = std::decay_t<decltype(alternative)>;
        if constexpr (!std::is_same_v<Event, absl::Status> &&
                      !std::is_same_v<Event, Answer>) {
          stream->Push(std::move(alternative));
        }
      },
      event.event);
  if (is_last && Take(event.generation_id, absl::StatusCode::kOk)) {
    stream->Close(absl::OkStatus());
  }
}

void Runner::NoteContext(const Answer& answer) {
  const auto* embedded = std::get_if<EmbedAnswer>(&answer);
  if (embedded == nullptr) return;
  MutexLock lock(mutex_);
  measured_beside_ = embedded->context;
}

std::vector<DeviceUse> Runner::Measured() const {
  std::vector<DeviceUse> all = measured_;
  all.insert(all.end(), measured_beside_.begin(), measured_beside_.end());
  return all;
}

std::shared_ptr<GenerationStream> Runner::Stamp(StepEvent& event) {
  const absl::Time now = now_();
  MutexLock lock(mutex_);
  const auto found = running_.find(event.generation_id);
  if (found == running_.end()) return nullptr;
  Running& running = found->second;
  if (std::holds_alternative<Token>(event.event) ||
      std::holds_alternative<Reasoning>(event.event) ||
      std::holds_alternative<ToolCall>(event.event)) {
    running.first_token_at = std::min(running.first_token_at, now);
  }
  if (auto* completion = std::get_if<Completion>(&event.event)) {
    completion->time_to_first_token =
        std::min(running.first_token_at, now) - running.arrived_at;
    completion->queue_time =
        std::max(absl::ZeroDuration(),
                 completion->time_to_first_token - completion->prefill_time);
    completion->predicted = plan_.predicted();
    completion->measured = TotalOf(Measured());
  }
  Observe(event, running.outcome);
  return running.stream;
}

std::shared_ptr<GenerationStream> Runner::Take(int64_t generation_id,
                                               absl::StatusCode code) {
  Running taken;
  {
    MutexLock lock(mutex_);
    auto node = running_.extract(generation_id);
    used_at_ = now_();
    if (IsVacant()) idle_.NotifyAll();
    if (!node) return nullptr;
    taken = std::move(node.mapped());
  }
  std::shared_ptr<GenerationStream> stream = taken.stream;
  Report(std::move(taken), code);
  return stream;
}

void Runner::Report(Running generation, absl::StatusCode code) const {
  if (!hooks_.on_generation) return;
  GenerationOutcome& outcome = generation.outcome;
  outcome.code = code;
  outcome.arrived_at = generation.arrived_at;
  outcome.total_time = now_() - generation.arrived_at;
  if (generation.first_token_at < absl::InfiniteFuture()) {
    outcome.time_to_first_token =
        generation.first_token_at - generation.arrived_at;
  }
  hooks_.on_generation(plan_, outcome);
}

void Runner::CancelGeneration(int64_t generation_id) {
  const std::shared_ptr<GenerationStream> stream =
      Take(generation_id, absl::StatusCode::kCancelled);
  if (stream == nullptr) return;
  commands_.Push({generation_id, Cancel{}});
  stream->Close(absl::CancelledError("cancelled by the client"));
}

void Runner::End(absl::Status reason) {
  std::map<int64_t, Running> running;
  std::map<int64_t, std::shared_ptr<OpenQuestion>> asked;
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
    running = std::exchange(running_, {});
    asked = std::exchange(asked_, {});
    watches = std::exchange(load_watches_, {});
    ended_.NotifyAll();
    idle_.NotifyAll();
  }
  commands_.Close(reason);
  for (const auto& watch : watches) watch->Close(reason);
  for (auto& [id, generation] : running) {
    const std::shared_ptr<GenerationStream> stream = generation.stream;
    Report(std::move(generation), reason.code());
    stream->Close(reason);
  }
  for (const auto& [id, open] : asked) open->Close(reason);
  if (hooks_.on_ending) hooks_.on_ending(Snapshot());
}

}  // namespace hwledger
