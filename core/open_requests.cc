#include "core/open_requests.h"

#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status_macros.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace hwledger {
namespace {

// A start, a cancel and the grants for the credit that can be outstanding.
constexpr int64_t kCommandsPerRequest = 8;

}  // namespace

OpenRequests::OpenRequests(std::string model_id, OnGeneration on_generation,
                           std::function<absl::Time()> now)
    : model_id_(std::move(model_id)),
      on_generation_(std::move(on_generation)),
      now_(std::move(now)),
      commands_(kCountMax * kCommandsPerRequest) {}

void OpenRequests::Submit(Generation generation,
                          const std::shared_ptr<GenerationStream>& stream,
                          const std::optional<LoadProgress>& progress) {
  const absl::StatusOr<int64_t> added = Add(stream);
  if (!added.ok()) {
    Report(OpenGeneration(stream, now_()), added.status().code());
    stream->Close(added.status());
    return;
  }
  const int64_t id = *added;
  if (progress) stream->Push(*progress);
  if (!commands_.Push({id, Start{std::move(generation),
                                 GenerationStream::kCreditTokens}})) {
    absl::Status overflow = TooManyCommands();
    if (TakeGeneration(id, overflow.code())) stream->Close(std::move(overflow));
    return;
  }
  // The stream is kept here, so the stream must not keep this.
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

void OpenRequests::Ask(Question question,
                       const std::shared_ptr<OpenQuestion>& open) {
  const absl::StatusOr<int64_t> added = Add(open);
  if (!added.ok()) {
    open->Close(added.status());
    return;
  }
  const int64_t id = *added;
  if (!commands_.Push({id, std::move(question)})) {
    CloseQuestion(id, TooManyCommands());
    return;
  }
  const bool wanted = open->Attach([weak = weak_from_this(), id] {
    if (const auto self = weak.lock()) self->CancelQuestion(id);
  });
  if (!wanted) CancelQuestion(id);
}

// Many have come and been given up while the model was loading.
absl::Status OpenRequests::TooManyCommands() const {
  return absl::ResourceExhaustedError(
      absl::StrCat("too many requests wait for ", model_id_));
}

absl::Status OpenRequests::ReasonToRefuse() const {
  if (!refusal_.ok()) return refusal_;
  if (count() < kCountMax) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("too many requests wait for ", model_id_,
                   "; running and waiting: ", count()));
}

absl::StatusOr<int64_t> OpenRequests::Add(
    std::shared_ptr<GenerationStream> stream) {
  MutexLock lock(mutex_);
  ABSL_RETURN_IF_ERROR(ReasonToRefuse());
  OpenGeneration generation(std::move(stream), now_());
  if (!IsVacant()) generation.EndSolitude();
  EndSolitude();
  generations_.emplace(next_id_, std::move(generation));
  return next_id_++;
}

absl::StatusOr<int64_t> OpenRequests::Add(std::shared_ptr<OpenQuestion> open) {
  MutexLock lock(mutex_);
  ABSL_RETURN_IF_ERROR(ReasonToRefuse());
  EndSolitude();
  questions_.emplace(next_id_, std::move(open));
  return next_id_++;
}

// Of several, none is by itself.
void OpenRequests::EndSolitude() {
  if (generations_.size() == 1) generations_.begin()->second.EndSolitude();
}

OpenRequests::Use OpenRequests::use() const {
  MutexLock lock(mutex_);
  return {.count = count(), .last_at = used_at_};
}

void OpenRequests::WaitUntilVacant(absl::Time deadline) {
  MutexLock lock(mutex_);
  while (!IsVacant() && absl::Now() < deadline) {
    vacant_.WaitUntil(mutex_, deadline);
  }
}

void OpenRequests::Deliver(StepEvent event) {
  const int64_t id = event.generation_id;
  if (auto* answer = std::get_if<Answer>(&event.event)) {
    CloseQuestion(id, std::move(*answer));
    return;
  }
  const std::shared_ptr<GenerationStream> stream = Observe(event);
  if (auto* failure = std::get_if<absl::Status>(&event.event)) {
    if (stream == nullptr) {
      CloseQuestion(id, std::move(*failure));
    } else if (TakeGeneration(id, failure->code())) {
      stream->Close(std::move(*failure));
    }
    return;
  }
  if (stream == nullptr) return;  // Cancelled meanwhile.
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
  if (is_last && TakeGeneration(id, absl::StatusCode::kOk)) {
    stream->Close(absl::OkStatus());
  }
}

std::shared_ptr<GenerationStream> OpenRequests::Observe(StepEvent& event) {
  const absl::Time now = now_();
  MutexLock lock(mutex_);
  const auto found = generations_.find(event.generation_id);
  if (found == generations_.end()) return nullptr;
  found->second.Observe(event, now);
  return found->second.stream();
}

void OpenRequests::PushProgress(const LoadProgress& progress) {
  std::vector<std::shared_ptr<GenerationStream>> streams;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, generation] : generations_) {
      streams.push_back(generation.stream());
    }
  }
  for (const auto& stream : streams) stream->Push(progress);
}

void OpenRequests::CancelGeneration(int64_t id) {
  const std::shared_ptr<GenerationStream> stream =
      TakeGeneration(id, absl::StatusCode::kCancelled);
  if (stream == nullptr) return;
  commands_.Push({id, Cancel{}});
  stream->Close(absl::CancelledError("cancelled by the client"));
}

void OpenRequests::CancelQuestion(int64_t id) {
  if (TakeQuestion(id)) commands_.Push({id, Cancel{}});
}

void OpenRequests::CloseQuestion(int64_t id, absl::StatusOr<Answer> answer) {
  const std::shared_ptr<OpenQuestion> open = TakeQuestion(id);
  if (open != nullptr) open->Close(std::move(answer));
}

std::shared_ptr<OpenQuestion> OpenRequests::TakeQuestion(int64_t id) {
  MutexLock lock(mutex_);
  const auto node = questions_.extract(id);
  NoteUse();
  return node ? node.mapped() : nullptr;
}

std::shared_ptr<GenerationStream> OpenRequests::TakeGeneration(
    int64_t id, absl::StatusCode code) {
  std::optional<OpenGeneration> taken;
  {
    MutexLock lock(mutex_);
    auto node = generations_.extract(id);
    NoteUse();
    if (!node) return nullptr;
    taken = std::move(node.mapped());
  }
  Report(*taken, code);
  return taken->stream();
}

void OpenRequests::NoteUse() {
  used_at_ = now_();
  if (IsVacant()) vacant_.NotifyAll();
}

void OpenRequests::Report(const OpenGeneration& generation,
                          absl::StatusCode code) const {
  if (on_generation_) on_generation_(generation.OutcomeAt(now_(), code));
}

void OpenRequests::Refuse(absl::Status reason) {
  MutexLock lock(mutex_);
  refusal_ = std::move(reason);
}

bool OpenRequests::RefuseIfVacant(absl::Time since, absl::Status reason) {
  MutexLock lock(mutex_);
  if (!IsVacant() || used_at_ > since) return false;
  refusal_ = std::move(reason);
  return true;
}

void OpenRequests::End(const absl::Status& reason) {
  std::map<int64_t, OpenGeneration> generations;
  std::map<int64_t, std::shared_ptr<OpenQuestion>> questions;
  {
    MutexLock lock(mutex_);
    refusal_ = reason;
    generations = std::exchange(generations_, {});
    questions = std::exchange(questions_, {});
    vacant_.NotifyAll();
  }
  commands_.Close(reason);
  for (const auto& [id, generation] : generations) {
    Report(generation, reason.code());
    generation.stream()->Close(reason);
  }
  for (const auto& [id, open] : questions) open->Close(reason);
}

}  // namespace hwledger
