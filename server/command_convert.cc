#include "server/command_convert.h"

#include <string>
#include <variant>

#include "server/chat_convert.h"
#include "server/inference_convert.h"
#include "server/int32.h"
#include "server/question_convert.h"
#include "server/sampling_convert.h"

namespace hwledger {
namespace {

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

void SetQuestion(const Question& question, runner::v1::Command& message) {
  if (const auto* tokenize = std::get_if<TokenizeQuestion>(&question)) {
    *message.mutable_tokenize() = ToProto(*tokenize);
  } else if (const auto* ids = std::get_if<DetokenizeQuestion>(&question)) {
    *message.mutable_detokenize() = ToProto(*ids);
  } else {
    *message.mutable_embed() = ToProto(std::get<EmbedQuestion>(question));
  }
}

}  // namespace

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

}  // namespace hwledger
