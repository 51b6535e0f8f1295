#pragma once

#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "core/channel.h"
#include "core/engine/generation.h"
#include "core/engine/link.h"
#include "core/engine/question.h"
#include "core/generation_outcome.h"
#include "core/generation_stream.h"
#include "core/mutex.h"
#include "core/open_generation.h"
#include "core/open_question.h"

namespace hwledger {

// What a runner has been asked and not answered yet: generations and questions,
// each under a number, by which commands go to the process and events come
// back. Whoever waits is called outside of its lock. Any thread may call
// anything.
class OpenRequests : public std::enable_shared_from_this<OpenRequests> {
 public:
  // Running and waiting, per model: what a crowd can ask for within a few
  // minutes of computing; beyond it a queue only hides the overload.
  static constexpr int64_t kCountMax = 256;

  // Hears what a generation came to, once it has ended, however.
  using OnGeneration = std::function<void(const GenerationOutcome&)>;

  OpenRequests(std::string model_id, OnGeneration on_generation,
               std::function<absl::Time()> now);

  // For those who ask.

  // Generates into `stream`, which begins with `progress` where there is some.
  // It ends with RESOURCE_EXHAUSTED where too many wait already, and with the
  // reason of Refuse or End where that came first.
  void Submit(Generation generation,
              const std::shared_ptr<GenerationStream>& stream,
              const std::optional<LoadProgress>& progress);
  // `open` hears the answer. Fails as Submit.
  void Ask(Question question, const std::shared_ptr<OpenQuestion>& open);

  // How many there are, and when the last was answered or given up.
  struct Use {
    int64_t count = 0;
    absl::Time last_at = absl::InfinitePast();
  };
  Use use() const;
  // Returns once there are none, at `deadline` at the latest.
  void WaitUntilVacant(absl::Time deadline);

  // For whoever runs the process.

  // What the process should do. Ends when it should end.
  Channel<Command>& commands() { return commands_; }
  void Deliver(StepEvent event);
  // To every generation.
  void PushProgress(const LoadProgress& progress);

  // Takes on no more.
  void Refuse(absl::Status reason);
  // The same if there have been none since `since` or longer; false: there
  // have.
  bool RefuseIfVacant(absl::Time since, absl::Status reason);
  // Ends the commands and all there are, and takes on no more.
  void End(const absl::Status& reason);

 private:
  bool IsVacant() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return generations_.empty() && questions_.empty();
  }
  int64_t count() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return std::ssize(generations_) + std::ssize(questions_);
  }
  // Why no more can be taken on; OK: one more can.
  absl::Status ReasonToRefuse() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status TooManyCommands() const;
  // Its number; fails where it is refused.
  absl::StatusOr<int64_t> Add(std::shared_ptr<GenerationStream> stream);
  absl::StatusOr<int64_t> Add(std::shared_ptr<OpenQuestion> open);
  // A generation that ran by itself does so no longer.
  void EndSolitude() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteUse() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void CancelGeneration(int64_t id);
  void CancelQuestion(int64_t id);
  void CloseQuestion(int64_t id, absl::StatusOr<Answer> answer);
  // Null: it has been answered.
  std::shared_ptr<OpenQuestion> TakeQuestion(int64_t id);
  // Accounts for it as ended with `code`. Null: it had ended before.
  std::shared_ptr<GenerationStream> TakeGeneration(int64_t id,
                                                   absl::StatusCode code);
  void Report(const OpenGeneration& generation, absl::StatusCode code) const;
  // Where an event goes, of which is kept what counts. Null: nowhere.
  std::shared_ptr<GenerationStream> Observe(StepEvent& event);

  const std::string model_id_;
  const OnGeneration on_generation_;
  const std::function<absl::Time()> now_;
  Channel<Command> commands_;
  mutable Mutex mutex_;
  CondVar vacant_;
  absl::Status refusal_ ABSL_GUARDED_BY(mutex_);  // OK: it takes on more.
  absl::Time used_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // Last.
  int64_t next_id_ ABSL_GUARDED_BY(mutex_) = 1;
  std::map<int64_t, OpenGeneration> generations_ ABSL_GUARDED_BY(mutex_);
  std::map<int64_t, std::shared_ptr<OpenQuestion>> questions_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace hwledger
