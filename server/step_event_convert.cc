#include "server/step_event_convert.h"

#include <string>
#include <variant>

#include "core/generation_outcome.h"
#include "server/chat_convert.h"
#include "server/engine_convert.h"
#include "server/inference_convert.h"
#include "server/outcome_convert.h"
#include "server/question_convert.h"

namespace hwledger {
namespace {

runner::v1::Finished FinishedMessage(const Completion& completion) {
  runner::v1::Finished message;
  message.set_full_text(completion.full_text);
  message.set_reasoning(completion.reasoning);
  for (const ToolCall& call : completion.tool_calls) {
    *message.add_tool_calls() = ToProto(call);
  }
  message.set_finish_reason(ToProto(completion.finish_reason));
  message.set_stop_string(completion.stop_string);
  *message.mutable_usage() = UsageOf(OutcomeOf(completion));
  *message.mutable_prefill_time() = ToProto(completion.prefill_time);
  *message.mutable_decode_time() = ToProto(completion.decode_time);
  return message;
}

Completion CompletionFrom(const runner::v1::Finished& message) {
  Completion completion = {
      .full_text = message.full_text(),
      .reasoning = message.reasoning(),
      .finish_reason = FromProto(message.finish_reason()),
      .stop_string = message.stop_string(),
      .prompt_tokens = message.usage().prompt_tokens(),
      .cached_prompt_tokens = message.usage().cached_prompt_tokens(),
      .completion_tokens = message.usage().completion_tokens(),
      .draft_tokens = message.usage().draft_tokens(),
      .accepted_draft_tokens = message.usage().accepted_draft_tokens(),
      .prefill_time = FromProto(message.prefill_time()),
      .decode_time = FromProto(message.decode_time()),
  };
  for (const v1::ToolCall& call : message.tool_calls()) {
    completion.tool_calls.push_back(FromProto(call));
  }
  return completion;
}

runner::v1::Failure FailureMessage(const absl::Status& status) {
  runner::v1::Failure message;
  message.set_code(status.raw_code());
  message.set_message(std::string(status.message()));
  return message;
}

absl::Status StatusFrom(const runner::v1::Failure& message) {
  return {static_cast<absl::StatusCode>(message.code()), message.message()};
}

runner::v1::Embedded EmbeddedMessage(const EmbedAnswer& answer) {
  runner::v1::Embedded message;
  *message.mutable_response() = ToProto(answer);
  for (const DeviceUse& use : answer.context) {
    *message.add_context() = ToProto(use);
  }
  return message;
}

EmbedAnswer EmbedAnswerFrom(const runner::v1::Embedded& message) {
  EmbedAnswer answer = FromProto(message.response());
  for (const runner::v1::DeviceUse& use : message.context()) {
    answer.context.push_back(FromProto(use));
  }
  return answer;
}

void SetAnswer(const Answer& answer, runner::v1::GenerationEvent& message) {
  if (const auto* tokenized = std::get_if<TokenizeAnswer>(&answer)) {
    *message.mutable_tokenized() = ToProto(*tokenized);
  } else if (const auto* text = std::get_if<DetokenizeAnswer>(&answer)) {
    *message.mutable_detokenized() = ToProto(*text);
  } else {
    *message.mutable_embedded() =
        EmbeddedMessage(std::get<EmbedAnswer>(answer));
  }
}

}  // namespace

runner::v1::GenerationEvent ToProto(const StepEvent& event) {
  runner::v1::GenerationEvent message;
  message.set_generation_id(event.generation_id);
  if (const auto* token = std::get_if<Token>(&event.event)) {
    *message.mutable_token() = ToProto(*token);
  } else if (const auto* thought = std::get_if<Reasoning>(&event.event)) {
    *message.mutable_reasoning() = ToProto(*thought);
  } else if (const auto* call = std::get_if<ToolCall>(&event.event)) {
    *message.mutable_tool_call() = ToProto(*call);
  } else if (const auto* progress = std::get_if<PromptProgress>(&event.event)) {
    *message.mutable_prompt_progress() = ToProto(*progress);
  } else if (const auto* queued = std::get_if<Queued>(&event.event)) {
    *message.mutable_queued() = ToProto(*queued);
  } else if (const auto* completion = std::get_if<Completion>(&event.event)) {
    *message.mutable_finished() = FinishedMessage(*completion);
  } else if (const auto* answer = std::get_if<Answer>(&event.event)) {
    SetAnswer(*answer, message);
  } else {
    *message.mutable_failure() =
        FailureMessage(std::get<absl::Status>(event.event));
  }
  return message;
}

StepEvent FromProto(const runner::v1::GenerationEvent& message) {
  StepEvent event = {.generation_id = message.generation_id()};
  switch (message.event_case()) {
    case runner::v1::GenerationEvent::kQueued:
      event.event = FromProto(message.queued());
      break;
    case runner::v1::GenerationEvent::kPromptProgress:
      event.event = FromProto(message.prompt_progress());
      break;
    case runner::v1::GenerationEvent::kToken:
      event.event = FromProto(message.token());
      break;
    case runner::v1::GenerationEvent::kFinished:
      event.event = CompletionFrom(message.finished());
      break;
    case runner::v1::GenerationEvent::kFailure:
      event.event = StatusFrom(message.failure());
      break;
    case runner::v1::GenerationEvent::kReasoning:
      event.event = FromProto(message.reasoning());
      break;
    case runner::v1::GenerationEvent::kToolCall:
      event.event = FromProto(message.tool_call());
      break;
    case runner::v1::GenerationEvent::kTokenized:
      event.event = Answer(FromProto(message.tokenized()));
      break;
    case runner::v1::GenerationEvent::kDetokenized:
      event.event = Answer(FromProto(message.detokenized()));
      break;
    case runner::v1::GenerationEvent::kEmbedded:
      event.event = Answer(EmbedAnswerFrom(message.embedded()));
      break;
    case runner::v1::GenerationEvent::EVENT_NOT_SET:
      event.event = absl::InternalError("the runner sent an empty event");
      break;
  }
  return event;
}

}  // namespace hwledger
