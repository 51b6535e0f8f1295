#include "server/runner_link_convert.h"

#include <string>
#include <variant>

#include "server/chat_convert.h"
#include "server/inference_convert.h"
#include "server/question_convert.h"
#include "server/sampling_convert.h"
#include "server/split_mode_convert.h"

namespace hwledger {
namespace {

// The engine's counts fit: libllama itself counts in int32.
int32_t Int32(int64_t count) { return static_cast<int32_t>(count); }

runner::v1::Start StartMessage(const Start& start) {
  const Generation& generation = start.generation;
  runner::v1::Start message;
  if (const auto* prompt = std::get_if<std::string>(&generation.input)) {
    message.set_prompt(*prompt);
  } else {
    *message.mutable_chat() = ToProto(std::get<Chat>(generation.input));
  }
  *message.mutable_sampling() = ToProto(generation.sampling);
  message.set_max_tokens(Int32(generation.token_count_max.value_or(0)));
  for (const std::string& stop : generation.stop_strings) {
    message.add_stop(stop);
  }
  for (const AdapterScale& adapter : generation.lora_adapters) {
    *message.add_lora_adapters() = ToProto(adapter);
  }
  message.set_credit_tokens(Int32(start.credit_tokens));
  message.set_user(generation.user);
  message.set_truncate_prompt(generation.truncate_prompt);
  if (generation.constraint.json_schema) {
    message.set_json_schema(*generation.constraint.json_schema);
  }
  if (generation.constraint.grammar) {
    message.set_grammar(*generation.constraint.grammar);
  }
  if (generation.top_logprobs) {
    message.set_top_logprobs(Int32(*generation.top_logprobs));
  }
  return message;
}

Start StartFrom(const runner::v1::Start& message) {
  Start start;
  if (message.has_chat()) {
    start.generation.input = FromProto(message.chat());
  } else {
    start.generation.input = message.prompt();
  }
  start.generation.sampling = FromProto(message.sampling());
  if (message.max_tokens() != 0) {
    start.generation.token_count_max = message.max_tokens();
  }
  start.generation.stop_strings.assign(message.stop().begin(),
                                       message.stop().end());
  start.generation.lora_adapters = FromProto(message.lora_adapters());
  start.credit_tokens = message.credit_tokens();
  start.generation.user = message.user();
  start.generation.truncate_prompt = message.truncate_prompt();
  if (message.has_json_schema()) {
    start.generation.constraint.json_schema = message.json_schema();
  }
  if (message.has_grammar()) {
    start.generation.constraint.grammar = message.grammar();
  }
  if (message.has_top_logprobs()) {
    start.generation.top_logprobs = message.top_logprobs();
  }
  return start;
}

runner::v1::Finished FinishedMessage(const Completion& completion) {
  runner::v1::Finished message;
  message.set_full_text(completion.full_text);
  message.set_reasoning(completion.reasoning);
  for (const ToolCall& call : completion.tool_calls) {
    *message.add_tool_calls() = ToProto(call);
  }
  message.set_finish_reason(ToProto(completion.finish_reason));
  message.set_stop_string(completion.stop_string);
  *message.mutable_usage() = UsageOf(completion);
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

void SetQuestion(const Question& question, runner::v1::Command& message) {
  if (const auto* tokenize = std::get_if<TokenizeQuestion>(&question)) {
    *message.mutable_tokenize() = ToProto(*tokenize);
  } else if (const auto* ids = std::get_if<DetokenizeQuestion>(&question)) {
    *message.mutable_detokenize() = ToProto(*ids);
  } else {
    *message.mutable_embed() = ToProto(std::get<EmbedQuestion>(question));
  }
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

absl::Status StatusFrom(const runner::v1::Failure& message) {
  return {static_cast<absl::StatusCode>(message.code()), message.message()};
}

}  // namespace

runner::v1::EngineOptions ToProto(const EngineOptions& options) {
  runner::v1::EngineOptions message;
  message.set_sequence_length(Int32(options.sequence_length));
  message.set_slot_count(Int32(options.slot_count));
  message.set_outputs_per_slot(Int32(options.outputs_per_slot));
  message.set_kv_cache_type_k(options.kv_cache_type_k);
  message.set_kv_cache_type_v(options.kv_cache_type_v);
  message.set_flash_attention(ToProto(options.flash_attention));
  message.set_micro_batch_size(Int32(options.micro_batch_size));
  message.set_gpu_layers(Int32(options.gpu_layers));
  message.set_thread_count(Int32(options.thread_count));
  message.set_kv_unified(options.kv_unified);
  message.set_swa_full(options.swa_full);
  message.set_cpu_moe_layers(Int32(options.cpu_moe_layers));
  message.set_split_mode(ToProto(options.split_mode));
  return message;
}

EngineOptions FromProto(const runner::v1::EngineOptions& message) {
  return {
      .sequence_length = message.sequence_length(),
      .slot_count = message.slot_count(),
      .outputs_per_slot = message.outputs_per_slot(),
      .kv_cache_type_k = message.kv_cache_type_k(),
      .kv_cache_type_v = message.kv_cache_type_v(),
      .flash_attention = FromProto(message.flash_attention()),
      .micro_batch_size = message.micro_batch_size(),
      .gpu_layers = message.gpu_layers(),
      .cpu_moe_layers = message.cpu_moe_layers(),
      .split_mode = FromProto(message.split_mode()),
      .thread_count = message.thread_count(),
      .kv_unified = message.kv_unified(),
      .swa_full = message.swa_full(),
  };
}

runner::v1::ServingOptions ToProto(const ServingOptions& options) {
  runner::v1::ServingOptions message;
  message.set_prefix_cache_bytes(options.prefix_cache_max.count());
  message.set_ngram_lookup(options.ngram_lookup);
  message.set_draft_path(options.draft_path);
  message.set_draft_tokens_max(Int32(options.draft_tokens_max));
  return message;
}

ServingOptions FromProto(const runner::v1::ServingOptions& message) {
  return {
      .prefix_cache_max = Bytes(message.prefix_cache_bytes()),
      .ngram_lookup = message.ngram_lookup(),
      .draft_path = message.draft_path(),
      .draft_tokens_max = message.draft_tokens_max(),
  };
}

runner::v1::DeviceUse ToProto(const DeviceUse& use) {
  runner::v1::DeviceUse message;
  message.set_name(use.name);
  message.set_is_host(use.is_host);
  message.set_weights_bytes(use.weights.count());
  message.set_kv_cache_bytes(use.kv_cache.count());
  message.set_compute_buffer_bytes(use.compute_buffer.count());
  message.set_output_buffer_bytes(use.output_buffer.count());
  return message;
}

DeviceUse FromProto(const runner::v1::DeviceUse& message) {
  return {
      .name = message.name(),
      .is_host = message.is_host(),
      .weights = Bytes(message.weights_bytes()),
      .kv_cache = Bytes(message.kv_cache_bytes()),
      .compute_buffer = Bytes(message.compute_buffer_bytes()),
      .output_buffer = Bytes(message.output_buffer_bytes()),
  };
}

runner::v1::ProjectorUse ToProto(const ProjectorUse& use) {
  runner::v1::ProjectorUse message;
  message.set_name(use.name);
  message.set_is_host(use.is_host);
  message.set_total_bytes(use.total.count());
  return message;
}

ProjectorUse FromProto(const runner::v1::ProjectorUse& message) {
  return {.name = message.name(),
          .is_host = message.is_host(),
          .total = Bytes(message.total_bytes())};
}

runner::v1::Ready ToProto(const Ready& ready) {
  runner::v1::Ready message;
  for (const DeviceUse& use : ready.devices) {
    *message.add_devices() = ToProto(use);
  }
  message.set_has_chat_template(ready.has_chat_template);
  return message;
}

Ready FromProto(const runner::v1::Ready& message) {
  Ready ready;
  for (const runner::v1::DeviceUse& use : message.devices()) {
    ready.devices.push_back(FromProto(use));
  }
  ready.has_chat_template = message.has_chat_template();
  return ready;
}

runner::v1::Command ToProto(const Command& command) {
  runner::v1::Command message;
  message.set_generation_id(command.generation_id);
  if (const auto* start = std::get_if<Start>(&command.action)) {
    *message.mutable_start() = StartMessage(*start);
  } else if (const auto* grant = std::get_if<Grant>(&command.action)) {
    message.mutable_grant()->set_credit_tokens(Int32(grant->credit_tokens));
  } else if (const auto* question = std::get_if<Question>(&command.action)) {
    SetQuestion(*question, message);
  } else {
    message.mutable_cancel();
  }
  return message;
}

Command FromProto(const runner::v1::Command& message) {
  Command command = {.generation_id = message.generation_id()};
  switch (message.action_case()) {
    case runner::v1::Command::kStart:
      command.action = StartFrom(message.start());
      break;
    case runner::v1::Command::kGrant:
      command.action = Grant{message.grant().credit_tokens()};
      break;
    case runner::v1::Command::kTokenize:
      command.action = Question(FromProto(message.tokenize()));
      break;
    case runner::v1::Command::kDetokenize:
      command.action = Question(FromProto(message.detokenize()));
      break;
    case runner::v1::Command::kEmbed:
      command.action = Question(FromProto(message.embed()));
      break;
    case runner::v1::Command::kCancel:
    case runner::v1::Command::ACTION_NOT_SET:
      command.action = Cancel{};
      break;
  }
  return command;
}

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

runner::v1::Pulse ToProto(const Pulse& pulse) {
  runner::v1::Pulse message;
  message.set_look_count(pulse.look_count);
  message.set_is_computing(pulse.is_computing);
  return message;
}

Pulse FromProto(const runner::v1::Pulse& message) {
  return {.look_count = message.look_count(),
          .is_computing = message.is_computing()};
}

}  // namespace hwledger
