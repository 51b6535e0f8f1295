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
constexpr int64_t kLoadEventsMax = 256;

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

Runner::Runner(LoadPlan plan, OnReady on_ready)
    : plan_(std::move(plan)),
      started_at_(absl::Now()),
      on_ready_(std::move(on_ready)),
      commands_(kGenerationsMax * kCommandsPerGeneration) {}

void Runner::Submit(Generation generation,
                    const std::shared_ptr<GenerationStream>& stream) {
  int64_t id = 0;
  bool loading = false;
  double fraction = 0;
  {
    MutexLock lock(mutex_);
    absl::Status refusal = Refusal();
    if (!refusal.ok()) {
      stream->Close(std::move(refusal));
      return;
    }
    id = next_id_++;
    running_[id] = {.stream = stream, .arrived_at = absl::Now()};
    loading = state_ == LoadState::kLoading;
    fraction = load_fraction_;
  }
  if (loading) stream->Push(LoadProgress{fraction});
  commands_.Push(
      {id, Start{std::move(generation), GenerationStream::kCreditTokens}});
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

absl::Status Runner::Refusal() const {
  if (state_ == LoadState::kEnded) return end_reason_;
  if (state_ == LoadState::kUnloading) return unload_reason_;
  const size_t count = running_.size() + asked_.size();
  if (static_cast<int64_t>(count) < kGenerationsMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("too many requests wait for ", plan_.model_id,
                   "; running and waiting: ", count));
}

void Runner::Ask(Question question, const std::shared_ptr<OpenQuestion>& open) {
  int64_t id = 0;
  absl::Status refusal;
  {
    MutexLock lock(mutex_);
    refusal = Refusal();
    if (refusal.ok()) {
      id = next_id_++;
      asked_[id] = open;
    }
  }
  if (!refusal.ok()) {
    open->Close(std::move(refusal));
    return;
  }
  if (!commands_.Push({id, std::move(question)})) {
    // Many have been asked and given up while the model was loading.
    CloseQuestion(id, absl::ResourceExhaustedError(absl::StrCat(
                          "too many requests wait for ", plan_.model_id)));
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
  if (running_.empty() && asked_.empty()) idle_.NotifyAll();
  return node ? node.mapped() : nullptr;
}

std::shared_ptr<Channel<double>> Runner::WatchLoad() {
  auto watcher = std::make_shared<Channel<double>>(kLoadEventsMax);
  MutexLock lock(mutex_);
  switch (state_) {
    case LoadState::kLoading:
      watcher->Push(load_fraction_);
      load_watchers_.push_back(watcher);
      break;
    case LoadState::kReady:
      watcher->Close(absl::OkStatus());
      break;
    case LoadState::kUnloading:
      watcher->Close(unload_reason_);
      break;
    case LoadState::kEnded:
      watcher->Close(end_reason_);
      break;
  }
  return watcher;
}

void Runner::Unload(absl::Status reason) {
  std::function<void()> stop;
  {
    MutexLock lock(mutex_);
    if (state_ == LoadState::kEnded || state_ == LoadState::kUnloading) return;
    state_ = LoadState::kUnloading;
    unload_reason_ = std::move(reason);
    stop = std::exchange(stop_, nullptr);
  }
  if (stop) stop();
}

void Runner::WaitUntilEnded() {
  MutexLock lock(mutex_);
  while (state_ != LoadState::kEnded) ended_.Wait(mutex_);
}

void Runner::WaitUntilIdle(absl::Time deadline) {
  MutexLock lock(mutex_);
  while (!(running_.empty() && asked_.empty()) && absl::Now() < deadline) {
    idle_.WaitUntil(mutex_, deadline);
  }
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
          .generation_count = std::ssize(running_) + std::ssize(asked_)};
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
  std::vector<std::shared_ptr<Channel<double>>> watchers;
  std::vector<std::shared_ptr<GenerationStream>> streams;
  {
    MutexLock lock(mutex_);
    if (fraction < load_fraction_ + kLoadFractionStep) return;
    load_fraction_ = fraction;
    watchers = load_watchers_;
    for (const auto& [id, running] : running_) {
      streams.push_back(running.stream);
    }
  }
  for (const auto& watcher : watchers) watcher->Push(fraction);
  for (const auto& stream : streams) stream->Push(LoadProgress{fraction});
}

void Runner::SetReady(std::vector<DeviceUse> measured) {
  std::vector<std::shared_ptr<Channel<double>>> watchers;
  {
    MutexLock lock(mutex_);
    if (state_ != LoadState::kLoading) return;
    state_ = LoadState::kReady;
    load_fraction_ = 1;
    measured_ = std::move(measured);
    ready_at_ = absl::Now();
    watchers = std::exchange(load_watchers_, {});
  }
  for (const auto& watcher : watchers) watcher->Close(absl::OkStatus());
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
    if (Take(event.generation_id)) stream->Close(std::move(*failure));
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
  if (is_last && Take(event.generation_id)) stream->Close(absl::OkStatus());
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
  const absl::Time now = absl::Now();
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
  return running.stream;
}

std::shared_ptr<GenerationStream> Runner::Take(int64_t generation_id) {
  MutexLock lock(mutex_);
  const auto node = running_.extract(generation_id);
  if (running_.empty() && asked_.empty()) idle_.NotifyAll();
  return node ? node.mapped().stream : nullptr;
}

void Runner::CancelGeneration(int64_t generation_id) {
  const std::shared_ptr<GenerationStream> stream = Take(generation_id);
  if (stream == nullptr) return;
  commands_.Push({generation_id, Cancel{}});
  stream->Close(absl::CancelledError("cancelled by the client"));
}

void Runner::End(absl::Status reason) {
  std::map<int64_t, Running> running;
  std::map<int64_t, std::shared_ptr<OpenQuestion>> asked;
  std::vector<std::shared_ptr<Channel<double>>> watchers;
  {
    MutexLock lock(mutex_);
    if (state_ == LoadState::kEnded) return;
    if (state_ == LoadState::kUnloading) reason = unload_reason_;
    state_ = LoadState::kEnded;
    end_reason_ = reason;
    stop_ = nullptr;
    running = std::exchange(running_, {});
    asked = std::exchange(asked_, {});
    watchers = std::exchange(load_watchers_, {});
    ended_.NotifyAll();
    idle_.NotifyAll();
  }
  commands_.Close(reason);
  for (const auto& watcher : watchers) watcher->Close(reason);
  for (const auto& [id, generation] : running) generation.stream->Close(reason);
  for (const auto& [id, open] : asked) open->Close(reason);
}

}  // namespace hwledger
