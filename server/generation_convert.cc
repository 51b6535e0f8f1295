#include "server/generation_convert.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "core/field_error.h"
#include "core/generation_outcome.h"
#include "server/chat_convert.h"
#include "server/inference_convert.h"
#include "server/outcome_convert.h"
#include "server/sampling_convert.h"

namespace hwledger {
namespace {

v1::Completion ToProto(const Completion& completion) {
  v1::Completion message;
  message.set_full_text(completion.full_text);
  message.set_reasoning(completion.reasoning);
  for (const ToolCall& call : completion.tool_calls) {
    *message.add_tool_calls() = ToProto(call);
  }
  message.set_finish_reason(ToProto(completion.finish_reason));
  if (!completion.stop_string.empty()) {
    message.set_stop_string(completion.stop_string);
  }
  const GenerationOutcome outcome = OutcomeOf(completion);
  *message.mutable_usage() = UsageOf(outcome);
  *message.mutable_timings() = TimingsOf(outcome);
  message.mutable_memory()->set_predicted_bytes(completion.predicted.count());
  message.mutable_memory()->set_measured_bytes(completion.measured.count());
  return message;
}

}  // namespace

absl::StatusOr<Generation> FromProto(const v1::RunInferenceRequest& request) {
  if (request.model_id().empty()) {
    return FieldError("model_id", "must not be empty");
  }
  Generation generation;
  switch (request.input_case()) {
    case v1::RunInferenceRequest::kPrompt:
      generation.input = request.prompt();
      break;
    case v1::RunInferenceRequest::kChat:
      if (!v1::ToolChoice_IsValid(request.chat().tool_choice())) {
        return FieldError("chat.tool_choice",
                          absl::StrCat("must be one of the choices; got ",
                                       request.chat().tool_choice()));
      }
      generation.input = FromProto(request.chat());
      break;
    case v1::RunInferenceRequest::INPUT_NOT_SET:
      return FieldError("input", "must be a prompt or a chat; got neither");
  }
  generation.sampling = FromProto(request.sampling());
  if (request.has_max_tokens()) {
    generation.token_count_max = request.max_tokens();
  }
  generation.lora_adapters = FromProto(request.lora_adapters());
  generation.stop_strings.assign(request.stop().begin(), request.stop().end());
  generation.user = request.user();
  generation.truncate_prompt = request.truncate_prompt();
  if (request.has_json_schema()) {
    generation.constraint.json_schema = request.json_schema();
  }
  if (request.has_grammar()) {
    generation.constraint.grammar = request.grammar();
  }
  if (request.has_top_logprobs()) {
    generation.top_logprobs = request.top_logprobs();
  }
  return generation;
}

v1::RunInferenceResponse ToProto(const GenerationEvent& event) {
  v1::RunInferenceResponse message;
  if (const auto* queued = std::get_if<Queued>(&event)) {
    *message.mutable_queued() = ToProto(*queued);
  } else if (const auto* load = std::get_if<LoadProgress>(&event)) {
    message.mutable_load_progress()->set_fraction(load->fraction);
  } else if (const auto* prompt = std::get_if<PromptProgress>(&event)) {
    *message.mutable_prompt_progress() = ToProto(*prompt);
  } else if (const auto* token = std::get_if<Token>(&event)) {
    *message.mutable_token() = ToProto(*token);
  } else if (const auto* thought = std::get_if<Reasoning>(&event)) {
    *message.mutable_reasoning() = ToProto(*thought);
  } else if (const auto* call = std::get_if<ToolCall>(&event)) {
    *message.mutable_tool_call() = ToProto(*call);
  } else {
    *message.mutable_completion() = ToProto(std::get<Completion>(event));
  }
  return message;
}

}  // namespace hwledger
